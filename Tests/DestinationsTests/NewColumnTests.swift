import Destinations
import Foundation
import Records
import Testing

/// Columns that a table lacks and an import adds, and that go with it.
@Suite struct NewColumnTests {
    private static func plan(_ columns: [String], mode: WriteMode = .upsert, log: String = "log") -> TablePlan {
        var plan = TablePlan.of(["id:integer"] + columns, key: ["id"], mode: mode)
        plan.logID = log
        plan.addsColumns = true
        return plan
    }

    private func lab(_ backend: Backend, _ rows: String = "(1, 'a'), (2, 'b')") throws -> any Laboratory {
        let lab = try backend.makeLaboratory()
        try lab.execute("CREATE TABLE products (id integer PRIMARY KEY, n text)")
        if !rows.isEmpty { try lab.execute("INSERT INTO products VALUES \(rows)") }
        return lab
    }

    private func takeBack(_ lab: any Laboratory, _ importID: UInt64, chunks: [UInt64] = [1]) throws {
        for chunk in chunks.reversed() {
            let key = LedgerKey(logID: "log", importID: importID, chunk: chunk)
            _ = try lab.destination.reverse(key, overwritesEdited: false, only: nil) { _ in [] }
        }
        try lab.destination.finishReversal(logID: "log", importID: importID)
    }

    private func removeAll(_ lab: any Laboratory, log: String = "log") throws -> [String] {
        try lab.destination.addedColumns(of: "products", logID: log).filter {
            try lab.destination.removeAdded($0, of: "products", logID: log)
        }
    }

    @Test(arguments: Backend.allCases) func theyComeAndGoWithTheirImport(_ backend: Backend) throws {
        for mode in [WriteMode.insert, .upsert] {
            let lab = try lab(backend)
            let before = try lab.rows(of: "products")
            #expect(try lab.destination.missingColumns(["ID", "x", "N", "y"], of: "products") == ["x", "y"])
            for round in UInt64(1)...2 {
                let prepared = try lab.destination.prepare(Self.plan(["x?integer", "y?date", "z"], mode: mode)).plan
                #expect(prepared.notes == ["table products gets the columns x (integer), y (date), z (text)"])
                #expect(prepared.columns.map(\.type) == [.integer, .integer, .date, .text])
                let rows = [[mode == .upsert ? "1" : "7", "5", "2026-01-31", "u"], ["3", nil, nil, nil]]
                #expect(try lab.write(rows, importID: round).rejects.isEmpty)
                // Doing it again, as a resume does, adds nothing.
                #expect(try lab.destination.prepare(Self.plan(["x?integer", "y?date", "z"])).plan.notes.isEmpty)
                #expect(try removeAll(lab).isEmpty, "they have values")
                try takeBack(lab, round)
                #expect(try removeAll(lab) == ["z", "y", "x"])
                #expect(try lab.rows(of: "products") == before)
                try lab.destination.requireReversible(logID: "log", importID: round)
            }
        }
    }

    @Test(arguments: Backend.allCases) func aGuessedOneIsWidenedLikeThoseOfANewTable(_ backend: Backend) throws {
        let lab = try lab(backend)
        _ = try lab.destination.prepare(Self.plan(["x?integer"]))
        try lab.write([["1", "5"]])
        #expect(try lab.write([["2", "007"]], chunk: 2).widened.map(\.name) == ["x"])
        #expect(try lab.rows(of: "products") == [["1", "a", "5"], ["2", "b", "007"]])
        try takeBack(lab, 1, chunks: [1, 2])
        #expect(try removeAll(lab) == ["x"])
        #expect(try lab.rows(of: "products") == [["1", "a"], ["2", "b"]])
    }

    @Test(arguments: Backend.allCases) func aTableThatIsAsAnImportCreatedItStillIsAfterwards(_ backend: Backend) throws
    {
        let lab = try backend.makeLaboratory()
        #expect(try lab.destination.prepare(Self.plan(["n"])).created)
        try lab.write([["1", "a"]])
        _ = try lab.destination.prepare(Self.plan(["n", "x?integer"]))
        try lab.write([["1", "a", "5"]], importID: 2)
        try takeBack(lab, 2)
        #expect(try removeAll(lab) == ["x"])
        try takeBack(lab, 1)
        #expect(try lab.destination.removeCreated("products", logID: "log", besides: []))
    }

