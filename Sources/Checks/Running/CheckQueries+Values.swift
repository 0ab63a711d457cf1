internal import Records

/// Checks that look at each value: both databases are asked for the same values, and Swift judges them, so that both
/// judge alike.
extension CheckQueries {
    /// - Parameters:
    ///   - expected: what a value should be.
    ///   - isRight: is asked once for each different value.
    func judge(_ column: String, expected: String, _ isRight: (String) -> Bool) throws -> Finding {
        var (rows, wrongRows, wrongValues): (Int64, Int64, Int64) = (0, 0, 0)
        var sample: [[String?]] = []
        try forEachValue(of: column) { value, count in
            rows += count
            if isRight(value) { return }
            wrongRows += count
            wrongValues += 1
            if sample.count < Check.maximumFigures { sample.append([value, String(count)]) }
        }
        let found = wrongRows == 0 ? "all \(rows)" : "\(wrongRows) of \(rows) not"
        let message =
            wrongRows == 0
            ? "\(column) is \(expected) in all \(rows) rows that have a value."
            : "\(column) is not \(expected) in \(wrongRows) of \(rows) rows that have a value, "
                + "with \(wrongValues) different value\(wrongValues == 1 ? "" : "s")."
        let figures = QueryResult(columns: [column, "rows"], rows: sample, isCut: wrongValues > sample.count)
        return Finding(
            wrongRows == 0, expected: expected, found: found, message, rows: wrongRows == 0 ? nil : figures)
    }

    func oneOf(_ column: String, _ values: [String]) throws -> Finding {
        let (texts, numbers) = (Set(values), values.compactMap { NumberValue($0) })
        return try judge(column, expected: "one of \(values.joined(separator: ", "))") { value in
            texts.contains(value) || NumberValue(value).map(numbers.contains) ?? false
        }
    }

    /// Gives each different value once, in the order of their bytes, and the number of rows that have it; NULL is left
    /// out. Of a longer value there is one character more than any format allows.
    ///
    /// The values come in pages, each of which goes on after the last one's last value, so that memory stays flat. The
    /// longer the values are, the fewer stand on a page.
    private func forEachValue(of column: String, _ body: (String, Int64) -> Void) throws {
        let name = try self.column(column)
        let value =
            dialect.beginning(of: name, characters: WholePattern.maximumBytes + 1) + dialect.byteOrder
        let longest = try number("SELECT max(length(\(value))) \(from())")
        let page = max(1000, Self.pageBytes / (Int(longest) + Self.bytesAroundValue))
        var last: String?
        while true {
            let rest = try last.map { "\(value) > \(try dialect.literal($0))" } ?? "\(name) IS NOT NULL"
            let result = try run(
                "SELECT \(value), count(*) \(from(where: rest)) GROUP BY 1 ORDER BY 1 LIMIT \(page)", limit: page)
            for row in result.rows {
                guard row.count == 2, let text = row[0], let count = row[1].flatMap(Int64.init) else { continue }
                // Text that is not UTF-8 comes changed, and would come again and again.
                guard last.map({ $0.utf8.lexicographicallyPrecedes(text.utf8) }) ?? true else {
                    throw DataError(.destination, "\(column) has text that is not UTF-8, near \(Excerpt.of(text)).")
                }
                last = text
                body(text, count)
            }
            if result.rows.count < page { return }
        }
    }

    private static let pageBytes = 32 << 20
    /// What a value takes in memory besides its characters, roughly.
    private static let bytesAroundValue = 160
}
