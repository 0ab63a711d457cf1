internal import Mapping
internal import Records

/// Columns of text that hold amounts of money, and what makes numbers of them: a guess changes no value, the user may.
enum AmountColumns {
    /// - Parameter types: the columns' types, as far as they were guessed.
    static func notes(
        in sample: Chunk, _ columns: [MappedColumn], _ types: [ColumnType]
    ) -> [(column: String, note: String)] {
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
                func setting(_ decimal: String) -> String {
                    "columns: {\(YAMLText.quoted(source)): {currency: \"\(currency)\"\(decimal)}}"
                }
                let settings: String
                switch (numbers(texts, currency, decimal: "."), numbers(texts, currency, decimal: ",")) {
                case (nil, nil): return nil
                case (nil, _): settings = setting(", decimal: \",\"")
                case (let points, let commas) where commas == nil || points == commas:
                    // Without a separator, `1.200` would be rejected.
                    let isSure = numbers(texts, currency, decimal: nil) != nil
                    settings = setting(isSure ? "" : ", decimal: \".\"")
                default:
                    settings =
                        setting(", decimal: \".\"")
                        + " if the decimal separator is a point, decimal: \",\" if it is a comma"
                }
                return (
                    columns[column].name,
                    "column \(columns[column].name) is text because of amounts such as \(first); to store numbers, add to "
                        + "waybill.yaml: " + settings
                )
            }
        }
    }

    /// What these amounts are, read with a decimal separator; nil where one of them cannot be.
    private static func numbers(_ texts: [String], _ currency: String, decimal: String?) -> [[UInt8]]? {
        guard let format = try? NumberFormat(.numeric, decimal: decimal, currency: currency) else { return nil }
        var numbers: [[UInt8]] = []
        for text in texts {
            var number: [UInt8] = []
            guard Array(text.utf8).withUnsafeBytes({ format.append($0, to: &number) }) else { return nil }
            numbers.append(number)
        }
        return numbers
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
