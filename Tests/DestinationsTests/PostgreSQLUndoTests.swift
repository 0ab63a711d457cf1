import Destinations
import Foundation
import PostgreSQLTestSupport
import Records
import Testing

/// Undo data of tables and settings that only PostgreSQL has.
@Suite struct PostgreSQLUndoTests {
    private let lab: PostgreSQLLaboratory

    init() throws { lab = try PostgreSQLLaboratory() }

    private func prepare(_ columns: [String], mode: WriteMode = .upsert) throws {
        _ = try lab.destination.prepare(.of(columns, key: ["k"], mode: mode))
    }

    /// Writes rows twice, the second time with changes, and takes that back again.
    private func expectThatItIsTakenBack(_ columns: [String], _ rows: [[String?]], _ changed: [[String?]]) throws {
        try prepare(columns)
        let start = try lab.query("SELECT * FROM products ORDER BY 1")
        #expect(try lab.write(rows, importID: 1).inserted == rows.count)
        let between = try lab.query("SELECT * FROM products ORDER BY 1")
        let comparison = try lab.destination.compareRows(logID: "log", importID: 1)
        #expect(comparison.asWritten == rows.count && comparison.edited == 0)
        #expect(try lab.write(changed, importID: 2).updated == changed.count)
        #expect(try lab.destination.compareRows(logID: "log", importID: 2).edited == 0)
        #expect(try lab.reverse(2).kept.isEmpty)
        #expect(try lab.query("SELECT * FROM products ORDER BY 1") == between)
        #expect(try lab.reverse(1).kept.isEmpty)
        #expect(try lab.query("SELECT * FROM products ORDER BY 1") == start)
    }

    private static let collation =
        "CREATE COLLATION ci (provider = icu, locale = 'und-u-ks-level2', deterministic = false);"

    @Test(
        arguments: [
            "CREATE TABLE products (k text PRIMARY KEY, a text COLLATE \"C\", b text COLLATE \"POSIX\")",
            "\(collation) CREATE TABLE products (k text PRIMARY KEY, a text COLLATE ci, b text)",
            "\(collation) CREATE TABLE products (k text COLLATE ci PRIMARY KEY, a text, b text COLLATE \"C\")",
            // A key that may be NULL in other people's rows.
            "CREATE TABLE products (k text UNIQUE, a text, b text)",
            "CREATE TABLE products (k text PRIMARY KEY, a text, b text) PARTITION BY HASH (k); CREATE TABLE p PARTITION OF products FOR VALUES WITH (modulus 1, remainder 0)",
            "CREATE TABLE products (k text PRIMARY KEY, a text, b text); DO $$ BEGIN EXECUTE 'ALTER DATABASE ' || current_database() || ' SET array_nulls = off'; END $$",
        ], [false, true]) func whatIsWrittenCanBeTakenBack(_ table: String, _ hasTwins: Bool) throws
    {
        try lab.execute(table)
        lab.kill()
        // A key that is there twice sends the chunk by the temporary table.
        let twins: [[String?]] = hasTwins ? [["z", "1", nil], ["z", "2", nil]] : []
        try prepare(["k", "a", "b"])
        if hasTwins { try lab.write([["z", "0", nil]], importID: 9) }
        try expectThatItIsTakenBack(
            ["k", "a", "b"], [["1", "x", nil], ["2", nil, "NULL"], ["3", "X", "y"]],
            [["1", nil, nil], ["2", "NULL", nil], ["3", "x", "Y"]] + twins)
    }

    /// Whatever a trigger raises, it costs its row; what fails for no row at all is nobody's fault.
    @Test(arguments: [
        "P0001", "U0001", "45000", "42501", "23505", "0A000", "22012", "XX000", "42P01", "2F002", "54000",
    ])
    func aRowThatATriggerHoldsStaysAlone(_ state: String) throws {
        try lab.execute("CREATE TABLE products (k text PRIMARY KEY, v text)")
        try prepare(["k", "v"])
        try lab.write((1...9).map { ["\($0)", "new"] })
        try lab.execute(
            """
            CREATE FUNCTION hold() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
                IF old.k = '5' THEN RAISE 'held' USING ERRCODE = '\(state)'; END IF; RETURN old; END $$;
            CREATE TRIGGER hold BEFORE DELETE ON products FOR EACH ROW EXECUTE FUNCTION hold()
            """)
        let outcome = try lab.reverse(1)
        #expect(outcome.kept.map(\.key) == ["5"] && outcome.kept.allSatisfy { $0.reason == .refused })
        #expect(outcome.reversed == 8)
        #expect(try lab.rows(of: "products") == [["5", "new"]])
    }

