internal import Readers
internal import Records

extension SampledRows {
    /// Another mark than the delimiters that are looked for, if there is one column and each line has as many of it.
    func otherMark() -> ReadingDoubt? {
        guard !rows.isEmpty else { return nil }
        if let mark = markBesideDelimiter { return mark }
        guard names.count == 1 else { return nil }
        for (mark, name, argument) in Self.marks where isEvenlySplit(by: mark) {
            return ReadingDoubt(
                what: "it is read as one column, but \(name) splits every line into the same number of fields",
                remedy: "If it is the delimiter: --delimiter \(argument)")
        }
        for (mark, name, pattern) in Self.longMarks where isEvenlySplit(by: mark) {
            return ReadingDoubt(
                what: "it is read as one column, but \(name) splits every line into the same number of fields",
                remedy: "A delimiter is one character: sed 's/\(pattern)/\\t/g' FILE | \(DataError.pipedImport)")
        }
        guard areFixedWidths || isEvenlySplit(by: " ") && hasFiguresBelowWords else { return nil }
        return ReadingDoubt(
            what: "it is read as one column, but spaces split every line into the same number of fields",
            remedy: "If they are the delimiter: sed 's/  */\\t/g' FILE | \(DataError.pipedImport)")
    }

    /// One column whose lines are each one value in quotes, and a table inside of them, as spreadsheets make it of CSV in one
    /// column.
    func quotedLines() -> ReadingDoubt? {
        guard names.count == 1, !rows.isEmpty, areQuoted,
            let mark = [",", ";", "\t", "|"].first(where: { isEvenlySplit(by: $0, outsideQuotes: true) })
        else { return nil }
        return ReadingDoubt(
            what: "each line is one value in quotes, which \(mark == "\t" ? "a tab" : "'\(mark)'") splits evenly",
            remedy: "If they are columns, remove the outer quotes: "
                + "sed 's/^\"//; s/\"\\r*$//; s/\"\"/\"/g' FILE | \(DataError.pipedImport)")
    }

    /// A delimiter of several characters, of which one is taken for the delimiter: `~|~` and `|~`.
    private var markBesideDelimiter: ReadingDoubt? {
        guard names.count > 1 else { return nil }
        let all = [names] + rows
        func shared(_ mark: (String) -> Character?, _ columns: Range<Int>) -> String {
            guard let found = mark(names[columns.lowerBound]), Self.partsOfDelimiters.contains(found),
                all.allSatisfy({ row in columns.allSatisfy { mark(row[$0]) == found } })
            else { return "" }
            return String(found)
        }
        let before = shared(\.last, 0..<names.count - 1)
        let after = shared(\.first, 1..<names.count)
        guard !(before + after).isEmpty else { return nil }
        return ReadingDoubt(
            what: "each value \(after.isEmpty ? "ends" : "begins") with '\(after.isEmpty ? before : after)': "
                + "the delimiter seems to have several characters",
            remedy: "A delimiter is one character; replace it: sed 's/DELIMITER/\\t/g' FILE | \(DataError.pipedImport)")
    }

    /// Values that stand in other marks than quotes, names included.
    func otherQuotes() -> ReadingDoubt? {
        guard !rows.isEmpty else { return nil }
        for mark in ["'", "`"] as [Character] {
            let isMarked = { (text: String) in
                text.isEmpty || text.count > 1 && text.first == mark && text.last == mark
            }
            guard names.contains(where: { !$0.isEmpty }), names.allSatisfy(isMarked),
                rows.contains(where: { $0.contains { !$0.isEmpty && isMarked($0) } }),
                rows.allSatisfy({ row in row.allSatisfy { isMarked($0) || ValueKind($0) != .word } })
            else { continue }
            return ReadingDoubt(
                what: "values stand between \(mark) marks, which became part of them",
                remedy: "If they are quotes: --quote \(mark == "'" ? "\"'\"" : "'`'")")
        }
        return nil
    }

    private static let partsOfDelimiters: Set<Character> = Set("~^|!;:,¦§*&")

    private static let marks: [(mark: String, name: String, argument: String)] =
        "\u{1}\u{1F}\u{1E}~^#!*&$%:,;\t|".map { mark in
            let argument = CSVEvidence.argument(mark.asciiValue!)
            return (String(mark), argument, argument)
        }
    private static let longMarks: [(mark: String, name: String, pattern: String)] = [
        ("::", "'::'", "::"), ("^^", "'^^'", "\\^\\^"), ("##", "'##'", "##"), ("$$", "'$$'", "\\$\\$"),
        ("~~", "'~~'", "~~"), ("%%", "'%%'", "%%"), ("@@", "'@@'", "@@"), ("§", "'§'", "§"), ("¦", "'¦'", "¦"),
        ("¬", "'¬'", "¬"), ("¤", "'¤'", "¤"), ("、", "'、'", "、"),
    ]

