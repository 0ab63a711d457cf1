internal import Records

/// The text that is there to be split, beside the source's bytes that it stands for; both begin at the chunk's start.
struct SourceText {
    let text: UnsafeRawBufferPointer
    let bytes: UnsafeRawBufferPointer
    let encoding: TextEncoding
    /// True if the text ends with the file.
    let isFinal: Bool

    var count: Int { text.count }

    /// How many of the source's bytes this part of the text stands for.
    @inline(__always)
    func sourceLength(_ range: Range<Int>) -> Int {
        encoding.isUTF16 ? UTF16Transcoder.sourceLength(text[range]) : range.count
    }

    enum LineEnd {
        /// The line's content ends at `contentEnd`, and the next line begins at `end`.
        case at(contentEnd: Int, end: Int)
        /// There is none; text before `searched` need not be looked at again.
        case none(searched: Int)
    }

    /// The first line end from `start` on. A carriage return at the end is none yet while a line feed may follow.
    func lineEnd(from start: Int) -> LineEnd {
        var position = start
        while position < count, !LineByte.isEnd(text[position]) { position += 1 }
        guard position < count else { return .none(searched: count) }
        if text[position] == LineByte.carriageReturn {
            if position + 1 == count {
                return isFinal ? .at(contentEnd: position, end: count) : .none(searched: position)
            }
            if text[position + 1] == LineByte.lineFeed { return .at(contentEnd: position, end: position + 2) }
        }
        return .at(contentEnd: position, end: position + 1)
    }

    /// How many line ends there are in a part of the text.
    func countLineEnds(_ range: Range<Int>) -> Int {
        range.count { index in
            switch text[index] {
            case LineByte.lineFeed: index == range.lowerBound || text[index - 1] != LineByte.carriageReturn
            case LineByte.carriageReturn: true
            default: false
            }
        }
    }

    /// The first place from `start` on where `length` or more of the source's bytes have gone by.
    func advance(from start: Int, sourceLength length: Int) -> Int {
        guard encoding.isUTF16 else { return min(count, start + length) }
        var position = start
        var passed = 0
        while position < count && passed < length {
            var next = position + 1
            while next < count && isContinuation(at: next) { next += 1 }
            passed += sourceLength(position..<next)
            position = next
        }
        return position
    }

    /// The text up to a place in the source, as if that ended there.
    ///
    /// - Parameter start: the place at which the text begins.
    func ending(at offset: UInt64, from start: RecordLocation) -> SourceText {
        let length = Int(clamping: offset - min(offset, start.byteOffset))
        let end = advance(from: 0, sourceLength: length)
        if sourceLength(0..<end) < length { return self }
        let part = UnsafeRawBufferPointer(rebasing: text[..<end])
        return SourceText(text: part, bytes: bytes, encoding: encoding, isFinal: true)
    }

    /// Whether the byte of UTF-8 at this place is one of a character's later bytes.
    func isContinuation(at position: Int) -> Bool { text[position] & 0xC0 == 0x80 }

    /// How many characters there are in a part of the text.
    func countCharacters(_ range: Range<Int>) -> Int {
        if encoding.isMultiByte {
            var (count, position) = (0, range.lowerBound)
            while position < range.upperBound {
                position += characterLength(at: position)
                count += 1
            }
            return count
        }
        return encoding.isSingleByte ? range.count : range.count { !isContinuation(at: $0) }
    }

    /// In a multi-byte encoding: the first character's beginning that is not before `position`.
    func startOfCharacter(at position: Int, from start: Int) -> Int {
        var found = start
        while found < position { found += characterLength(at: found) }
        return min(found, count)
    }

    private func characterLength(at position: Int) -> Int {
        text[position] < 0x80 ? 1 : encoding.characterLength(text, at: position) ?? 1
    }
}