    @Test func aRollbackWithoutTheRightToDeleteIsNoRowsFault() throws {
        try lab.execute(
            """
            DO $$ BEGIN CREATE ROLE reader LOGIN; EXCEPTION WHEN OTHERS THEN END $$;
            CREATE TABLE products (k text PRIMARY KEY, v text)
            """)
        try prepare(["k", "v"])
        try lab.write([["1", "new"], ["2", "new"]])
        try lab.execute(
            """
            GRANT USAGE ON SCHEMA _waybill, public TO reader; GRANT ALL ON ALL TABLES IN SCHEMA _waybill TO reader;
            GRANT SELECT ON products TO reader;
            DO $$ BEGIN EXECUTE format('GRANT TEMPORARY ON DATABASE %I TO reader', current_database()); END $$
            """)
        let destination = try PostgreSQLDestination(url: lab.url.replacing("//postgres@", with: "//reader@"))
        #expect(throws: DataError.self) {
            _ = try destination.reverse(
                LedgerKey(logID: "log", importID: 1, chunk: 1), overwritesEdited: false, only: nil
            ) { _ in [7] }
        }
        #expect(try lab.rows(of: "products").count == 2)
    }

    /// What the settings for one way of writing are must not be left to the other one: joins without them compare each row
    /// with each.
    @Test func aChunkWithTwinsIsJoinedAsTheServerLikes() throws {
        try lab.execute(
            "CREATE TABLE products (k text PRIMARY KEY, v text CHECK (v <> '')); CREATE TABLE seen (setting text)")
        try prepare(["k", "v"])
        try lab.execute(
            """
            CREATE FUNCTION see() RETURNS trigger LANGUAGE plpgsql AS
            'BEGIN INSERT INTO public.seen VALUES (current_setting(''enable_hashjoin'') || current_setting(''enable_mergejoin'')); RETURN NULL; END';
            CREATE TRIGGER see AFTER INSERT ON _waybill.undo FOR EACH STATEMENT EXECUTE FUNCTION see()
            """)
        #expect(try lab.write([["a", "1"], ["b", "1"], ["a", "2"]]).inserted == 2)
        #expect(try lab.query("SELECT DISTINCT setting FROM seen") == [["onon"]])
    }

    @Test func aRowThatComesBackHasTheNumberThatTheServerGaveIt() throws {
        try lab.execute(
            "CREATE TABLE products (id integer GENERATED ALWAYS AS IDENTITY, k text PRIMARY KEY, v text, w integer GENERATED ALWAYS AS (length(v)) STORED)"
        )
        try lab.execute("INSERT INTO products (k, v) SELECT n, 'old' FROM generate_series(1, 5) n")
        let before = try lab.query("SELECT * FROM products ORDER BY id")
        try prepare(["k", "v"])
        try lab.write([["2", "new"], ["3", "new"], ["9", "new"]], importID: 1)
        try prepare(["k"], mode: .delete)
        try lab.write([["2"], ["4"], ["9"]], importID: 2)
        try prepare(["k", "v"])
        try lab.write([["2", "again"]], importID: 3)
        for importID in [UInt64(2), 1, 3] { #expect(try lab.reverse(importID).kept.isEmpty) }
        #expect(try lab.query("SELECT k, v, w FROM products ORDER BY k") == before.map { [$0[1], $0[2], $0[3]] })
        #expect(try lab.query("SELECT id FROM products WHERE k <> '2' ORDER BY k") == [["1"], ["3"], ["4"], ["5"]])
    }

    /// What each chunk reads to be undone grows with the chunk, not with what later ones changed; nor where the server
    /// last counted undo data when there was none.
    @Test(arguments: [WriteMode.upsert, .delete], [false, true])
    func aRollbackReadsEachChangeAFewTimesOnly(_ mode: WriteMode, wasEmpty: Bool) throws {
        try lab.execute("CREATE TABLE products (k integer PRIMARY KEY, v text)")
        try prepare(["k", "v"])
        let (chunks, size) = (8, 500)
        for importID in UInt64(0)...3 {
            let isDeletion = importID == 1 && mode == .delete
            if isDeletion { try prepare(["k"], mode: .delete) } else { try prepare(["k", "v"]) }
            for chunk in 0..<chunks {
                let rows = (0..<size).map { row -> [String?] in
                    isDeletion ? ["\(chunk * size + row)"] : ["\(chunk * size + row)", "\(importID)"]
                }
                try lab.write(rows, importID: importID, chunk: UInt64(chunk + 1))
            }
        }
        // As they are where nobody has looked at the table yet.
        try lab.execute("ALTER TABLE _waybill.undo SET (autovacuum_enabled = false)")
        if wasEmpty {
            #expect(try lab.reverse(3).kept.isEmpty)
            try lab.execute("ANALYZE _waybill.undo")
        }
        let before = try reads(of: 0)
        #expect(try lab.reverse(1).kept.isEmpty)
        let now = try reads(of: before.undo + 1)
        #expect(
            now.undo - before.undo < 60 * chunks * size,
            "\(now.undo - before.undo) rows of undo data were read for \(chunks * size) changes")
        // The changes in hand are in a temporary table.
        #expect(
            now.all - before.all < 250 * chunks * size,
            "\(now.all - before.all) rows were read for \(chunks * size) changes")
    }

    /// How many rows of undo data, and of all tables, were read so far, once that is no longer changing.
    ///
    /// - Parameter least: how many of undo data that must be; the server tells late.
    private func reads(of least: Int) throws -> (undo: Int, all: Int) {
        lab.kill()
        let reads = """
            SELECT coalesce(seq_tup_read, 0) + coalesce(idx_tup_fetch, 0), (
                SELECT tup_returned FROM pg_stat_database WHERE datname = current_database())
            FROM pg_stat_all_tables WHERE schemaname = '_waybill' AND relname = 'undo'
            """
        var (last, now) = (-1, 0)
        var all = 0
        while now < least || now != last {
            usleep(200_000)
            last = now
            let row = try lab.query(reads).first ?? []
            now = row.first?.flatMap { Int($0) } ?? 0
            all = row.last?.flatMap { Int($0) } ?? 0
        }
        return (now, all)
    }

    /// Someone changes rows while a chunk waits for another one's lock: what was in them before the chunk is what they
    /// said.
    @Test(arguments: [false, true]) func whatSomebodyWroteMeanwhileComesBack(_ hasTwins: Bool) throws {
        try lab.execute(
            "CREATE TABLE products (k text PRIMARY KEY, v text); INSERT INTO products SELECT n, 'old' FROM generate_series(1, 9) n"
        )
        try prepare(["k", "v"])
        try lab.execute("CREATE TABLE go ()")
        let url = lab.url
        let holder = Concurrently {
            try PostgreSQLDestination(url: url).run(
                [
                    "SELECT 1 FROM products WHERE k = '9' FOR UPDATE",
                    "DO $$ BEGIN LOOP EXIT WHEN EXISTS (SELECT FROM go); PERFORM pg_sleep(0.01); END LOOP; END $$",
                ], once: nil)
        }
        try lab.wait(for: "wait_event = 'PgSleep'", unless: holder)
        let rows: [[String?]] =
            [["9", "new"]] + (1...8).map { ["\($0)", "new"] } + (hasTwins ? [["8", "newer"]] : [])
        let chunk = Concurrently {
            let destination = try PostgreSQLDestination(url: url)
            _ = try destination.prepare(.of(["k", "v"], key: ["k"], mode: .upsert))
            while true {
                do {
                    _ = try destination.write(.rows(rows), key: LedgerKey(logID: "log", importID: 1, chunk: 1)) { _ in
                        [7]
                    }
                    return
                } catch let error as DataError where error.code == .busy {
                    // Rows changed while it looked at them: an import tries again.
                }
            }
        }
        try lab.wait(for: "wait_event_type = 'Lock'", unless: chunk)
        let somebody = Concurrently {
            try PostgreSQLDestination(url: url).run(["UPDATE products SET v = 'mine' WHERE k IN ('1', '2')"], once: nil)
        }
        // Either they are done, or they have to wait for the chunk: then their change comes after it.
        while !somebody.isDone,
            try lab.query(
                "SELECT 1 FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
            ).count < 2
        { usleep(2_000) }
        try lab.execute("INSERT INTO go DEFAULT VALUES")
        _ = try holder.result()
        try chunk.result()
        #expect(try somebody.result() == [2])
        _ = try lab.reverse(1)
        let expected = [["1", "mine"], ["2", "mine"]] + (3...9).map { ["\($0)", "old"] }
        #expect(try lab.rows(of: "products") == expected)
    }

    /// `FROM parent` means the rows of its children, too: they are other tables' rows, with columns that no undo data has.
    @Test(arguments: [WriteMode.insert, .upsert, .delete, .versioned])
    func rowsOfTablesThatInheritAreNotTouched(_ mode: WriteMode) throws {
        let history = "version bigint, valid_from text, valid_to text, is_current boolean"
        try lab.execute(
            """
            CREATE TABLE products (k text, v text, \(history), \(mode == .versioned ? "PRIMARY KEY (k, version)" : "PRIMARY KEY (k)"));
            CREATE TABLE child (w text) INHERITS (products);
            INSERT INTO products VALUES ('a', 'p', 1, '2020-01-01', NULL, true), ('c', 'p', 1, '2020-01-01', NULL, true);
            INSERT INTO child VALUES
                ('a', 'child', 1, '2020-01-01', NULL, true, 'w'), ('b', 'child', 1, '2020-01-01', NULL, true, 'w')
            """)
        let rows = mode == .insert ? [["b", "new"], ["d", "new"]] : [["a", "new"], ["b", "new"], ["c", "p"]]
        let (own, children) = ("SELECT * FROM ONLY products ORDER BY 1, 2", "SELECT * FROM child ORDER BY 1")
        let before = try (lab.query(own), lab.query(children))
        try prepare(mode == .delete ? ["k"] : ["k", "v"], mode: mode)
        let outcome = try lab.write(mode == .delete ? rows.map { [$0[0]] } : rows)
        #expect(outcome.updated + outcome.inserted + outcome.unchanged > 0)
        #expect(try lab.query(own) != before.0)
        #expect(try lab.query(children) == before.1)
        let comparison = try lab.destination.compareRows(logID: "log", importID: 1)
        #expect(comparison.edited == 0 && comparison.missing == 0)
        #expect(try lab.reverse(1).kept.isEmpty)
        #expect(try lab.query(own) == before.0)
        #expect(try lab.query(children) == before.1)
    }

    /// Without a key, a row is known by its place and its content, and a change gives it another place.
    @Test func rowsWithoutAKeyThatWereMarkedComeBack() throws {
        try lab.execute("CREATE TABLE products (k text, v text, w text); CREATE INDEX ON products (k)")
        try lab.execute(
            "INSERT INTO products VALUES ('a', '1', 'o'), ('a', '1', 'o'), ('a', '2', 'o'), ('b', '1', 'o'), ('c', '1', 'o')"
        )
        let before = try lab.sortedRows(of: "products")
        func mark(_ column: String, _ keys: [String], _ importID: UInt64) throws {
            var plan = TablePlan.of(["k"], key: ["k"], mode: .delete)
            plan.marks = [.init(column: column, value: "gone")]
            _ = try lab.destination.prepare(plan)
            #expect(try lab.write(keys.map { [$0] }, importID: importID).updated == keys.count)
        }
        try mark("v", ["a", "b"], 1)
        try mark("w", ["b", "c"], 2)
        #expect(try lab.reverse(1).kept.isEmpty)
        #expect(try lab.rows(of: "products").filter { $0[1] == "gone" }.allSatisfy { $0[2] == "gone" })
        #expect(try lab.reverse(2).kept.isEmpty)
        #expect(try lab.sortedRows(of: "products") == before)

        try mark("v", ["a", "b"], 3)
        try lab.execute("UPDATE products SET w = 'mine' WHERE k = 'b'")
        for overwritesEdited in [false, true] {
            let outcome = try lab.reverse(3, overwritesEdited: overwritesEdited)
            #expect(outcome.kept.map(\.reason) == [.unclear])
        }
        #expect(try lab.rows(of: "products").filter { $0[0] == "b" } == [["b", "gone", "mine"]])
        #expect(try lab.rows(of: "products").filter { $0[0] == "a" }.allSatisfy { $0[1] != "gone" })
    }

    /// Rows that the role does not see go with their parent all the same.
    @Test(arguments: ["CASCADE", "SET NULL"]) func aRowWhoseChildrenAreHiddenStays(_ action: String) throws {
        try lab.execute(
            """
            DO $$ BEGIN CREATE ROLE blind LOGIN; EXCEPTION WHEN OTHERS THEN END $$;
            CREATE TABLE products (k text PRIMARY KEY, v text);
            CREATE TABLE notes (k text REFERENCES products ON DELETE \(action)); ALTER TABLE notes ENABLE ROW LEVEL SECURITY;
            GRANT ALL ON products TO blind; GRANT SELECT ON notes TO blind; CREATE SCHEMA _waybill AUTHORIZATION blind
            """)
        let blind = PostgreSQLLaboratory(url: lab.url.replacing("//postgres@", with: "//blind@"))
        _ = try blind.destination.prepare(.of(["k", "v"], key: ["k"]))
        try blind.write([["a", "1"], ["b", "1"]])
        try lab.execute("INSERT INTO notes VALUES ('a')")
        _ = try blind.destination.prepare(.of(["k"], key: ["k"], mode: .delete))
        let outcome = try blind.write([["a"], ["x"]], importID: 2)
        #expect(outcome.rejects.count == 1 && outcome.unchanged == 1)
        let kept = try blind.reverse(1).kept
        #expect(
            kept.count == 2 && kept.allSatisfy { $0.reason == .refused && $0.message.contains("row-level security") })
        #expect(try lab.query("SELECT k FROM notes") == [["a"]])
    }

    /// A table that closing SQL changes beside the import's, and what a rollback says of it; empty if it is undone.
    @Test(arguments: [
        ("other (k int, v int)", "it has no key"), ("other (k int PRIMARY KEY, v int)", ""),
        ("other (k int PRIMARY KEY, v int) PARTITION BY RANGE (k)", ""),
        ("other (k int, v int) PARTITION BY RANGE (k)", "it has no key"),
    ])
    func whatClosingSQLDidIsTakenBackOrNamed(_ table: String, _ words: String) throws {
        try lab.execute("CREATE TABLE \(table)")
        if table.contains("PARTITION") {
            try lab.execute("CREATE TABLE low PARTITION OF other FOR VALUES FROM (0) TO (10)")
            try lab.execute("CREATE TABLE high PARTITION OF other FOR VALUES FROM (10) TO (20)")
        }
        try lab.execute("INSERT INTO other VALUES (1, 1), (11, 11), (2, 2)")
        _ = try lab.destination.prepare(.of(["sku", "name"], key: ["sku"], mode: .upsert))
        let before = try lab.sortedRows(of: "other")
        for _ in 1...2 {
            try lab.write([["a", "1"]], importID: 1)
            let statements = ["UPDATE other SET k = k + 5 WHERE k < 10", "DELETE FROM other WHERE v = 11"]
            let closing = ClosingUndo(logID: "log", importID: 1, imports: [1])
            #expect(try lab.destination.run(statements, once: nil, undo: closing) == [2, 1])
            let kept = try lab.reverse(1).kept
            #expect(kept.map(\.table) == (words.isEmpty ? [] : ["other"]))
            #expect(kept.allSatisfy { $0.reason == .refused && $0.message.contains("finalize SQL") })
            if !words.isEmpty { return }
            #expect(try lab.sortedRows(of: "other") == before)
            try lab.execute("DELETE FROM _waybill.ledger; DELETE FROM _waybill.undo_chunks")
        }
    }

    @Test func whatATriggerMadeOfClosingSQLItMakesAgainOfTheRollback() throws {
        try lab.execute("CREATE TABLE counted (k int PRIMARY KEY, n int)")
        try lab.execute("INSERT INTO counted VALUES (1, 0)")
        _ = try lab.destination.prepare(.of(["sku", "name"], key: ["sku"], mode: .upsert))
        try lab.execute(
            """
            CREATE FUNCTION counting() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
                UPDATE counted SET n = n + CASE WHEN TG_OP = 'INSERT' THEN 1 ELSE -1 END; RETURN NULL; END $$;
            CREATE TRIGGER t AFTER INSERT OR DELETE ON products FOR EACH ROW EXECUTE FUNCTION counting()
            """)
        try lab.write([["a", "1"]], importID: 1)
        let closing = ClosingUndo(logID: "log", importID: 1, imports: [1])
        _ = try lab.destination.run(["INSERT INTO products VALUES ('b', '2')"], once: nil, undo: closing)
        #expect(try lab.rows(of: "counted") == [["1", "2"]])
        #expect(try lab.reverse(1).kept.isEmpty)
        #expect(try lab.rows(of: "counted") == [["1", "0"]])
    }
}
