/// What has been read of a source and not yet given away: its bytes, and the same as text.
///
/// The text is UTF-8 where the source is UTF-16, and the bytes themselves otherwise.
struct TextInput: Sendable {
    private(set) var bytes: [UInt8] = []
    private(set) var isAtEnd = false
    var encoding: TextEncoding

    private var source: any ByteSource
    private var transcoded: [UInt8] = []
    private var transcodedBytes = 0

    /// How much is read at a time. What is read beyond a chunk's end stays in that chunk's buffer as room without use.
    static let readBytes = 64 << 10

    init(_ source: any ByteSource, encoding: TextEncoding) {
        self.source = source
        self.encoding = encoding
    }

    /// Reads on; at the end, sets `isAtEnd`. `pending` is how many bytes are there already of what could not be used
    /// for want of more: reading grows with it, so that looking at it anew each time stays linear in all.
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
        try bytes.withUnsafeBytes { bytes in
            guard encoding.isUTF16 else {
                return try body(SourceText(text: bytes, bytes: bytes, encoding: encoding, isFinal: isAtEnd))
            }
            return try transcoded.withUnsafeBytes { text in
                try body(SourceText(text: text, bytes: bytes, encoding: encoding, isFinal: isAtEnd))
            }
        }
    }

    /// Turns bytes that were read before the encoding was known into text.
    mutating func transcode() {
        guard encoding.isUTF16 else { return }
        transcodedBytes += bytes.withUnsafeBytes {
            UTF16Transcoder(encoding).transcode(
                .init(rebasing: $0[transcodedBytes...]), isFinal: isAtEnd, to: &transcoded)
        }
    }

    /// Drops the first bytes, and the text that they are.
    mutating func drop(bytes byteCount: Int, text textCount: Int) {
        bytes.removeFirst(byteCount)
        dropText(bytes: byteCount, text: textCount)
    }

    /// Moves the first bytes into `chunkBytes`, which is empty. The two swap buffers, so that only the few bytes that
    /// stay are copied. A new buffer begins as large as the one that is given away: it will have to hold as much.
    mutating func give(bytes byteCount: Int, text textCount: Int, to chunkBytes: inout [UInt8]) {
        if chunkBytes.capacity < byteCount { chunkBytes.reserveCapacity(bytes.count) }
        chunkBytes.append(contentsOf: bytes[byteCount...])
        bytes.removeSubrange(byteCount...)
        swap(&bytes, &chunkBytes)
        dropText(bytes: byteCount, text: textCount)
    }

    /// Forgets what was read and reads on at `offset`.
    mutating func seek(to offset: UInt64) throws {
        try source.seek(to: offset)
        bytes.removeAll(keepingCapacity: true)
        transcoded.removeAll(keepingCapacity: true)
        transcodedBytes = 0
        isAtEnd = false
    }

    private mutating func dropText(bytes byteCount: Int, text textCount: Int) {
        guard encoding.isUTF16 else { return }
        transcoded.removeFirst(textCount)
        transcodedBytes -= byteCount
    }
}

extension [UInt8] {
    /// Appends what `body` writes into the space it is given, of which it returns the length.
    fileprivate mutating func append(
        upTo capacity: Int, _ body: (UnsafeMutableRawBufferPointer) throws -> Int
    ) rethrows -> Int {
        let before = count
        let needed = count + capacity
        // Left to itself, an array would double, and half of each chunk's buffer might be room that nothing needs.
        if self.capacity < needed { reserveCapacity(Swift.max(needed, self.capacity + self.capacity / 4)) }
        try append(addingCapacity: capacity) { span in
            try span.withUnsafeMutableBufferPointer { buffer, count in
                count += try body(
                    UnsafeMutableRawBufferPointer(rebasing: UnsafeMutableRawBufferPointer(buffer)[count...]))
            }
        }
        return count - before
    }
}
