import Destinations
import Records
import Testing

/// What every destination owes, whatever database it writes to.
@Suite struct DestinationLaws {
    private static let all = Backend.allCases

    @Test(arguments: all) func aMissingTableIsCreatedWithTheColumnsInOrder(_ backend: Backend) throws {
        let lab = try backend.makeLaboratory()
        let result = try lab.destination.prepare(.of(["sku", "qty:integer", "price:real"], key: ["sku"]))
        #expect(result.created)
        #expect(result.plan.columns.map(\.type) == [.text, .integer, .real])
        try lab.write([["A1", "5", "2.5"]])
        #expect(try lab.rows(of: "products") == [["A1", "5", "2.5"]])
    }

    @Test(arguments: all) func preparingTwiceChangesNothing(_ backend: Backend) throws {
        let lab = try backend.makeLaboratory()
        let plan = TablePlan.of(["sku", "qty?integer"], key: ["sku"])
        let first = try lab.destination.prepare(plan)
        try lab.write([["A1", "5"]])
        let second = try lab.destination.prepare(plan)
        #expect(first.created && !second.created)
        #expect(first.plan == second.plan)
        #expect(try lab.rows(of: "products") == [["A1", "5"]])
    }

    @Test func tablesThatAreMadeTogetherAreMadeAllOrNotAtAll() throws {
        let lab = try SQLiteLaboratory()
        let destination = try #require(try lab.destination as? any Destination & PreparesTogether)
        let error = #expect(throws: DataError.self) {
            try destination.together {
                for name in ["a", "b"] { _ = try destination.prepare(.of(["sku"], table: name)) }
                throw DataError(.destination, "the next one is refused")
            }
        }
        #expect(error != nil)
        #expect(try !destination.hasTable("a") && !destination.hasTable("b"))
        try destination.together { for name in ["a", "b"] { _ = try destination.prepare(.of(["sku"], table: name)) } }
        #expect(try destination.hasTable("a") && destination.hasTable("b"))
        try lab.write([["x"]])
        #expect(try lab.rows(of: "b") == [["x"]])
    }

    @Test(arguments: all) func everyRecordOfAChunkIsCountedOnce(_ backend: Backend) throws {
        for mode in WriteMode.allCases {
            let lab = try backend.makeLaboratory()
            // What is updated or deleted from must be there.
            if mode.needsTable { _ = try lab.destination.prepare(.of(["sku", "qty:integer"], key: ["sku"])) }
            _ = try lab.destination.prepare(.of(["sku", "qty:integer"], key: ["sku"], mode: mode))
            let rows: [[String?]] = [["a", "1"], ["a", "1"], ["a", "2"], [nil, "3"], ["b", "x"], ["c", nil]]
            let outcome = try lab.write(rows)
            #expect(outcome.inserted + outcome.updated + outcome.unchanged + outcome.rejects.count == rows.count)
            #expect(outcome.skipped == 0)
        }
    }

    @Test(arguments: all) func nullIsNotTheEmptyText(_ backend: Backend) throws {
        let lab = try backend.makeLaboratory()
        _ = try lab.destination.prepare(.of(["sku", "name"], key: ["sku"]))
        try lab.write([["a", nil], ["b", ""]])
        #expect(try lab.rows(of: "products") == [["a", nil], ["b", ""]])
    }

    @Test(arguments: all) func aDuplicateKeyInInsertModeCostsThatRecordOnly(_ backend: Backend) throws {
        let lab = try backend.makeLaboratory()
        _ = try lab.destination.prepare(.of(["sku", "name"], key: ["sku"]))
        try lab.write([["A1", "first"]], chunk: 1)
        let outcome = try lab.write([["A1", "again"], ["B2", "x"], ["B2", "y"]], chunk: 2)
        #expect(outcome.inserted == 1)
        #expect(outcome.rejects.map(\.code) == [.duplicateKey, .duplicateKey])
        #expect(outcome.rejects.map(\.key) == ["A1", "B2"])
        #expect(outcome.rejects.first?.message == "a row with sku = 'A1' already exists")
        #expect(try lab.rows(of: "products") == [["A1", "first"], ["B2", "x"]])
    }

    @Test(arguments: all) func aRejectKeepsItsBytesItsPlaceAndItsOrder(_ backend: Backend) throws {
        let lab = try backend.makeLaboratory()
        _ = try lab.destination.prepare(.of(["sku", "qty:integer"], key: ["sku"]))
        let chunk = Chunk.rows([["a", "1"], ["b", "x"], ["c", "2"], [nil, "3"], ["a", "4"]], firstRecord: 11)
        var rejects: [RejectedRecord] = []
        _ = try lab.destination.write(chunk, key: LedgerKey(logID: "log", importID: 1, chunk: 1)) {
            rejects = $0.rejects
            return []
        }
        #expect(rejects.map(\.code) == [.type, .keyMissing, .duplicateKey])
        #expect(rejects.map(\.location.record) == [12, 14, 15])
        #expect(rejects.map(\.location.line) == [13, 15, 16])
        #expect(rejects.map { String(decoding: $0.raw, as: UTF8.self) } == ["b|x\n", "|3\n", "a|4\n"])
        #expect(rejects.map(\.field) == ["qty", "sku", "sku"])
    }

    @Test(arguments: all) func anUpsertTellsInsertedUpdatedAndUnchangedApart(_ backend: Backend) throws {
        let lab = try backend.makeLaboratory()
        _ = try lab.destination.prepare(.of(["sku", "name", "qty:integer"], key: ["sku"], mode: .upsert))
        try lab.write([["a", "x", "1"], ["b", "y", nil]], chunk: 1)
        let outcome = try lab.write([["a", "x", "1"], ["b", "y", "2"], ["c", "z", "3"]], chunk: 2)
        #expect([outcome.inserted, outcome.updated, outcome.unchanged] == [1, 1, 1])
        #expect(try lab.rows(of: "products") == [["a", "x", "1"], ["b", "y", "2"], ["c", "z", "3"]])
    }

    @Test(arguments: all) func theLastRecordOfAKeyWinsInAnUpsert(_ backend: Backend) throws {
        let lab = try backend.makeLaboratory()
        _ = try lab.destination.prepare(.of(["sku", "name"], key: ["sku"], mode: .upsert))
        let outcome = try lab.write([["a", "1"], ["a", "2"], ["a", "2"], ["a", nil]])
        #expect([outcome.inserted, outcome.updated, outcome.unchanged] == [1, 2, 1])
        #expect(try lab.rows(of: "products") == [["a", nil]])
    }

    @Test(arguments: all) func anUpsertOfKeyColumnsAloneLeavesRowsUnchanged(_ backend: Backend) throws {
        let lab = try backend.makeLaboratory()
        _ = try lab.destination.prepare(.of(["a", "b"], key: ["b", "a"], mode: .upsert))
        let outcome = try lab.write([["1", "2"], ["1", "2"], ["1", "3"]])
        #expect([outcome.inserted, outcome.updated, outcome.unchanged] == [2, 0, 1])
    }

    @Test(arguments: all) func aKeyOfTwoColumnsIsReportedWithAComma(_ backend: Backend) throws {
        let lab = try backend.makeLaboratory()
        _ = try lab.destination.prepare(.of(["a", "b", "c"], key: ["b", "a"]))
        let outcome = try lab.write([["1", "2", "x"], ["1", "2", "y"], ["1", nil, "z"]])
        #expect(outcome.rejects.map(\.key) == ["2,1", ",1"])
        #expect(outcome.rejects.first?.message == "a row with b = '2' and a = '1' already exists")
    }

    @Test(arguments: all) func nothingIsWrittenWhenTheEntryThrows(_ backend: Backend) throws {
        struct Stop: Error {}
        let lab = try backend.makeLaboratory()
        _ = try lab.destination.prepare(.of(["sku"], key: ["sku"]))
        let key = LedgerKey(logID: "log", importID: 1, chunk: 1)
        #expect(throws: Stop.self) {
            _ = try lab.destination.write(.rows([["a"]]), key: key) { _ in throw Stop() }
        }
        #expect(try lab.rows(of: "products").isEmpty)
        #expect(try lab.destination.receipts(logID: "log", importID: 1).isEmpty)
        #expect(try lab.write([["a"]]).inserted == 1)
    }

    @Test(arguments: all) func rowsAndTheirReceiptAreCommittedTogether(_ backend: Backend) throws {
        let lab = try backend.makeLaboratory()
        let plan = TablePlan.of(["sku"], key: ["sku"])
        _ = try lab.destination.prepare(plan)
        let seen = try lab.destination.write(.rows([["a"]]), key: LedgerKey(logID: "log", importID: 5, chunk: 3)) {
            #expect($0.inserted == 1)
            // Nothing is visible to others before the commit, the receipt included.
            let visible = try lab.rows(of: "products")
            #expect(visible.isEmpty)
            return [9, 0, 9]
        }
        lab.kill()
        #expect(try lab.destination.receipts(logID: "log", importID: 5) == [seen])
        #expect(
            seen == Receipt(key: LedgerKey(logID: "log", importID: 5, chunk: 3), table: "products", entry: [9, 0, 9]))
        #expect(try lab.rows(of: "products") == [["a"]])
    }

    @Test(arguments: all) func aChunkThatIsInTheLedgerIsNotWrittenTwice(_ backend: Backend) throws {
        for keepsUndo in [true, false] {
            let lab = try backend.makeLaboratory()
            var plan = TablePlan.of(["sku"])
            plan.keepsUndo = keepsUndo
            _ = try lab.destination.prepare(plan)
            try lab.write([["a"]])
            let error = #expect(throws: DataError.self) { try lab.write([["b"]]) }
            #expect(error?.code == .conflict)
            #expect(error?.message.hasPrefix("chunk 1 of import 1 is already in the ledger") == true)
            #expect(try lab.rows(of: "products") == [["a"]])
            try lab.write([["c"]], chunk: 2)
            #expect(try lab.rows(of: "products") == [["a"], ["c"]])
        }
    }

    @Test(arguments: all) func receiptsComeByChunkNumber(_ backend: Backend) throws {
        let lab = try backend.makeLaboratory()
        _ = try lab.destination.prepare(.of(["sku"]))
        for chunk: UInt64 in [10, 2, 1] { try lab.write([["x"]], chunk: chunk, entry: []) }
        try lab.write([["x"]], importID: 2)
        let receipts = try lab.destination.receipts(logID: "log", importID: 1)
        #expect(receipts.map(\.key.chunk) == [1, 2, 10])
        #expect(receipts.allSatisfy { $0.entry.isEmpty })
    }

    @Test(arguments: all) func eachImportIntoATableIsKnownByItsFirstChunkUntilOneIsTakenBack(_ backend: Backend) throws
    {
        let lab = try backend.makeLaboratory()
        _ = try lab.destination.prepare(.of(["sku"]))
        try lab.write([["x"]], log: "mine")
        try lab.write([["x"]], log: "other", importID: 4, chunk: 2)
        try lab.write([["x"]], log: "other", importID: 4, chunk: 1)
        try lab.write([["x"]], log: "other", importID: 9, chunk: 7)
        func first() throws -> [[UInt64]] {
            try lab.destination.firstChunks(of: "products").map { [$0.importID, $0.chunk] }
        }
        #expect(try first() == [[1, 1], [4, 1], [9, 7]])
        #expect(try lab.destination.firstChunks(of: "orders").isEmpty)
        for key in try lab.destination.firstChunks(of: "products") {
            #expect(try lab.destination.receipt(key)?.key == key)
        }
        #expect(try lab.destination.receipt(LedgerKey(logID: "mine", importID: 4, chunk: 1)) == nil)
        let key = LedgerKey(logID: "other", importID: 4, chunk: 2)
        _ = try lab.destination.reverse(key, overwritesEdited: false, only: nil) { _ in [] }
        #expect(try first() == [[1, 1], [9, 7]])
    }

    @Test(arguments: all) func aDatabaseWithoutALedgerHasNoReceipts(_ backend: Backend) throws {
        let lab = try backend.makeLaboratory()
        #expect(try lab.destination.receipts(logID: "log", importID: 1).isEmpty)
        #expect(try lab.destination.firstChunks(of: "products").isEmpty)
    }

    @Test(arguments: all) func namesAndValuesAreNeverReadAsSQL(_ backend: Backend) throws {
        let names = [
            "a\"b", "two words", "select", "größe", "]", "`", "'", "x\"); DROP TABLE products; --", "a.b", "$1", "?1",
        ]
        let lab = try backend.makeLaboratory()
        for table in names {
            // To PostgreSQL, what is before a dot is a schema.
            let spelling = backend == .postgres && table.contains(".") ? "\"\(table)\"" : table
            let plan = TablePlan(
                table: spelling, columns: names.map { Column(name: $0, type: .text, isInferred: false) },
                key: [names[0]],
                mode: .upsert)
            _ = try lab.destination.prepare(plan)
            let chunk = UInt64(names.firstIndex(of: table)! + 1)
            try lab.write([names], chunk: chunk)
            #expect(try lab.rows(of: table) == [names])
        }
    }

    @Test(arguments: all) func aValueThatIsNotOfTheGivenTypeCostsThatRecordOnly(_ backend: Backend) throws {
        let lab = try backend.makeLaboratory()
        _ = try lab.destination.prepare(.of(["sku", "qty:integer"], key: ["sku"]))
        let bad = ["abc", "1.5", "", "9223372036854775808", "1e5", "0x10", "1 2"]
        let outcome = try lab.write([["ok", "7"]] + bad.map { [$0 + "!", $0] })
        #expect(outcome.rejects.map(\.code) == Array(repeating: .type, count: bad.count))
        #expect(outcome.rejects.first?.message == "'abc' is not an integer; column qty was declared integer")
        #expect(try lab.rows(of: "products") == [["ok", "7"]])
    }

    @Test(arguments: all) func aGuessedColumnKeepsEveryValueAsItWasWritten(_ backend: Backend) throws {
        for value in ["00123", "+5", " 7", "7 ", "12345678901234567890", "1e5", "-0", "5.", "007.5", "\t1"] {
            let lab = try backend.makeLaboratory()
            _ = try lab.destination.prepare(.of(["id", "code?integer"], key: ["id"]))
            try lab.write([["1", "42"], ["2", "-7"]], chunk: 1)
            let outcome = try lab.write([["3", value], ["4", "9"]], chunk: 2)
            #expect(outcome.widened.map(\.name) == ["code"], "\(value)")
            #expect(outcome.inserted == 2)
            #expect(try lab.rows(of: "products").map { $0[1] } == ["42", "-7", value, "9"])
        }
    }

    @Test(arguments: all) func aColumnIsWidenedOnceAndStaysText(_ backend: Backend) throws {
        let lab = try backend.makeLaboratory()
        let plan = TablePlan.of(["id", "code?integer"], key: ["id"])
        _ = try lab.destination.prepare(plan)
        #expect(try lab.write([["1", "007"]], chunk: 1).widened.map(\.name) == ["code"])
        #expect(try lab.write([["2", "008"]], chunk: 2).widened.isEmpty)
        let again = try lab.destination.prepare(plan).plan
        #expect(again.columns[1] == Column(name: "code", type: .text, isInferred: false))
    }

    @Test(arguments: all) func aFailedChunkDoesNotWiden(_ backend: Backend) throws {
        struct Stop: Error {}
        let lab = try backend.makeLaboratory()
        _ = try lab.destination.prepare(.of(["id", "code?integer"], key: ["id"]))
        try lab.write([["1", "1"]], chunk: 1)
        #expect(throws: Stop.self) {
            let key = LedgerKey(logID: "log", importID: 1, chunk: 2)
            _ = try lab.destination.write(.rows([["2", "007"]]), key: key) { _ in throw Stop() }
        }
        #expect(try lab.destination.prepare(.of(["id", "code?integer"], key: ["id"])).plan.columns[1].type == .integer)
        #expect(try lab.write([["2", "007"]], chunk: 2).widened.map(\.name) == ["code"])
    }

    @Test(arguments: all) func aDeletionReadsOnlyTheKey(_ backend: Backend) throws {
        let lab = try backend.makeLaboratory()
        _ = try lab.destination.prepare(.of(["k", "b?integer"], key: ["k"]))
        try lab.write([["x", "1"], ["y", "2"], ["z", "3"], ["w", "4"]], chunk: 1)
        for (chunk, columns) in [["k", "b?integer", "c"], ["b:integer", "k"], ["k"]].enumerated() {
            _ = try lab.destination.prepare(.of(columns, key: ["k"], mode: .delete))
            let key = ["x", "y", "z"][chunk]
            let record = columns.map { $0 == "k" ? key : "1.25" }
            let outcome = try lab.write(
                [record, columns.map { $0 == "k" ? "gone" : "00\u{1}" }], chunk: UInt64(chunk + 2))
            #expect([outcome.updated, outcome.unchanged, outcome.rejects.count] == [1, 1, 0])
            #expect(outcome.widened.isEmpty)
        }
        #expect(try lab.rows(of: "products") == [["w", "4"]])
    }

    @Test(arguments: all) func missingColumnsOfAnExistingTableAreNamed(_ backend: Backend) throws {
        let lab = try backend.makeLaboratory()
        try lab.execute("CREATE TABLE products (sku TEXT, title TEXT)")
        let error = #expect(throws: DataError.self) {
            try lab.destination.prepare(.of(["sku", "name", "qty"]))
        }
        #expect(error?.message.contains("has no columns name, qty") == true)
        #expect(error?.message.contains("sku, title") == true)
    }

    @Test(arguments: all) func aKeyThatNothingEnforcesIsRefusedWithTheStatementThatHelps(_ backend: Backend) throws {
        let lab = try backend.makeLaboratory()
        try lab.execute("CREATE TABLE products (sku TEXT, name TEXT)")
        let plan = TablePlan.of(["sku", "name"], key: ["sku"], mode: .upsert)
        let error = #expect(throws: DataError.self) { try lab.destination.prepare(plan) }
        #expect(error?.remedy?.contains(#"CREATE UNIQUE INDEX "products_sku" ON "products" ("sku")"#) == true)
        try lab.execute(#"CREATE UNIQUE INDEX "products_sku" ON "products" ("sku")"#)
        _ = try lab.destination.prepare(plan)
        #expect(try lab.write([["a", "1"], ["a", "2"]]).updated == 1)
    }

    @Test(arguments: all) func aColumnThatNeedsAValueTheSourceLacksIsAnErrorUpFront(_ backend: Backend) throws {
        let lab = try backend.makeLaboratory()
        try lab.execute("CREATE TABLE products (sku TEXT, a TEXT NOT NULL, b TEXT NOT NULL DEFAULT 'x')")
        let error = #expect(throws: DataError.self) { try lab.destination.prepare(.of(["sku"])) }
        #expect(error?.message.contains("needs a value for a (NOT NULL") == true)
    }

    @Test(arguments: all) func contradictingPlansAreRefused(_ backend: Backend) throws {
        let lab = try backend.makeLaboratory()
        let plans: [TablePlan] = [
            .of([]), .of(["a", "A"]), .of(["a"], key: ["b"]), .of(["a"], mode: .upsert),
            .of(["a"], table: "_waybill_ledger"), .of(["a\0b"]), .of(["a"], table: ""),
        ]
        for plan in plans {
            #expect(throws: DataError.self, "\(plan)") { try lab.destination.prepare(plan) }
        }
    }

    // MARK: What is there already

    @Test(arguments: all) func aTableHasOneIdentityInEverySpelling(_ backend: Backend) throws {
        let lab = try backend.makeLaboratory()
        let schema = backend == .sqlite ? "main" : "public"
        for isThere in [false, true] {
            let spellings =
                ["products", "\"products\"", "\(schema).products"]
                + (isThere ? ["Products", "\(schema).PRODUCTS"] : [])
            let names = try spellings.map(lab.destination.tableName)
            #expect(names.allSatisfy { $0 == names[0] && $0.name == "products" }, "\(names)")
            #expect(try lab.destination.tableName("other").identity != names[0].identity)
            if !isThere { _ = try lab.destination.prepare(.of(["sku"], key: ["sku"], table: spellings[2])) }
        }
        #expect(try lab.destination.hasTable("products"))
    }

    /// What an import's rows become, and what is seen of them.
    @Test(
        arguments: all,
        [
            ("UPDATE products SET name = 'x' WHERE sku = '9'", 3, 0), ("DELETE FROM products WHERE sku = 'a'", 2, 1),
            ("DELETE FROM products", 0, 3), ("DROP TABLE products", 0, 3),
        ]) func rowsAreLookedForWhereAnImportLeftThem(_ backend: Backend, _ change: (String, Int, Int)) throws
    {
        for key in [["sku"], []] {
            let lab = try backend.makeLaboratory()
            _ = try lab.destination.prepare(.of(["sku", "name"], key: key))
            #expect(try lab.destination.presence(logID: "log", importID: 1).looked == 0)
            #expect(try lab.destination.isEmpty("products"))
            #expect(try !lab.destination.hasReceipts(logID: "log", importID: 1))
            try lab.write([["a", "1"], ["b", "2"]], chunk: 1)
            try lab.write([["c", "3"]], chunk: 2)
            #expect(try lab.destination.hasReceipts(logID: "log", importID: 1))
            #expect(try !lab.destination.isEmpty("products"))
            try lab.execute(change.0)
            let presence = try lab.destination.presence(logID: "log", importID: 1)
            #expect(presence.there == change.1 && presence.missing == change.2, "\(presence)")
        }
    }

    @Test(arguments: all) func deletedRowsThatAreThereAgainAreSeen(_ backend: Backend) throws {
        let lab = try backend.makeLaboratory()
        _ = try lab.destination.prepare(.of(["sku"], key: ["sku"]))
        try lab.write([["a"], ["b"]], importID: 1)
        _ = try lab.destination.prepare(.of(["sku"], key: ["sku"], mode: .delete))
        try lab.write([["a"], ["b"]], importID: 2)
        #expect(try lab.destination.presence(logID: "log", importID: 2).there == 2)
        try lab.execute("INSERT INTO products VALUES ('a')")
        let presence = try lab.destination.presence(logID: "log", importID: 2)
        #expect(presence.there == 1 && presence.missing == 1, "\(presence)")
    }

    // MARK: Other people's SQL

    @Test(arguments: all) func allStatementsOfATextAreRun(_ backend: Backend) throws {
        let lab = try backend.makeLaboratory()
        let script =
            "CREATE TABLE sums (n integer); INSERT INTO sums VALUES (1);; -- done\nINSERT INTO sums VALUES (2), (3); "
        #expect(try lab.destination.run([script, "DELETE FROM sums WHERE n = 1"], once: "it")?.last == 1)
        #expect(try lab.rows(of: "sums") == [["2"], ["3"]])
    }

    /// What ends the transaction would keep one half of it, and forget that it was run.
    @Test(arguments: all, ["COMMIT", "/* so */ Rollback", "SAVEPOINT s", "INSERT INTO sums VALUES (2); END; SELECT 1"])
    func noStatementEndsTheTransaction(_ backend: Backend, _ statement: String) throws {
        let lab = try backend.makeLaboratory()
        try lab.execute("CREATE TABLE sums (n integer)")
        let error = #expect(throws: DataError.self) {
            try lab.destination.run(["INSERT INTO sums VALUES (1)", statement], once: "it")
        }
        #expect(error?.code == .unusableOption && error?.message.contains("one transaction") == true)
        #expect(try lab.rows(of: "sums") == [])
        #expect(try !lab.destination.hasRun("it"))
    }
}
