import Destinations
import Records
import Testing

/// Types given, types guessed, and the widening of wrong guesses.
@Suite struct SQLiteTypeTests {
    private func database(_ columns: [String], key: [String] = [], mode: WriteMode = .insert) throws -> TestDatabase {
        let database = try TestDatabase()
        _ = try database.destination.prepare(.of(columns, key: key, mode: mode))
        return database
    }

    @Test func aGivenTypeTakesOtherSpellingsOfItsNumbers() throws {
        let database = try database(["i:integer", "r:real", "n:numeric"])
        let outcome = try database.write([
            ["007", "1e5", "+5"], [" 7 ", "12345678901234567890", "0.30000000000000004"],
            ["-0", ".5", "9007199254740993"],
        ])
        #expect(outcome.inserted == 3)
        let types = try database.values("typeof(i), i, typeof(r), r, typeof(n), n")
        #expect(
            types == [
                "integer|7|real|100000.0|integer|5", "integer|7|real|1.23456789012346e+19|real|0.3",
                "integer|0|real|0.5|integer|9007199254740993",
            ])
    }

    @Test func numericRefusesDigitsThatWouldBeRoundedAway() throws {
        let database = try database(["n:numeric"])
        let outcome = try database.write([["12345678901234567890"], ["1e400"], ["N/A"], ["12345678901234567000"]])
        #expect(outcome.rejects.map(\.location.record) == [1, 2, 3])
        #expect(outcome.rejects.first?.message.contains("17") == true)
    }

    @Test(arguments: ["real", "numeric"]) func aGivenTypeTakesNoNumberThatWouldBecomeZero(_ type: String) throws {
        let database = try database(["n:\(type)"])
        let outcome = try database.write([["1e-400"], ["-0.001e-999"], ["0e-400"], ["0.0"], ["1e-300"]])
        #expect(outcome.rejects.map(\.location.record) == [1, 2])
        #expect(try database.values("n = 0") == ["1", "1", "0"])
    }

    @Test func aTextColumnKeepsNumbersAsTheyAreWritten() throws {
        let database = try database(["t", "u?text"])
        try database.write([["007", "1.50"]])
        #expect(try database.values("typeof(t), t, typeof(u), u") == ["text|007|text|1.50"])
    }

    @Test func aGuessedIntegerColumnTakesDecimalsAndWordsWithoutWidening() throws {
        let database = try database(["n?integer"])
        let outcome = try database.write([["5"], ["12.5"], ["N/A"], [""], [nil], ["9223372036854775807"]])
        #expect(outcome.widened.isEmpty)
        #expect(
            try database.values("typeof(n), n") == [
                "integer|5", "real|12.5", "text|N/A", "text|", "null|NULL", "integer|9223372036854775807",
            ])
    }

    @Test func aGuessedRealColumnIsWidenedByAnIntegerOfManyDigits() throws {
        let database = try database(["n?real"])
        try database.write([["5"], ["12.5"], ["N/A"], ["999999999999999"]])
        #expect(try database.values("typeof(n)") == ["real", "real", "text", "real"])
        #expect(try database.write([["1000000000000001"]]).widened.map(\.name) == ["n"])
        #expect(try database.values("n") == ["5", "12.5", "N/A", "999999999999999", "1000000000000001"])
    }

    @Test(arguments: ["integer", "real", "numeric"])
    func aGuessedKeyColumnKeepsKeysApartThatAreEqualAsNumbers(_ type: String) throws {
        let database = try database(["version?\(type)", "n"], key: ["version"], mode: .upsert)
        try database.write([["1", "a"], ["2", "b"]])
        let outcome = try database.write([["1.1", "c"], ["1.10", "d"], ["1.0", "e"], ["2", "f"]])
        #expect(outcome.widened.map(\.name) == ["version"])
        #expect([outcome.inserted, outcome.updated] == [3, 1])
        #expect(try database.values("version, n") == ["1|a", "2|f", "1.1|c", "1.10|d", "1.0|e"])
    }

    @Test func aGuessedIntegerKeyIsNotTheRowID() throws {
        let database = try database(["id?integer"], key: ["id"])
        let outcome = try database.write([["1"], [nil], ["abc"], ["007"], ["7"]])
        #expect(outcome.rejects.map(\.code) == [.keyMissing])
        #expect(try database.values("typeof(id), id") == ["text|1", "text|abc", "text|007", "text|7"])
    }

    @Test func aGivenIntegerKeyIsNotTheRowID() throws {
        let database = try database(["id:integer"], key: ["id"])
        #expect(try database.write([["5"], ["abc"], [nil]]).rejects.map(\.code) == [.type, .keyMissing])
        #expect(try database.values("rowid, id") == ["1|5"])
    }

    @Test func wideningKeepsAllElseOfTheTable() throws {
        let database = try database(["id", "qty?integer", "ean?integer", "price?real"], key: ["id"])
        try database.write([["a", "1", "4006381333931", "1.5"], ["b", "2", "5", "2"], ["c", "3", "6", "N/A"]])
        try database.run(
            "DELETE FROM products WHERE id = 'b'",
            "ALTER TABLE products ADD COLUMN \"odd, (name\" TEXT DEFAULT 'it''s' CHECK (\"odd, (name\" <> ')')",
            "ALTER TABLE products ADD COLUMN twice INTEGER AS (qty * 2)",
            "CREATE INDEX by_ean ON products (ean DESC)", "CREATE UNIQUE INDEX by_qty ON products (qty) WHERE qty > 0",
            "CREATE TABLE history (id TEXT)",
            "CREATE TRIGGER t AFTER INSERT ON products BEGIN INSERT INTO history VALUES (new.id); END",
            "CREATE VIEW cheap AS SELECT id FROM products WHERE price < 2")
        _ = try database.destination.prepare(.of(["id", "qty?integer", "ean?integer", "price?real"], key: ["id"]))
        let outcome = try database.write([["d", "4", "0401", "3"], ["e", "3", "7", "4"]])
        #expect(outcome.widened.map(\.name) == ["ean"])
        #expect(outcome.rejects.map(\.key) == ["e"])
        #expect(
            try database.values("rowid, id, typeof(qty), qty, typeof(ean), ean, price, \"odd, (name\", twice") == [
                "1|a|integer|1|text|4006381333931|1.5|it's|2", "3|c|integer|3|text|6|N/A|it's|6",
                "4|d|integer|4|text|0401|3.0|it's|8",
            ])
        #expect(
            try database.query("SELECT name FROM sqlite_schema WHERE sql IS NOT NULL ORDER BY name") == [
                "_waybill_created", "_waybill_inferred", "_waybill_ledger", "_waybill_rowids", "_waybill_undo",
                "_waybill_undo_chunks",
                "_waybill_undo_row",
                "_waybill_undo_run",
                "_waybill_undo_tables", "_waybill_undo_unchanged", "by_ean", "by_qty", "cheap", "history", "products",
                "t",
            ])
        #expect(try database.query("SELECT id FROM history") == ["d"])
        #expect(try database.query("SELECT id FROM cheap") == ["a"])
        #expect(
            try database.query("SELECT column_name FROM _waybill_inferred WHERE widened IS NULL ORDER BY 1") == [
                "price", "qty",
            ])
        #expect(try database.query("PRAGMA integrity_check") == ["ok"])
    }

    @Test func severalColumnsAreWidenedAtOnce() throws {
        let database = try database(["id", "a?integer", "b?real", "c?integer"])
        try database.write([["1", "1", "1", "1"]])
        #expect(
            try database.write([["2", "01", "2", "2"], ["3", "3", "1e5", "3"]]).widened.map(\.name) == ["a", "b"])
        #expect(try database.values("a, b, c") == ["1|1|1", "01|2|2", "3|1e5|3"])
    }

    @Test func wideningDoesNotDeleteRowsThatReferToTheTable() throws {
        let database = try database(["id", "qty?integer"], key: ["id"])
        try database.write([["a", "1"]])
        try database.run(
            "CREATE TABLE orders (product TEXT REFERENCES products (id) ON DELETE CASCADE)",
            "INSERT INTO orders VALUES ('a')")
        #expect(try database.write([["b", "007"]]).widened.map(\.name) == ["qty"])
        #expect(try database.query("SELECT product FROM orders") == ["a"])
        #expect(try database.query("PRAGMA foreign_key_check").isEmpty)
        // And foreign keys are enforced again.
        #expect(try database.destination.connection.query("PRAGMA foreign_keys") { $0.integer(0) } == [1])
    }

    @Test func foreignKeysAreJudgedInAChunkThatWidens() throws {
        let database = try TestDatabase()
        _ = try database.destination.prepare(.of(["id", "parent", "qty?integer"], key: ["id"]))
        try database.run(
            "ALTER TABLE products ADD COLUMN brand TEXT REFERENCES brands (name)",
            "CREATE TABLE brands (name TEXT PRIMARY KEY)", "INSERT INTO brands VALUES ('good')")
        _ = try database.destination.prepare(.of(["id", "brand", "qty?integer"], key: ["id"]))
        let outcome = try database.write([["1", "good", "007"], ["2", "nobody", "8"], ["3", nil, "9"]])
        #expect(outcome.widened.map(\.name) == ["qty"])
        #expect(outcome.rejects.map(\.key) == ["2"])
        #expect(outcome.inserted == 2)
    }

    @Test func aGuessForATableOfSomebodyElseLeavesTheVerdictToSQLite() throws {
        let database = try TestDatabase()
        try database.run("CREATE TABLE products (id TEXT, n INTEGER, d DECIMAL(10,2), x)")
        let plan = try database.destination.prepare(.of(["id", "n?integer", "d?real", "x?integer"])).plan
        #expect(plan.columns.map(\.type) == [.text, .integer, .numeric, .text])
        #expect(plan.columns.allSatisfy { !$0.isInferred })
        let outcome = try database.write([["1", "007", "1.50", "007"], ["2", "abc", "x", "y"]])
        #expect(outcome.inserted == 2)
        #expect(outcome.widened.isEmpty)
        #expect(try database.values("n, d, x") == ["7|1.5|007", "abc|x|y"])
    }

    @Test func aGivenTypeIsCheckedInATableOfSomebodyElse() throws {
        let database = try TestDatabase()
        try database.run("CREATE TABLE products (id TEXT, n INTEGER)")
        _ = try database.destination.prepare(.of(["id", "n:integer"]))
        #expect(try database.write([["1", "abc"]]).rejects.map(\.code) == [.type])
    }

    @Test func aTypeThatAnotherProcessWidenedIsSeen() throws {
        let database = try database(["id", "n?integer"])
        try database.write([["1", "5"]])
        let other = try SQLiteDestination(path: database.path)
        _ = try other.prepare(.of(["id", "n?integer"]))
        _ = try other.write(.rows([["2", "007"]]), key: LedgerKey(logID: "x", importID: 1, chunk: 1)) { _ in [] }
        #expect(try database.write([["3", "1.50"]]).widened.isEmpty)
        #expect(try database.values("n") == ["5", "007", "1.50"])
    }

    @Test func valuesThatAReaderDecodedAreWrittenAsAnyOther() throws {
        let database = try database(["a", "b?integer", "c"])
        let outcome = try database.write(
            .rows([["x\"y", "5", ""], [nil, "", "z"]], decodesEveryValue: true), chunk: 1)
        #expect(outcome.inserted == 2)
        #expect(try database.values("a, b, typeof(c)") == ["x\"y|5|text", "NULL||text"])
    }

    @Test(arguments: [
        ("CREATE TABLE t (\"a\" INTEGER, b INT)", "a", "INTEGER", "(\"a\" TEXT, b INT)"),
        (
            "CREATE TABLE t(x TEXT DEFAULT ('a, b INT'), /* b INT, */ [b] INT NOT NULL)", "B", "INT",
            "(x TEXT DEFAULT ('a, b INT'), /* b INT, */ [b] TEXT NOT NULL)"
        ),
        (
            "CREATE TABLE \"odd(\" (x, -- , y REAL\n `y` REAL) STRICT", "y", "REAL",
            "(x, -- , y REAL\n `y` TEXT) STRICT"
        ),
        ("CREATE TABLE t (\"q\"\"q\" NUMERIC)", "q\"q", "NUMERIC", "(\"q\"\"q\" TEXT)"),
    ])
    func onlyTheTypeOfAColumnIsReplacedInADefinition(_ sql: String, _ column: String, _ type: String, _ body: String) {
        var definition = SQLiteTableDefinition(sql)
        let isReplaced = definition.replaceType(of: column, type, by: "TEXT")
        let isMissingReplaced = definition.replaceType(of: "missing", type, by: "TEXT")
        #expect(isReplaced && !isMissingReplaced)
        #expect(definition.body == body)
    }
}
