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
        /// The first value that is not of the type; one that means "no value" only where all of them do.
        package var line: UInt64
        package var value: String
        /// The spellings of all that are not, where they mean "no value" as often as anything else, or are numbers.
        package var nulls: [String] = []
        /// Whether one of these stands in quotes, other than the empty text.
        package var hasQuotedNulls = false
        /// How many values are not of the type.
        package var count: Int
        /// Whether all of them that mean a value are numbers, which the type takes where the user gives it.
        package var areNumbers: Bool

        package init(
            type: ColumnType, line: UInt64, value: String, nulls: [String] = [], count: Int = 1,
            areNumbers: Bool = false
        ) {
            self.type = type
            self.line = line
            self.value = value
            self.nulls = nulls
            self.count = count
            self.areNumbers = areNumbers
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
            let kind =
                SampledColumn.kind(of: value, isKey: isKey, database)
                ?? (!isKey && SampledColumn.isOtherNumber(value) ? .number : nil)
            if let kind, !isText(record, column, butLooksLike: kind) {
                counts[kind, default: 0] += 1
            } else if value.count <= NullText.mostBytes, NullText.isLikely(String(decoding: value, as: UTF8.self)) {
                nullCount += 1
            }
        }
        guard let (kind, count) = counts.max(by: { $0.value < $1.value }), count * 2 > total - nullCount else {
            return Guess(type: .text)
        }
        return guess(ofColumn: column, values, as: SampledColumn(kind, isKey: isKey, database), isKey: isKey)
    }

    /// - Parameter column: the kind that most values have.
    private func guess(
        ofColumn column: Int, _ values: Chunk.Values, as sampled: SampledColumn, isKey: Bool
    ) -> Guess {
        var sampled = sampled
        var misfits = Misfits()
        for record in sample.records.indices {
            guard let value = values.value(record: record, column: column) else { continue }
            let isText = isText(record, column, butLooksLike: sampled.kind)
            if !isText && sampled.take(value) { continue }
            misfits.add(
                String(decoding: value.prefix(200), as: UTF8.self), line: sample.location(ofRecord: record).line,
                isQuoted: sample.isQuoted(record: record, column: column),
                isNumber: !isText && !isKey && sampled.kind == .number && SampledColumn.isOtherNumber(value))
        }
        // Every number fits these, if not each spelling of it.
        let widest: ColumnType = database == .sqlite ? .real : .numeric
        let type = misfits.areNumbers ? widest : sampled.type ?? .text
        guard let doubt = misfits.doubt(against: type) else { return Guess(type: type) }
        return Guess(type: .text, doubt: doubt)
    }

    /// The values that a type does not hold.
    private struct Misfits {
        private var first, firstNull: (line: UInt64, value: String)?
        private var nulls: [String] = []
        private var hasQuotedNulls = false
        private var count = 0
        private var numbers = 0
        private var others = 0

        /// Whether there are some beside those that mean no value, and all are numbers.
        var areNumbers: Bool { numbers > 0 && others == 0 }

        mutating func add(_ value: String, line: UInt64, isQuoted: Bool, isNumber: Bool) {
            count += 1
            if NullText.isLikely(value) {
                firstNull = firstNull ?? (line, value)
                if !nulls.contains(value) { nulls.append(value) }
                if !value.isEmpty, isQuoted { hasQuotedNulls = true }
            } else {
                first = first ?? (line, value)
                if isNumber { numbers += 1 } else { others += 1 }
            }
        }

        func doubt(against type: ColumnType) -> Doubt? {
            guard let found = first ?? firstNull else { return nil }
            var doubt = Doubt(
                type: type, line: found.line, value: found.value, count: count, areNumbers: areNumbers)
            if others == 0 { (doubt.nulls, doubt.hasQuotedNulls) = (nulls, hasQuotedNulls) }
            return doubt
        }
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
