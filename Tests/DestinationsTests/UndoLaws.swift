import Destinations
import PostgreSQLTestSupport
import Records
import Testing

/// What every destination owes when imports are undone.
@Suite struct UndoLaws {
    private static let all = Backend.allCases

    // MARK: Properties

    @Test(arguments: all, 0..<30) func whatIsTakenBackIsAsItWas(_ backend: Backend, _ seed: UInt64) throws {
        var random = SeededRandom(seed)
        let lab = try backend.makeLaboratory()
        let deliveries = Deliveries(&random)
        var states: [[[String?]]] = []
        for importID in UInt64(1)...4 {
            states.append(try lab.sortedRows(of: "products"))
            try deliveries.write(importID, into: lab, &random)
        }
        for importID in (UInt64(1)...4).reversed() {
            let outcome = try lab.reverse(importID)
            #expect(outcome.kept.isEmpty, "import \(importID): \(outcome.kept)")
            let rows = try lab.sortedRows(of: "products")
            #expect(rows == states[Int(importID) - 1], "import \(importID) with \(deliveries.columns)")
        }
    }

    @Test(arguments: all) func rowsWithoutAKeyAreComparedByTheirContent(_ backend: Backend) throws {
        let lab = try backend.makeLaboratory()
        _ = try lab.destination.prepare(.of(["sku", "name"]))
        try lab.write([["a", "1"], ["a", "1"], ["b", nil], ["c", "3"]])
        #expect(try lab.destination.compareRows(logID: "log", importID: 1).asWritten == 4)
        try lab.execute("UPDATE products SET name = 'mine' WHERE sku = 'b'")
        let comparison = try lab.destination.compareRows(logID: "log", importID: 1)
        #expect(comparison.asWritten == 3 && comparison.edited + comparison.missing == 1)
        #expect(try lab.reverse(1).reversed == 3)
        #expect(try lab.rows(of: "products") == [["b", "mine"]])
    }

    @Test(arguments: all, 0..<30) func importsCanBeTakenBackInAnyOrder(_ backend: Backend, _ seed: UInt64) throws {
        var random = SeededRandom(seed &+ 1000)
        let lab = try backend.makeLaboratory()
        let deliveries = Deliveries(&random)
        try deliveries.write(1, into: lab, &random)
        let before = try lab.sortedRows(of: "products")
        let imports: [UInt64] = [2, 3, 4]
        for importID in imports { try deliveries.write(importID, into: lab, &random) }
        for importID in imports.shuffled(using: &random) {
            let outcome = try lab.reverse(importID)
            #expect(outcome.kept.isEmpty, "import \(importID): \(outcome.kept)")
            if deliveries.isVersioned {
                let current = try lab.rows(of: "products").filter { ["1", "t"].contains($0[3]) }.map { $0[0] }
                #expect(Set(current).count == current.count, "import \(importID)")
            }
        }
        #expect(try lab.sortedRows(of: "products") == before)
    }

    @Test(arguments: all) func takingBackTheEarlierOfTwoLeavesTheLaterOne(_ backend: Backend) throws {
        let lab = try backend.makeLaboratory()
        let plan = TablePlan.of(["sku", "name"], key: ["sku"], mode: .upsert)
        _ = try lab.destination.prepare(plan)
        try lab.write([["a", "0"]], importID: 1)
        try lab.write([["a", "1"], ["b", "1"]], importID: 2)
        try lab.write([["a", "2"], ["c", "2"]], importID: 3)
        #expect(try lab.reverse(2) == ChunkReversal(reversed: 1, handedOver: 1))
        #expect(try lab.rows(of: "products") == [["a", "2"], ["c", "2"]])
        #expect(try lab.reverse(3) == ChunkReversal(reversed: 2))
        #expect(try lab.rows(of: "products") == [["a", "0"]])
    }

    /// What a record ended goes with what it began.
    @Test(
        arguments: all,
        [[2, 3, 4], [3, 2, 4], [2, 4, 3], [3, 4, 2], [4, 2, 3], [1, 3, 2, 4], [1, 2, 3, 4]] as [[UInt64]])
    func noRowHasTwoCurrentVersions(_ backend: Backend, _ order: [UInt64]) throws {
        try expectOneCurrentVersion(backend, order, by: nil)
    }

    /// Rows that go stand in the way of those that become current again, where an index allows one of them only.
    @Test(
        arguments: all,
        [[2, 3, 4], [3, 2, 4], [2, 4, 3], [3, 4, 2], [4, 2, 3], [1, 3, 2, 4], [1, 2, 3, 4]] as [[UInt64]])
    func noIndexOfCurrentVersionsStandsAgainstAnyOrder(_ backend: Backend, _ order: [UInt64]) throws {
        try expectOneCurrentVersion(backend, order, by: "CREATE UNIQUE INDEX one ON products (sku) WHERE is_current")
    }

