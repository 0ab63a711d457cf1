/// The first records of a text, to judge it by.
struct CSVSample {
    /// How much of a file's head is looked at, in bytes.
    static let mostBytes = 64 << 10
    static let mostRecords = 100

    private let bytes: UnsafeRawBufferPointer
    private let isWhole: Bool
    private let start: Int

    init(_ text: SourceText, from start: Int = 0) {
        bytes = UnsafeRawBufferPointer(rebasing: text.text.prefix(Self.mostBytes))
        isWhole = text.isFinal && text.count <= Self.mostBytes
        self.start = start
    }

    struct Record {
        var range: Range<Int>
        var fieldCount: Int
        /// As many of its fields as there is room for.
        var row: UnsafeMutableBufferPointer<SplitField>
    }

    /// Gives each record, and nil for what cannot be split.
    func forEachRecord(
        _ splitter: RecordSplitter, into row: inout [SplitField], upTo most: Int = mostRecords,
        _ body: (Record?) -> Void
    ) {
        row.withUnsafeMutableBufferPointer { row in
            var position = start
            var total = 0
            while position < bytes.count && total < most {
                if LineByte.isEnd(bytes[position]) {
                    position += 1
                    continue
                }
                if bytes[position] == splitter.syntax.comment {
                    position = bytes[position...].firstIndex(where: LineByte.isEnd) ?? bytes.count
                    continue
                }
                switch splitter.split(bytes, from: position, isFinal: isWhole, into: row) {
                case .record(let end, let fieldCount, _):
                    body(Record(range: position..<end, fieldCount: fieldCount, row: row))
                    position = end
                case .problem:
                    body(nil)
                    position = bytes[position...].firstIndex(where: LineByte.isEnd) ?? bytes.count
                case .needsText: return
                }
                total += 1
            }
        }
    }

    /// Where the first line begins that is neither a comment nor nothing but delimiters and spaces.
    var firstWords: Int {
        var position = lastComment
        while true {
            let end = bytes[position...].firstIndex(where: LineByte.isEnd) ?? bytes.count
            guard end < bytes.count, bytes[position..<end].allSatisfy({ Self.blanks.contains($0) }) else {
                return position
            }
            position = end + 1
        }
    }

    private static let blanks = Set(",;\t| ".utf8)

    /// Where the last of the lines begins that the text begins with and that have `#` first: it may be the header.
    var lastComment: Int {
        var (last, position) = (start, start)
        while position < bytes.count, bytes[position] == UInt8(ascii: "#") || LineByte.isEnd(bytes[position]) {
            if !LineByte.isEnd(bytes[position]) { last = position }
            position = bytes[position...].firstIndex(where: LineByte.isEnd).map { $0 + 1 } ?? bytes.count
        }
        return last
    }

    /// The commas of the sample outside quotes, and how many of them look like a text's or a number's own: before a
    /// space, or between digits. In the first record, and in all of them.
    func commas() -> (first: (all: Int, textual: Int), all: (all: Int, textual: Int)) {
        var (isQuoted, isFirst, isBlank) = (false, true, true)
        var (first, all) = ((all: 0, textual: 0), (all: 0, textual: 0))
        for index in min(start, bytes.count)..<bytes.count {
            if LineByte.isEnd(bytes[index]) {
                // A stray quote shall not turn the rest of the sample inside out.
                isQuoted = false
                isFirst = isFirst && isBlank
                continue
            }
            isBlank = false
            switch bytes[index] {
            case CSVByte.quote: isQuoted.toggle()
            case UInt8(ascii: ",") where !isQuoted:
                let next = index + 1 < bytes.count ? bytes[index + 1] : 0
                let isBetweenDigits = index > start && Self.isDigit(bytes[index - 1]) && Self.isDigit(next)
                let textual = next == UInt8(ascii: " ") || isBetweenDigits ? 1 : 0
                all = (all.all + 1, all.textual + textual)
                if isFirst { first = (first.all + 1, first.textual + textual) }
            default: break
            }
        }
        return (first, all)
    }

    private static func isDigit(_ byte: UInt8) -> Bool { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) }
}
