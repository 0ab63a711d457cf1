import Destinations
import Foundation
import PostgreSQLTestSupport
import Records
import Testing

/// Unique values that went from row to row, so that one row alone cannot have its own back.
@Suite struct ExchangeLaws {
    private static let all = Backend.allCases

    /// How a code is unique, and what else is about the table.
    private static let tables: [[String]] = [
        ["CREATE TABLE products (id int PRIMARY KEY, code varchar(40) UNIQUE, name text)"],
        ["CREATE TABLE products (id integer PRIMARY KEY, code text NOT NULL UNIQUE CHECK (code <> ''), name text)"],
        [
            "CREATE TABLE products (id integer PRIMARY KEY, code text NOT NULL, name text)",
            "CREATE UNIQUE INDEX one ON products (lower(code)) WHERE id < 100",
        ],
        [
            "CREATE TABLE products (id integer PRIMARY KEY, code text NOT NULL UNIQUE, name text)",
            "CREATE TABLE orders (n integer PRIMARY KEY, product integer REFERENCES products (id) ON DELETE CASCADE)",
            "CREATE TABLE labels (n integer PRIMARY KEY, code text REFERENCES products (code))",
        ],
        [
            "CREATE TABLE products (id integer PRIMARY KEY, code integer NOT NULL UNIQUE, name text)",
            "CREATE TABLE orders (n integer PRIMARY KEY, product integer REFERENCES products (id) ON DELETE SET NULL)",
        ],
    ]

    private struct Story {
        let lab: any Laboratory
        var random: SeededRandom
        var text = ""
        private let mayDelete: Bool

        init(_ backend: Backend, _ seed: UInt64) throws {
            random = SeededRandom(seed &* 179_424_673 &+ 3)
            lab = try backend.makeLaboratory()
            let table = ExchangeLaws.tables[Int(seed) % ExchangeLaws.tables.count]
            for sql in table { try lab.execute(sql) }
            for id in 1...4 { try lab.execute("INSERT INTO products VALUES (\(id), '\(id)0', 'base')") }
            mayDelete = table.count < 2 || table[1].contains("INDEX")
            if !mayDelete { try lab.execute("INSERT INTO orders VALUES (1, 1), (2, 2)") }
            if table.count > 2 { try lab.execute("INSERT INTO labels VALUES (1, '10'), (2, '20')") }
            text = table.joined(separator: "\n")
        }

        mutating func write(_ importID: UInt64) throws {
            let mode = [WriteMode.update, .update, .upsert, .delete].filter { mayDelete || $0 == .update }
                .randomElement(using: &random)!
            let isOfNames = mode == .update && random.next() % 3 == 0
            let columns = mode == .delete ? ["id"] : isOfNames ? ["id", "name"] : ["id", "code", "name"]
            _ = try lab.destination.prepare(.of(columns, key: ["id"], mode: mode))
            for chunk in 1...UInt64.random(in: 1...2, using: &random) {
                let records = (0..<Int.random(in: 2...9, using: &random)).map { _ -> [String?] in
                    let id = "\(Int.random(in: 1...(mode == .update ? 4 : 5), using: &random))"
                    let code = "\(Int.random(in: 1...6, using: &random))0"
                    return mode == .delete ? [id] : isOfNames ? [id, "n\(code)"] : [id, code, "n\(importID)"]
                }
                text += "\nimport \(importID), chunk \(chunk), \(mode): \(records.map { $0.map { $0! } })"
                try lab.write(records, importID: importID, chunk: chunk)
                text += "\n  \(try lab.rows(of: "products").map { $0.map { $0! } })"
            }
        }
    }

    @Test(arguments: all, 0..<25) func whereverValuesWentAllComesBackInAnyOrder(
        _ backend: Backend, _ seed: UInt64
    ) throws {
        var story = try Story(backend, seed)
        let before = try story.lab.rows(of: "products")
        let imports = UInt64(1)...3
        for importID in imports { try story.write(importID) }
        for importID in imports.shuffled(using: &story.random) {
            story.text += "\nrolled back: \(importID)"
            let kept = try story.lab.reverse(importID).kept
            #expect(kept.isEmpty, "\(kept.map { "\($0.key): \($0.message)" })\n\(story.text)")
            story.text += "\n  \(try story.lab.rows(of: "products").map { $0.map { $0! } })"
        }
        #expect(try story.lab.rows(of: "products") == before, "\(story.text)")
    }