    private func expectOneCurrentVersion(_ backend: Backend, _ order: [UInt64], by index: String?) throws {
        let lab = try backend.makeLaboratory()
        func write(_ values: [[String?]], _ importID: UInt64) throws {
            var plan = TablePlan.of(["sku", "name"], key: ["sku"], mode: .versioned)
            plan.moment = "2026-01-0\(importID)T00:00:00Z"
            _ = try lab.destination.prepare(plan)
            try lab.write(values, importID: importID)
        }
        try write([["a", "A"], ["b", "A"], ["c", "A"]], 1)
        if let index { try lab.execute(index) }
        let first = try lab.sortedRows(of: "products")
        try write([["a", "B"], ["b", "B"], ["c", "B"], ["d", "B"]], 2)
        try write([["a", "C"], ["b", "B"], ["c", "C"]], 3)
        try write([["a", "D"], ["b", "D"], ["c", "C"]], 4)
        for importID in order {
            #expect(try lab.reverse(importID).kept.isEmpty)
            let current = try lab.rows(of: "products").filter { ["1", "t"].contains($0[2]) }.map { $0[0] }
            #expect(Set(current).count == current.count, "import \(importID)")
        }
        #expect(try lab.sortedRows(of: "products") == (order.contains(1) ? [] : first))
        try write([["a", "E"], ["b", "E"]], 5)
        #expect(try lab.rows(of: "products").contains { $0.contains("E") })
    }

    // MARK: Rows that someone else changed

    @Test(arguments: all) func aRowThatWasEditedSinceIsKeptAndSaid(_ backend: Backend) throws {
        let lab = try backend.makeLaboratory()
        _ = try lab.destination.prepare(.of(["sku", "name"], key: ["sku"], mode: .upsert))
        try lab.write([["a", "0"], ["b", "0"]], importID: 1)
        try lab.write([["a", "1"], ["b", "1"], ["c", "1"], ["d", "1"]], importID: 2)
        try lab.execute("UPDATE products SET name = 'mine' WHERE sku IN ('a', 'c')")
        try lab.execute("DELETE FROM products WHERE sku = 'd'")
        let outcome = try lab.reverse(2)
        // Nothing of the deleted one was left to be undone.
        #expect(outcome.reversed == 1)
        #expect(Set(outcome.kept.map(\.key)) == ["a", "c"])
        #expect(outcome.kept.allSatisfy { $0.reason == .edited && $0.table == "products" && !$0.message.isEmpty })
        #expect(try lab.rows(of: "products") == [["a", "mine"], ["b", "0"], ["c", "mine"]])

        #expect(try lab.reverse(2).kept.count == 2)
        #expect(try lab.reverse(2, overwritesEdited: true) == ChunkReversal(reversed: 2))
        #expect(try lab.rows(of: "products") == [["a", "0"], ["b", "0"]])
        #expect(try lab.reverse(2, overwritesEdited: true) == ChunkReversal())
    }

    /// It is the later import's: of what the earlier one did, nothing is left to be undone.
    @Test(arguments: all, ["", "WITHOUT ROWID"])
    func aRowThatSomebodyDeletedAndALaterImportInsertedAgainIsLeftToThatOne(
        _ backend: Backend, _ options: String
    ) throws {
        let lab = try backend.makeLaboratory()
        let sql = "CREATE TABLE products (sku text PRIMARY KEY, name text)"
        try lab.execute(backend == .sqlite ? "\(sql) \(options)" : sql)
        _ = try lab.destination.prepare(.of(["sku", "name"], key: ["sku"], mode: .upsert))
        try lab.write([["a", "1"], ["b", "1"], ["c", "1"]], importID: 1)
        try lab.execute("DELETE FROM products WHERE sku > 'a'")
        try lab.write([["b", "2"]], importID: 2)
        #expect(try lab.reverse(1) == ChunkReversal(reversed: 1, handedOver: 1))
        #expect(try lab.rows(of: "products") == [["b", "2"]])
        #expect(try lab.reverse(2) == ChunkReversal(reversed: 1))
        #expect(try lab.rows(of: "products").isEmpty)
    }

    @Test(arguments: all) func aDeletedRowThatIsThereAgainIsKept(_ backend: Backend) throws {
        let lab = try backend.makeLaboratory()
        _ = try lab.destination.prepare(.of(["sku", "name"], key: ["sku"], mode: .upsert))
        try lab.write([["a", "0"], ["b", "0"], ["c", "0"]], importID: 1)
        _ = try lab.destination.prepare(.of(["sku"], key: ["sku"], mode: .delete))
        #expect(try lab.write([["a"], ["b"], ["x"]], importID: 2).updated == 2)
        try lab.execute("INSERT INTO products VALUES ('a', 'new')")
        let outcome = try lab.reverse(2)
        #expect(outcome.reversed == 1 && outcome.kept.count == 1)
        #expect(try lab.rows(of: "products") == [["a", "new"], ["b", "0"], ["c", "0"]])
    }

    @Test(arguments: all) func aRowThatOthersReferToIsKeptAndTheOthersGo(_ backend: Backend) throws {
        let lab = try backend.makeLaboratory()
        try lab.execute("CREATE TABLE products (sku text PRIMARY KEY, name text)")
        try lab.execute("CREATE TABLE orders (n integer, sku text REFERENCES products (sku))")
        try lab.execute("CREATE TABLE notes (n integer, sku text REFERENCES products (sku) ON DELETE CASCADE)")
        _ = try lab.destination.prepare(.of(["sku", "name"], key: ["sku"]))
        try lab.write([["a", "0"], ["b", "0"], ["c", "0"]])
        try lab.execute("INSERT INTO orders VALUES (1, 'b')")
        try lab.execute("INSERT INTO notes VALUES (1, 'c')")
        let outcome = try lab.reverse(1)
        #expect(Set(outcome.kept.map(\.key)) == ["b", "c"])
        #expect(outcome.kept.allSatisfy { $0.reason == .refused })
        #expect(try lab.rows(of: "products").map { $0[0] } == ["b", "c"])
        #expect(try lab.rows(of: "notes").count == 1)
    }