    private static let uses: [Backend: [String]] = [
        .sqlite: [
            "UPDATE products SET x = 9 WHERE id = 2", "CREATE INDEX i ON products (x)",
            "CREATE VIEW v AS SELECT x FROM products",
            "CREATE TRIGGER t AFTER INSERT ON products BEGIN SELECT new.x; END",
        ],
        .postgres: [
            "UPDATE products SET x = 9 WHERE id = 2", "CREATE INDEX ON products (x)",
            "CREATE VIEW v AS SELECT x FROM products",
            "ALTER TABLE products ALTER x SET DEFAULT 5", "ALTER TABLE products ADD CHECK (x > 0)",
            "COMMENT ON COLUMN products.x IS 'mine'", "GRANT SELECT (x) ON products TO PUBLIC",
            "ALTER TABLE products ALTER x TYPE numeric",
            "ALTER TABLE products RENAME x TO y; ALTER TABLE products ADD x bigint",
        ],
    ]

    @Test(arguments: Backend.allCases) func oneThatSomebodyUsesStays(_ backend: Backend) throws {
        for use in Self.uses[backend] ?? [] {
            let lab = try lab(backend)
            _ = try lab.destination.prepare(Self.plan(["x?integer"]))
            try lab.write([["1", "5"]])
            for statement in use.split(separator: ";") where backend == .postgres || !use.contains("BEGIN") {
                try lab.execute(String(statement))
            }
            if backend == .sqlite, use.contains("BEGIN") { try lab.execute(use) }
            lab.kill()
            _ = try? takeBack(lab, 1)
            #expect(try removeAll(lab).isEmpty, "\(use)")
            #expect(try lab.destination.missingColumns(["x"], of: "products").isEmpty, "\(use)")
        }
    }

    @Test(arguments: Backend.allCases) func onlyTheLogThatAddedItTakesItAway(_ backend: Backend) throws {
        let lab = try lab(backend)
        _ = try lab.destination.prepare(Self.plan(["x?integer"]))
        #expect(try removeAll(lab, log: "other").isEmpty)
        #expect(try removeAll(lab) == ["x"])
    }

    @Test(arguments: Backend.allCases) func withoutTheWishOrWithoutTheKeyNothingIsAdded(_ backend: Backend) throws {
        let lab = try lab(backend)
        var plan = Self.plan(["x,y"])
        plan.addsColumns = false
        let error = #expect(throws: DataError.self) { try lab.destination.prepare(plan) }
        #expect(error?.code == .unusableOption && error?.message.contains("no column x,y") == true)
        #expect(error?.remedy?.contains("--new-columns add") == true, "\(String(describing: error))")
        var keyed = Self.plan(["sku"])
        keyed.key = ["sku"]
        let missing = #expect(throws: DataError.self) { try lab.destination.prepare(keyed) }
        #expect(missing?.message.contains("no column sku") == true && missing?.remedy?.contains("--new") == false)
        #expect(try lab.rows(of: "products") == [["1", "a"], ["2", "b"]])
    }

    /// Imports with columns of all kinds, taken back in any order: in the end the table is what it was, and at no time is a
    /// column missing that an import which stands has brought.
    @Test(arguments: Backend.allCases, 0..<8)
    func inAnyOrderTheTableIsWhatItWas(_ backend: Backend, _ seed: Int) throws {
        var random = SeededRandom(UInt64(seed))
        let lab = try lab(backend)
        let before = try lab.rows(of: "products")
        let kinds = ["p?integer", "q?real", "r?boolean", "s", "t?timestamptz", "u?uuid"]
        let values = [
            "p": "7", "q": "2.5", "r": "true", "s": "x", "t": "2026-01-31T10:00:00Z",
            "u": "f81d4fae-7dec-11d0-a765-00a0c91e6bf6",
        ]
        var standing: [UInt64: [String]] = [:]
        for importID in UInt64(1)...5 {
            let columns = kinds.filter { _ in Bool.random(using: &random) }
            _ = try lab.destination.prepare(Self.plan(columns))
            let rows = Set((0..<4).map { _ in Int.random(in: 1...6, using: &random) }).sorted().map { id -> [String?] in
                ["\(id)"] + columns.map { Bool.random(using: &random) ? values[String($0.prefix(1))] : nil }
            }
            #expect(try lab.write(rows, importID: importID).rejects.isEmpty)
            standing[importID] = columns.map { String($0.prefix(1)) }
        }
        for importID in standing.keys.shuffled(using: &random) {
            try takeBack(lab, importID)
            standing[importID] = nil
            let needed = Set(standing.values.joined())
            for column in try lab.destination.addedColumns(of: "products", logID: "log") where !needed.contains(column)
            {
                _ = try lab.destination.removeAdded(column, of: "products", logID: "log")
            }
            for id in standing.keys { try lab.destination.requireReversible(logID: "log", importID: id) }
        }
        #expect(try lab.rows(of: "products") == before, "seed \(seed)")
    }
}
