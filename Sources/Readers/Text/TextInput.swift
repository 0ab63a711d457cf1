/// What has been read of a source and not yet given away: its bytes, and the same as text.
///
/// The text is UTF-8 where the source is UTF-16, and the bytes themselves otherwise.
struct TextInput: Sendable {
    private(set) var bytes: PendingBytes
    private(set) var isAtEnd = false
    var encoding: TextEncoding

    private var source: any ByteSource
    private var transcoded: PendingBytes
    private var transcodedBytes = 0

    /// How much is read at a time. What is read beyond a chunk's end stays in that chunk's buffer as room without use.
    static let readBytes = 64 << 10

    /// - Parameter largest: the bytes of the largest record that is wanted whole.
    init(_ source: any ByteSource, encoding: TextEncoding, largest: Int) {
        self.source = source
        self.encoding = encoding
        bytes = PendingBytes(upTo: largest + Self.readBytes)
        transcoded = PendingBytes(upTo: largest + Self.readBytes)
    }

    /// Reads on; at the end, sets `isAtEnd`. `pending` is how many bytes are there already of what could not be used
    /// for want of more: reading grows with it, so that looking at it again each time stays linear in all.
    mutating func readMore(pending: Int = 0) throws {
        let wanted = max(1, pending / 8)
        var got = 0
        while got < wanted {
            // No more than is wanted: where much is pending, room for as much again would double the memory.
            let capacity = max(Self.readBytes, wanted) - got
            let count = try bytes.append(upTo: capacity) { try source.read(into: $0) }
            if count == 0 {
                isAtEnd = true
                break
            }
            got += count
        }
        transcode()
    }

    /// Gives the text for the time of a closure.
    func withText<R>(_ body: (SourceText) throws -> R) rethrows -> R {
        try bytes.withBytes { bytes in
            guard encoding.isUTF16 else {
                return try body(SourceText(text: bytes, bytes: bytes, encoding: encoding, isFinal: isAtEnd))
            }
            return try transcoded.withBytes { text in
                try body(SourceText(text: text, bytes: bytes, encoding: encoding, isFinal: isAtEnd))
            }
        }
    }

    /// Turns bytes that were read before the encoding was known into text.
    mutating func transcode() {
        guard encoding.isUTF16 else { return }
        transcodedBytes += bytes.withBytes { bytes in
            let new = UnsafeRawBufferPointer(rebasing: bytes[transcodedBytes...])
            // Two bytes become three at most.
            return transcoded.append(upTo: new.count + new.count / 2 + 1) {
                UTF16Transcoder(encoding).transcode(new, isFinal: isAtEnd, to: &$0)
            }
        }
    }

    /// Drops the first bytes, and the text that they are.
    mutating func drop(bytes byteCount: Int, text textCount: Int) {
        bytes.dropFirst(byteCount)
        dropText(bytes: byteCount, text: textCount)
    }

    /// Moves the first bytes into `chunkBytes`, which is empty.
    mutating func give(bytes byteCount: Int, text textCount: Int, to chunkBytes: inout [UInt8]) {
        bytes.give(byteCount, to: &chunkBytes)
        dropText(bytes: byteCount, text: textCount)
    }

    /// Forgets what was read and reads on at `offset`.
    mutating func seek(to offset: UInt64) throws {
        try source.seek(to: offset)
        bytes.removeAll()
        transcoded.removeAll()
        transcodedBytes = 0
        isAtEnd = false
    }

    private mutating func dropText(bytes byteCount: Int, text textCount: Int) {
        guard encoding.isUTF16 else { return }
        transcoded.dropFirst(textCount)
        transcodedBytes -= byteCount
    }
}
