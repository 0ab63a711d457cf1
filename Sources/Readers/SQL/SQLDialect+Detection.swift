extension SQLDialect {
    /// How much of a file is looked at.
    static let sampleBytes = 1 << 20

    /// The dialect of a file with this beginning. The first of these decides, and standard is what is left:
    /// - MySQL: a comment `/*!`, a comment `#`, an identifier in backticks, `\'` inside a string;
    /// - PostgreSQL: `standard_conforming_strings`, `E'…'`, a dollar quote, `\connect` and the like;
    /// - standard: PRAGMA, an identifier in brackets, `GO` alone on a line.
    init(of sample: SourceText) {
        var skim = SQLSkim()
        var position = 0
        var isInString = false
        self = .standard
        while position < sample.count {
            let byte = sample.text[position]
            if skim.mode == .plain {
                if let evidence = Self.evidence(sample, at: position) {
                    self = evidence
                    return
                }
                isInString = byte == SQLByte.quote
            }
            guard let (token, end) = skim.next(sample, .standard, from: position, stop: sample.count) else { return }
            switch token {
            case .word(let range):
                if let evidence = Self.evidence(
                    word: range, sample, isFirst: skim.isFirstOnLine || range.lowerBound == 0)
                {
                    self = evidence
                    return
                }
            case .textAfterQuote where isInString && end >= 2 && sample.text[end - 2] == SQLByte.backslash:
                self = .mysql
                return
            case .other where byte | 0x20 == UInt8(ascii: "e") && skim.isInside:
                self = .postgresql
                return
            default: break
            }
            position = end
        }
    }

    private static func evidence(_ text: SourceText, at position: Int) -> SQLDialect? {
        let rest = text.text[position..<min(text.count, position + 3)]
        switch rest.first {
        case SQLByte.backtick, SQLByte.hash: return .mysql
        case SQLByte.slash: return rest.starts(with: Array("/*!".utf8)) ? .mysql : nil
        case SQLByte.dollar: return rest.dropFirst().first.map { !SQLByte.isDigit($0) } == true ? .postgresql : nil
        case SQLByte.backslash: return .postgresql
        case SQLByte.openBracket: return .standard
        default: return nil
        }
    }

    private static func evidence(word: Range<Int>, _ text: SourceText, isFirst: Bool) -> SQLDialect? {
        let scanner = SQLScanner(base: text.text.baseAddress!, end: text.count, dialect: .standard)
        if scanner.isWord(word, "STANDARD_CONFORMING_STRINGS") { return .postgresql }
        if isFirst && (scanner.isWord(word, "PRAGMA") || scanner.isWord(word, "GO")) { return .standard }
        return nil
    }
}
