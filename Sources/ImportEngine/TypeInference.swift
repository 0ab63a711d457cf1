package import Records

/// Guesses the columns' types from a sample of records.
///
/// A column has a type only where every value of the sample has it without doubt, and each can be had back as it was written.
/// All others are text.
package struct TypeInference {
    /// What a guess depends on.
    package enum Database: Sendable { case sqlite, postgreSQL }

    private let sample: Chunk
    private let database: Database
    /// Whether the source itself tells texts from numbers and booleans: quotes of JSON do, those of CSV do not.
    private let tellsTexts: Bool

    package init(_ sample: Chunk, for database: Database, tellsTexts: Bool = false) {
        self.sample = sample
        self.database = database
        self.tellsTexts = tellsTexts
    }

    /// What a column was guessed to be, and why it is no more than text.
    package struct Guess: Sendable, Equatable {
        package var type: ColumnType
        package var doubt: Doubt?
    }

    /// What spoke against a type that most values of a column have.
    package struct Doubt: Sendable, Equatable {
        package var type: ColumnType
        /// The first value that is not of the type.
        package var line: UInt64
        package var value: String
        /// The spellings of all that are not, where they mean "no value" as often as anything else.
        package var nulls: [String] = []
        /// Whether one of these stands in quotes, other than the empty text.
        package var hasQuotedNulls = false

        package init(type: ColumnType, line: UInt64, value: String, nulls: [String] = []) {
            self.type = type
            self.line = line
            self.value = value
            self.nulls = nulls
        }
    }

    /// A guess for each column.
    ///
    /// - Parameter keys: the places of key columns. Those have no type in which values are equal whose texts are not.
    package func guesses(keys: Set<Int> = []) -> [Guess] {
        sample.withValues { values in
            (0..<sample.columnCount).map { guess(ofColumn: $0, values, isKey: keys.contains($0)) }
        }
    }

    /// How many values must show what most of them are.
    private static let mostCounted = 1_000

    private func guess(ofColumn column: Int, _ values: Chunk.Values, isKey: Bool) -> Guess {
        let isJSON = sample.jsonColumns.indices.contains(column) && sample.jsonColumns[column]
        var counts: [SampledColumn.Kind: Int] = [:]
        var (total, nullCount) = (0, 0)
        for record in sample.records.indices {
            guard let value = values.value(record: record, column: column) else { continue }
            if total == Self.mostCounted { break }
            total += 1
            // A text that looks like an array is a text.
            if isJSON, sample.isQuoted(record: record, column: column), JSONText.isCollection(value) { continue }
            if let kind = SampledColumn.kind(of: value, isKey: isKey, database),
                !isText(record, column, butLooksLike: kind)
            {
                counts[kind, default: 0] += 1
            } else if value.count <= NullText.mostBytes, NullText.isLikely(String(decoding: value, as: UTF8.self)) {
                nullCount += 1
            }
        }
        guard let (kind, count) = counts.max(by: { $0.value < $1.value }), count * 2 > total - nullCount else {
            return Guess(type: .text)
        }
        var sampled = SampledColumn(kind, isKey: isKey, database)
        var doubt: Doubt?
        var nulls: [String]? = []
        var hasQuotes = false
        for record in sample.records.indices {
            guard let value = values.value(record: record, column: column),
                isText(record, column, butLooksLike: kind) || !sampled.take(value)
            else { continue }
            let text = String(decoding: value.prefix(200), as: UTF8.self)
            if doubt == nil {
                doubt = Doubt(type: .text, line: sample.location(ofRecord: record).line, value: text)
            }
            if !NullText.isLikely(text) { nulls = nil }
            if nulls?.contains(text) == false { nulls?.append(text) }
            if !text.isEmpty, sample.isQuoted(record: record, column: column) { hasQuotes = true }
        }
        let type = sampled.type ?? .text
        guard var doubt else { return Guess(type: type) }
        doubt.type = type
        doubt.nulls = nulls ?? []
        doubt.hasQuotedNulls = nulls != nil && hasQuotes
        return Guess(type: .text, doubt: doubt)
    }
}

extension TypeInference {
    /// Whether a value is a text by its source, and would be another thing as this kind. Dates and the like are texts in JSON.
    fileprivate func isText(_ record: Int, _ column: Int, butLooksLike kind: SampledColumn.Kind) -> Bool {
        tellsTexts && (kind == .number || kind == .boolean) && sample.isInQuotes(record: record, column: column)
    }
}

/// Texts that people write where there is no value.
package enum NullText {
    private static let likely: Set<String> = [
        "", "na", "n/a", "n.a.", "#n/a", "<na>", "nan", "null", "(null)", "#null!", "\\n", "none", "nil", "missing",
        "-",
        "--",
        "---", ".", "..", "?",
    ]

    static let mostBytes = 8

    package static func isLikely(_ text: String) -> Bool {
        text.utf8.count <= mostBytes && likely.contains(text.lowercased())
    }
}

extension Chunk {
    /// Whether a value stands between quotes just as it is.
    fileprivate func isInQuotes(record: Int, column: Int) -> Bool {
        let field = fields[record * columnCount + column]
        return !field.isDecoded && field.offset > 0 && bytes[Int(field.offset) - 1] == UInt8(ascii: "\"")
    }

    /// Whether a value is in quotes: of a JSON document, a text does, and no number or array.
    func isQuoted(record: Int, column: Int) -> Bool {
        let field = fields[record * columnCount + column]
        // Between quote and value there may be blanks, where they were trimmed.
        return field.isDecoded
            || bytes[..<Int(field.offset)].last { $0 != UInt8(ascii: " ") } == UInt8(ascii: "\"")
    }
}