    @Test(arguments: all, ["CASCADE", "SET NULL", "NO ACTION"])
    func aRowThatRefersToItselfGoesAndComesBack(_ backend: Backend, _ action: String) throws {
        let lab = try backend.makeLaboratory()
        try lab.execute(
            "CREATE TABLE products (id text PRIMARY KEY, boss text REFERENCES products (id) ON DELETE \(action))")
        func write(_ mode: WriteMode, _ importID: UInt64) throws {
            let columns = mode == .delete ? ["id"] : ["id", "boss"]
            _ = try lab.destination.prepare(.of(columns, key: ["id"], mode: mode))
            let outcome = try lab.write([["a", "a"]].map { Array($0.prefix(columns.count)) }, importID: importID)
            #expect(outcome.rejects.isEmpty)
        }
        try write(.insert, 1)
        try write(.delete, 2)
        #expect(try lab.rows(of: "products").isEmpty)
        #expect(try lab.reverse(2) == ChunkReversal(reversed: 1))
        #expect(try lab.rows(of: "products") == [["a", "a"]])
        #expect(try lab.reverse(1) == ChunkReversal(reversed: 1))
        #expect(try lab.rows(of: "products").isEmpty)
    }

    @Test(arguments: all) func whatClosingSQLMadeOfRowsIsTakenBackWithThem(_ backend: Backend) throws {
        let lab = try backend.makeLaboratory()
        _ = try lab.destination.prepare(.of(["sku", "name"], key: ["sku"], mode: .upsert))
        try lab.write([["a", "0"], ["x", "0"]], importID: 1)
        try lab.write([["a", "1"], ["b", "1"]], importID: 2)
        try lab.write([["c", "1"]], importID: 3)
        let closing = ClosingUndo(logID: "log", importID: 3, imports: [2, 3])
        let statements = ["UPDATE products SET name = name || '!'", "DELETE FROM products WHERE sku = 'x'"]
        #expect(try lab.destination.run(statements, once: "it", undo: closing) == [4, 1])
        #expect(try lab.destination.compareRows(logID: "log", importID: 2).edited == 0)
        #expect(try lab.reverse(2).kept.isEmpty)
        #expect(try lab.rows(of: "products") == [["a", "0"], ["c", "1!"]])
        #expect(try lab.reverse(3).kept.isEmpty)
        #expect(try lab.rows(of: "products") == [["a", "0"], ["x", "0"]])
    }

    @Test(arguments: all) func whatClosingSQLMadeOfOtherTablesIsTakenBackToo(_ backend: Backend) throws {
        let lab = try backend.makeLaboratory()
        let others = [
            "sums (k text PRIMARY KEY, n integer)", "parents (k text PRIMARY KEY)",
            "children (n integer PRIMARY KEY, k text REFERENCES parents (k) ON DELETE CASCADE)",
            "emptied (k text PRIMARY KEY)",
        ]
        for table in others { try lab.execute("CREATE TABLE \(table)") }
        try lab.execute("INSERT INTO sums VALUES ('a', 0), ('z', 5)")
        try lab.execute("INSERT INTO parents VALUES ('a'), ('b')")
        try lab.execute("INSERT INTO children VALUES (1, 'a'), (2, 'b')")
        try lab.execute("INSERT INTO emptied VALUES ('a'), ('b')")
        let tables = ["products", "sums", "parents", "children", "emptied"]
        _ = try lab.destination.prepare(.of(["sku", "name"], key: ["sku"], mode: .upsert))
        let before = try tables.map { try lab.sortedRows(of: $0) }
        try lab.write([["a", "1"], ["b", "1"]], importID: 1)
        let statements = [
            "UPDATE sums SET n = (SELECT count(*) FROM products) WHERE k = 'a'", "DELETE FROM sums WHERE k = 'z'",
            "INSERT INTO sums VALUES ('new', 1)", "DELETE FROM parents WHERE k = 'a'",
            backend == .sqlite ? "DELETE FROM emptied" : "TRUNCATE emptied",
        ]
        let closing = ClosingUndo(logID: "log", importID: 1, imports: [1])
        #expect(try lab.destination.run(statements, once: "it", undo: closing)?.prefix(4) == [1, 1, 1, 1])
        #expect(try lab.rows(of: "children").count == 1 && lab.rows(of: "emptied").isEmpty)
        #expect(try lab.reverse(1).kept.isEmpty)
        #expect(try tables.map { try lab.sortedRows(of: $0) } == before)
    }

