import Destinations
import Records
import Testing

/// What is noted of rows is what SQLite made of the records, though most of it is computed without asking SQLite, and
/// though several records go into one statement.
@Suite struct SQLiteUndoNotesTests {
    private static let oddValues: [String?] = [
        nil, "", "0", "-0", "7", "007", "+7", " 7", "7 ", "1e3", "1E3", "1.5", "1.50", "01.5", ".5", "5.", "0.0001",
        "0.00001",
        "-1.25", "-0.0", "0.1", "100.00", "999999999999999", "1000000000000000", "1000000000000000.5",
        "123456789012345.6",
        "9007199254740993", "9223372036854775807", "9223372036854775808", "-9223372036854775808", "1e400", "0x10",
        "Inf",
        "nan", "ä", "a\u{0}b", "abc", "12abc", "1.5e2", "-1.5e-7", "  ", "\t1",
    ]

    private func expectAllAsWritten(_ database: TestDatabase, _ count: Int) throws {
        let comparison = try database.destination.compareRows(logID: "log", importID: 1)
        #expect(comparison.asWritten == count)
        #expect([comparison.edited, comparison.missing, comparison.importedSince] == [0, 0, 0])
    }

    @Test(
        arguments: [
            "", "TEXT", "VARCHAR(3)", "BLOB", "INTEGER", "REAL", "NUMERIC", "DECIMAL(10,2)", "ANY", "BOOLEAN",
        ], ["v", "v?integer", "v?real", "v:integer", "v:real", "v:numeric"])
    func anyValueIsNotedAsItIsStored(_ declared: String, _ column: String) throws {
        let database = try TestDatabase()
        try database.run("CREATE TABLE products (k TEXT, v \(declared))")
        _ = try database.destination.prepare(.of(["k", column]))
        let rows = Self.oddValues.enumerated().map { ["\($0)", $1] }
        let outcome = try database.write(rows)
        #expect(outcome.inserted + outcome.rejects.count == rows.count)
        try expectAllAsWritten(database, outcome.inserted)
    }

    @Test func aStrictColumnOfAnyTypeIsNotedAsItIsStored() throws {
        let database = try TestDatabase()
        try database.run("CREATE TABLE products (k TEXT, v ANY) STRICT")
        _ = try database.destination.prepare(.of(["k", "v"]))
        try database.write(Self.oddValues.enumerated().map { ["\($0)", $1] })
        try expectAllAsWritten(database, Self.oddValues.count)
    }

    @Test func anUpdatedRowKeepsTheSpellingOfItsKey() throws {
        let database = try TestDatabase()
        try database.run("CREATE TABLE products (k TEXT COLLATE NOCASE PRIMARY KEY, n NUMERIC, v TEXT)")
        _ = try database.destination.prepare(.of(["k", "n", "v"], key: ["k"], mode: .upsert))
        try database.write((0..<20).map { ["Key\($0)", "1", "a"] })
        try database.write((0..<20).map { ["kEY\($0)", "2", "b"] })
        #expect(try database.values("k", order: "rowid").first == "Key0")
        try expectAllAsWritten(database, 20)
    }

    /// Records of one statement that are inserted, updated, left alone and refused, in every order of four of them.
    @Test(arguments: 0..<16) func recordsOfOneStatementAreToldApart(_ pattern: Int) throws {
        let database = try TestDatabase()
        try database.run("CREATE TABLE products (k TEXT PRIMARY KEY, v TEXT CHECK (v <> 'bad'))")
        _ = try database.destination.prepare(.of(["k", "v"], key: ["k"], mode: .upsert))
        try database.write((0..<200).map { ["\($0)", "old"] })
        var counts = ["new": 0, "changed": 0, "same": 0, "bad": 0]
        let kinds = ["new", "changed", "same", pattern % 3 == 0 ? "bad" : "new"]
        let rows: [[String?]] = (0..<160).map { record in
            let kind = kinds[(record * (pattern + 1) + record / 8) % 4]
            counts[kind, default: 0] += 1
            switch kind {
            case "new": return ["n\(record)", "new"]
            case "changed": return ["\(record)", "changed"]
            case "same": return ["\(record)", "old"]
            default: return ["\(record)", "bad"]
            }
        }
        let outcome = try database.write(rows)
        #expect(
            [outcome.inserted, outcome.updated, outcome.unchanged] == [
                counts["new"], counts["changed"], counts["same"],
            ])
        #expect(outcome.rejects.count == counts["bad"])
        for record in stride(from: 0, to: 160, by: 7) {
            guard let key = rows[record][0], rows[record][1] == "new" || rows[record][1] == "changed" else { continue }
            let last = try #require(try database.destination.changes(table: "products", key: [("k", key)]).last)
            #expect(last.location.record == UInt64(record + 1))
            #expect(last.kind == (key.hasPrefix("n") ? .inserted : .updated))
            #expect(last.before.map(\.value) == (key.hasPrefix("n") ? [] : [key, "old"]))
        }
        let reversal = try database.reverse(chunk: 2)
        #expect(reversal.kept.isEmpty)
        #expect(try database.query("SELECT count(*), min(v), max(v) FROM products") == ["200|old|old"])
    }

    @Test func rowsThatReferToLaterOnesAreTakenWhereverTheyStand() throws {
        let database = try TestDatabase()
        try database.run("CREATE TABLE products (k TEXT PRIMARY KEY, parent TEXT REFERENCES products (k))")
        _ = try database.destination.prepare(.of(["k", "parent"], key: ["k"]))
        let outcome = try database.write((0..<16).map { ["\($0)", $0 % 2 == 0 ? "\($0 + 1)" : nil] })
        #expect(outcome.inserted == 16)
        #expect(try database.reverse(chunk: 1).kept.isEmpty)
        #expect(try database.query("SELECT count(*) FROM products") == ["0"])
    }
}

extension TestDatabase {
    func reverse(chunk: UInt64) throws -> ChunkReversal {
        var result = ChunkReversal()
        _ = try destination.reverse(
            LedgerKey(logID: "log", importID: 1, chunk: chunk), overwritesEdited: false, only: nil
        ) {
            result = $0
            return []
        }
        return result
    }
}
