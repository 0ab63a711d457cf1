import Destinations
import Foundation
import Records
import Testing

/// Foreign keys that lead from an SQLite table to itself: SQLite itself, asked afterwards about each record alone, says who
/// had to be rejected.
///
/// `WAYBILL_OWN_KEYS` sets how many random tables are tried.
@Suite struct SQLiteOwnForeignKeyTests {
    private static let count = ProcessInfo.processInfo.environment["WAYBILL_OWN_KEYS"].flatMap(Int.init) ?? 60

    @Test func aRecordMayComeBeforeItsParentAndAnOrphanCostsItselfOnly() throws {
        let database = try TestDatabase()
        try database.run(
            "CREATE TABLE products (id INTEGER PRIMARY KEY, boss INTEGER REFERENCES products, n TEXT CHECK (n <> 'bad'))"
        )
        _ = try database.destination.prepare(.of(["id", "boss", "n"], key: ["id"]))
        let outcome = try database.write([
            ["3", "2", "a"], ["2", "1", "a"], ["1", nil, "a"], ["4", "9", "a"], ["5", "4", "a"], ["6", "6", "a"],
            ["8", "10", "a"], ["10", nil, "bad"], ["1", nil, "a"],
        ])
        #expect(outcome.rejects.map(\.location.record) == [4, 5, 7, 8, 9])
        #expect(try database.values("id") == ["1", "2", "3", "6"])
        #expect(try database.write([["11", "12", "a"], ["12", "3", "a"], ["13", "3", "bad"]]).inserted == 2)
    }

    @Test(arguments: 0..<count) func whoIsRejectedWouldBeRefusedAloneAfterwards(_ seed: Int) throws {
        var random = SeededRandom(UInt64(seed))
        func one<T>(_ choices: [T]) -> T { choices.randomElement(using: &random)! }
        let mode: WriteMode = one([.insert, .insert, .upsert, .delete])
        let id = one(["INTEGER PRIMARY KEY", "TEXT PRIMARY KEY", "TEXT COLLATE NOCASE PRIMARY KEY"])
        let action = one(["", "ON DELETE RESTRICT", "ON DELETE NO ACTION", "DEFERRABLE INITIALLY DEFERRED"])
        let definition = """
            CREATE TABLE products (id \(id), boss REFERENCES products (id) \(action), n INTEGER CHECK (n <> 3) \(one(["", "UNIQUE"])))
            \(one(["", id.contains("TEXT") ? "WITHOUT ROWID" : ""]))
            """
        let database = try TestDatabase()
        try database.run(
            definition, "INSERT INTO products VALUES ('40', NULL, 100), ('41', '40', 101), ('42', '41', 102)")
        let columns = mode == .delete ? ["id"] : ["id", "boss", "n"]
        _ = try database.destination.prepare(.of(columns, key: ["id"], mode: mode))
        let before = try database.values("*", order: "id")
        let ids = Array(1...30) + [40, 41, 42]
        let records: [[String?]] = (0..<Int.random(in: 5...40, using: &random)).map { place in
            let id = "\(one(ids))"
            if mode == .delete { return [one(["40", "41", "42", id])] }
            return [
                id, one([nil, "41", "\(Int.random(in: 1...30, using: &random))", "99"]),
                one(["3", "\(place)", "\(place)"]),
            ]
        }
        let outcome = try database.write(records)
        let about =
            "seed \(seed), \(mode), \(definition): \(records.map { $0.map { $0 ?? "NULL" }.joined(separator: ",") })"
        #expect(outcome.inserted + outcome.updated + outcome.unchanged + outcome.rejects.count == records.count)
        #expect(try database.query("PRAGMA foreign_key_check").isEmpty, "\(about)")
        for reject in outcome.rejects {
            let record = records[Int(reject.location.record) - 1]
            let values = record.map { $0.map { "'\($0)'" } ?? "NULL" }.joined(separator: ", ")
            let statement =
                switch mode {
                case .delete: "DELETE FROM products WHERE id = \(values)"
                case .upsert:
                    "INSERT INTO products VALUES (\(values)) ON CONFLICT (id) DO UPDATE SET boss = excluded.boss, n = excluded.n"
                default: "INSERT INTO products VALUES (\(values))"
                }
            // A unique value that was taken then may be free by now, and a version of the row the same.
            if mode == .upsert, definition.contains("UNIQUE") { continue }
            #expect(throws: (any Error).self, "\(reject.location.record) \(reject.message); \(about)") {
                try database.run("PRAGMA foreign_keys = ON", statement)
            }
        }
        let reversal = try database.reverse(chunk: 1)
        #expect(reversal.kept.isEmpty, "\(about)")
        #expect(try database.values("*", order: "id") == before, "\(about)")
    }
}
