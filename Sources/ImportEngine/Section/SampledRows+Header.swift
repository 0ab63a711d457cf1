internal import Readers
internal import Records

extension SampledRows {
    /// What speaks against the first row as the header.
    func headerDoubts() -> [ReadingDoubt] {
        [
            noNames() ?? headerBelow() ?? headerBelowShortLine() ?? headerBelowComment() ?? recordInHeader()
                ?? headerAmongRecords(), dashesBelow(),
        ]
        .compactMap(\.self)
    }

    /// A first row that looks like the records below it.
    private func recordInHeader() -> ReadingDoubt? {
        guard HeaderValues(self).areRecord else { return nil }
        return ReadingDoubt(
            what: "the first \(word) was read as the header but looks like a record: \(Self.shown(names))",
            remedy: "If it is a record, add --no-header; if it is the header, set 'header: true' in waybill.yaml")
    }

    /// A line of dashes under the header, as programs draw it for people.
    private func dashesBelow() -> ReadingDoubt? {
        guard let first = rows.first, let mark = first.joined().first(where: { $0 != " " }), "-=_".contains(mark) else {
            return nil
        }
        let isLine = zip(first, names).allSatisfy { value, name in
            let dashes = value.count { $0 == mark }
            return dashes > 0 && value.allSatisfy { $0 == mark || $0 == " " } && (dashes > 1 || name.count == 1)
        }
        guard isLine, !rows.dropFirst().contains(where: { $0.contains(first[0]) }) else { return nil }
        let remedy =
            switch medium {
            case .lines: "Remove it: sed '\(lines[0])d' FILE | \(DataError.pipedImport)"
            case .sheet: "Delete the row, and save the file"
            }
        return ReadingDoubt(
            what: "\(word) \(lines[0]), under the header, has only dashes but was read as a record", remedy: remedy)
    }

    /// A row that looks like the header, below a line that looks like a title.
    private func headerBelow() -> ReadingDoubt? {
        for row in rows.indices.prefix(Self.mostTitles) where rows.count > row + 2 {
            // Padded records may be narrower than a title.
            let cells = HeadRow(line: 0, values: rows[row]).values
            guard cells.count == names.count || cells.count > 1 && isEmpty(from: cells.count), Self.areNames(cells)
            else { continue }
            let figures = names.indices.filter { column in
                // Where there are some above, they are records.
                kind(ofColumn: column, from: row + 1)?.isFigure == true
                    && !rows[..<row].contains { ValueKind($0[column]).isFigure }
            }
            // In a column of figures, a single word may be a value.
            let isClear = names.contains(where: Self.isTitle) && cells.allSatisfy(Self.isName)
            guard figures.count > 1 || figures.count == 1 && (isClear || row == 0 && isUnlikeRowsBelow(figures[0]))
            else { continue }
            let isData = rows[..<row].contains { $0.contains { ValueKind($0).isFigure } }
            return isData ? otherTable(row) : belowTitle(row)
        }
        return nil
    }

    /// A first row without a single name.
    private func noNames() -> ReadingDoubt? {
        guard names.count > 1, names.allSatisfy(\.isEmpty),
            let row = rows.firstIndex(where: { !$0.allSatisfy(\.isEmpty) })
        else { return nil }
        let cells = rows[row]
        return ReadingDoubt(
            what: "the first \(word) was read as the header, but names no column",
            remedy: Self.isHeaderLine(cells)
                ? "If \(word) \(lines[row]) is the header (\(Self.shown(cells))): --header-row \(lines[row])"
                : "If the records begin in \(word) \(lines[row]): --skip-lines \(lines[row] - 1) --no-header")
    }

    /// Whether the first row has a word in a column of figures, and is unlike all others elsewhere, too: its words are written
    /// otherwise than those below.
    private func isUnlikeRowsBelow(_ figure: Int) -> Bool {
        let below = rows.dropFirst()
        guard below.count >= 5, Self.isName(rows[0][figure]),
            below.allSatisfy({ ValueKind($0[figure]).isFigure || $0[figure].isEmpty })
        else { return false }
        let others = names.indices.filter { $0 != figure }
        return others.isEmpty
            || others.contains { column in
                let values = below.filter { !$0[column].isEmpty }
                let alike = values.count { WordShape($0[column]) == WordShape(rows[0][column]) }
                return !values.isEmpty && 10 * alike <= values.count
            }
    }

    /// A row that has the header's names in another order, or names where all others have figures: another table begins.
    private func headerAmongRecords() -> ReadingDoubt? {
        guard names.count > 1 else { return nil }
        let known = Set(names.map { $0.lowercased() })
        let figures = names.indices.filter { kind(ofColumn: $0)?.isFigure == true }
        let found = rows.indices.first { row in
            guard Self.areNames(rows[row]) else { return false }
            let isHeaderAgain = known.count == names.count && Set(rows[row].map { $0.lowercased() }) == known
            return isHeaderAgain
                || figures.count > 1 && rows.count > 5 && figures.allSatisfy { Self.isName(rows[row][$0]) }
        }
        return found.map(otherTable)
    }

    /// Whether no row has a value from this column on.
    private func isEmpty(from column: Int) -> Bool { rows.allSatisfy { $0[column...].allSatisfy(\.isEmpty) } }

