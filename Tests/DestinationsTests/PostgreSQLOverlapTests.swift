import Destinations
import Foundation
import PostgreSQLTestSupport
import Records
import Testing

/// Chunks that are written while the one before them is not committed yet.
@Suite struct PostgreSQLOverlapTests {
    private let lab: PostgreSQLLaboratory

    init() throws { lab = try PostgreSQLLaboratory() }

    private func prepare(_ mode: WriteMode = .upsert) throws {
        _ = try lab.destination.prepare(.of(["sku", "name"], key: ["sku"], mode: mode))
    }

    /// Writes a chunk; `meanwhile` is called before its commit.
    @discardableResult
    private func write(
        _ rows: [[String?]], next: [[String?]]?, chunk: UInt64, meanwhile: () throws -> Void = {}
    ) throws -> ChunkOutcome {
        var outcome = ChunkOutcome()
        _ = try lab.destination.write(
            .rows(rows), next: next.map { .rows($0) }, key: LedgerKey(logID: "log", importID: 1, chunk: chunk)
        ) {
            outcome = $0
            try meanwhile()
            return [7]
        }
        return outcome
    }

    /// Waits until the database has so many sessions of a kind. One that was closed may take a moment to go.
    private func wait(forSessions count: Int, _ condition: String) throws {
        let deadline = ContinuousClock.now + .seconds(30)
        let sql = "SELECT 1 FROM pg_stat_activity WHERE datname = current_database() AND \(condition)"
        while try lab.query(sql).count != count {
            try #require(.now < deadline, "never \(count) sessions of \(condition)")
            usleep(2_000)
        }
    }

    /// Waits until this many sessions have done what they can, and have transactions open.
    private func waitForIdleTransactions(_ count: Int) throws {
        try wait(forSessions: count, "state = 'idle in transaction'")
    }

    /// One, and the one that asks.
    private func expectOneSession() throws { try wait(forSessions: 2, "application_name = 'waybill'") }

    @Test(arguments: [WriteMode.insert, .upsert]) func theNextChunkIsWrittenBeforeThisOneIsCommitted(_ mode: WriteMode)
        throws
    {
        try prepare(mode)
        try write([["a", "1"]], next: [["b", "2"]], chunk: 1) { try expectOneSession() }
        try write([["b", "2"]], next: [["c", "3"]], chunk: 2) { try waitForIdleTransactions(2) }
        #expect(try lab.rows(of: "products") == [["a", "1"], ["b", "2"]])
        #expect(try write([["c", "3"]], next: nil, chunk: 3).inserted == 1)
        #expect(try lab.rows(of: "products") == [["a", "1"], ["b", "2"], ["c", "3"]])
        #expect(try lab.destination.receipts(logID: "log", importID: 1).map(\.key.chunk) == [1, 2, 3])
    }

    @Test func updatesGoSideBySideToo() throws {
        try lab.execute(
            "CREATE TABLE products (sku text PRIMARY KEY, name text); INSERT INTO products VALUES ('a', '0'), ('b', '0'), ('c', '0')"
        )
        try prepare()
        try write([["a", "1"]], next: [["b", "2"]], chunk: 1)
        let second = try write([["b", "2"]], next: [["c", "3"]], chunk: 2) { try waitForIdleTransactions(2) }
        #expect(second.updated == 1)
        #expect(try write([["c", "3"]], next: nil, chunk: 3).updated == 1)
        #expect(try lab.rows(of: "products") == [["a", "1"], ["b", "2"], ["c", "3"]])
        #expect(try lab.reverse(1).reversed == 3)
        #expect(try lab.rows(of: "products") == [["a", "0"], ["b", "0"], ["c", "0"]])
    }

    // MARK: What goes alone

