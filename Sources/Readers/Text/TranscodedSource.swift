internal import Records

/// The text of a source as UTF-8, without its byte order mark. What is not valid in the source's encoding becomes bytes that
/// are not valid UTF-8 either.
///
/// Seeking fast-forwards: forward by reading on, back by beginning again. A copy reads on independently; it begins again, too.
package struct TranscodedSource: ByteSource {
    package var size: UInt64? { nil }
    package let isRepeatable: Bool

    private var stream: RestartingStream

    package init(_ base: any ByteSource, from encoding: TextEncoding) {
        isRepeatable = base.isRepeatable
        stream = RestartingStream {
            var base = base
            try base.seek(to: 0)
            return Transcoding(base, encoding)
        }
    }

    package mutating func read(into buffer: UnsafeMutableRawBufferPointer) throws -> Int {
        try stream.read(into: buffer)
    }

    package mutating func seek(to offset: UInt64) { stream.seek(to: offset) }
}

private final class Transcoding: ByteStream {
    private var base: any ByteSource
    private var encoding: TextEncoding
    private var isAtStart = true
    private var isAtEnd = false
    /// What was read and is not text yet, and text that was not given away yet.
    private var bytes: [UInt8] = []
    private var text: [UInt8] = []
    private var given = 0

    private static let readBytes = 64 << 10

    init(_ base: any ByteSource, _ encoding: TextEncoding) {
        self.base = base
        self.encoding = encoding
    }

    func read(into buffer: UnsafeMutableRawBufferPointer) throws -> Int {
        while given == text.count {
            if isAtEnd { return 0 }
            text.removeAll(keepingCapacity: true)
            given = 0
            try readOn()
        }
        let count = min(buffer.count, text.count - given)
        text.withUnsafeBytes { buffer.copyMemory(from: .init(rebasing: $0[given..<(given + count)])) }
        given += count
        return count
    }

    private func readOn() throws {
        let pending = bytes.count
        bytes.append(contentsOf: [UInt8](repeating: 0, count: Self.readBytes))
        let got = try bytes.withUnsafeMutableBytes { try base.read(into: .init(rebasing: $0[pending...])) }
        bytes.removeLast(Self.readBytes - got)
        isAtEnd = got == 0
        if isAtStart {
            // A mark has two bytes, and a read may give one.
            if bytes.count < 4 && !isAtEnd { return }
            isAtStart = false
            let (detected, markBytes) = TextEncoding.detect(head: bytes.prefix(4), given: encoding)
            encoding = detected
            bytes.removeFirst(min(markBytes, bytes.count))
        }
        transcode()
    }

    private func transcode() {
        if encoding.isUTF16 {
            let used = bytes.withUnsafeBytes {
                UTF16Transcoder(encoding).transcode($0, isFinal: isAtEnd, to: &text)
            }
            bytes.removeFirst(used)
            return
        }
        if encoding.isMultiByte { return decode() }
        let characters = encoding.isSingleByte ? encoding.highBytes : []
        for byte in bytes {
            if byte < 0x80 || !encoding.isSingleByte {
                text.append(byte)
            } else if let scalar = Unicode.Scalar(characters[Int(byte) - 0x80]), scalar.value > 0 {
                text.append(contentsOf: Unicode.UTF8.encode(scalar)!)
            } else {
                // Alone it is not UTF-8 either, and which byte it was can be seen.
                text.append(byte)
            }
        }
        bytes.removeAll(keepingCapacity: true)
    }

    /// Decodes a multi-byte encoding, except for the beginning of a character whose end is not there yet.
    private func decode() {
        let decoder = CharacterDecoder.of(encoding)
        var used = 0
        bytes.withUnsafeBytes { bytes in
            while used < bytes.count {
                let rest = UnsafeRawBufferPointer(rebasing: bytes[used...])
                guard let bad = decoder?.decode(rest, to: &text) else {
                    used = bytes.count
                    return
                }
                used += bad
                let length = encoding.characterLength(bytes, at: used)
                if !isAtEnd, let length, used + length > bytes.count { return }
                text.append(0xFF)
                used += 1
            }
        }
        bytes.removeFirst(used)
    }
}
