internal import Records

/// How far back the data of a `.zst` refer: so much memory unpacking takes.
enum ZstdWindow {
    /// The largest that libzstd allows where nobody asks for more.
    static let most: UInt64 = 128 << 20

    /// Throws `DataError(.malformed)` where the first frame's window is larger. Unpacking would call such a file damaged.
    static func requireAllowed(byHead head: [UInt8], name: String) throws {
        guard let window = bytes(ofHead: head), window > most else { return }
        let log = UInt64.bitWidth - (window - 1).leadingZeroBitCount
        throw DataError(
            .malformed,
            "\(name) was compressed by zstd with a window of \(window >> 20) MiB, and up to \(most >> 20) MiB are allowed, because "
                + "unpacking takes so much memory",
            remedy: "Unpack it with the tool itself: zstd -dc --long=\(log) FILE | \(DataError.pipedImport)")
    }

    /// The window of the first frame that is not skipped, by RFC 8878; nil if the head does not say it.
    static func bytes(ofHead head: [UInt8]) -> UInt64? {
        var rest = head[...]
        func number(_ bytes: ArraySlice<UInt8>) -> UInt64 { bytes.reversed().reduce(0) { $0 << 8 | UInt64($1) } }
        while rest.count > 8, rest[rest.startIndex] & 0xF0 == 0x50, rest.dropFirst().starts(with: [0x2A, 0x4D, 0x18]) {
            rest = rest.dropFirst(8 + Int(clamping: number(rest.dropFirst(4).prefix(4))))
        }
        guard rest.starts(with: [0x28, 0xB5, 0x2F, 0xFD]), let descriptor = rest.dropFirst(4).first else { return nil }
        rest = rest.dropFirst(5)
        let isSingleSegment = descriptor & 0x20 != 0
        if !isSingleSegment {
            guard let window = rest.first else { return nil }
            let base = UInt64(1) << (10 + UInt64(window >> 3))
            return base + base / 8 * UInt64(window & 7)
        }
        rest = rest.dropFirst([0, 1, 2, 4][Int(descriptor & 3)])
        let sizeBytes = [1, 2, 4, 8][Int(descriptor >> 6)]
        guard rest.count >= sizeBytes else { return nil }
        return number(rest.prefix(sizeBytes)) + (sizeBytes == 2 ? 256 : 0)
    }
}
