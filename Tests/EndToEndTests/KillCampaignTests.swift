import Foundation
import PostgreSQLTestSupport
import Testing

/// Random imports that are killed at random operations and begun again until they are done.
///
/// `WAYBILL_CAMPAIGNS` sets how many, `WAYBILL_CAMPAIGN_SEED` the first one's seed.
@Suite(.serialized) struct KillCampaignTests {
    private static func setting(_ name: String, _ otherwise: Int) -> Int {
        ProcessInfo.processInfo.environment[name].flatMap(Int.init) ?? otherwise
    }

    static let first = setting("WAYBILL_CAMPAIGN_SEED", 1)
    static let seeds = first..<(first + setting("WAYBILL_CAMPAIGNS", 2))

    /// Runs a command, again and again, each time killed sooner or later, until it says that it is done.
    private func runKilled(_ line: String, _ space: Workspace, _ random: inout Lot) throws -> (
        end: Finished, kills: Int
    ) {
        for kills in 0..<40 {
            let end = try space.run(line, environment: Killer.environment(at: random.number(20...(120 + 60 * kills))))
            if end.status >= 0 { return (end, kills) }
        }
        return (try space.run(line), 40)
    }

    /// psql, writing record by record under savepoints, is the judge.
    @Test(arguments: seeds) func killedImportsTakeWhatPsqlTakesRecordByRecord(_ seed: Int) throws {
        var random = Lot(UInt64(seed))
        let table = CampaignTable(&random)
        let server = try PostgreSQLServer.shared.get()
        let (ours, theirs) = (try server.makeDatabase(), try server.makeDatabase())
        for url in [ours, theirs] { _ = try PostgreSQLServer.rows(url, table.definition) }
        let space = try Workspace()
        try space.write(table.csv, to: "r.csv")
        let line =
            "import r.csv --into \(ours) --table t --key id --mode \(table.mode) --chunk-size \(random.number(3...60))"
        let (end, kills) = try runKilled(line, space, &random)
        let about = "seed \(seed), \(kills) kills, \(line): \(table.definition)"
        try #require([0, 3].contains(end.status), "\(about)\n\(end.error)")

        let refused = try table.refused(by: theirs)
        let rejected = try space.run("rejects 1 --json").jsonArray().compactMap { $0["record"] as? Int }
        #expect(rejected == refused, "\(about)")
        let rows = "SELECT * FROM t ORDER BY id"
        #expect(try PostgreSQLServer.rows(ours, rows) == PostgreSQLServer.rows(theirs, rows), "\(about)")
        let status = try space.run("status 1 --json").json()
        let records = status["records"] as? [String: Int] ?? [:]
        #expect(records["read"] == table.records.count && records["rejected"] == refused.count, "\(about)")
        #expect(try space.run("replay --check").status == 0, "\(about)")
        #expect(try space.run("rollback 1 --yes").status == 0, "\(about)")
        #expect(try PostgreSQLServer.rows(ours, rows) == table.before, "\(about)")
    }

    @Test(arguments: Store.Kind.allCases, seeds)
    func aHistoryInPartsIsTheSameWhereverItWasKilled(_ kind: Store.Kind, _ seed: Int) throws {
        var random = Lot(UInt64(seed))
        let records = (0..<random.number(20...120)).map { _ in "\(random.number(1...12)),\(random.number(1...4))\n" }
        let options =
            "--table h --key k --mode versioned --chunk-size \(random.number(1...30)) --max-records "
            + "\(random.number(7...50)) --on-max-records split"
        func history(_ run: (String, Workspace) throws -> Finished) throws -> [String] {
            let space = try Workspace()
            try space.write("k,v\n" + records.joined(), to: "h.csv")
            let store = try Store(kind, in: space)
            let end = try run("import h.csv --into \(store.into) \(options)", space)
            try #require(end.status == 0, "\(end.error)")
            #expect(try space.run("replay --check").status == 0)
            let states = try space.run("list --json").jsonArray().map { status in
                let records = (status["records"] as? [String: Int] ?? [:]).sorted { $0.key < $1.key }
                return "\(status["import"] ?? "") \(records.map { "\($0.key) \($0.value)" })"
            }
            return try withoutTimes(store.all("h")) + states
        }
        let expected = try history { try $1.run($0) }
        var kills = 0
        let found = try history { line, space in
            let (end, count) = try runKilled(line, space, &random)
            kills = count
            return end
        }
        expectSame(found, expected)
        if found != expected {
            Issue.record("seed \(seed), \(kills) kills, \(options): \(records.joined(separator: "; "))")
        }
    }
}

