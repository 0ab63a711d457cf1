import Destinations
import PostgreSQLTestSupport
import Records
import Testing

/// Chunks whose undo data is one row.
@Suite struct PostgreSQLUndoPackTests {
    private let lab: PostgreSQLLaboratory

    init() throws { lab = try PostgreSQLLaboratory() }

    private func prepare(_ mode: WriteMode = .upsert) throws {
        _ = try lab.destination.prepare(.of(["sku", "name"], key: ["sku"], mode: mode))
    }

    /// How many packs there are, and how many rows of ordinary undo data.
    private func kept() throws -> [String?] {
        try lab.query("SELECT (SELECT count(*) FROM _waybill.undo_packs), (SELECT count(*) FROM _waybill.undo)")[0]
    }

    // MARK: Taking back

    @Test func insertionsArePackedAndTakenBack() throws {
        try prepare()
        #expect(try lab.write([["a", "0"], ["b", nil], ["c", ""]]).rowsDigest != nil)
        #expect(try kept() == ["1", "0"])
        #expect(try lab.reverse(1).reversed == 3)
        #expect(try lab.rows(of: "products").isEmpty)
        #expect(try kept() == ["0", "0"])
    }

    @Test func aPackKnowsWhichRowsWereEdited() throws {
        try prepare()
        try lab.write([["a", "0"], ["b", "0"], ["c", "0"]])
        try lab.execute("UPDATE products SET name = 'mine' WHERE sku = 'b'")
        let outcome = try lab.reverse(1)
        #expect(outcome.reversed == 2)
        #expect(outcome.kept.map(\.key) == ["b"])
        #expect(try lab.rows(of: "products") == [["b", "mine"]])
        #expect(try lab.reverse(1, overwritesEdited: true).reversed == 1)
        #expect(try lab.rows(of: "products").isEmpty)
    }