    /// Whether each line has as many of a mark, and the header names between them.
    private func isEvenlySplit(by mark: String, outsideQuotes: Bool = false) -> Bool {
        guard mark != ":" || !names[0].contains("::") else { return false }
        func plain(_ text: String) -> String { outsideQuotes ? text.replacing(#/"[^"]*"/#, with: "q") : text }
        let heads = plain(names[0]).split(separator: mark, omittingEmptySubsequences: false)
        guard heads.count > 1, Set(heads).count == heads.count else { return false }
        let areNames = heads.allSatisfy { head in
            head.first { $0 != " " && $0 != "\"" }.map { $0.isLetter || $0 == "_" } ?? false
        }
        return areNames
            && rows.allSatisfy {
                plain($0[0]).split(separator: mark, omittingEmptySubsequences: false).count == heads.count
            }
    }

    /// Whether each line has as many parts between blanks, and more than one blank between some.
    private var areFixedWidths: Bool {
        let parts = { (text: String) in text.split(separator: " ").count }
        return rows.count > 1 && parts(names[0]) > 1 && rows.allSatisfy { $0[0].contains("  ") }
            && rows.allSatisfy { parts($0[0]) == parts(names[0]) }
    }

    /// Whether some part of all records is a figure, and not so in the header.
    private var hasFiguresBelowWords: Bool {
        let parts = { (text: String) in text.split(separator: " ", omittingEmptySubsequences: false).map(String.init) }
        let heads = parts(names[0])
        return rows.count > 1 && heads.count > 2
            && heads.indices.contains { part in
                rows.allSatisfy { ValueKind(parts($0[0])[part]).isFigure }
            }
    }

    /// A delimiter that stands twice each time: every second column has no name and no value.
    func doubledDelimiter(_ delimiter: UInt8) -> ReadingDoubt? {
        guard names.count > 2, names.count % 2 == 1, !rows.isEmpty else { return nil }
        let seconds = names.indices.filter { $0 % 2 == 1 }
        guard seconds.allSatisfy({ names[$0].isEmpty }),
            names.indices.allSatisfy({ $0 % 2 == 1 || !names[$0].isEmpty }),
            rows.allSatisfy({ row in seconds.allSatisfy { row[$0].isEmpty } })
        else { return nil }
        let mark = Character(UnicodeScalar(delimiter))
        return ReadingDoubt(
            what: "every second column is empty: the delimiter is always doubled, '\(mark)\(mark)'",
            remedy: "Make it single: sed 's/\(mark)\(mark)/\(mark)/g' FILE | \(DataError.pipedImport)")
    }

    /// Values in quotes after a blank, so that blank and quotes became part of them.
    func blanksBeforeQuotes() -> ReadingDoubt? {
        let isPadded = { (text: String) in
            let rest = text.drop { $0 == " " }
            return rest.count < text.count && rest.count > 1 && rest.first == "\"" && rest.last == "\""
        }
        let padded = rows.count { $0.contains(where: isPadded) }
        // Names are trimmed.
        let isInHeader = names.contains { $0.count > 1 && $0.first == "\"" && $0.last == "\"" }
        guard isInHeader || 2 * padded > rows.count else { return nil }
        return ReadingDoubt(
            what: "there are spaces before quotes, so both become part of the values",
            remedy: "If the quotes enclose values: --skip-initial-space")
    }

    /// `\N`, which means NULL where MySQL or PostgreSQL wrote the file.
    func foreignNull(_ options: ReadingOptions) -> ReadingDoubt? {
        let given = options.csv.nullSpellings
        // Where it was given, and is there all the same, it is in quotes.
        guard rows.contains(where: { $0.contains("\\N") }), given.isEmpty || given.contains("\\N"),
            !options.nullsOfMapping.contains("\\N")
        else { return nil }
        let isQuoted = hasQuotedNull || !given.isEmpty
        return ReadingDoubt(
            what: "'\\N' is read as text, but MySQL and PostgreSQL use it for NULL",
            remedy: "If it means NULL: "
                + (isQuoted ? "null: ['\\N'] in waybill.yaml, which applies in quotes, too" : "--null '\\N'"))
    }
}
