import Destinations
import Foundation
import Records
import Testing

/// Empty values that become the default of their column.
@Suite struct DefaultIfEmptyTests {
    private static let numbering: [Backend: String] = [
        .sqlite: "integer PRIMARY KEY AUTOINCREMENT", .postgres: "serial PRIMARY KEY",
    ]

    private func lab(_ backend: Backend, _ columns: String) throws -> any Laboratory {
        let lab = try backend.makeLaboratory()
        try lab.execute(
            "CREATE TABLE products (\(columns.replacing("NUMBER", with: Self.numbering[backend] ?? "")))")
        return lab
    }

    private func plan(
        _ columns: [String], _ defaults: [String] = ["*"], key: [String] = [], mode: WriteMode = .insert
    ) -> TablePlan {
        var plan = TablePlan.of(columns, key: key, mode: mode)
        (plan.logID, plan.defaultIfEmpty) = ("log", defaults)
        return plan
    }

    private static let literals: [(definition: String, value: String)] = [
        ("text DEFAULT 'x'", "x"), ("text NOT NULL DEFAULT 'it''s'", "it's"), ("text DEFAULT ''", ""),
        ("integer DEFAULT 5", "5"), ("integer NOT NULL DEFAULT -3", "-3"), ("text DEFAULT ('a' || 'b')", "ab"),
        ("integer DEFAULT (2 + 3)", "5"), ("text DEFAULT 'a,b)'", "a,b)"), ("text DEFAULT '?1'", "?1"),
    ]

