package import Records

/// Guesses the columns' types from a sample of records.
package enum TypeInference {
    /// A column is an integer or a real where every value of the sample is, and there is one; otherwise text.
    ///
    /// Only numbers that keep their spelling count: `007`, `+5` and `1e5` are identifiers as often as numbers.
    package static func types(in sample: Chunk) -> [ColumnType] {
        sample.withValues { values in
            (0..<sample.columnCount).map { column in
                var guess: ColumnType?
                for record in sample.records.indices {
                    guard let value = values.value(record: record, column: column) else { continue }
                    switch (NumberText.classify(value), guess) {
                    case (.integer, nil), (.integer, .integer): guess = .integer
                    case (.integer, .real), (.decimal, nil), (.decimal, .integer), (.decimal, .real): guess = .real
                    default: return .text
                    }
                }
                return guess ?? .text
            }
        }
    }
}