    /// A row of names, below a line that leaves columns without one although the rows have values there.
    private func headerBelowShortLine() -> ReadingDoubt? {
        let nameless = (names.lastIndex { !$0.isEmpty } ?? 0) + 1..<names.count
        guard !nameless.isEmpty,
            let row = rows.firstIndex(where: { cells in nameless.allSatisfy { !cells[$0].isEmpty } }),
            Self.areNames(rows[row])
        else { return nil }
        let below = rows[(row + 1)...]
        let filled = below.count { cells in nameless.allSatisfy { !cells[$0].isEmpty } }
        // A remark here and there has no name.
        guard filled > 0, 4 * filled >= 3 * below.count else { return nil }
        let above =
            [HeadRow(line: lines[0] - 1, values: names)]
            + rows[..<row].indices.map { HeadRow(line: lines[$0], values: rows[$0]) }
        guard Preamble.mayBeTable(above[...]) else { return belowTitle(row) }
        let hasFigures = nameless.contains { kind(ofColumn: $0, from: row + 1)?.isFigure == true }
        let repeatsName = !Set(names).isDisjoint(with: rows[row])
        return repeatsName || filled > 1 && hasFigures ? otherTable(row) : nil
    }

    /// A row of names below others behind `# `, which may be a comment.
    private func headerBelowComment() -> ReadingDoubt? {
        guard names.count > 1, names[0].hasPrefix("# "), rows.count > 1, Self.areNames(rows[0]) else { return nil }
        return belowTitle(0)
    }

    private func belowTitle(_ row: Int) -> ReadingDoubt {
        let cells = Self.shown(rows[row])
        if row == 0, names[0].hasPrefix("#") {
            return ReadingDoubt(
                what: "the first \(word) was read as the header but may be a comment above another (\(cells))",
                remedy: "If it is: --header-row \(lines[0])")
        }
        return ReadingDoubt(
            what:
                "\(word) \(lines[row]) looks like the header (\(cells)), and those above it look like a title",
            remedy: "If it is: --header-row \(lines[row])")
    }

    private func otherTable(_ row: Int) -> ReadingDoubt {
        ReadingDoubt(
            what: "\(word) \(lines[row]) looks like the header of another table (\(Self.shown(rows[row])))",
            remedy: Self.apart(from: lines[row], in: medium))
    }

    /// The way out where a second table begins in a line.
    static func apart(from line: UInt64, in medium: Medium) -> String {
        switch medium {
        case .lines:
            "If another table begins there, import it on its own: "
                + "sed '1,\(line - 1)d' FILE | \(DataError.pipedImport)"
        case .sheet: "If another table begins there, move it to a sheet of its own"
        }
    }

    /// What mends a first line of fewer values than all rows from `line` on have.
    ///
    /// - Parameters:
    ///   - columns: how many that line has.
    ///   - accepted: how many rows have as many.
    ///   - values: those of the first one that has more; nil if they cannot be told.
    static func remedy(
        below columns: Int, of accepted: Int, at line: UInt64, _ values: [String]?, in medium: Medium
    ) -> String {
        let word = medium == .sheet ? "row" : "line"
        if columns > 1 && accepted > 0 {
            let isHeader = values.map(isHeaderLine) ?? false
            return (isHeader ? "If the \(word)s above it are a title: --header-row \(line). " : "")
                + apart(from: line, in: medium)
        }
        if let values, isHeaderLine(values) {
            return "If there is a title above the header, give the header's \(word): --header-row \(line)"
        }
        return "If there is no header and \(word) \(line) is the first record: --skip-lines \(line - 1) --no-header"
    }

    private static let mostTitles = 5
    private var word: String { medium == .sheet ? "row" : "line" }
    /// How missing values are spelled.
    private static let missing: Set = [
        "na", "n/a", "nan", "null", "none", "nil", "-", "--", "?", "unknown", "missing", "tbd", "x", ".", "\\n",
    ]

    static func isMissing(_ text: String) -> Bool { missing.contains(text.lowercased()) && text.lowercased() != "x" }

    static func isName(_ text: String) -> Bool {
        guard text.utf8.count <= 40, let first = text.first, first.isLetter || first == "_" else { return false }
        return ValueKind(text) == .word && !missing.contains(text.lowercased())
    }

    /// Whether these are all different, and may be names.
    static func areNames(_ values: [String]) -> Bool {
        mayBeNames(values) && Set(values.map { $0.lowercased() }).count == values.count
    }

    /// Whether these may be names: `x` and `%` are some among others.
    private static func mayBeNames(_ values: [String]) -> Bool {
        values.allSatisfy { isName($0) || ["x", "X", "%", "‰", "€", "$", "£", "#", "°C", "°F", "°"].contains($0) }
            && 2 * values.count(where: isName) >= values.count
    }

    /// The same of a line that may begin with a delimiter, end with some, and have a name twice, as banks do with the currency
    /// behind each amount.
    static func isHeaderLine(_ values: [String]) -> Bool {
        let values = HeadRow(line: 0, values: values).values
        let names = Array(values.dropFirst(values.first == "" && values.count > 2 ? 1 : 0))
        return mayBeNames(names) && 4 * Set(names.map { $0.lowercased() }).count > 3 * names.count
    }

    private static func isTitle(_ name: String) -> Bool {
        name.hasPrefix("#") || name.contains(" ") || ValueKind(name).isFigure
    }

    static func shown(_ values: [String]) -> String {
        values.prefix(3).map { value in
            String(value.prefix(20).map { $0.isNewline || $0.unicodeScalars.contains { $0.value < 0x20 } ? "?" : $0 })
        }.joined(separator: ", ") + (values.count > 3 ? ", …" : "")
    }
}