    /// A later import touched both rows, or one of them.
    @Test(
        arguments: all,
        [(["1", "2"], [1, 2]), (["1", "2"], [2, 1]), (["1"], [1, 2]), (["2"], [1, 2]), (["1"], [2, 1])])
    func rowsThatALaterImportTouchedComeBackInAnyOrder(
        _ backend: Backend, _ way: (touched: [String], order: [UInt64])
    ) throws {
        let lab = try backend.makeLaboratory()
        try lab.execute("CREATE TABLE products (id integer PRIMARY KEY, code text UNIQUE, name text)")
        try lab.execute("INSERT INTO products VALUES (1, 'a', ''), (2, 'b', '')")
        let before = try lab.rows(of: "products")
        _ = try lab.destination.prepare(.of(["id", "code"], key: ["id"], mode: .update))
        try lab.write([["1", "z"], ["2", "a"], ["1", "b"]], importID: 1)
        _ = try lab.destination.prepare(.of(["id", "name"], key: ["id"], mode: .update))
        try lab.write(way.touched.map { [$0, "new"] }, importID: 2)
        for importID in way.order { #expect(try lab.reverse(importID).kept.isEmpty, "import \(importID)") }
        #expect(try lab.rows(of: "products") == before)
    }

    /// One row whose value someone took is no reason to leave others as they are.
    @Test(arguments: all) func rowsInEachOthersWayGoBackBesideOneWhoseValueIsTaken(_ backend: Backend) throws {
        let lab = try backend.makeLaboratory()
        try lab.execute("CREATE TABLE products (id integer PRIMARY KEY, code text UNIQUE, name text)")
        try lab.execute("INSERT INTO products (id, code) VALUES (1, 'a'), (2, 'b'), (3, 'c'), (4, 'd'), (5, 'e')")
        _ = try lab.destination.prepare(.of(["id", "code"], key: ["id"], mode: .update))
        try lab.write([["1", "z"], ["2", "a"], ["1", "b"], ["3", "x"], ["4", "y"], ["5", "d"], ["4", "e"]])
        try lab.execute("INSERT INTO products VALUES (6, 'c', 'mine')")
        let kept = try lab.reverse(1).kept
        #expect(kept.map(\.key) == ["3"] && kept.allSatisfy { $0.reason == .refused })
        let rows = try lab.rows(of: "products").map { "\($0[0]!)\($0[1]!)" }
        #expect(rows == ["1a", "2b", "3x", "4d", "5e", "6c"])
    }

    /// A backup gives back what a rollback took.
    @Test func aRestoreExchangesValuesToo() throws {
        let lab = try PostgreSQLLaboratory()
        try lab.execute("CREATE TABLE products (id int PRIMARY KEY, code text NOT NULL UNIQUE)")
        try lab.execute("INSERT INTO products VALUES (1, 'a'), (2, 'b'), (3, 'c')")
        _ = try lab.destination.prepare(.of(["id", "code"], key: ["id"], mode: .update))
        try lab.write([["1", "z"], ["2", "a"], ["3", "b"], ["1", "c"]])
        let written = try lab.rows(of: "products")
        let path = "\(Scratch.folder)/waybill-exchange-\(UInt64.random(in: 0 ... .max))"
        defer { try? FileManager.default.removeItem(atPath: path) }
        try lab.destination.backUp(to: path, logID: "log", importIDs: [1])
        #expect(try lab.reverse(1).kept.isEmpty)
        let report = try lab.destination.restore(
            from: path, logID: "log", importIDs: [1], overwritesEdited: false, isTrial: false)
        #expect(report.kept.isEmpty, "\(report)")
        #expect(try lab.rows(of: "products") == written)
    }
}