    @Test(arguments: [
        "CREATE TABLE products (sku text PRIMARY KEY, name text UNIQUE)",
        "CREATE TABLE products (sku text PRIMARY KEY, name text); CREATE UNIQUE INDEX ON products (lower(name))",
        "CREATE TABLE products (sku text PRIMARY KEY, name text, EXCLUDE (name WITH =))",
        "CREATE TABLE products (sku text PRIMARY KEY, name text REFERENCES products)",
        "CREATE TABLE products (sku numeric PRIMARY KEY, name text)",
        "CREATE TABLE products (sku text PRIMARY KEY, name text) PARTITION BY HASH (sku); CREATE TABLE p PARTITION OF products FOR VALUES WITH (modulus 1, remainder 0)",
        "CREATE TABLE products (sku text PRIMARY KEY, name text); DO $$ BEGIN EXECUTE 'ALTER DATABASE ' || current_database() || ' SET default_transaction_isolation = serializable'; END $$",
    ]) func aTableInWhichChunksCouldMeetIsWrittenByOneSession(_ table: String) throws {
        try lab.execute(table)
        lab.kill()
        try prepare(.insert)
        for chunk in 1...4 {
            try write([["\(chunk)", nil]], next: [["\(chunk + 1)", nil]], chunk: UInt64(chunk)) {
                try expectOneSession()
            }
        }
        #expect(try lab.query("SELECT count(*) FROM products") == [["4"]])
    }

    @Test func chunksWithACommonKeyGoOneAfterTheOther() throws {
        try prepare()
        try write([["a", "1"]], next: [["b", "2"]], chunk: 1)
        try write([["b", "2"], ["c", "2"]], next: [["c", "3"], ["d", "3"]], chunk: 2) { try expectOneSession() }
        let third = try write([["c", "3"], ["d", "3"]], next: nil, chunk: 3)
        #expect(third.updated == 1 && third.inserted == 1)
        #expect(try lab.rows(of: "products") == [["a", "1"], ["b", "2"], ["c", "3"], ["d", "3"]])
    }

    // MARK: What was begun and is not committed

    @Test func aNextChunkThatIsNotWrittenLeavesNothing() throws {
        try prepare()
        try write([["a", "1"]], next: [["b", "2"]], chunk: 1)
        try write([["b", "2"]], next: [["c", "3"]], chunk: 2) { try waitForIdleTransactions(2) }
        try lab.destination.forgetNext()
        try waitForIdleTransactions(0)
        try lab.execute("INSERT INTO products VALUES ('c', 'mine')")
        // Another chunk of that number is another one.
        #expect(try write([["d", "4"]], next: nil, chunk: 3).inserted == 1)
        #expect(try lab.rows(of: "products") == [["a", "1"], ["b", "2"], ["c", "mine"], ["d", "4"]])
    }

    @Test func anyOtherCallTakesTheNextChunkBack() throws {
        try prepare()
        try write([["a", "1"]], next: [["b", "2"]], chunk: 1)
        try write([["b", "2"]], next: [["c", "3"]], chunk: 2) { try waitForIdleTransactions(2) }
        #expect(try lab.destination.receipts(logID: "log", importID: 1).count == 2)
        try waitForIdleTransactions(0)
        #expect(try write([["c", "3"]], next: nil, chunk: 3).inserted == 1)
    }

