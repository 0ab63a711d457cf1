import Destinations
import Records
import Testing

/// What an upsert came to where triggers have a say: the row before and after tells.
@Suite struct TriggerTests {
    private static let all = Backend.allCases

    /// Before each write (PostgreSQL) or after it (SQLite), the trigger writes `n` in capitals.
    private static func normalise(_ lab: any Laboratory, _ backend: Backend, also more: String = "") throws {
        try lab.execute("CREATE TABLE products (id integer PRIMARY KEY, n text)")
        if backend == .postgres {
            try lab.execute(
                "CREATE FUNCTION up() RETURNS trigger LANGUAGE plpgsql AS $$BEGIN new.n = upper(new.n); \(more) RETURN new; END$$"
            )
            try lab.execute(
                "CREATE TRIGGER up BEFORE INSERT OR UPDATE ON products FOR EACH ROW EXECUTE FUNCTION up()")
        } else {
            for event in ["INSERT", "UPDATE"] {
                try lab.execute(
                    "CREATE TRIGGER up_\(event) AFTER \(event) ON products BEGIN UPDATE products SET n = upper(n) WHERE id = new.id AND n <> upper(n); END"
                )
            }
        }
    }

    private static func counts(_ outcome: ChunkOutcome) -> [Int] {
        [outcome.inserted, outcome.updated, outcome.unchanged, outcome.rejects.count]
    }

    @Test(arguments: all) func aChangeThatATriggerMakesNoneIsUnchanged(_ backend: Backend) throws {
        let lab = try backend.makeLaboratory()
        try Self.normalise(lab, backend)
        _ = try lab.destination.prepare(.of(["id", "n"], key: ["id"], mode: .upsert))
        #expect(Self.counts(try lab.write([["1", "x"], ["4", "y"]], chunk: 1)) == [2, 0, 0, 0])
        #expect(Self.counts(try lab.write([["1", "x"], ["4", "y"]], chunk: 2)) == [0, 0, 2, 0])
        #expect(Self.counts(try lab.write([["1", "x"], ["4", "Z"], ["5", "a"]], chunk: 3)) == [1, 1, 1, 0])
        #expect(try lab.rows(of: "products") == [["1", "X"], ["4", "Z"], ["5", "A"]])
    }

    @Test(arguments: all) func recordsOfOneKeyAreCountedAsTheTriggersLeaveTheRow(_ backend: Backend) throws {
        let records = ["x", "X", "y", "y", "Y", "z"].map { ["1", $0] }
        for size in [1, 6] {
            let lab = try backend.makeLaboratory()
            try Self.normalise(lab, backend)
            _ = try lab.destination.prepare(.of(["id", "n"], key: ["id"], mode: .upsert))
            var counts = [0, 0, 0, 0]
            for (number, start) in stride(from: 0, to: 6, by: size).enumerated() {
                let outcome = try lab.write(Array(records[start..<start + size]), chunk: UInt64(number + 1))
                counts = zip(counts, Self.counts(outcome)).map(+)
            }
            #expect(counts == [1, 2, 3, 0], "chunks of \(size)")
        }
    }

    @Test(arguments: all) func anImportIntoATableWithTriggersIsTakenBack(_ backend: Backend) throws {
        let lab = try backend.makeLaboratory()
        try Self.normalise(lab, backend)
        _ = try lab.destination.prepare(.of(["id", "n"], key: ["id"], mode: .upsert))
        try lab.write([["1", "x"], ["2", "y"]], importID: 1, chunk: 1)
        try lab.write([["1", "x"], ["1", "z"], ["2", "y"], ["3", "a"], ["3", "b"]], importID: 2, chunk: 1)
        var kept: [UnreversedRow] = []
        _ = try lab.destination.reverse(
            LedgerKey(logID: "log", importID: 2, chunk: 1), overwritesEdited: false, only: nil
        ) {
            kept = $0.kept
            return []
        }
        #expect(kept.isEmpty)
        #expect(try lab.rows(of: "products") == [["1", "X"], ["2", "Y"]])
    }

    /// A trigger that keeps rows as they are: each record that it stood against is rejected, and no other one.
    @Test(arguments: all, [WriteMode.delete, .upsert])
    func aRowThatATriggerKeepsAsItIsCostsItsRecord(_ backend: Backend, _ mode: WriteMode) throws {
        for isMarked in mode == .delete ? [false, true] : [false] {
            for keepsUndo in [true, false] {
                let lab = try backend.makeLaboratory()
                try lab.execute("CREATE TABLE products (id integer PRIMARY KEY, n text)")
                try lab.execute("INSERT INTO products VALUES (1, 'held'), (2, 'free'), (3, 'held'), (4, 'same')")
                let event = mode == .delete && !isMarked ? "DELETE" : "UPDATE"
                if backend == .postgres {
                    try lab.execute(
                        """
                        CREATE FUNCTION hold() RETURNS trigger LANGUAGE plpgsql AS $$BEGIN
                            IF old.n = 'held' THEN RETURN null; END IF;
                            IF TG_OP = 'DELETE' THEN RETURN old; END IF; RETURN new; END$$;
                        CREATE TRIGGER hold BEFORE \(event) ON products FOR EACH ROW EXECUTE FUNCTION hold()
                        """)
                } else {
                    try lab.execute(
                        "CREATE TRIGGER hold BEFORE \(event) ON products WHEN old.n = 'held' BEGIN SELECT RAISE(IGNORE); END"
                    )
                }
                var plan = TablePlan.of(mode == .delete ? ["id"] : ["id", "n"], key: ["id"], mode: mode)
                if isMarked { plan.marks = [DeletionMark(column: "n", value: "gone")] }
                plan.keepsUndo = keepsUndo
                _ = try lab.destination.prepare(plan)
                let records: [[String?]] =
                    mode == .delete
                    ? [["1"], ["2"], ["3"], ["9"]] : [["1", "x"], ["2", "x"], ["3", "held"], ["4", "same"]]
                let outcome = try lab.write(records)
                let counts = mode == .delete ? [0, 1, 1, 2] : [0, 1, 2, 1]
                #expect(Self.counts(outcome) == counts, "\(mode) \(isMarked) \(keepsUndo)")
                #expect(outcome.rejects.allSatisfy { $0.message.contains("prevented the change") })
                #expect(outcome.rejects.map(\.key).first == "1")
                #expect(try lab.rows(of: "products").contains(["1", "held"]))
            }
        }
    }

