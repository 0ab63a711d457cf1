internal import Records

extension SampledRows {
    /// What speaks against the first row as the header.
    func headerDoubts() -> [ReadingDoubt] {
        [headerBelow() ?? recordInHeader(), dashesBelow()].compactMap(\.self)
    }

    /// A first row that looks like the records below it.
    private func recordInHeader() -> ReadingDoubt? {
        guard HeaderValues(self).areRecord else { return nil }
        return ReadingDoubt(
            what: "the first \(word) was read as the header, but looks like a record: \(Self.shown(names))",
            remedy: "If it is a record, add --no-header; if it is the header, set 'header: true' in waybill.yaml")
    }

    /// A line of dashes under the header, as programs draw it for people.
    private func dashesBelow() -> ReadingDoubt? {
        guard let first = rows.first, let mark = first.joined().first { $0 != " " }, "-=_".contains(mark) else {
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
            let cells = rows[row]
            guard cells.allSatisfy({ Self.isName($0) }), Set(cells.map { $0.lowercased() }).count == cells.count else {
                continue
            }
            let figures = names.indices.filter { kind(ofColumn: $0, from: row + 1)?.isFigure == true }
            // In a column of figures, a single word may be a value.
            guard figures.count > 1 || figures.count == 1 && names.contains(where: Self.isTitle) else { continue }
            return ReadingDoubt(
                what:
                    "\(word) \(lines[row]) looks like the header (\(Self.shown(cells))), and those above it look like a title",
                remedy: "If it is: --header-row \(lines[row])")
        }
        return nil
    }

    private static let mostTitles = 5
    private var word: String { medium == .sheet ? "row" : "line" }
    /// How missing values are spelled.
    private static let missing: Set = [
        "na", "n/a", "nan", "null", "none", "nil", "-", "--", "?", "unknown", "missing", "tbd", "x", ".", "\\n",
    ]

    static func isName(_ text: String) -> Bool {
        guard text.utf8.count <= 40, let first = text.first, first.isLetter || first == "_" else { return false }
        return ValueKind(text) == .word && !missing.contains(text.lowercased())
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
