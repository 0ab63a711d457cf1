import Destinations
import Records
import Testing

/// Tables that triggers keep virtual ones in step with: full-text indexes and R*Trees.
@Suite struct SQLiteIndexTests {
    struct Index: CustomTestStringConvertible, Sendable {
        let testDescription: String
        let statements: [String]
        /// What the index has of a word, and the table.
        let found: @Sendable (_ word: String) -> String

        static let all = [
            Index(
                testDescription: "FTS5 over the table's content",
                statements: [
                    "CREATE VIRTUAL TABLE ft USING fts5(n, content='products', content_rowid='id')",
                    "CREATE TRIGGER i AFTER INSERT ON products BEGIN INSERT INTO ft(rowid, n) VALUES (new.id, new.n); END",
                    """
                    CREATE TRIGGER d AFTER DELETE ON products BEGIN
                    INSERT INTO ft(ft, rowid, n) VALUES ('delete', old.id, old.n); END
                    """,
                    """
                    CREATE TRIGGER u AFTER UPDATE ON products BEGIN
                    INSERT INTO ft(ft, rowid, n) VALUES ('delete', old.id, old.n);
                    INSERT INTO ft(rowid, n) VALUES (new.id, new.n); END
                    """,
                ], found: { "SELECT rowid FROM ft WHERE ft MATCH '\($0)' ORDER BY 1" }),
            Index(
                testDescription: "FTS5 with content of its own",
                statements: [
                    "CREATE VIRTUAL TABLE ft USING fts5(n)",
                    "CREATE TRIGGER i AFTER INSERT ON products BEGIN INSERT INTO ft(rowid, n) VALUES (new.id, new.n); END",
                    "CREATE TRIGGER d AFTER DELETE ON products BEGIN DELETE FROM ft WHERE rowid = old.id; END",
                    "CREATE TRIGGER u AFTER UPDATE OF n ON products BEGIN UPDATE ft SET n = new.n WHERE rowid = old.id; END",
                ], found: { "SELECT rowid FROM ft WHERE ft MATCH '\($0)' ORDER BY 1" }),
            Index(
                testDescription: "FTS4 over the table's content",
                statements: [
                    "CREATE VIRTUAL TABLE ft USING fts4(content='products', n)",
                    "CREATE TRIGGER bu BEFORE UPDATE ON products BEGIN DELETE FROM ft WHERE docid = old.rowid; END",
                    "CREATE TRIGGER bd BEFORE DELETE ON products BEGIN DELETE FROM ft WHERE docid = old.rowid; END",
                    "CREATE TRIGGER au AFTER UPDATE ON products BEGIN INSERT INTO ft(docid, n) VALUES (new.rowid, new.n); END",
                    "CREATE TRIGGER ai AFTER INSERT ON products BEGIN INSERT INTO ft(docid, n) VALUES (new.rowid, new.n); END",
                ], found: { "SELECT docid FROM ft WHERE ft MATCH '\($0)' ORDER BY 1" }),
            Index(
                testDescription: "R*Tree",
                statements: [
                    "CREATE VIRTUAL TABLE rt USING rtree(id, low, high)",
                    """
                    CREATE TRIGGER i AFTER INSERT ON products BEGIN
                    INSERT INTO rt VALUES (new.id, length(new.n), length(new.n)); END
                    """,
                    "CREATE TRIGGER d AFTER DELETE ON products BEGIN DELETE FROM rt WHERE id = old.id; END",
                    """
                    CREATE TRIGGER u AFTER UPDATE ON products BEGIN
                    UPDATE rt SET low = length(new.n), high = length(new.n) WHERE id = old.id; END
                    """,
                ], found: { "SELECT id FROM rt WHERE low = \($0.count) ORDER BY 1" }),
        ]
    }

    private static let words = ["a", "bb", "ccc", "dddd"]

    /// The index answers as the table itself does.
    private func expectInStep(_ index: Index, _ database: TestDatabase, _ when: String) throws {
        for word in Self.words {
            let rows = try database.query("SELECT id FROM products WHERE n = '\(word)' ORDER BY 1")
            #expect(try database.query(index.found(word)) == rows, "\(when): \(word)")
        }
    }

    @Test(arguments: Index.all, 0..<4)
    func anIndexIsInStepAfterImportsAndAfterTheyAreTakenBack(_ index: Index, _ seed: UInt64) throws {
        var random = SeededRandom(seed)
        let database = try TestDatabase()
        try database.run("CREATE TABLE products (id INTEGER PRIMARY KEY, n TEXT)", "CREATE TABLE audit (id, n)")
        for statement in index.statements { try database.run(statement) }
        // One that writes an ordinary table: undo data has what it did.
        try database.run(
            "CREATE TRIGGER log AFTER INSERT ON products BEGIN INSERT INTO audit VALUES (new.id, new.n); END",
            "CREATE TRIGGER gone AFTER DELETE ON products BEGIN INSERT INTO audit VALUES (old.id, 'gone'); END",
            "INSERT INTO products VALUES (3, 'bb'), (100, 'a')")
        let content =
            "SELECT * FROM (SELECT 'p', id, n FROM products UNION ALL SELECT 'a', id, n FROM audit) ORDER BY 1, 2, 3"
        let schema = try database.query("SELECT name FROM sqlite_schema WHERE type = 'trigger' ORDER BY 1")
        var states: [[String]] = []
        for importID in UInt64(1)...3 {
            states.append(try database.query(content))
            let mode: WriteMode = importID == 3 && seed % 2 == 1 ? .delete : .upsert
            _ = try database.destination.prepare(.of(["id", "n"], key: ["id"], mode: mode))
            for chunk in UInt64(1)...2 {
                let rows = (0..<20).map { _ in
                    ["\(Int.random(in: 1...40, using: &random))", Self.words.randomElement(using: &random)!]
                }
                let key = LedgerKey(logID: "log", importID: importID, chunk: chunk)
                _ = try database.destination.write(.rows(rows), key: key) {
                    #expect($0.rejects.isEmpty)
                    return []
                }
            }
            try expectInStep(index, database, "import \(importID)")
            let comparison = try database.destination.compareRows(logID: "log", importID: importID)
            #expect(comparison.edited == 0 && comparison.missing == 0)
        }
        for importID in (UInt64(1)...3).reversed() {
            for chunk in [UInt64(2), 1] {
                let key = LedgerKey(logID: "log", importID: importID, chunk: chunk)
                _ = try database.destination.reverse(key, overwritesEdited: false, only: nil) {
                    #expect($0.kept.isEmpty, "\($0.kept)")
                    return []
                }
            }
            #expect(try database.query(content) == states[Int(importID) - 1], "import \(importID)")
            try expectInStep(index, database, "import \(importID) taken back")
        }
        #expect(try database.query("SELECT name FROM sqlite_schema WHERE type = 'trigger' ORDER BY 1") == schema)
    }
}