    @Test(arguments: all) func ofTablesThatClosingSQLMadeAllRowsAreTakenBack(_ backend: Backend) throws {
        let lab = try backend.makeLaboratory()
        _ = try lab.destination.prepare(.of(["sku", "name"], key: ["sku"], mode: .upsert))
        let statements = [
            "CREATE TABLE IF NOT EXISTS sums (k text PRIMARY KEY, n integer)",
            "INSERT INTO sums SELECT name, count(*) FROM products WHERE true GROUP BY name ON CONFLICT (k) DO UPDATE SET n = excluded.n",
            "CREATE TABLE helper AS SELECT sku FROM products; DELETE FROM helper WHERE sku = 'a'",
            "CREATE TABLE IF NOT EXISTS copies (sku text); INSERT INTO copies SELECT sku FROM helper; DROP TABLE helper",
        ]
        func close(_ importID: UInt64, by statements: [String]) throws {
            let closing = ClosingUndo(logID: "log", importID: importID, imports: [1, importID])
            _ = try lab.destination.run(statements, once: "\(importID)", undo: closing)
        }
        try lab.write([["a", "x"], ["b", "x"], ["c", "y"]], importID: 1)
        try close(1, by: statements)
        let first = try ["products", "sums", "copies"].map { try lab.sortedRows(of: $0) }
        #expect(first[1] == [["x", "2"], ["y", "1"]] && first[2] == [["b"], ["c"]])
        try lab.write([["d", "y"], ["e", "z"]], importID: 2)
        try close(2, by: Array(statements.prefix(2)))
        #expect(try lab.sortedRows(of: "sums").map { $0[1] } == ["2", "2", "1"])
        #expect(try lab.reverse(2).kept.isEmpty)
        #expect(try ["products", "sums", "copies"].map { try lab.sortedRows(of: $0) } == first)
        #expect(try lab.reverse(1).kept.isEmpty)
        for table in ["products", "sums", "copies"] { #expect(try lab.rows(of: table).isEmpty) }
    }

    @Test(arguments: all) func aTableThatClosingSQLDroppedIsNamed(_ backend: Backend) throws {
        let lab = try backend.makeLaboratory()
        _ = try lab.destination.prepare(.of(["sku", "name"], key: ["sku"], mode: .upsert))
        try lab.execute("CREATE TABLE sums (k text, n integer)")
        try lab.execute("INSERT INTO sums VALUES ('old', 1)")
        try lab.write([["a", "x"]], importID: 1)
        let statements = ["DROP TABLE IF EXISTS sums", "CREATE TABLE sums AS SELECT name AS k, 1 AS n FROM products"]
        _ = try lab.destination.run(
            statements, once: "it", undo: ClosingUndo(logID: "log", importID: 1, imports: [1]))
        let kept = try lab.reverse(1).kept
        #expect(kept.map(\.table) == ["sums"] && kept.allSatisfy { $0.message.contains("it dropped the table") })
        #expect(try lab.rows(of: "sums").isEmpty)
    }

    /// The rows of one that was only given another name are nobody's but its owner's.
    @Test(arguments: all, [[], ["CREATE TABLE olds (k text PRIMARY KEY)", "INSERT INTO olds VALUES ('new')"]])
    func aTableThatClosingSQLRenamedKeepsItsRows(_ backend: Backend, _ more: [String]) throws {
        let lab = try backend.makeLaboratory()
        _ = try lab.destination.prepare(.of(["sku", "name"], key: ["sku"], mode: .upsert))
        try lab.execute("CREATE TABLE olds (k text PRIMARY KEY)")
        try lab.execute("INSERT INTO olds VALUES ('a'), ('b')")
        try lab.write([["a", "x"]], importID: 1)
        _ = try lab.destination.run(
            ["ALTER TABLE olds RENAME TO news"] + more, once: "it",
            undo: ClosingUndo(logID: "log", importID: 1, imports: [1]))
        #expect(try lab.reverse(1).kept.map(\.table) == (backend == .sqlite ? ["news"] : []))
        #expect(try lab.sortedRows(of: "news") == [["a"], ["b"]])
        if !more.isEmpty { #expect(try lab.rows(of: "olds").isEmpty) }
    }

    @Test(arguments: all) func aTableThatLostAColumnIsComparedByItsKeysAndTracedByWhatIsKnown(_ backend: Backend) throws
    {
        let lab = try backend.makeLaboratory()
        _ = try lab.destination.prepare(.of(["sku", "name", "n"], key: ["sku"], mode: .upsert))
        try lab.write([["a", "0", "1"], ["b", "0", "1"]], importID: 1)
        try lab.write([["a", "1", "2"], ["c", "1", "2"], ["d", "1", "2"]], importID: 2)
        try lab.execute("DELETE FROM products WHERE sku = 'd'")
        try lab.execute("ALTER TABLE products RENAME COLUMN name TO title")
        let comparison = try lab.destination.compareRows(logID: "log", importID: 2)
        #expect(comparison.unclear == 2 && comparison.missing == 1 && comparison.asWritten == 0)
        #expect(comparison.columnsAway == ["products.name"])
        let changes = try lab.destination.changes(table: "products", key: [("sku", "a")])
        #expect(changes.map(\.kind) == [.inserted, .updated])
        #expect(changes.last?.before.map(\.column) == ["sku", "name", "n"])
    }

    @Test(arguments: all) func aColumnThatWasAddedBetweenTwoImportsKeepsItsValues(_ backend: Backend) throws {
        let lab = try backend.makeLaboratory()
        func write(_ columns: [String], _ rows: [[String?]], _ importID: UInt64) throws {
            _ = try lab.destination.prepare(.of(columns, key: ["sku"], mode: .upsert))
            try lab.write(rows, importID: importID)
        }
        try write(["sku", "name"], [["a", "0"], ["b", "0"]], 1)
        try write(["sku", "name"], [["a", "1"], ["b", "1"]], 2)
        try lab.execute("ALTER TABLE products ADD COLUMN note text DEFAULT 'mine'")
        try write(["sku", "name"], [["a", "2"]], 3)
        #expect(try lab.reverse(2) == ChunkReversal(reversed: 1, handedOver: 1))
        #expect(try lab.rows(of: "products") == [["a", "2", "mine"], ["b", "0", "mine"]])
        #expect(try lab.reverse(3) == ChunkReversal(reversed: 1))
        #expect(try lab.rows(of: "products") == [["a", "0", "mine"], ["b", "0", "mine"]])
    }

    /// Each row has the default in it, though its record may not have the column yet. A NULL that someone wrote is
    /// none.
    @Test(
        arguments: all,
        [("", .upsert), ("", .delete), ("WITHOUT ROWID", .upsert), ("WITHOUT ROWID", .delete)] as [(String, WriteMode)])
    func whatAColumnHeldByDefaultComesBack(_ backend: Backend, _ way: (options: String, mode: WriteMode)) throws {
        let (options, mode) = way
        let lab = try backend.makeLaboratory()
        let sql = "CREATE TABLE products (sku text PRIMARY KEY, name text)"
        try lab.execute(backend == .sqlite ? "\(sql) \(options)" : sql)
        try lab.execute("CREATE TABLE notes (sku text REFERENCES products ON DELETE SET NULL ON UPDATE CASCADE)")
        try lab.execute("INSERT INTO products VALUES ('a', '0'), ('b', '0'), ('c', '0'), ('d', '0')")
        if backend == .sqlite { try lab.execute("INSERT INTO notes VALUES ('a')") }
        for column in ["n integer DEFAULT '7'", "r real DEFAULT 1", "t text NOT NULL DEFAULT 'it''s'", "u text"] {
            try lab.execute("ALTER TABLE products ADD COLUMN \(column)")
        }
        try lab.execute("ALTER TABLE notes ADD COLUMN x text DEFAULT 'x'")
        try lab.execute("UPDATE products SET n = NULL WHERE sku = 'b'")
        try lab.execute("INSERT INTO products VALUES ('e', '0', NULL, NULL, 'e', NULL)")
        let before = try (lab.sortedRows(of: "products"), lab.sortedRows(of: "notes"))
        let columns = mode == .delete ? ["sku"] : ["sku", "name", "n", "r", "t"]
        _ = try lab.destination.prepare(.of(columns, key: ["sku"], mode: mode))
        let records = [["a", "1", "1", "1", "1"], ["b", "1", "1", "1", "1"], ["e", "1", "1", "1", "1"]]
        let outcome = try lab.write(mode == .delete ? records.map { [$0[0]] } : records)
        #expect(outcome.updated == 3 && outcome.rejects.isEmpty)
        #expect(try lab.reverse(1).kept.isEmpty)
        #expect(try (lab.sortedRows(of: "products"), lab.sortedRows(of: "notes")) == before)
    }

    @Test(arguments: all) func aRowThatALaterImportInsertedAgainGetsTheDefaultOfAColumnThatCameBetween(
        _ backend: Backend
    ) throws {
        let lab = try backend.makeLaboratory()
        func write(_ mode: WriteMode, _ importID: UInt64) throws {
            _ = try lab.destination.prepare(
                .of(mode == .delete ? ["sku"] : ["sku", "name"], key: ["sku"], mode: mode))
            try lab.write(["a", "b"].map { mode == .delete ? [$0] : [$0, "\(importID)"] }, importID: importID)
        }
        try write(.insert, 1)
        try write(.delete, 2)
        try lab.execute("ALTER TABLE products ADD COLUMN note text NOT NULL DEFAULT 'new'")
        try write(.insert, 3)
        #expect(try lab.reverse(2) == ChunkReversal(handedOver: 2))
        #expect(try lab.reverse(3) == ChunkReversal(reversed: 2))
        #expect(try lab.rows(of: "products") == [["a", "1", "new"], ["b", "1", "new"]])
    }

    /// What someone wrote into a column that came between two imports is not undone with the later one.
    @Test(arguments: all, ["note text", "note text DEFAULT 'new'", "note integer NOT NULL DEFAULT 7"])
    func aRowWithSomethingInAColumnThatCameBetweenIsNotHandedOver(_ backend: Backend, _ column: String) throws {
        let lab = try backend.makeLaboratory()
        func write(_ rows: [[String?]], _ importID: UInt64) throws {
            _ = try lab.destination.prepare(.of(["sku", "name"], key: ["sku"], mode: .upsert))
            try lab.write(rows, importID: importID)
        }
        try write([["a", "1"], ["b", "1"]], 1)
        try lab.execute("ALTER TABLE products ADD COLUMN \(column)")
        try lab.execute("UPDATE products SET note = '99' WHERE sku = 'b'")
        try write([["a", "2"], ["b", "2"]], 2)
        let outcome = try lab.reverse(1)
        #expect(outcome.handedOver == 1 && outcome.kept.map(\.reason) == [.edited])
        #expect(try lab.reverse(2).kept.isEmpty)
        #expect(try lab.rows(of: "products") == [["b", "1", "99"]])
    }

    /// What someone wrote into a column that the import did not know must not go with the row.
    @Test(
        arguments: all,
        ["note text", "note text DEFAULT 'new'", "note integer DEFAULT 7", "note text NOT NULL DEFAULT ''"])
    func aRowWithSomethingInAColumnThatCameLaterIsKept(_ backend: Backend, _ column: String) throws {
        for isKeyed in [true, false] {
            let lab = try backend.makeLaboratory()
            _ = try lab.destination.prepare(.of(["sku", "name"], key: isKeyed ? ["sku"] : []))
            try lab.write([["a", "0"], ["b", "0"], ["c", "0"]])
            try lab.execute("ALTER TABLE products ADD COLUMN \(column)")
            try lab.execute("UPDATE products SET note = '99' WHERE sku = 'b'")
            let outcome = try lab.reverse(1)
            #expect(outcome.reversed == 2 && outcome.kept.count == 1)
            #expect(outcome.kept.allSatisfy { $0.reason == .edited })
            #expect(try lab.rows(of: "products") == [["b", "0", "99"]])
            #expect(try lab.reverse(1, overwritesEdited: true).reversed == 1)
            #expect(try lab.rows(of: "products").isEmpty)
        }
    }

    @Test(arguments: all) func aRowThatALaterImportDeletedAgainStaysDeleted(_ backend: Backend) throws {
        for order: [UInt64] in [[2, 3], [3, 2]] {
            let lab = try backend.makeLaboratory()
            func write(_ mode: WriteMode, _ importID: UInt64) throws {
                _ = try lab.destination.prepare(
                    .of(mode == .delete ? ["sku"] : ["sku", "name"], key: ["sku"], mode: mode))
                try lab.write(
                    ["a", "b"].map { mode == .delete ? [$0] : [$0, "\(importID)"] }, importID: importID)
            }
            try write(.insert, 1)
            try write(.delete, 2)
            try write(.insert, 3)
            try write(.delete, 4)
            for importID in order { #expect(try lab.reverse(importID).kept.isEmpty) }
            #expect(try lab.rows(of: "products").isEmpty)
            #expect(try lab.reverse(4).kept.isEmpty)
            #expect(try lab.rows(of: "products") == [["a", "1"], ["b", "1"]])
        }
    }

    @Test(arguments: all) func onlyRowsWithAValueAreTakenBackWhereThatIsAskedFor(_ backend: Backend) throws {
        let lab = try backend.makeLaboratory()
        _ = try lab.destination.prepare(.of(["sku", "n:integer"], key: ["sku"], mode: .upsert))
        try lab.write([["a", "0"], ["b", "0"], ["c", "7"]], importID: 1)
        try lab.write([["a", "7"], ["b", "1"], ["d", "7"]], importID: 2)
        #expect(try lab.reverse(2, only: RowCondition(column: "n", value: "7")) == ChunkReversal(reversed: 2))
        #expect(try lab.rows(of: "products") == [["a", "0"], ["b", "1"], ["c", "7"]])
        #expect(try lab.reverse(2) == ChunkReversal(reversed: 1))
        #expect(try lab.rows(of: "products") == [["a", "0"], ["b", "0"], ["c", "7"]])
    }

    @Test(arguments: all, ["", "WITHOUT ROWID"])
    func ofRowsWithAValueThoseThatAnotherImportFoundUnchangedStay(_ backend: Backend, _ options: String) throws {
        let lab = try backend.makeLaboratory()
        if backend == .sqlite { try lab.execute("CREATE TABLE products (sku text PRIMARY KEY, n integer) \(options)") }
        let plan = TablePlan.of(["sku", "n:integer"], key: ["sku"], mode: .upsert)
        _ = try lab.destination.prepare(plan)
        try lab.write([["a", "7"], ["b", "7"], ["c", "1"], ["d", "7"]], importID: 1)
        try lab.write([["a", "7"], ["c", "1"], ["d", "7"]], importID: 2)
        try lab.write([["a", "7"]], log: "other", importID: 1)
        let condition = RowCondition(column: "n", value: "7")
        #expect(try lab.reverse(2, only: condition) == ChunkReversal())
        #expect(try lab.reverse(1, only: condition) == ChunkReversal(reversed: 2, handedOver: 1))
        #expect(try lab.rows(of: "products") == [["a", "7"], ["c", "1"]])
        // The other rows are import 2's as well.
        #expect(try lab.reverse(1) == ChunkReversal(reversed: 0, handedOver: 1))
        #expect(try lab.reverse(2) == ChunkReversal(reversed: 1))
        #expect(try lab.rows(of: "products") == [["a", "7"]])
        #expect(try lab.reverse(1, log: "other") == ChunkReversal(reversed: 1))
        #expect(try lab.rows(of: "products").isEmpty)
    }

    // MARK: What goes with it

    @Test(arguments: all) func aReversalAndItsReceiptAreCommittedTogether(_ backend: Backend) throws {
        struct Stop: Error {}
        let lab = try backend.makeLaboratory()
        _ = try lab.destination.prepare(.of(["sku"], key: ["sku"]))
        try lab.write([["a"]])
        let key = LedgerKey(logID: "log", importID: 1, chunk: 1)
        #expect(throws: Stop.self) {
            _ = try lab.destination.reverse(key, overwritesEdited: false, only: nil) { _ in throw Stop() }
        }
        lab.kill()
        #expect(try lab.rows(of: "products").count == 1)
        let receipt = try lab.destination.reverse(key, overwritesEdited: false, only: nil) { _ in [4, 2] }
        #expect(receipt == Receipt(key: key, table: "products", entry: [4, 2]))
        lab.kill()
        var seen: [Receipt] = []
        try lab.destination.forEachReversal(logID: "log", importID: 1) { seen.append($0) }
        #expect(seen == [receipt])
        #expect(try lab.rows(of: "products").isEmpty)
        #expect(try lab.destination.receipts(logID: "log", importID: 1).count == 1)
    }

    @Test(arguments: all) func withoutUndoDataThereIsNothingToTakeBack(_ backend: Backend) throws {
        let lab = try backend.makeLaboratory()
        for (importID, keepsUndo) in [(UInt64(1), false), (2, true)] {
            var plan = TablePlan.of(["sku"], key: ["sku"])
            plan.keepsUndo = keepsUndo
            _ = try lab.destination.prepare(plan)
            let outcome = try lab.write([["a\(importID)"]], importID: importID)
            #expect((outcome.rowsDigest != nil) == keepsUndo)
        }
        #expect(try lab.destination.chunksWithUndo(logID: "log", importID: 1) == [])
        #expect(try lab.destination.chunksWithUndo(logID: "log", importID: 2) == [1])
    }

    @Test(arguments: all) func rowsAreComparedWithWhatTheImportLeft(_ backend: Backend) throws {
        let lab = try backend.makeLaboratory()
        _ = try lab.destination.prepare(.of(["sku", "name"], key: ["sku"], mode: .upsert))
        var digests: [UInt64: UInt64] = [:]
        digests[1] = try lab.write([["a", "0"], ["b", "0"], ["c", "0"]], chunk: 1).rowsDigest
        digests[2] = try lab.write([["d", "0"], ["e", "0"], ["a", "1"]], chunk: 2).rowsDigest
        try lab.write([["b", "2"]], importID: 2)
        try lab.execute("UPDATE products SET name = 'mine' WHERE sku = 'c'")
        try lab.execute("DELETE FROM products WHERE sku = 'd'")
        let comparison = try lab.destination.compareRows(logID: "log", importID: 1)
        #expect(comparison.asWritten == 2)
        #expect(comparison.importedSince == 1)
        #expect(comparison.edited == 1)
        #expect(comparison.missing == 1)
        #expect(comparison.digests == digests)
    }

    @Test(arguments: all) func aRowLeadsBackToItsRecords(_ backend: Backend) throws {
        let lab = try backend.makeLaboratory()
        _ = try lab.destination.prepare(.of(["sku", "name"], key: ["sku"], mode: .upsert))
        try lab.write([["a", "0"], ["b", "0"]], importID: 1)
        try lab.write([["c", "1"], ["b", "1"], ["b", "1"]], importID: 2, chunk: 3)
        let changes = try lab.destination.changes(table: "products", key: [("sku", "b")])
        #expect(changes.map(\.key.importID) == [1, 2])
        #expect(changes.map(\.key.chunk) == [1, 3])
        #expect(changes.map(\.kind) == [.inserted, .updated])
        #expect(changes.map(\.location.record) == [2, 2])
        #expect(changes.map(\.location.line) == [3, 3])
        #expect(changes.map(\.location.byteOffset) == [104, 104])
        #expect(changes[1].before.map(\.value) == ["b", "0"])
        #expect(try lab.destination.changes(table: "products", key: [("sku", "nobody")]).isEmpty)
        #expect(throws: DataError.self) { try lab.destination.changes(table: "products", key: [("x", "1")]) }
        #expect(throws: DataError.self) { try lab.destination.changes(table: "nothing", key: [("sku", "1")]) }
    }

    @Test(arguments: all) func aBackupPutsBackWhatWasTaken(_ backend: Backend) throws {
        let lab = try backend.makeLaboratory()
        _ = try lab.destination.prepare(.of(["sku", "name"], key: ["sku"], mode: .upsert))
        try lab.write([["a", "0"], ["b", "x\ty\\\n\"z"]], importID: 1)
        try lab.write([["a", "1"], ["c", nil]], importID: 2)
        let before = try lab.rows(of: "products")
        let path = "\(Scratch.folder)/waybill-backup-\(UInt64.random(in: 0 ... .max))"
        try lab.destination.backUp(to: path, logID: "log", importIDs: [1, 2])
        #expect(throws: DataError.self) { try lab.destination.backUp(to: path, logID: "log", importIDs: [1, 2]) }
        _ = try lab.reverse(2)
        _ = try lab.reverse(1)
        #expect(try lab.rows(of: "products").isEmpty)
        _ = try lab.destination.restore(
            from: path, logID: "log", importIDs: [1, 2], overwritesEdited: false, isTrial: false)
        #expect(try lab.rows(of: "products") == before)
    }

    // MARK: Queries

    @Test(arguments: all) func aQueryGivesAsManyRowsAsAreAskedForAndChangesNothing(_ backend: Backend) throws {
        let lab = try backend.makeLaboratory()
        _ = try lab.destination.prepare(.of(["sku", "name"], key: ["sku"]))
        try lab.write([["a", nil], ["b", "1"], ["c", "2"]])
        let result = try lab.destination.query(
            "SELECT sku, name FROM products ORDER BY sku", limit: 2, timeout: .seconds(60))
        #expect(result == QueryResult(columns: ["sku", "name"], rows: [["a", nil], ["b", "1"]], isCut: true))
        #expect(throws: DataError.self) {
            _ = try lab.destination.query("DELETE FROM products", limit: 2, timeout: .seconds(60))
        }
        #expect(throws: DataError.self) {
            _ = try lab.destination.query("SELECT nonsense", limit: 2, timeout: .seconds(60))
        }
        _ = try? lab.destination.query("SELECT 1; COMMIT; DELETE FROM products", limit: 2, timeout: .seconds(60))
        #expect(try lab.rows(of: "products").count == 3)
        let endless = "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT max(i) FROM n"
        let error = #expect(throws: DataError.self) {
            _ = try lab.destination.query(endless, limit: 1, timeout: .milliseconds(200))
        }
        #expect(error?.code == .busy)
        #expect(try lab.destination.query("SELECT 7", limit: 1, timeout: .seconds(60)).rows == [["7"]])
    }

    @Test(arguments: all) func statementsAreRunTogetherOrNotAtAll(_ backend: Backend) throws {
        let lab = try backend.makeLaboratory()
        _ = try lab.destination.prepare(.of(["sku", "name"], key: ["sku"]))
        try lab.write([["a", "0"], ["b", "1"]])
        #expect(
            try lab.destination.run(
                [
                    "UPDATE products SET name = 'x'", "DELETE FROM products WHERE sku = 'a'",
                ], once: nil) == [2, 1])
        #expect(throws: DataError.self) {
            _ = try lab.destination.run(["DELETE FROM products", "DELETE FROM nothing"], once: "it")
        }
        #expect(try lab.rows(of: "products") == [["b", "x"]])
        #expect(try lab.destination.run(["UPDATE products SET name = 'y'"], once: "it") == [1])
        #expect(try lab.destination.run(["UPDATE products SET name = 'z'"], once: "it") == nil)
        #expect(try lab.rows(of: "products") == [["b", "y"]])
    }
}

