import Destinations
import Records
import Testing

/// Times without an offset are those of the time zone that the database, the role or the URL names, as psql reads them;
/// undo data does not depend on it.
@Suite struct PostgreSQLTimeZoneTests {
    private static let table = """
        CREATE TABLE products (k timestamptz PRIMARY KEY, n integer, list timestamptz[], span tstzrange, local timestamp,
            made timestamp DEFAULT date_trunc('hour', now()))
        """

    private static func laboratory(zone: String, _ table: String) throws -> PostgreSQLLaboratory {
        let lab = try PostgreSQLLaboratory()
        let name = try lab.query("SELECT current_database()")[0][0] ?? ""
        try lab.execute("ALTER DATABASE \"\(name)\" SET timezone = '\(zone)'")
        try lab.execute(table)
        return lab
    }

    private static let records: [[String?]] = [
        [
            "2024-01-01 00:00:00", "1", "{2024-07-01 12:00}", "[2024-01-01 00:00,2024-01-02 00:00)",
            "2024-01-01 00:00:00",
        ],
        ["2024-01-02 00:00:00+00", "2", nil, nil, "infinity"],
        ["infinity", "3", nil, "empty", nil], ["0044-03-15 12:00:00 BC", "4", "{}", nil, nil],
    ]

    @Test(arguments: ["Asia/Tokyo", "America/New_York", "Asia/Kolkata", "UTC"], [WriteMode.insert, .upsert])
    func valuesAndDefaultsAreReadAsPsqlReadsThem(_ zone: String, _ mode: WriteMode) throws {
        let lab = try Self.laboratory(zone: zone, Self.table)
        try lab.execute("CREATE TABLE judge (LIKE products INCLUDING ALL)")
        for record in Self.records {
            let values = record.map { $0.map { "'\($0)'" } ?? "NULL" }.joined(separator: ", ")
            try lab.execute("INSERT INTO judge (k, n, list, span, local) VALUES (\(values))")
        }
        _ = try lab.destination.prepare(.of(["k", "n", "list", "span", "local"], key: ["k"], mode: mode))
        #expect(try lab.write(Self.records).inserted == 4)
        #expect(try lab.rows(of: "products") == lab.rows(of: "judge"))
    }

    @Test(arguments: ["CREATE TABLE products (k timestamptz PRIMARY KEY, n integer)", table])
    func anImportIsTakenBackInASessionWithAnotherZone(_ table: String) throws {
        let lab = try Self.laboratory(zone: "Asia/Tokyo", table)
        _ = try lab.destination.prepare(.of(["k", "n"], key: ["k"], mode: .upsert))
        for chunk: UInt64 in 1...2 {
            let records = [
                ["2024-01-01 00:00:00", "\(chunk)"], ["2024-01-02T00:00:00Z", "\(chunk)"], ["infinity", "9"],
            ]
            try lab.write(records, importID: chunk)
        }
        let name = try lab.query("SELECT current_database()")[0][0] ?? ""
        try lab.execute("ALTER DATABASE \"\(name)\" SET timezone = 'America/New_York'")
        lab.kill()
        for (id, left): (UInt64, Int) in [(2, 3), (1, 0)] {
            var kept: [UnreversedRow] = []
            _ = try lab.destination.reverse(
                LedgerKey(logID: "log", importID: id, chunk: 1), overwritesEdited: false, only: nil
            ) {
                kept = $0.kept
                return []
            }
            #expect(kept.isEmpty)
            #expect(try lab.rows(of: "products").count == left)
            #expect(try lab.rows(of: "products").allSatisfy { ["1", "9"].contains($0[1]) })
        }
    }

    @Test func theURLsTimeZoneComesBeforeTheDatabases() throws {
        let lab = try Self.laboratory(
            zone: "Asia/Tokyo", "CREATE TABLE products (k integer PRIMARY KEY, at timestamptz)")
        let separator = lab.url.contains("?") ? "&" : "?"
        let destination = try PostgreSQLDestination(
            url: lab.url + separator + "options=-c%20timezone%3DAmerica/New_York")
        _ = try destination.prepare(.of(["k", "at"], key: ["k"]))
        _ = try destination.write(
            .rows([["1", "2024-01-01 00:00:00"]]), key: LedgerKey(logID: "log", importID: 1, chunk: 1)
        ) {
            _ in []
        }
        #expect(try lab.query("SELECT at AT TIME ZONE 'UTC' FROM products") == [["2024-01-01 05:00:00"]])
    }
}
