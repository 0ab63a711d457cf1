internal import Records

/// One of the first records of a file or a sheet, whatever the number of its fields: to see which one is the header.
package struct HeadRow: Sendable {
    /// The line, or a sheet's row.
    package var line: UInt64
    /// The values, the empty ones at the end left out.
    package var values: [String]
    /// How many there are with those.
    package var fields: Int

    package init(line: UInt64, values: [String]) {
        self.line = line
        self.values = values
        fields = values.count
        while self.values.last?.isEmpty == true { self.values.removeLast() }
    }

    /// The first records of a text, and those after the comments that it begins with.
    ///
    /// - Parameter line: the text's first line.
    static func all(
        in text: SourceText, from line: UInt64, _ splitter: RecordSplitter, upTo most: Int? = nil
    ) -> [HeadRow] {
        var rows: [HeadRow] = []
        let comments = text.countLineEnds(0..<CSVSample(text).lastComment)
        var row = Array(repeating: SplitField(start: 0, end: 0, style: .unquoted), count: mostFields)
        var (line, counted) = (line, 0)
        CSVSample(text).forEachRecord(splitter, into: &row, upTo: most ?? comments + CSVSample.mostRecords) { record in
            guard let record else { return }
            line += UInt64(text.countLineEnds(counted..<record.range.lowerBound))
            counted = record.range.lowerBound
            let fields = record.row.prefix(record.fieldCount)
            rows.append(HeadRow(line: line, values: fields.map { text.value(of: $0, by: splitter) }))
        }
        return rows
    }

    /// A record with more fields has no header among them that could be told.
    private static let mostFields = 1_000
}