extension ChunkReversal {
    init(reversed: Int = 0, handedOver: Int = 0) {
        self.init()
        self.reversed = reversed
        self.handedOver = handedOver
    }
}

extension Laboratory {
    /// Undoes an import, newest chunk first.
    func reverse(
        _ importID: UInt64, log: String = "log", overwritesEdited: Bool = false, only: RowCondition? = nil,
        versioned: [VersionedTable] = []
    ) throws -> ChunkReversal {
        var sum = ChunkReversal()
        let destination = try destination
        for chunk in try destination.chunksWithUndo(logID: log, importID: importID).reversed() {
            let key = LedgerKey(logID: log, importID: importID, chunk: chunk)
            _ = try destination.reverse(
                key, overwritesEdited: overwritesEdited, only: only, versioned: versioned
            ) {
                sum.reversed += $0.reversed
                sum.handedOver += $0.handedOver
                sum.kept += $0.kept
                return []
            }
        }
        if only == nil { try destination.finishReversal(logID: log, importID: importID) }
        return sum
    }

    func sortedRows(of table: String) throws -> [[String?]] {
        try rows(of: table).sorted { "\($0)" < "\($1)" }
    }
}

/// Random deliveries into one table, in random modes.
struct Deliveries {
    let columns: [String]
    let isKeyed: Bool
    let isVersioned: Bool
    /// Few, so that many records meet rows, or many, so that whole chunks meet none or come to different rows.
    let keyCount: Int