    /// What is known of a database's tables must not be older than they are.
    @Test func aTriggerAndATableThatSomebodyMakesBetweenTwoChunksAreTakenBackToo() throws {
        let lab = try Backend.sqlite.makeLaboratory()
        let plan = TablePlan.of(["id", "n"], key: ["id"], mode: .upsert)
        _ = try lab.destination.prepare(plan)
        try lab.write([["1", "x"]], importID: 1, chunk: 1)
        try lab.execute("CREATE TABLE audit (n text)")
        try lab.execute("CREATE TRIGGER noted AFTER INSERT ON products BEGIN INSERT INTO audit VALUES (new.n); END")
        _ = try lab.destination.prepare(plan)
        try lab.write([["2", "y"]], importID: 1, chunk: 2)
        try lab.execute("DROP TABLE audit")
        try lab.execute("CREATE TABLE audit (other int, n text)")
        try lab.execute("INSERT INTO audit (n) VALUES ('y')")
        try lab.execute("DROP TRIGGER noted")
        try lab.execute("CREATE TRIGGER noted AFTER INSERT ON products BEGIN INSERT INTO audit VALUES (7, new.n); END")
        try lab.write([["3", "z"]], importID: 2, chunk: 1)
        #expect(try lab.rows(of: "audit") == [[nil, "y"], ["7", "z"]])
        _ = try lab.destination.reverse(
            LedgerKey(logID: "log", importID: 2, chunk: 1), overwritesEdited: false, only: nil
        ) { _ in [] }
        #expect(try lab.rows(of: "products") == [["1", "x"], ["2", "y"]])
        #expect(try lab.rows(of: "audit") == [[nil, "y"]])
    }

    @Test func aTriggerThatChangesTheRowAfterItWasWrittenCountsToo() throws {
        let lab = try PostgreSQLLaboratory()
        try lab.execute("CREATE TABLE products (id integer PRIMARY KEY, n text)")
        try lab.execute(
            """
            CREATE FUNCTION up() RETURNS trigger LANGUAGE plpgsql AS
            $$BEGIN UPDATE products SET n = upper(n) WHERE id = new.id AND n <> upper(n); RETURN null; END$$
            """)
        try lab.execute("CREATE TRIGGER up AFTER INSERT OR UPDATE ON products FOR EACH ROW EXECUTE FUNCTION up()")
        _ = try lab.destination.prepare(.of(["id", "n"], key: ["id"], mode: .upsert))
        try lab.write([["1", "x"]], chunk: 1)
        #expect(Self.counts(try lab.write([["1", "x"], ["1", "y"], ["1", "Y"]], chunk: 2)) == [0, 1, 2, 0])
        #expect(try lab.rows(of: "products") == [["1", "Y"]])
    }

    @Test func aTriggerMayGiveRecordsAnotherKey() throws {
        let lab = try PostgreSQLLaboratory()
        try lab.execute("CREATE TABLE products (id text PRIMARY KEY, n text)")
        try lab.execute(
            """
            CREATE FUNCTION low() RETURNS trigger LANGUAGE plpgsql AS
            $$BEGIN IF new.n = 'out' THEN RETURN null; END IF; new.id = lower(new.id); RETURN new; END$$
            """)
        try lab.execute("CREATE TRIGGER low BEFORE INSERT OR UPDATE ON products FOR EACH ROW EXECUTE FUNCTION low()")
        _ = try lab.destination.prepare(.of(["id", "n"], key: ["id"], mode: .upsert))
        #expect(Self.counts(try lab.write([["Ann@X", "1"], ["Bob@X", "1"]], chunk: 1)) == [2, 0, 0, 0])
        let again = try lab.write(
            [["Ann@X", "1"], ["Bob@X", "2"], ["Cid@X", "3"]], chunk: 2)
        #expect(Self.counts(again) == [1, 1, 1, 0])
        #expect(Self.counts(try lab.write([["Dot@X", "out"]], chunk: 3)) == [0, 0, 0, 1])
        #expect(try lab.rows(of: "products") == [["ann@x", "1"], ["bob@x", "2"], ["cid@x", "3"]])
        // Who is refused does not cost those whose rows are there under another key.
        let beside = try lab.write(
            [["Ann@X", "1"], ["Dot@X", "out"], ["Bob@X", "2"], ["Cid@X", "4"], ["Eve@X", "5"]], chunk: 4)
        #expect(Self.counts(beside) == [1, 1, 2, 1])
        #expect(beside.rejects.map(\.key) == ["Dot@X"])
        let twins = try lab.write([["Ann@X", "6"], ["ann@x", "7"], ["Bob@X", "2"]], chunk: 5)
        #expect(Self.counts(twins) == [0, 2, 1, 0])
        #expect(
            try lab.rows(of: "products") == [["ann@x", "7"], ["bob@x", "2"], ["cid@x", "4"], ["eve@x", "5"]])
    }
}
