extension CSVValues {
    /// A first line that looks like the records below it.
    func recordInHeader() -> CSVEvidence.Doubt? {
        guard !rows.isEmpty else { return nil }
        var numbers: [(text: String, isContinued: Bool)] = []
        var hasOther = false
        for column in names.indices {
            guard let kind = self.kind(ofColumn: column), kind.isFigure || kind == .address else { continue }
            switch ValueKind(names[column]) {
            case .empty: break
            case let head where head.isNumber && kind.isNumber:
                let next = Int(names[column]).map { $0 + 1 }
                numbers.append((names[column], next != nil && Int(rows[0][column]) == next))
            case kind: hasOther = true
            // A name stands above other values.
            default: return nil
            }
        }
        guard hasOther || speakForRecord(numbers) else { return nil }
        return CSVEvidence.Doubt(
            what: "the first line was read as the header, but looks like a record: \(Self.shown(names))",
            remedy: "If it is a record, add --no-header; if it is the header, set 'header: true' in waybill.yaml")
    }

    /// Whether numbers in the header are a record's: years, steps and numbered columns are names.
    private func speakForRecord(_ numbers: [(text: String, isContinued: Bool)]) -> Bool {
        let values = numbers.compactMap { Double($0.text.replacing(",", with: ".")) }
        guard let first = values.first, values.count == numbers.count else { return false }
        let steps = zip(values.dropFirst(), values).map { $0 - $1 }
        let integers = numbers.compactMap { Int($0.text) }
        let areYears = integers.count == values.count && integers.allSatisfy { (1800...2200).contains($0) }
        switch values.count {
        case 1: return numbers[0].isContinued || !areYears && first != 0
        case 2:
            let areAlike = integers.count != 1
            return !areYears
                && !(areAlike && (abs(steps[0]) == 1 || integers.allSatisfy { $0 % 5 == 0 } && steps[0] > 0))
        default: return !areYears && !steps.allSatisfy { $0 > 0 } && !steps.allSatisfy { $0 < 0 }
        }
    }

    /// A row that looks like the header, below a line that looks like a title.
    func headerBelow() -> CSVEvidence.Doubt? {
        for row in rows.indices.prefix(Self.mostTitles) where rows.count > row + 2 {
            let cells = rows[row]
            guard cells.allSatisfy({ Self.isName($0) }), Set(cells.map { $0.lowercased() }).count == cells.count else {
                continue
            }
            let figures = names.indices.filter { kind(ofColumn: $0, from: row + 1)?.isFigure == true }
            // In a column of figures, a single word may be a value.
            guard figures.count > 1 || figures.count == 1 && names.contains(where: Self.isTitle) else { continue }
            return CSVEvidence.Doubt(
                what:
                    "line \(lines[row]) looks like the header (\(Self.shown(cells))), and the lines above like a title",
                remedy: "Remove the title: \(CSVEvidence.tail(from: lines[row]))")
        }
        return nil
    }

    private static let mostTitles = 5
    /// How missing values are spelled.
    private static let missing: Set = [
        "na", "n/a", "nan", "null", "none", "nil", "-", "--", "?", "unknown", "missing", "tbd", "x", ".", "\\n",
    ]

    private static func isName(_ text: String) -> Bool {
        guard text.utf8.count <= 40, let first = text.first, first.isLetter || first == "_" else { return false }
        return ValueKind(text) == .word && !missing.contains(text.lowercased())
    }

    private static func isTitle(_ name: String) -> Bool {
        name.hasPrefix("#") || name.contains(" ") || ValueKind(name).isFigure
    }

    private static func shown(_ values: [String]) -> String {
        values.prefix(3).map { value in
            String(value.prefix(20).map { $0.isNewline || $0.unicodeScalars.contains { $0.value < 0x20 } ? "?" : $0 })
        }.joined(separator: ", ") + (values.count > 3 ? ", …" : "")
    }
}