    init(_ random: inout SeededRandom) {
        keyCount = [12, 60, 1000].randomElement(using: &random)!
        let types = ["", "?integer", "?real", ":text"]
        columns = ["id", "a" + types.randomElement(using: &random)!, "b" + types.randomElement(using: &random)!]
        isKeyed = random.next() % 4 > 0
        isVersioned = isKeyed && random.next() % 3 == 0
    }

    func write(_ importID: UInt64, into lab: any Laboratory, _ random: inout SeededRandom) throws {
        let modes: [WriteMode] =
            isVersioned
            ? [.versioned]
            : isKeyed ? importID == 1 ? [.insert] : [.insert, .update, .upsert, .upsert, .delete] : [.insert]
        var plan = TablePlan.of(columns, key: isKeyed ? ["id"] : [], mode: modes.randomElement(using: &random)!)
        plan.vary(&random)
        plan.moment = "2026-01-0\(importID)T00:00:00Z"
        _ = try lab.destination.prepare(plan)
        let values = ["1", "2", "2.5", "10", "x", "007", nil, ""]
        let commonValues = ["1", "2", "10", nil]
        for chunk in 1...UInt64.random(in: 1...3, using: &random) {
            let rows = (0..<Int.random(in: 1...12, using: &random)).map { _ -> [String?] in
                let pool = Int.random(in: 0..<6, using: &random) == 0 ? values : commonValues
                return [
                    "k\(Int.random(in: 0..<keyCount, using: &random))", pool.randomElement(using: &random)!,
                    pool.randomElement(using: &random)!,
                ]
            }
            let outcome = try lab.write(rows, importID: importID, chunk: chunk)
            #expect(
                outcome.inserted + outcome.updated + outcome.unchanged + outcome.skipped + outcome.rejects.count
                    == rows.count)
        }
    }
}

extension TablePlan {
    /// Of the choices that its mode has, any.
    mutating func vary(_ random: inout SeededRandom) {
        skipsDuplicates = mode == .insert && !key.isEmpty && random.next() % 2 == 0
        keepsNonNull = (mode == .update || mode == .upsert) && random.next() % 3 == 0
    }
}

struct SeededRandom: RandomNumberGenerator {
    private var state: UInt64

    init(_ seed: UInt64) { state = seed }

    /// SplitMix64 (Steele, Lea and Flood).
    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var z = state
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return z ^ (z >> 31)
    }
}
