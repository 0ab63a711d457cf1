internal import Mapping
internal import Records

/// Columns of text that hold amounts of money, and what makes numbers of them: a guess changes no value, the user may.
enum AmountColumns {
    /// - Parameter types: the columns' types, as far as they were guessed.
    static func notes(in sample: Chunk, _ columns: [MappedColumn], _ types: [ColumnType]) -> [String] {
        sample.withValues { values in
            columns.indices.compactMap { column in
                guard let source = columns[column].source, columns[column].type == nil, types[column] == .text else {
                    return nil
                }
                let texts = sample.records.indices.prefix(mostRecords).compactMap {
                    values.text(record: $0, column: column)
                }
                guard let first = texts.first, let currency = currency(of: first),
                    texts.allSatisfy({ self.currency(of: $0) == currency })
                else { return nil }
                return
                    "column \(columns[column].name) is text because of amounts such as \(first); to store numbers, add to "
                    + "waybill.yaml: columns: {\(source): {currency: \"\(currency)\"}}"
            }
        }
    }

    private static let mostRecords = 100

    /// The sign of a currency that a number has before or after it; nil for anything else.
    private static func currency(of text: String) -> String? {
        var scalars = Array(text.unicodeScalars)
        if scalars.first == "-" || scalars.first == "+" { scalars.removeFirst() }
        let signs = scalars.filter { $0.properties.generalCategory == .currencySymbol }
        guard signs.count == 1, scalars.first == signs[0] || scalars.last == signs[0] else { return nil }
        let number = scalars.filter { $0 != signs[0] }
        guard number.contains(where: { ("0"..."9").contains($0) }),
            number.allSatisfy({ ("0"..."9").contains($0) || ".,' \u{A0}".unicodeScalars.contains($0) })
        else { return nil }
        return String(signs[0])
    }
}
