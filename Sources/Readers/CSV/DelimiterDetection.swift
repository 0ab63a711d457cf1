/// Finds out which byte separates a file's fields.
enum DelimiterDetection {
    /// In order of preference where the sample does not tell.
    private static let candidates = [",", ";", "\t", "|"].map { Character($0).asciiValue! }
    private static let comma = candidates[0]

    /// What one delimiter makes of the sample.
    fileprivate struct Split {
        let delimiter: UInt8
        /// The number of fields, of more than one, that most records have; 1 where none has.
        var fields = 1
        /// How many records have so many, and how many there are.
        var records = 0
        var total = 0
        /// The first record's fields.
        var inFirst = 0

        /// In tenths: a ragged record more or less does not decide.
        var share: Int { total == 0 ? 0 : (10 * records + total / 2) / total }
        /// Whether this splits nearly all records, and into more fields than another delimiter, or more of them into as many.
        func splitsMore(than other: Split) -> Bool {
            share >= 8 && (fields > other.fields || fields == other.fields && records >= other.records)
        }
        /// Whether header and records agree, except for a delimiter at the end of one of them.
        var isEven: Bool { 2 * records >= total && inFirst > 1 && abs(inFirst - fields) <= 1 }
    }

    /// The delimiter that splits header and most of the first records into the same number of fields, of more than one,
    /// and into most of them; a comma where none does.
    ///
    /// Where others do so, too, the one that the name lets expect goes first, and commas that are in texts and numbers
    /// are not the delimiter.
    static func choose(for text: SourceText, expected: UInt8?, _ syntax: CSVSyntax) -> CSVShape {
        let marks = [syntax.quote, syntax.escape, syntax.comment]
        let splits = candidates.filter { !marks.contains($0) }.map { split($0, text, syntax) }
        // What splits neither the first line nor most others stands in texts.
        var rest = splits.filter { $0.fields > 1 && ($0.inFirst > 1 || 2 * $0.records >= $0.total) }
        // A title's commas and those of amounts may split all lines alike.
        if let commas = rest.first(where: { $0.delimiter == comma }), areCommasTextual(text),
            rest.contains(where: { $0.delimiter != comma && $0.splitsMore(than: commas) })
        {
            rest.removeAll { $0.delimiter == comma }
        }
        let even = rest.filter(\.isEven)
        if !even.isEmpty { rest = even }
        if let found = rest.first(where: { $0.delimiter == expected }) { return CSVShape(found, rival: nil) }
        if rest.contains(where: { $0.delimiter != comma }), areCommasTextual(text) {
            rest.removeAll { $0.delimiter == comma }
        }
        guard let best = rest.max(by: { ($0.share, $0.fields) < ($1.share, $1.fields) }) else {
            var shape = CSVShape(splits[0], rival: nil)
            shape.rowsFarBelow = splits.compactMap { rowsFarBelow(in: text, by: $0.delimiter, syntax) }
                .max { $0.count < $1.count }
            return shape
        }
        let equal = rest.filter { ($0.share, $0.fields) == (best.share, best.fields) }
        return CSVShape(equal[0], rival: equal.count > 1 ? equal[1].delimiter : nil)
    }

    /// The records that a text's head ends with, if a delimiter splits many into the same number of fields.
    private static func rowsFarBelow(in text: SourceText, by delimiter: UInt8, _ syntax: CSVSyntax) -> [HeadRow]? {
        let splitter = RecordSplitter(CSVDialect(delimiter: delimiter, encoding: text.encoding, syntax: syntax))
        let rows = HeadRow.all(in: text, from: 1, splitter, upTo: .max)
        guard let fields = rows.last?.fields, fields > 1 else { return nil }
        let found = Array(rows.suffix(from: (rows.lastIndex { $0.fields != fields } ?? -1) + 1))
        return found.count >= fewestFarBelow ? found : nil
    }

    private static let fewestFarBelow = 10

    /// What a delimiter that was given makes of the text.
    static func shape(of text: SourceText, delimiter: UInt8, _ syntax: CSVSyntax) -> CSVShape {
        CSVShape(split(delimiter, text, syntax), rival: nil)
    }

    private static func areCommasTextual(_ text: SourceText) -> Bool {
        let commas = CSVSample(text, from: CSVSample(text).firstWords).commas()
        return commas.first.textual == commas.first.all && 10 * commas.all.textual >= 9 * commas.all.all
    }

    private static func split(_ delimiter: UInt8, _ text: SourceText, _ syntax: CSVSyntax) -> Split {
        var result = Split(delimiter: delimiter)
        var recordsByFields: [Int: Int] = [:]
        var row: [SplitField] = []
        CSVSample(text, from: CSVSample(text).firstWords).forEachRecord(
            RecordSplitter(
                CSVDialect(delimiter: delimiter, encoding: text.encoding, syntax: syntax)), into: &row
        ) {
            record in
            result.total += 1
            guard let fields = record?.fieldCount else { return }
            if result.total == 1 { result.inFirst = fields }
            if fields > 1 { recordsByFields[fields, default: 0] += 1 }
        }
        if let most = recordsByFields.max(by: { ($0.value, $0.key) < ($1.value, $1.key) }) {
            (result.fields, result.records) = most
        }
        return result
    }
}

/// What a file's first records look like, split by its delimiter.
package struct CSVShape: Sendable {
    package let delimiter: UInt8
    /// Another delimiter that splits the records as evenly, into as many fields.
    package let rival: UInt8?
    /// The number of fields that most of the first records have.
    package let fields: Int
    /// The first records, where the header is not known to be the first one.
    package internal(set) var rows: [HeadRow] = []
    /// Records far below that a delimiter splits, where none splits the first ones.
    package internal(set) var rowsFarBelow: [HeadRow]?

    fileprivate init(_ split: DelimiterDetection.Split, rival: UInt8?) {
        (delimiter, fields, self.rival) = (split.delimiter, split.fields, rival)
    }
}
