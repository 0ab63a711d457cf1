internal import Records

/// Checks that show what there is.
extension CheckQueries {
    func distribution(_ columns: [String], _ expected: [String: Bounds]) throws -> Finding {
        let keys = expected.keys.sorted()
        // Expectations are for one column, and its whole text is compared.
        let text = "CAST(\(try column(columns[0])) AS TEXT)"
        let counts = try keys.map { "count(CASE WHEN \(text) = \(try dialect.literal($0)) THEN 1 END)" }
        let numbers = try numbers("SELECT \((["count(*)"] + counts).joined(separator: ", ")) \(from())")
        let total = numbers.first ?? 0
        let figures = try shares(columns, of: total)
        guard !keys.isEmpty else {
            return Finding(
                .info, expected: "", found: "\(total) rows", "\(total) rows by \(columns.joined(separator: ", ")).",
                rows: figures)
        }
        var (wanted, wrong): ([String], [String]) = ([], [])
        for (key, count) in zip(keys, numbers.dropFirst()) {
            guard let bounds = expected[key] else { continue }
            wanted.append("\(key): \(bounds.description)")
            if !bounds.contain(.integer(count), of: total) { wrong.append("\(key): \(Share.words(count, of: total))") }
        }
        return Finding(
            wrong.isEmpty, expected: wanted.joined(separator: ", "),
            found: wrong.isEmpty ? "as expected, \(total) rows" : wrong.joined(separator: ", "),
            wrong.isEmpty
                ? "\(columns[0]) is distributed as expected over \(total) rows."
                : "Of \(columns[0]) there are \(wrong.joined(separator: ", ")); "
                    + "expected: \(wanted.joined(separator: ", ")).",
            rows: figures)
    }

    /// The most frequent values, or combinations of values, with their shares.
    private func shares(_ columns: [String], of total: Int64) throws -> QueryResult {
        var figures = try groups(columns, from(), limit: Check.maximumFigures)
        figures.columns.append("share")
        figures.rows = figures.rows.map { row in
            row + [Share.text(row.last.flatMap { $0 }.flatMap(Int64.init) ?? 0, of: total)]
        }
        return figures
    }

    private func groups(_ columns: [String], _ from: String, limit: Int) throws -> QueryResult {
        let names = try columns.map(column).joined(separator: ", ")
        // One row more than is shown tells whether there are more.
        var figures = try run(
            "SELECT \(try columns.map(shown).joined(separator: ", ")), count(*) \(from) GROUP BY \(names) "
                + "ORDER BY count(*) DESC, \(names) LIMIT \(limit + 1)", limit: limit)
        figures.columns = columns + ["rows"]
        return figures
    }

    func top(_ column: String, count: Int) throws -> Finding {
        let figures = try groups([column], from(where: "\(self.column(column)) IS NOT NULL"), limit: count)
        let first = figures.rows.first.map { "\($0[0] ?? "NULL") (\($0[1] ?? ""))" } ?? "no values"
        return Finding(
            .info, expected: "", found: first, "The most frequent values of \(column).", rows: figures)
    }

    func latest(_ columns: [String], by: String, count: Int) throws -> Finding {
        let name = try column(by)
        var figures = try run(
            "SELECT \(try columns.map(shown).joined(separator: ", ")) \(from(where: "\(name) IS NOT NULL")) "
                + "ORDER BY \(name) DESC LIMIT \(count)", limit: count)
        figures.columns = columns
        let newest = try run(
            "SELECT \(try shown(by)) \(from(where: "\(name) IS NOT NULL")) ORDER BY \(name) DESC LIMIT 1", limit: 1)
        return Finding(
            .info, expected: "", found: newest.rows.first?.first?.map { "\(by) \($0)" } ?? "no rows",
            "The rows with the greatest \(by).", rows: figures)
    }
}