    @Test(arguments: Backend.allCases, literals)
    func aDefaultTakesThePlaceOfAnEmptyValue(_ backend: Backend, _ literal: (definition: String, value: String)) throws
    {
        for (key, mode) in [([], WriteMode.insert), (["id"], .insert), (["id"], .upsert)] {
            // However the records are cut into chunks.
            for size in 1...4 {
                let lab = try lab(backend, "id integer PRIMARY KEY, v \(literal.definition), w text")
                _ = try lab.destination.prepare(plan(["id", "v", "w"], ["V"], key: key, mode: mode))
                let given = literal.definition.hasPrefix("text") ? "own" : "8"
                let records: [[String?]] = [["1", nil, nil], ["2", given, nil], ["3", nil, "w"], ["4", nil, nil]]
                for (chunk, start) in stride(from: 0, to: 4, by: size).enumerated() {
                    let outcome = try lab.write(
                        Array(records[start..<min(start + size, 4)]), chunk: UInt64(chunk + 1))
                    #expect(outcome.rejects.isEmpty, "\(literal)")
                }
                #expect(
                    try lab.rows(of: "products") == [
                        ["1", literal.value, nil], ["2", given, nil], ["3", literal.value, "w"],
                        ["4", literal.value, nil],
                    ], "\(literal), chunks of \(size)")
                let comparison = try lab.destination.compareRows(logID: "log", importID: 1)
                #expect(comparison.asWritten == 4 && comparison.edited == 0)
                if mode == .upsert { try expectAgainUnchanged(lab, records) }
                for chunk in (1...(4 + size - 1) / size).reversed() {
                    let key = LedgerKey(logID: "log", importID: 1, chunk: UInt64(chunk))
                    _ = try lab.destination.reverse(key, overwritesEdited: false, only: nil) { _ in [] }
                }
                #expect(try lab.rows(of: "products").isEmpty)
            }
        }
    }

    private func expectAgainUnchanged(_ lab: any Laboratory, _ records: [[String?]]) throws {
        let again = try lab.write(records, importID: 2)
        #expect(again.unchanged == 4 && again.updated == 0 && again.inserted == 0, "\(again)")
        _ = try lab.destination.reverse(
            LedgerKey(logID: "log", importID: 2, chunk: 1), overwritesEdited: false, only: nil
        ) { _ in [] }
    }

    @Test(arguments: Backend.allCases, [[], ["id"]])
    func whoBringsNoNumberGetsTheNext(_ backend: Backend, _ key: [String]) throws {
        for mode in key.isEmpty ? [WriteMode.insert] : [.insert, .upsert] {
            let lab = try lab(backend, "id NUMBER, n text")
            _ = try lab.destination.prepare(plan(["id", "n"], ["id"], key: key, mode: mode))
            // The numbers that the chunk brings are not given away.
            let outcome = try lab.write([["2", "two"], [nil, "a"], [nil, "b"], ["10", "ten"], [nil, "c"]])
            #expect(outcome.inserted == 5 && outcome.rejects.isEmpty, "\(outcome)")
            let rows = try lab.rows(of: "products")
            #expect(Set(rows.map { $0[0] }).count == 5 && rows.contains(["2", "two"]) && rows.contains(["10", "ten"]))
            try lab.execute("INSERT INTO products (n) VALUES ('app')")
            let last = try lab.rows(of: "products").compactMap { $0[0].flatMap { Int($0) } }.max()
            #expect(try lab.rows(of: "products").contains(["\(last ?? 0)", "app"]))
            let key = LedgerKey(logID: "log", importID: 1, chunk: 1)
            _ = try lab.destination.reverse(key, overwritesEdited: false, only: nil) { reversal in
                #expect(reversal.reversed == 5 && reversal.kept.isEmpty)
                return []
            }
            #expect(try lab.rows(of: "products").map { $0[1] } == ["app"])
        }
    }

    @Test(arguments: Backend.allCases) func anUpdateTakesItToo(_ backend: Backend) throws {
        let lab = try lab(backend, "id integer PRIMARY KEY, v integer DEFAULT 5")
        try lab.execute("INSERT INTO products VALUES (1, 7)")
        _ = try lab.destination.prepare(plan(["id", "v"], key: ["id"], mode: .upsert))
        #expect(try lab.write([["1", nil], ["1", nil]]).updated == 1)
        #expect(try lab.rows(of: "products") == [["1", "5"]])
        _ = try lab.destination.reverse(
            LedgerKey(logID: "log", importID: 1, chunk: 1), overwritesEdited: false, only: nil
        ) { _ in [] }
        #expect(try lab.rows(of: "products") == [["1", "7"]])
    }

    @Test(arguments: Backend.allCases) func aRefusedRecordCostsItselfAlone(_ backend: Backend) throws {
        let lab = try lab(backend, "id NUMBER, n text UNIQUE, v integer NOT NULL DEFAULT 1")
        _ = try lab.destination.prepare(plan(["id", "n", "v"], ["id", "v"]))
        let outcome = try lab.write([[nil, "a", nil], [nil, "a", nil], [nil, "b", "3"]])
        #expect(outcome.inserted == 2 && outcome.rejects.map(\.location.record) == [2])
        #expect(try lab.rows(of: "products").map { [$0[1], $0[2]] } == [["a", "1"], ["b", "3"]])
    }

    @Test(arguments: Backend.allCases) func aColumnWithoutDefaultIsRefused(_ backend: Backend) throws {
        let lab = try lab(backend, "id integer, v integer DEFAULT 5")
        for (columns, defaults) in [(["id", "v"], ["id"]), (["id"], ["*"]), (["id", "v"], ["v", "ID"])] {
            let error = #expect(throws: DataError.self) { try lab.destination.prepare(plan(columns, defaults)) }
            #expect(error?.code == .unusableOption && error?.message.contains("has no default for") == true)
        }
        // Without the wish, empty stays empty.
        _ = try lab.destination.prepare(plan(["id", "v"], []))
        try lab.write([["1", nil]])
        #expect(try lab.rows(of: "products") == [["1", nil]])
    }

    @Test func wordsAndTimesAreDefaultsOfSQLite() throws {
        let lab = try lab(
            .sqlite,
            "id integer, a text DEFAULT word, b text DEFAULT \"two \"\"words\"\"\", c DEFAULT CURRENT_TIMESTAMP, d DEFAULT TRUE"
        )
        _ = try lab.destination.prepare(plan(["id", "a", "b", "c", "d"]))
        try lab.write([["1", nil, nil, nil, nil]])
        let row = try lab.rows(of: "products")[0]
        #expect(row[1] == "word" && row[2] == "two \"words\"" && row[3]?.hasPrefix("20") == true && row[4] == "1")
    }
}