/// Numbers that a seed decides.
struct Lot: RandomNumberGenerator {
    private var state: UInt64

    init(_ seed: UInt64) { state = seed }

    /// Xorshift with a multiplication (Vigna), seeded with what is not zero.
    mutating func next() -> UInt64 {
        if state == 0 { state = 0x9E37_79B9_7F4A_7C15 }
        state ^= state >> 12
        state ^= state << 25
        state ^= state >> 27
        return state &* 0x2545_F491_4F6C_DD1D
    }

    mutating func number(_ range: ClosedRange<Int>) -> Int { Int.random(in: range, using: &self) }
    mutating func one<T>(_ choices: [T]) -> T { choices.randomElement(using: &self)! }
}

/// A random table with constraints, and records of which it takes some.
private struct CampaignTable {
    let mode: String
    let definition: String
    let before: [String]
    let records: [[String?]]
    private let columns = ["id", "n", "p", "t"]

    init(_ random: inout Lot) {
        mode = random.one(["insert", "insert", "upsert"])
        let n = random.one(["", "CHECK (n > 2)", "NOT NULL", "UNIQUE", "CHECK (100 / n > 1)"])
        let p = random.one(["", "REFERENCES parents", "REFERENCES parents DEFERRABLE INITIALLY DEFERRED"])
        let t = random.one(["", "CHECK (length(t) < 4)", "COLLATE \"C\""])
        var more = random.one(["", "CREATE UNIQUE INDEX ON t (lower(t));", "CREATE UNIQUE INDEX ON t (p) WHERE n = 5;"])
        if random.number(0...2) == 0 {
            more += """
                CREATE FUNCTION judge() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
                    IF NEW.n = 7 THEN RAISE 'not seven' USING ERRCODE = '\(random.one(["P0001", "45000", "0A000", "42501"]))'; END IF;
                    RETURN NEW; END $$;
                CREATE TRIGGER judge \(random.one(["BEFORE", "AFTER"])) INSERT OR UPDATE ON t FOR EACH ROW EXECUTE FUNCTION judge();
                """
        }
        definition = """
            CREATE TABLE parents (id int PRIMARY KEY); INSERT INTO parents VALUES (1), (2);
            CREATE TABLE t (id int PRIMARY KEY, n int \(n), p int \(p), t text \(t)); \(more)
            INSERT INTO t VALUES (1, 9, 1, 'old'), (2, 8, 2, 'odd')
            """
        before = ["1|9|1|old", "2|8|2|odd"]
        let count = random.number(60...250)
        records = (0..<count).map { place in
            [
                random.number(0...30) == 0 ? "x" : "\(random.number(0...6) == 0 ? random.number(1...20) : 100 + place)",
                random.one(["\(place + 10)", "\(place + 10)", "3", "5", "7", "0", nil]),
                random.one(["1", "2", "1", "2", nil, "9"]), random.one(["a\(place)", "b\(place)", "A1", nil, "ok"]),
            ]
        }
    }

    var csv: String {
        columns.joined(separator: ",") + "\n"
            + records.map { $0.map { $0 ?? "" }.joined(separator: ",") + "\n" }.joined()
    }

    /// The numbers of the records that psql cannot write.
    func refused(by url: String) throws -> [Int] {
        let script = records.enumerated().map { number, record in
            let values = record.map { $0.map { "'\($0)'" } ?? "NULL" }.joined(separator: ", ")
            let conflict =
                mode == "insert" ? "" : " ON CONFLICT (id) DO UPDATE SET n = excluded.n, p = excluded.p, t = excluded.t"
            // A deferred constraint is judged with its record.
            return """
                INSERT INTO t VALUES (\(values))\(conflict)\\; SET CONSTRAINTS ALL IMMEDIATE\\; SET CONSTRAINTS ALL DEFERRED;
                \\echo @ \(number + 1) :SQLSTATE

                """
        }.joined()
        return try PostgreSQLServer.script(url, script).compactMap { line in
            let parts = line.split(separator: " ")
            guard parts.count == 3, parts[0] == "@", parts[2] != "00000" else { return nil }
            return Int(parts[1])
        }
    }
}
