/// The server's `hashtextextended(text, 0)`, computed here.
///
/// It is Bob Jenkins's lookup3 over the bytes, which PostgreSQL has kept since version 11, because partitions rest on it.
/// Before it is used, the server is asked whether it agrees: see `PostgreSQLFingerprinter`.
enum PostgreSQLTextHash {
    static func hash(_ bytes: UnsafeRawBufferPointer) -> UInt64 {
        var a: UInt32 = 0x9e37_79b9 &+ UInt32(truncatingIfNeeded: bytes.count) &+ 3_923_095
        var b = a
        var c = a
        var place = 0
        @inline(__always) func word(_ offset: Int) -> UInt32 {
            UInt32(littleEndian: bytes.loadUnaligned(fromByteOffset: place + offset, as: UInt32.self))
        }
        while bytes.count - place >= 12 {
            a &+= word(0)
            b &+= word(4)
            c &+= word(8)
            mix(&a, &b, &c)
            place += 12
        }
        // Of the last word, the lowest byte is left to the length.
        for (index, byte) in bytes[place...].enumerated() {
            switch index {
            case 0..<4: a &+= UInt32(byte) << (8 * UInt32(index))
            case 4..<8: b &+= UInt32(byte) << (8 * UInt32(index - 4))
            default: c &+= UInt32(byte) << (8 * UInt32(index - 7))
            }
        }
        finish(&a, &b, &c)
        return UInt64(b) << 32 | UInt64(c)
    }

    @inline(__always)
    private static func rotated(_ x: UInt32, _ bits: UInt32) -> UInt32 { x &<< bits | x &>> (32 &- bits) }

    @inline(__always)
    private static func mix(_ a: inout UInt32, _ b: inout UInt32, _ c: inout UInt32) {
        a = (a &- c) ^ rotated(c, 4)
        c = c &+ b
        b = (b &- a) ^ rotated(a, 6)
        a = a &+ c
        c = (c &- b) ^ rotated(b, 8)
        b = b &+ a
        a = (a &- c) ^ rotated(c, 16)
        c = c &+ b
        b = (b &- a) ^ rotated(a, 19)
        a = a &+ c
        c = (c &- b) ^ rotated(b, 4)
        b = b &+ a
    }

    @inline(__always)
    private static func finish(_ a: inout UInt32, _ b: inout UInt32, _ c: inout UInt32) {
        c = (c ^ b) &- rotated(b, 14)
        a = (a ^ c) &- rotated(c, 11)
        b = (b ^ a) &- rotated(a, 25)
        c = (c ^ b) &- rotated(b, 16)
        a = (a ^ c) &- rotated(c, 4)
        b = (b ^ a) &- rotated(a, 14)
        c = (c ^ b) &- rotated(b, 24)
    }
}
