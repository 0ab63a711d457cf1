package import Records

/// Guesses the columns' types from a sample of records.
package enum TypeInference {
    /// A column is an integer where every value of the sample is, and there is one. It is a number with decimals where one
    /// spelling fits all values. All others are text.
    ///
    /// Only numbers that keep their spelling count: `007`, `+5` and `1e5` are identifiers as often as numbers, and of `1.1` and
    /// `1.10` nobody could tell one from the other.
    ///
    /// - Parameters:
    ///   - keys: the places of key columns. Those are no numbers with decimals, which would be equal where their texts are not.
    ///   - keepsAllDigits: whether the destination's `numeric` keeps any number of digits, with all zeros at the end. Then numbers
    ///     that have such are `numeric` there.
    package static func types(in sample: Chunk, keys: Set<Int> = [], keepsAllDigits: Bool = false) -> [ColumnType] {
        sample.withValues { values in
            (0..<sample.columnCount).map { column in
                type(of: column, in: sample, values, isKey: keys.contains(column), keepsAllDigits) ?? .text
            }
        }
    }

    private static func type(
        of column: Int, in sample: Chunk, _ values: Chunk.Values, isKey: Bool, _ keepsAllDigits: Bool
    ) -> ColumnType? {
        var spelling = NumberSpelling()
        var isEmpty = true
        // Whole numbers of more digits than a double holds, and numbers of more digits than 64 bits or a double hold.
        var (hasLongWhole, hasLong) = (false, false)
        for record in sample.records.indices {
            guard let value = values.value(record: record, column: column) else { continue }
            isEmpty = false
            switch NumberText.classify(value) {
            case .integer(let number):
                if number.magnitude >= 1_000_000_000_000_000 { hasLongWhole = true }
                guard spelling.takeWhole() else { return nil }
            case .decimal(let number) where NumberSpelling.isOrdinary(value, number):
                guard spelling.takeDecimal(value) else { return nil }
            case .decimal, .otherNumber:
                guard keepsAllDigits, NumberText.isPlain(value) else { return nil }
                hasLong = true
                let hasPoint = value.contains(UInt8(ascii: "."))
                guard hasPoint ? spelling.takeDecimal(value) : spelling.takeWhole() else { return nil }
            case .text: return nil
            }
        }
        if isEmpty { return nil }
        if !spelling.hasDecimals { return hasLong ? .numeric : .integer }
        if isKey { return nil }
        if hasLong || hasLongWhole { return keepsAllDigits ? .numeric : nil }
        return spelling.isPlain || !keepsAllDigits ? .real : .numeric
    }
}