    @Test(arguments: [[1, 2], [2, 1]] as [[UInt64]])
    func packsOfTheSameRowsAreTakenBackInAnyOrder(_ order: [UInt64]) throws {
        try lab.execute(
            "CREATE TABLE products (sku text PRIMARY KEY, name text); INSERT INTO products VALUES ('o', '0')")
        try prepare()
        try lab.write([["a", "1"], ["b", "1"], ["c", "1"]], importID: 1)
        let second = try lab.write([["a", "2"], ["b", "1"], ["d", "2"], ["o", "2"]], importID: 2)
        #expect(second.inserted == 1 && second.updated == 2 && second.unchanged == 1)
        #expect(try kept() == ["3", "0"])
        #expect(try lab.reverse(order[0]).kept.isEmpty)
        #expect(
            try lab.rows(of: "products")
                == (order[0] == 1
                    ? [["a", "2"], ["b", "1"], ["d", "2"], ["o", "2"]]
                    : [["a", "1"], ["b", "1"], ["c", "1"], ["o", "0"]]))
        #expect(try lab.reverse(order[1]).kept.isEmpty)
        #expect(try lab.rows(of: "products") == [["o", "0"]])
    }

    @Test(arguments: [[2, 3], [3, 2]] as [[UInt64]])
    func aRowThatWasDeletedAndPackedAgainComesBackAsItWas(_ order: [UInt64]) throws {
        try prepare()
        try lab.write([["a", "1"]], importID: 1)
        _ = try lab.destination.prepare(.of(["sku"], key: ["sku"], mode: .delete))
        try lab.write([["a"]], importID: 2)
        try prepare()
        try lab.write([["a", "3"]], importID: 3)
        #expect(try kept() == ["2", "1"])
        for importID in order { #expect(try lab.reverse(importID).kept.isEmpty) }
        #expect(try lab.rows(of: "products") == [["a", "1"]])
    }

    @Test func packsAreComparedLikeRows() throws {
        try prepare()
        let first = try lab.write([["a", "1"], ["b", "1"], ["c", "1"], ["d", "1"]], importID: 1)
        let second = try lab.write([["a", "2"], ["e", "2"]], importID: 2)
        try lab.execute("UPDATE products SET name = 'mine' WHERE sku = 'c'; DELETE FROM products WHERE sku = 'd'")
        let comparison = try lab.destination.compareRows(logID: "log", importID: 1)
        #expect(comparison.asWritten == 1 && comparison.importedSince == 1)
        #expect(comparison.edited == 1 && comparison.missing == 1)
        #expect(comparison.digests == [1: try #require(first.rowsDigest)])
        #expect(
            try lab.destination.compareRows(logID: "log", importID: 2).digests == [1: try #require(second.rowsDigest)])
        #expect(try kept() == ["3", "0"])
        let changes = try lab.destination.changes(table: "products", key: [("sku", "a")])
        #expect(changes.map(\.kind) == [.inserted, .updated])
        #expect(changes[1].before.map(\.value) == ["a", "1"])
    }

    @Test func aBackupHasWhatIsPacked() throws {
        try prepare()
        try lab.write([["a", "1"], ["b", "1"]], importID: 1)
        try lab.write([["a", "2"]], importID: 2)
        let path = "\(Scratch.folder)/waybill-backup-\(UInt64.random(in: 0 ... .max))"
        try lab.destination.backUp(to: path, logID: "log", importIDs: [2])
        _ = try lab.reverse(2)
        _ = try lab.destination.restore(
            from: path, logID: "log", importIDs: [2], overwritesEdited: false, isTrial: false)
        #expect(try lab.rows(of: "products") == [["a", "2"], ["b", "1"]])
        #expect(try lab.reverse(2).reversed == 1)
        #expect(try lab.reverse(1).reversed == 2)
        #expect(try lab.rows(of: "products").isEmpty)
    }

    @Test func undoDataFromBeforeThereWerePacksIsOfUseStill() throws {
        try lab.execute(
            """
            CREATE TABLE products (sku text PRIMARY KEY, name text);
            CREATE FUNCTION nothing() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END';
            CREATE TRIGGER nothing BEFORE INSERT ON products FOR EACH ROW EXECUTE FUNCTION nothing()
            """)
        try prepare()
        // Two records of one key, which a trigger sees both.
        try lab.write([["a", "0"], ["a", "1"]], importID: 1)
        #expect(try kept() == ["0", "1"])
        try lab.execute(
            "DROP VIEW _waybill.undo_rows; DROP TABLE _waybill.undo_packs; DROP TRIGGER nothing ON products")
        lab.kill()
        #expect(try lab.destination.compareRows(logID: "log", importID: 1).asWritten == 1)
        try lab.execute("DROP VIEW _waybill.undo_rows; DROP TABLE _waybill.undo_packs")
        try prepare()
        try lab.write([["a", "2"], ["b", "2"]], importID: 2)
        #expect(try lab.reverse(1).kept.isEmpty)
        #expect(try lab.reverse(2).kept.isEmpty)
        #expect(try lab.rows(of: "products").isEmpty)
    }

    // MARK: Which way a chunk goes

    @Test func duplicatesAreLeftOutOfACopy() throws {
        try prepare(.insert)
        try lab.write([["a", "1"], ["b", "1"]], chunk: 1)
        #expect(try kept() == ["1", "0"])
        let second = try lab.write([["c", "2"], ["a", "2"], ["d", "2"], ["d", "3"]], chunk: 2)
        #expect(second.inserted == 2 && second.rejects.map(\.key) == ["a", "d"])
        #expect(try kept() == ["2", "0"])
        try lab.write([["e", "3"]], chunk: 3)
        try lab.write([["f", "4"]], chunk: 4)
        #expect(try kept() == ["4", "0"])
        #expect(try lab.reverse(1).reversed == 6)
        #expect(try lab.rows(of: "products").isEmpty)
    }

    @Test func afterAnUpdateNoCopyIsTriedUntilAChunkOnlyInserts() throws {
        // Numbers of a sequence are not given back: it counts the rows that were tried, too.
        try lab.execute(
            """
            CREATE SEQUENCE tries;
            CREATE TABLE products (sku text PRIMARY KEY, name text, CHECK (nextval('tries') > 0))
            """)
        try prepare()
        var tries = [0]
        let chunks: [[[String?]]] = [
            [["a", "1"]], [["a", "2"], ["b", "2"]], [["a", "3"]], [["c", "4"]], [["d", "5"], ["a", "5"]],
        ]
        for (index, rows) in chunks.enumerated() {
            try lab.write(rows, chunk: UInt64(index) + 1)
            tries.append(Int(try lab.query("SELECT last_value FROM tries")[0][0] ?? "") ?? 0)
        }
        #expect(zip(tries, tries.dropFirst()).map { $1 - $0 } == [1, 4, 1, 1, 4])
        #expect(try kept() == ["7", "0"])
        #expect(try lab.reverse(1).kept.isEmpty)
        #expect(try lab.rows(of: "products").isEmpty)
    }

    @Test func twoRecordsOfOneKeyAreWrittenOneAfterTheOther() throws {
        try prepare()
        try lab.write([["a", "1"], ["x", "1"]], importID: 1)
        // Looked at by itself, the last one has the row's values already.
        #expect(try lab.write([["a", "2"], ["a", "1"]], importID: 2, chunk: 1).updated == 2)
        #expect(try lab.rows(of: "products") == [["a", "1"], ["x", "1"]])
        let outcome = try lab.write(
            [["a", "2"], ["b", "1"], ["a", "1"], ["b", "2"], ["b", "2"]], importID: 2, chunk: 2)
        #expect(outcome.inserted == 1 && outcome.updated == 3 && outcome.unchanged == 1)
        #expect(try lab.rows(of: "products") == [["a", "1"], ["b", "2"], ["x", "1"]])
        #expect(try lab.reverse(2).kept.isEmpty)
        #expect(try lab.rows(of: "products") == [["a", "1"], ["x", "1"]])
    }

    @Test func aRecordThatIsRefusedAmongUpdatesCostsItselfOnly() throws {
        try lab.execute("CREATE TABLE products (sku text PRIMARY KEY, name text CHECK (name <> 'bad'))")
        try prepare()
        try lab.write([["a", "1"], ["b", "1"]], importID: 1)
        let outcome = try lab.write([["a", "2"], ["b", "bad"], ["c", "2"]], importID: 2)
        #expect(outcome.inserted == 1 && outcome.updated == 1 && outcome.rejects.map(\.key) == ["b"])
        #expect(try lab.reverse(2).reversed == 2)
        #expect(try lab.rows(of: "products") == [["a", "1"], ["b", "1"]])
    }

    @Test func columnsThatAnImportDoesNotWriteKeepTheirValues() throws {
        try lab.execute(
            """
            CREATE TABLE products (sku text PRIMARY KEY, name text, note text, n int DEFAULT 7);
            INSERT INTO products VALUES ('a', '0', 'mine', 1)
            """)
        try prepare()
        try lab.write([["a", "1"], ["b", "1"]])
        #expect(try lab.rows(of: "products") == [["a", "1", "mine", "1"], ["b", "1", nil, "7"]])
        #expect(try lab.destination.compareRows(logID: "log", importID: 1).asWritten == 2)
        #expect(try lab.reverse(1).kept.isEmpty)
        #expect(try lab.rows(of: "products") == [["a", "0", "mine", "1"]])
    }

    @Test func whatTriggersOfAPartMakeOfARowIsNotGuessed() throws {
        try lab.execute(
            """
            CREATE TABLE products (sku text PRIMARY KEY, name text) PARTITION BY RANGE (sku);
            CREATE TABLE low PARTITION OF products FOR VALUES FROM (MINVALUE) TO ('m');
            CREATE TABLE high PARTITION OF products FOR VALUES FROM ('m') TO (MAXVALUE);
            CREATE FUNCTION louder() RETURNS trigger LANGUAGE plpgsql AS
                'BEGIN NEW.name = upper(NEW.name); RETURN NEW; END';
            CREATE TRIGGER louder BEFORE INSERT OR UPDATE ON high FOR EACH ROW EXECUTE FUNCTION louder()
            """)
        try prepare(.insert)
        try lab.write([["a", "x"], ["z", "x"]])
        #expect(try lab.query("SELECT name FROM products ORDER BY sku") == [["x"], ["X"]])
        #expect(try lab.reverse(1).kept.isEmpty)
        #expect(try lab.query("SELECT name FROM products") == [])
    }

    @Test func keysThatDifferOnlyInCaseMayBeOneKey() throws {
        try lab.execute(
            """
            CREATE COLLATION loose (provider = icu, locale = 'und-u-ks-level2', deterministic = false);
            CREATE TABLE products (sku text COLLATE loose PRIMARY KEY, name text)
            """)
        try prepare()
        try lab.write([["a", "1"]], importID: 1)
        #expect(try lab.write([["A", "2"]], importID: 2).updated == 1)
        #expect(try lab.query("SELECT sku, name FROM products") == [["a", "2"]])
        #expect(try lab.destination.compareRows(logID: "log", importID: 2).asWritten == 1)
        let outcome = try lab.write([["A", "3"], ["b", "1"], ["B", "2"]], importID: 3)
        #expect(outcome.inserted == 1 && outcome.updated == 2)
        #expect(try lab.reverse(2).kept.isEmpty)
    }

    @Test func anInheritedRowIsNotMistakenForOneOfTheTable() throws {
        try lab.execute(
            """
            CREATE TABLE products (sku text PRIMARY KEY, name text);
            CREATE TABLE others () INHERITS (products);
            INSERT INTO others VALUES ('x', '0'), ('y', '0')
            """)
        try prepare()
        try lab.write([["a", "1"], ["b", "1"]], importID: 1)
        #expect(try lab.write([["b", "2"], ["a", "2"]], importID: 2).updated == 2)
        #expect(try lab.rows(of: "products") == [["a", "2"], ["b", "2"], ["x", "0"], ["y", "0"]])
        #expect(try lab.reverse(2).kept.isEmpty)
        #expect(try lab.rows(of: "products") == [["a", "1"], ["b", "1"], ["x", "0"], ["y", "0"]])
    }

    @Test func aDatabaseInAnotherEncodingIsWrittenTo() throws {
        let name = "latin\(UInt64.random(in: 0 ... .max))"
        let server = try PostgreSQLServer.shared.get()
        _ = try PostgreSQLServer.rows(
            lab.url, "CREATE DATABASE \(name) ENCODING 'LATIN1' TEMPLATE template0 LC_COLLATE 'C' LC_CTYPE 'C'")
        let destination = try PostgreSQLDestination(url: server.url(of: name))
        _ = try destination.prepare(.of(["sku", "name"], key: ["sku"], mode: .upsert))
        for (chunk, name) in [(UInt64(1), "ü"), (2, "é")] {
            let key = LedgerKey(logID: "log", importID: chunk, chunk: 1)
            _ = try destination.write(.rows([["a", name]]), key: key) { _ in [] }
        }
        #expect(try destination.compareRows(logID: "log", importID: 2).asWritten == 1)
        #expect(try destination.query("SELECT name FROM products", limit: 9, timeout: .seconds(60)).rows == [["é"]])
    }
}
