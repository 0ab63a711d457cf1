internal import Records

/// The first usable records of a file or a sheet, as texts, and the columns' names above them.
struct SampledRows {
    let names: [String]
    /// NULL is the empty text here: nothing speaks for or against anything in either.
    let rows: [[String]]
    /// The line, or a sheet's row, that each begins on.
    let lines: [UInt64]
    let medium: Medium
    /// Whether a `\N` stands in quotes.
    let hasQuotedNull: Bool
    /// Whether each row begins with a value in quotes.
    let areQuoted: Bool
    /// Whether there is nothing but the header.
    let hasOnlyHeader: Bool

    /// How much of a file or a sheet is looked at.
    static let limit = ChunkLimit(records: 100, bytes: 32 << 10)

    /// What the rows are in.
    enum Medium { case lines, sheet }

    init(_ columns: [String], _ chunk: Chunk, in medium: Medium) {
        self.medium = medium
        hasOnlyHeader = chunk.recordsRead == 0
        // A name that was there before has got a number.
        names = columns.enumerated().map { index, name in
            if name == "column_\(index + 1)" { return "" }
            guard let cut = name.lastIndex(of: "_"), columns.contains(String(name[..<cut])),
                name[cut...].dropFirst().allSatisfy(\.isNumber)
            else { return name }
            return String(name[..<cut])
        }
        let rows = chunk.withValues { values in
            chunk.records.indices.map { record in
                columns.indices.map { values.text(record: record, column: $0) ?? "" }
            }
        }
        self.rows = rows
        hasQuotedNull =
            medium == .lines
            && rows.indices.contains { record in
                columns.indices.contains { rows[record][$0] == "\\N" && chunk.isQuoted(record: record, column: $0) }
            }
        areQuoted =
            medium == .lines && !columns.isEmpty
            && chunk.records.indices.allSatisfy { chunk.isQuoted(record: $0, column: 0) }
        lines = chunk.records.indices.map { chunk.location(ofRecord: $0).line }
    }

    /// What the values of a column are from a row on, where nearly all of them are the same; nil if they are mixed or
    /// where there is none.
    func kind(ofColumn column: Int, from first: Int = 0) -> ValueKind? {
        var counts: [ValueKind: Int] = [:]
        for row in rows[first...] { counts[ValueKind(row[column]), default: 0] += 1 }
        counts[.empty] = nil
        // Whole numbers stand among those with fractions.
        if let integers = counts[.integer], counts[.decimal] != nil {
            counts[.decimal]! += integers
            counts[.integer] = nil
        }
        let total = counts.values.reduce(0, +)
        return counts.first { $0.value * 10 >= total * 9 }?.key
    }
}

extension Chunk {
    /// The first record below a title that was taken for the header: all but the title's own lines, which fit it, have another
    /// number of fields. Nil where that is not so.
    var firstBelowTitle: RejectedRecord? {
        guard rejects.count > 1, records.count < rejects.count, records.count < 4,
            rejects.allSatisfy({ $0.code == .fieldCount }), let first = rejects.first,
            first.location.record - start.record == UInt64(records.count)
        else { return nil }
        return first
    }
}
