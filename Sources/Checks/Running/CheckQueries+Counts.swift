internal import Records

/// Checks that count rows.
extension CheckQueries {
    func rows(_ bounds: Bounds) throws -> Finding {
        try finding(number("SELECT count(*) \(from())"), bounds, of: "rows")
    }

    func count(where condition: String, _ bounds: Bounds) throws -> Finding {
        try finding(number("SELECT count(*) \(from(where: condition))"), bounds, of: "rows where \(condition)")
    }

    private func finding(_ count: Int64, _ bounds: Bounds, of what: String) -> Finding {
        Finding(
            bounds.contain(.integer(count)), expected: bounds.description, found: String(count),
            "There are \(count) \(what); expected: \(bounds.description).")
    }

    func unique(_ columns: [String]) throws -> Finding {
        let names = try columns.map(column)
        let grouped =
            "\(try from(where: names.map { "\($0) IS NOT NULL" }.joined(separator: " AND "))) "
            + "GROUP BY \(names.joined(separator: ", ")) HAVING count(*) > 1"
        let found = try numbers(
            "SELECT count(*), sum(duplicates.copies) FROM (SELECT count(*) AS copies \(grouped)) AS duplicates")
        let list = columns.joined(separator: ", ")
        guard found.count == 2, found[0] > 0 else {
            return Finding(
                true, expected: "no duplicates", found: "no duplicates", "No two rows have the same \(list).")
        }
        var sample = try run(
            "SELECT \(try columns.map(shown).joined(separator: ", ")), count(*) \(grouped) ORDER BY count(*) DESC, "
                + "\(names.joined(separator: ", ")) LIMIT \(Check.maximumFigures)")
        sample.columns = columns + ["rows"]
        sample.isCut = found[0] > sample.rows.count
        return Finding(
            false, expected: "no duplicates", found: "\(found[0]) duplicated, in \(found[1]) rows",
            "\(found[1]) rows share their \(list) with another, "
                + "with \(found[0]) different value\(found[0] == 1 ? "" : "s").",
            rows: sample)
    }

    /// All columns in one pass over the table.
    func required(_ columns: [String], percent: Double) throws -> Finding {
        // Of NULL, the comparison is NULL.
        let counts = try columns.map { "count(CASE WHEN CAST(\(try column($0)) AS TEXT) <> '' THEN 1 END)" }
        let numbers = try numbers("SELECT count(*), \(counts.joined(separator: ", ")) \(from())")
        let total = numbers.first ?? 0
        let expected = percent < 100 ? "at least \(Share.text(percent)) of rows" : "all rows"
        let present = zip(columns, numbers.dropFirst()).map { (column: $0, count: $1) }
        guard total > 0, let worst = present.min(by: { $0.count < $1.count }) else {
            return Finding(true, expected: expected, found: "no rows", "There are no rows.")
        }
        let holds = Share.compare(Double(worst.count), of: total, with: percent) >= 0
        let short = present.filter { Share.compare(Double($0.count), of: total, with: percent) < 0 }
        let figures = short.map { column, count in
            [column, String(count), String(total - count), Share.text(count, of: total)]
        }
        return Finding(
            holds, expected: expected,
            found: (columns.count > 1 ? "\(worst.column): " : "") + Share.words(worst.count, of: total),
            holds
                ? "\(columns.joined(separator: ", ")): there is a value in \(expected)."
                : short.map { "\($0.column) has a value in \(Share.words($0.count, of: total)) rows" }
                    .joined(separator: "; ") + "; expected: \(expected).",
            rows: holds
                ? nil
                : QueryResult(
                    columns: ["column", "with value", "without", "share"],
                    rows: Array(figures.prefix(Check.maximumFigures)), isCut: figures.count > Check.maximumFigures))
    }
}
