/// Tests of eight bytes at once; each gives a word that is not zero where one of them fits.
///
/// A byte above the first that fits may be marked by mistake: these words say whether, not where.
enum EightBytes {
    private static let ones: UInt64 = 0x0101_0101_0101_0101
    private static let highBits: UInt64 = 0x8080_8080_8080_8080

    @inline(__always)
    static func below(_ limit: UInt8, _ word: UInt64) -> UInt64 {
        (word &- ones &* UInt64(limit)) & ~word & highBits
    }

    @inline(__always)
    static func equal(_ byte: UInt8, _ word: UInt64) -> UInt64 {
        below(1, word ^ (ones &* UInt64(byte)))
    }

    /// Bytes from `limit`, at most 128, on.
    @inline(__always)
    static func from(_ limit: UInt8, _ word: UInt64) -> UInt64 {
        ((word &+ ones &* UInt64(128 - limit)) | word) & highBits
    }
}