    @Test func aChunkThatFailsTakesTheNextOneWithIt() throws {
        struct Refusal: Error {}
        try prepare()
        try write([["a", "1"]], next: [["b", "2"]], chunk: 1)
        #expect(throws: Refusal.self) {
            try write([["b", "2"]], next: [["c", "3"]], chunk: 2) {
                try waitForIdleTransactions(2)
                throw Refusal()
            }
        }
        try lab.destination.forgetNext()
        try waitForIdleTransactions(0)
        #expect(try lab.rows(of: "products") == [["a", "1"]])
        #expect(try write([["b", "2"]], next: [["c", "3"]], chunk: 2).inserted == 1)
        #expect(try write([["c", "3"]], next: nil, chunk: 3).inserted == 1)
    }

    @Test func sessionsThatAreLostAreMadeAnew() throws {
        try prepare()
        try write([["a", "1"]], next: [["b", "2"]], chunk: 1)
        let error = #expect(throws: DataError.self) {
            try write([["b", "2"]], next: [["c", "3"]], chunk: 2) {
                try waitForIdleTransactions(2)
                try lab.execute(
                    """
                    SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity
                    WHERE datname = current_database() AND state = 'idle in transaction'
                    """)
            }
        }
        #expect(error?.code == .busy)
        for (chunk, rows) in [[["b", "2"]], [["c", "3"]], [["d", "4"]], [["e", "5"]]].enumerated() {
            #expect(try write(rows, next: nil, chunk: UInt64(chunk + 2)).inserted == 1)
        }
        #expect(try lab.rows(of: "products").map { $0[0] } == ["a", "b", "c", "d", "e"])
    }

    @Test func aServerThatGivesOneConnectionIsEnough() throws {
        let database = try #require(try lab.query("SELECT current_database()")[0][0])
        try lab.execute(
            """
            CREATE ROLE "single_\(database)" LOGIN CONNECTION LIMIT 1;
            GRANT ALL ON DATABASE \(database) TO "single_\(database)";
            GRANT ALL ON SCHEMA public TO "single_\(database)"
            """)
        let destination = try PostgreSQLDestination(
            url: lab.url.replacing("postgres://postgres@", with: "postgres://single_\(database)@"))
        _ = try destination.prepare(.of(["sku", "name"], key: ["sku"], mode: .upsert))
        for chunk in UInt64(1)...5 {
            _ = try destination.write(
                .rows([["\(chunk)", ""]]), next: .rows([["\(chunk + 1)", ""]]),
                key: LedgerKey(logID: "log", importID: 1, chunk: chunk)
            ) { _ in [7] }
        }
        #expect(try lab.rows(of: "products").count == 5)
    }

    // MARK: Others who write

    /// The chunk waits for someone who waits for the next chunk, which waits for the chunk: the database sees two of
    /// three.
    @Test func aWaitThatTheDatabaseCannotSeeIsEnded() throws {
        try lab.execute(
            "CREATE TABLE products (sku text PRIMARY KEY, name text); INSERT INTO products VALUES ('a', '0'), ('b', '0'), ('c', '0')"
        )
        try prepare()
        try write([["a", "1"]], next: [["b", "2"]], chunk: 1)
        let somebody = Concurrently { [url = lab.url] in
            try PostgreSQLDestination(url: url).run(
                [
                    // Less than what the chunk would wait for its lock.
                    "SET LOCAL lock_timeout = '15s'", "UPDATE products SET name = 'mine' WHERE sku = 'b'",
                    // Until the next chunk is written.
                    """
                    DO $$ BEGIN LOOP EXIT WHEN (SELECT count(*) FROM pg_stat_activity
                        WHERE datname = current_database() AND state = 'idle in transaction') = 1;
                        PERFORM pg_sleep(0.01); PERFORM pg_stat_clear_snapshot(); END LOOP; END $$
                    """,
                    "UPDATE products SET name = 'mine' WHERE sku = 'c'",
                ], once: nil)
        }
        let holds =
            "SELECT 1 FROM pg_stat_activity WHERE datname = current_database() AND wait_event = 'PgSleep'"
        while try lab.query(holds).isEmpty && !somebody.isDone { usleep(2_000) }
        #expect(try write([["b", "2"]], next: [["c", "3"]], chunk: 2).updated == 1)
        #expect(try somebody.result() == [0, 1, 0, 1])
        #expect(try write([["c", "3"]], next: nil, chunk: 3).updated == 1)
        #expect(try lab.rows(of: "products") == [["a", "1"], ["b", "2"], ["c", "3"]])
    }

    /// Rows are copied in the order of the chunks, so that a chunk may have to wait for its turn while another waits for a lock.
    @Test func aChunkThatWaitsForItsTurnCanBeTakenBack() throws {
        try prepare()
        try write([["a", "1"]], next: [["b", "2"]], chunk: 1)
        try lab.execute("CREATE TABLE go ()")
        let somebody = Concurrently { [url = lab.url] in
            try PostgreSQLDestination(url: url).run(
                [
                    "INSERT INTO products VALUES ('b', 'theirs')",
                    // Until the chunk waits for this and the next one is given up: two sessions less are busy.
                    """
                    DO $$ BEGIN LOOP EXIT WHEN (SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()
                            AND wait_event_type = 'Lock') = 1 AND (SELECT count(*) FROM pg_stat_activity
                            WHERE datname = current_database() AND query LIKE 'ROLLBACK%' AND state = 'idle') = 1;
                        PERFORM pg_sleep(0.01); PERFORM pg_stat_clear_snapshot(); END LOOP; END $$
                    """,
                ], once: nil)
        }
        try wait(forSessions: 1, "wait_event = 'PgSleep'")
        #expect(try write([["b", "2"]], next: [["c", "3"]], chunk: 2).updated == 1)
        _ = try somebody.result()
        #expect(try write([["c", "3"]], next: nil, chunk: 3).inserted == 1)
        #expect(try lab.rows(of: "products") == [["a", "1"], ["b", "2"], ["c", "3"]])
    }

    // MARK: The same as one after the other

    private struct Trial {
        var mode: WriteMode
        var keepsUndo: Bool
        var keys: Int
        /// Of a hundred records, so many are refused by the table, and so many have a value that widens a column.
        var refused: Int
        var widening: Int
    }

    private static let trials = [
        Trial(mode: .insert, keepsUndo: true, keys: 100_000, refused: 0, widening: 0),
        Trial(mode: .insert, keepsUndo: false, keys: 300, refused: 1, widening: 1),
        Trial(mode: .upsert, keepsUndo: true, keys: 100_000, refused: 1, widening: 0),
        Trial(mode: .upsert, keepsUndo: true, keys: 2_000, refused: 0, widening: 1),
        Trial(mode: .upsert, keepsUndo: true, keys: 200, refused: 1, widening: 1),
        Trial(mode: .upsert, keepsUndo: false, keys: 1_000, refused: 0, widening: 0),
    ]

    @Test(arguments: trials.indices) func whatComesOfItIsTheSameAsOneAfterTheOther(_ number: Int) throws {
        let trial = Self.trials[number]
        let other = try PostgreSQLLaboratory()
        let seed = UInt64.random(in: 0 ... .max)
        var random = SeededRandom(seed)
        for importID in UInt64(1)...3 {
            var plan = TablePlan.of(["sku", "name", "n?integer"], key: ["sku"], mode: trial.mode)
            plan.keepsUndo = trial.keepsUndo
            for lab in [lab, other] {
                _ = try lab.destination.prepare(plan)
                if importID == 1 { try lab.execute("ALTER TABLE products ADD CHECK (name <> 'bad')") }
            }
            let chunks = (0..<25).map { _ in
                (0..<Int.random(in: 1...12, using: &random)).map { _ in
                    let die = Int.random(in: 0..<100, using: &random)
                    return [
                        "\(Int.random(in: 0..<trial.keys, using: &random))",
                        die < trial.refused ? "bad" : "\(Int.random(in: 0..<3, using: &random))",
                        die >= 100 - trial.widening ? "x" : "\(Int.random(in: 0..<1_000, using: &random))",
                    ] as [String?]
                }
            }
            for (index, rows) in chunks.enumerated() {
                var outcomes: [ChunkOutcome] = []
                for isAlone in [false, true] {
                    let next = isAlone || index + 1 == chunks.count ? nil : Chunk.rows(chunks[index + 1])
                    _ = try (isAlone ? other : lab).destination.write(
                        .rows(rows), next: next,
                        key: LedgerKey(logID: "log", importID: importID, chunk: UInt64(index + 1))
                    ) {
                        outcomes.append($0)
                        return [7]
                    }
                }
                #expect(outcomes[0] == outcomes[1], "seed \(seed), import \(importID), chunk \(index + 1)")
            }
            #expect(try lab.rows(of: "products") == other.rows(of: "products"), "seed \(seed)")
        }
        guard trial.keepsUndo else { return }
        for importID in [2, 3, 1] as [UInt64] {
            #expect(try lab.reverse(importID).kept.isEmpty, "seed \(seed)")
            #expect(try other.reverse(importID).kept.isEmpty, "seed \(seed)")
            #expect(try lab.rows(of: "products") == other.rows(of: "products"), "seed \(seed)")
        }
        #expect(try lab.rows(of: "products").isEmpty, "seed \(seed)")
    }
}
