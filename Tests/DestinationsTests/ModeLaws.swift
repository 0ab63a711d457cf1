import Destinations
import Records
import Testing

/// What becomes of a record whose key a row has, or no row has, in every mode that leaves a choice, by whatever unique index
/// rows are found: a model says it, one record after the other.
@Suite struct ModeLaws {
    @Test(arguments: Backend.allCases, UInt64(0)..<40)
    func everyRecordDoesWhatItsModeSays(_ backend: Backend, _ seed: UInt64) throws {
        var random = SeededRandom(seed &* 86_028_121 &+ 7)
        let lab = try backend.makeLaboratory()
        var model = ModeModel(&random)
        for sql in model.definition(for: backend) { try lab.execute(sql) }
        let before = try lab.sortedRows(of: "products")
        let prepared = try lab.destination.prepare(model.plan)
        #expect(prepared.plan.notes.contains { $0.contains("only rows that exist are updated") } == model.onlyUpdates)
        for chunk in 1...UInt64.random(in: 1...3, using: &random) {
            let records = model.records(&random)
            let expected = model.write(records)
            let outcome = try lab.write(records, chunk: chunk)
            let about = "seed \(seed), \(model), chunk \(chunk): \(records)"
            #expect(
                [outcome.inserted, outcome.updated, outcome.unchanged, outcome.skipped]
                    == [expected.inserted, expected.updated, expected.unchanged, expected.skipped], "\(about)")
            #expect(outcome.rejects.map(\.location.record) == expected.rejects.map { UInt64($0.place + 1) }, "\(about)")
            #expect(outcome.rejects.map(\.code) == expected.rejects.map(\.code), "\(about)")
            let rows = try lab.rows(of: "products").map { Array($0.suffix(5)) }
            #expect(rows.sorted { "\($0)" < "\($1)" } == model.rows.sorted { "\($0)" < "\($1)" }, "\(about)")
        }
        let comparison = try lab.destination.compareRows(logID: "log", importID: 1)
        #expect(comparison.edited + comparison.missing == 0, "seed \(seed), \(model)")
        #expect(try lab.reverse(1).kept.isEmpty)
        #expect(try lab.sortedRows(of: "products") == before, "seed \(seed), \(model)")
    }

    // MARK: Words

    @Test(arguments: Backend.allCases) func aRecordWithoutARowIsRejectedWithTheReason(_ backend: Backend) throws {
        let lab = try backend.makeLaboratory()
        try lab.execute(
            "CREATE TABLE products (shop text, sku text, name text NOT NULL, n text, PRIMARY KEY (shop, sku))")
        for (mode, why) in [
            (WriteMode.update, "the mode update adds no rows"), (.upsert, "a new one needs a value for name"),
        ] {
            _ = try lab.destination.prepare(.of(["shop", "sku", "n"], key: ["shop", "sku"], mode: mode))
            let reject = try lab.write([["x", "a", "1"]], importID: mode == .update ? 1 : 2).rejects.first
            #expect(reject?.code == .rowMissing && reject?.key == "x,a")
            #expect(reject?.message == "no row with shop = 'x' and sku = 'a' exists, and \(why)")
        }
    }

    @Test(arguments: Backend.allCases) func whichUniqueIndexesThereAreIsSaid(_ backend: Backend) throws {
        let lab = try backend.makeLaboratory()
        try lab.execute("CREATE TABLE products (id integer PRIMARY KEY, sku text, n text)")
        try lab.execute("CREATE UNIQUE INDEX lowered ON products (lower(sku))")
        try lab.execute("CREATE UNIQUE INDEX numbered ON products (n) WHERE sku IS NOT NULL")
        func refusal(_ key: [String], index: String? = nil) -> DataError? {
            var plan = TablePlan.of(["sku", "n"], key: key, mode: .update)
            plan.keyIndex = index
            return #expect(throws: DataError.self) { try lab.destination.prepare(plan) }
        }
        let none = refusal(["sku"])
        #expect(none?.code == .unusableOption && none?.message.contains("lowered (lower(sku))") == true)
        #expect(none?.message.contains("numbered (n) where ") == true, "\(none?.message ?? "")")
        #expect(none?.remedy?.contains("--key-index ") == true)
        #expect(refusal(["sku"], index: "nope")?.message.contains("no unique index nope; its unique indexes: ") == true)
        #expect(refusal(["n"], index: "lowered")?.message.contains("does not have just the columns") == true)
        for index in ["lowered", "LOWERED"] {
            var plan = TablePlan.of(["sku", "n"], key: ["sku"], mode: .update)
            plan.keyIndex = index
            _ = try lab.destination.prepare(plan)
        }
    }

    @Test(arguments: Backend.allCases, [WriteMode.update, .delete])
    func rowsOfATableThatIsNotThereAreNotWritten(_ backend: Backend, _ mode: WriteMode) throws {
        let lab = try backend.makeLaboratory()
        let error = #expect(throws: DataError.self) {
            try lab.destination.prepare(.of(["sku", "n"], key: ["sku"], mode: mode))
        }
        #expect(error?.code == .unusableOption && error?.message.contains("there is no table products") == true)
    }

    @Test(
        arguments: [
            ("CREATE UNIQUE INDEX i ON t(a)", ["a"], nil),
            ("create unique index i on t (a desc, lower(b) ASC)", ["a", "lower(b)"], nil),
            (
                "CREATE UNIQUE INDEX \"i (x\" ON \"t,(\" (\"a,)\", [b)] COLLATE NOCASE)",
                ["\"a,)\"", "[b)] COLLATE NOCASE"], nil
            ),
            (
                "CREATE UNIQUE INDEX i ON t (coalesce(a, ',)'), b) WHERE c = 'where (' -- )",
                ["coalesce(a, ',)')", "b"], "c = 'where (' -- )"
            ),
            (
                "CREATE UNIQUE INDEX i ON t/* ( */(a || 'it''s' /* , */, (b))\nWHERE (c)",
                ["a || 'it''s' /* , */", "(b)"], "(c)"
            ),
        ] as [(String, [String], String?)])
    func whatAnIndexOfSQLiteIsMadeOf(_ sql: String, _ parts: [String], _ predicate: String?) {
        let definition = SQLiteIndexDefinition(sql)
        #expect(definition.parts == parts && definition.predicate == predicate, "\(definition)")
    }
}
