internal import Readers
internal import Records

/// A list as SAP and others write it for people: the header between two lines of dashes, and delimiters at both ends of each
/// line.
struct RuledList {
    private let header: HeadRow
    private var names: [String] { header.values.dropFirst().map { $0.split(separator: " ").joined(separator: " ") } }
    private let ruler: Character
    private let delimiter: UInt8

    /// Nil where it is not beyond doubt: names between two lines of dashes, and a record of as many fields below.
    init?(_ shape: CSVShape) {
        let rows = shape.rows
        let index = rows.indices.dropFirst().dropLast(2).first { index in
            let row = rows[index]
            return row.values.first == "" && row.fields == shape.fields
                && rows[index - 1].ruler != nil && rows[index - 1].ruler == rows[index + 1].ruler
                && SampledRows.areNames(Array(row.values.dropFirst()))
                && rows[index + 2].values.first == "" && rows[index + 2].fields == row.fields
        }
        guard let index, let ruler = rows[index - 1].ruler else { return nil }
        header = rows[index]
        self.ruler = ruler
        delimiter = shape.delimiter
    }

    var doubt: ReadingDoubt {
        ReadingDoubt(
            what: "it is a list for people: line \(header.line) is the header (\(SampledRows.shown(names))), "
                + "between lines of '\(ruler)'",
            remedy: "To import its records: --delimiter \(CSVEvidence.argument(delimiter)) --header-row \(header.line) "
                + "--comment '\(ruler)' --trim --skip-columns column_1")
    }
}

extension HeadRow {
    /// The mark that a line consists of, and nothing else; nil for other lines.
    var ruler: Character? {
        guard values.count == 1, let mark = values[0].first, "-=_".contains(mark), values[0].count > 2,
            values[0].allSatisfy({ $0 == mark })
        else { return nil }
        return mark
    }
}
