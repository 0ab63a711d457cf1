/// How far a record of an array goes that cannot be used.
enum JSONExtent {
    /// Its brackets and strings balance here, and a comma or the end of the array follows.
    case balanced(end: Int)
    /// Its brackets or strings do not balance, but the next record can be told for certain. The bad one ends here, its
    /// comma included.
    case upToNextRecord(end: Int)
    /// It goes on as far as there is anything to see.
    case open
    /// Its brackets balance where it cannot end.
    case broken
    case needsText

    /// Looks at the text in `window`, which begins with the record. `seesAll` says that more text would change nothing.
    /// `isSequence` says that records follow each other without commas.
    init(ofRecordIn window: Range<Int>, _ text: SourceText, seesAll: Bool, isSequence: Bool = false) {
        let bytes = text.text
        var skim = JSONSkim()
        let end = skim.end(in: bytes, window)
        if end == nil && !seesAll {
            self = .needsText
            return
        }
        if let next = Self.nextRecord(bytes, in: window.lowerBound..<(end ?? window.upperBound)) {
            self = .upToNextRecord(end: Self.trim(bytes, window.lowerBound..<next))
            return
        }
        guard let end else {
            self = .open
            return
        }
        let opening = bytes[window.lowerBound]
        let isBracketed = opening == JSONByte.openBrace || opening == JSONByte.openBracket
        if skim.isInString {
            self = .upToNextRecord(end: Self.trim(bytes, window.lowerBound..<end))
            return
        }
        var next = end
        while next < window.upperBound && JSONByte.isSpace(bytes[next]) { next += 1 }
        if next == window.upperBound && !seesAll {
            self = .needsText
            return
        }
        let closing = opening == JSONByte.openBrace ? JSONByte.closeBrace : JSONByte.closeBracket
        let isClosed = !isBracketed || bytes[end - 1] == closing
        let isFollowed =
            next == window.upperBound
            || (isSequence
                ? bytes[next] == JSONByte.openBrace || bytes[next] == JSONByte.openBracket
                : bytes[next] == JSONByte.comma || bytes[next] == JSONByte.closeBracket)
        self =
            isClosed && isFollowed
            ? .balanced(end: isBracketed ? end : Self.trim(bytes, window.lowerBound..<end)) : .broken
    }

    static func isBracket(_ byte: UInt8) -> Bool { byte == JSONByte.openBrace || byte == JSONByte.openBracket }

    /// The first separator of a sequence after the first byte.
    static func separator(in window: Range<Int>, _ text: SourceText) -> Int? {
        window.dropFirst().first { text.text[$0] == JSONByte.recordSeparator }
    }

    /// Where text of a sequence ends that is neither object nor array: before the next one that may be, a separator, or the
    /// line's end. Nil if more text is needed.
    static func end(ofOtherTextIn window: Range<Int>, _ text: SourceText, seesAll: Bool) -> Int? {
        let next = window.dropFirst().first {
            let byte = text.text[$0]
            return isBracket(byte) || byte == JSONByte.recordSeparator || byte == LineByte.lineFeed
        }
        return next ?? (seesAll ? window.upperBound : nil)
    }

    /// The end of what is left without the white space at the end.
    private static func trim(_ bytes: UnsafeRawBufferPointer, _ range: Range<Int>) -> Int {
        var end = range.upperBound
        while end > range.lowerBound + 1 && JSONByte.isSpace(bytes[end - 1]) { end -= 1 }
        return end
    }

    /// The next record, where records begin their lines: a line that begins as the bad record's line does, up to the
    /// end of its first key. A line never begins inside a string, and what is inside a record is indented deeper or
    /// has other keys: so no nested object is taken for a record.
    private static func nextRecord(_ bytes: UnsafeRawBufferPointer, in range: Range<Int>) -> Int? {
        guard let lead = lead(bytes, in: range) else { return nil }
        var position = range.lowerBound
        while let lineFeed = JSONByte.lineFeed(in: bytes, position..<range.upperBound) {
            position = lineFeed + 1
            let candidate = position..<(position + lead.count)
            if candidate.upperBound > range.upperBound { return nil }
            if bytes[candidate].elementsEqual(bytes[lead]) { return position }
        }
        return nil
    }

    private static let longestLead = 1_024

    /// The beginning of the record's line, up to the end of its first key.
    private static func lead(_ bytes: UnsafeRawBufferPointer, in range: Range<Int>) -> Range<Int>? {
        let brace = range.lowerBound
        guard bytes[brace] == JSONByte.openBrace else { return nil }
        var start = brace
        while start > 0 && brace - start < longestLead && bytes[start - 1] != LineByte.lineFeed {
            guard JSONByte.isSpace(bytes[start - 1]) else { return nil }
            start -= 1
        }
        guard start > 0, bytes[start - 1] == LineByte.lineFeed else { return nil }
        let scanner = JSONScanner(
            base: bytes.baseAddress!, end: min(range.upperBound, brace + longestLead), maxDepth: 1)
        return scanner.endOfFirstKey(ofObjectAt: brace).map { start..<$0 }
    }
}
