import Destinations
import Foundation
import PostgreSQLTestSupport
import Records
import Testing

/// psql, writing record by record under savepoints, says which records a table takes; Waybill takes the same.
///
/// `WAYBILL_JUDGE` sets how many random tables are tried, `WAYBILL_JUDGE_SEED` the first one's seed.
@Suite struct PostgreSQLJudgeLaws {
    private static func setting(_ name: String, _ otherwise: Int) -> Int {
        ProcessInfo.processInfo.environment[name].flatMap(Int.init) ?? otherwise
    }

    static let first = setting("WAYBILL_JUDGE_SEED", 1)
    static let seeds = first..<(first + setting("WAYBILL_JUDGE", 24))

    @Test(arguments: seeds) func whatOneByOneIsRefusedIsRejected(_ seed: Int) throws {
        var random = SeededRandom(UInt64(seed))
        let table = JudgedTable(&random)
        let records = table.records(&random)
        let size = [1, 3, 7, 40].randomElement(using: &random)!
        let chunks = stride(from: 0, to: records.count, by: size).map { $0..<min($0 + size, records.count) }
        let server = try PostgreSQLServer.shared.get()
        let (ours, theirs) = (try PostgreSQLLaboratory(), try server.makeDatabase())
        for url in [ours.url, theirs] { _ = try PostgreSQLServer.script(url, table.definition) }
        let about = "seed \(seed), \(table.mode), chunks of \(size): \(table.definition)"

        let destination = try PostgreSQLDestination(url: table.user(of: ours.url))
        _ = try destination.prepare(table.plan)
        var rejected: [Int: String] = [:]
        for (number, chunk) in chunks.enumerated() {
            let outcome = try destination.writePatiently(Array(records[chunk]), chunk: UInt64(number + 1))
            #expect(
                outcome.inserted + outcome.updated + outcome.unchanged + outcome.skipped + outcome.rejects.count
                    == chunk.count)
            for reject in outcome.rejects {
                rejected[chunk.lowerBound + Int(reject.location.record) - 1] = reject.message
            }
        }
        let refused = try table.refused(records, chunks, by: table.user(of: theirs))
        for number in Set(rejected.keys).symmetricDifference(refused.keys).sorted() {
            Issue.record(
                "record \(number) \(records[number]): rejected \(rejected[number] ?? "not"), refused \(refused[number] ?? "not"); \(about)"
            )
        }
        let rows = "SELECT * FROM products ORDER BY \(table.mode == .versioned ? "id, version" : "id")"
        #expect(try PostgreSQLServer.rows(ours.url, rows) == PostgreSQLServer.rows(theirs, rows), "\(about)")
    }
}

/// A random table, with what may stand against a record.
private struct JudgedTable {
    let mode: WriteMode
    /// Whether rows are looked for before records are written.
    private let looksFirst: Bool
    let columns: [String]
    let definition: String
    private let isOfClerk: Bool
    private let hasOwnForeignKey: Bool
    /// The columns besides the key, with their types.
    private let types: [(name: String, type: String)]

    init(_ random: inout SeededRandom) {
        func one(_ choices: [String]) -> String { choices.randomElement(using: &random)! }
        func chance(_ of: Int) -> Bool { Int.random(in: 0..<of, using: &random) == 0 }
        mode = [.insert, .insert, .insert, .update, .upsert, .upsert, .upsert, .delete, .versioned, .versioned]
            .randomElement(using: &random)!
        looksFirst = mode == .update || (mode == .insert || mode == .upsert) && chance(3)
        let isHistory = mode == .versioned
        var parts = ["id int \(isHistory ? "NOT NULL" : "PRIMARY KEY")"]
        var more: [String] = []
        var types: [(name: String, type: String)] = []
        func add(_ name: String, _ type: String, _ rest: String = "") {
            types.append((name, type))
            parts.append("\(name) \(type) \(rest)")
        }
        let constraint = one([
            "", "NOT NULL", "CHECK (n > 0)", "CHECK (10 / n > 1)", "CHECK (n > 0) NOT NULL", "UNIQUE",
        ])
        add("n", one(["int", "pos", "numeric(3,1)"]), constraint)
        add("t", one(["text", "varchar(4)", "mood"]))
        switch Int.random(in: 0..<9, using: &random) {
        case 0: more.append("CREATE UNIQUE INDEX ON products (t)")
        case 1: more.append("CREATE UNIQUE INDEX ON products (lower(t::text))")
        case 2: more.append("CREATE UNIQUE INDEX ON products (t) WHERE n > 1")
        case 3: more.append("CREATE INDEX ON products ((t::text::int))")
        case 4: parts.append("EXCLUDE (t WITH =)")
        case 5: parts.append("UNIQUE (t) DEFERRABLE INITIALLY DEFERRED")
        case 6: more.append("CREATE UNIQUE INDEX ON products ((n + 1), t)")
        default: break
        }
        if chance(3) { parts.append("g int GENERATED ALWAYS AS (100 / n) STORED") }
        if chance(2) {
            add("p", "int", "REFERENCES parents" + one(["", " DEFERRABLE INITIALLY DEFERRED", " ON DELETE CASCADE"]))
        }
        hasOwnForeignKey = chance(2) && !isHistory
        if hasOwnForeignKey { add("boss", "int", "REFERENCES products" + one(["", " DEFERRABLE INITIALLY DEFERRED"])) }
        if chance(3) { add("j", one(["jsonb", "json"]), one(["", "CHECK (j::text <> '[]')"])) }
        if chance(4) { add("a", "int[]") }
        let state = one([
            "P0001", "U0001", "45000", "42501", "23505", "0A000", "55P03", "57014", "40001", "XX000", "42P01",
        ])
        if chance(2) {
            let event = mode == .delete ? "DELETE" : one(["INSERT", "INSERT OR UPDATE"])
            more.append(
                """
                CREATE FUNCTION judge() RETURNS trigger LANGUAGE plpgsql AS $$ DECLARE r products; BEGIN
                    r := CASE WHEN TG_OP = 'DELETE' THEN OLD ELSE NEW END;
                    IF r.n = 3 THEN RAISE 'refused' USING ERRCODE = '\(state)'; END IF;
                    \(one(["", "IF TG_WHEN = 'BEFORE' AND TG_OP = 'INSERT' AND r.t::text = 'bad' THEN RETURN NULL; END IF;"]))
                    RETURN r; END $$;
                CREATE TRIGGER judge \(one(["BEFORE", "AFTER"])) \(event) ON products FOR EACH ROW EXECUTE FUNCTION judge()
                """)
        }
        isOfClerk = chance(3)
        if isOfClerk {
            more.append(
                """
                ALTER TABLE parents ENABLE ROW LEVEL SECURITY; ALTER TABLE products ENABLE ROW LEVEL SECURITY;
                CREATE POLICY visible ON products USING (n IS DISTINCT FROM 2)
                """)
        }
        self.types = types
        columns = ["id"] + (mode == .delete ? [] : types.map(\.name))
        if isHistory {
            parts += [
                "is_current boolean DEFAULT true", "version int DEFAULT 1",
                "valid_from timestamptz DEFAULT '2020-01-01T00:00:00Z'", "valid_to timestamptz",
                "PRIMARY KEY (id, version)",
            ]
        }
        // What computes with numbers takes no other texts.
        let texts = more.contains { $0.contains("::int)") } ? ["7", "7", "7"] : ["ok", "low", "high"]
        let rows = ["11, 5, '\(texts[0])'", "12, 7, '\(texts[1])'", "13, 2, '\(texts[2])'", "14, 9, NULL"]
        definition = """
            DO $$ BEGIN CREATE ROLE judged LOGIN; EXCEPTION WHEN OTHERS THEN END $$;
            DO $$ BEGIN EXECUTE format('GRANT CREATE ON DATABASE %I TO judged', current_database()); END $$;
            CREATE DOMAIN pos AS int CHECK (VALUE <> -1); CREATE TYPE mood AS ENUM ('ok', 'low', 'high', 'bad', '7');
            CREATE TABLE parents (id int PRIMARY KEY); INSERT INTO parents VALUES (1), (2);
            CREATE TABLE products (\(parts.joined(separator: ", ")));
            CREATE TABLE orders (product int \(isHistory ? "" : "REFERENCES products (id)"));
            INSERT INTO products (id, n, t) VALUES (\(rows.joined(separator: "), (")));
            INSERT INTO orders VALUES (12);
            \(more.joined(separator: ";\n"));
            GRANT ALL ON ALL TABLES IN SCHEMA public TO judged
            """
    }

    var plan: TablePlan {
        var plan = TablePlan.of(columns, key: ["id"], mode: mode)
        plan.moment = Self.moment
        plan.skipsDuplicates = looksFirst && mode == .insert
        plan.keepsNonNull = looksFirst && mode == .upsert
        return plan
    }

    private static let moment = "2026-01-02T03:04:05.678Z"

    func user(of url: String) -> String { isOfClerk ? url.replacing("//postgres@", with: "//judged@") : url }

    func records(_ random: inout SeededRandom) -> [[String?]] {
        let ids = (1...20).shuffled(using: &random)
        return (0..<Int.random(in: 3...24, using: &random)).map { place in
            let isTwin = Int.random(in: 0..<5, using: &random) == 0
            let id = isTwin || place >= ids.count ? Int.random(in: 1...20, using: &random) : ids[place]
            return columns.map { column -> String? in
                func value(_ good: [String?], _ bad: [String?]) -> String? {
                    (Int.random(in: 0..<8, using: &random) == 0 ? bad : good).randomElement(using: &random)!
                }
                return switch column {
                case "id": value(["\(id)"], ["x", "\(id)"])
                case "n": value(["1", "4", "5", "6", "7", "8", "9"], ["0", "-1", "x", nil, "3", "2", "99999999999"])
                case "t": value(["ok", "low", "high", "7", nil], ["bad", "OK", "toolong"])
                case "p": value(["1", "2", nil], ["9", "x"])
                // Nobody is above itself: what is in a circle can only be written together.
                case "boss": value([nil, "11", "\(Int.random(in: 1...id, using: &random))"], ["99", "x"])
                case "j":
                    value(
                        ["{}", "[1]", "{\"x\": [1,\n 2]}"],
                        ["{bad", "{\"x\": \"\\u0000\"}", "\"\\ud800\"", "[]", "\n\n{"])
                default: value(["{1,2}", "{}", nil], ["{1", "x"])
                }
            }
        }
    }

    /// Which records psql cannot write, and what it says: each in the order of the file; and then, chunk by chunk, those again
    /// that only lacked a row of the table, until that helps no more.
    func refused(_ records: [[String?]], _ chunks: [Range<Int>], by url: String) throws -> [Int: String] {
        var refused: [Int: String] = [:]
        func attempt(_ numbers: [Int]) throws {
            let script = numbers.map { "\(statement(records[$0]));\n\\echo @ \($0) :SQLSTATE :LAST_ERROR_MESSAGE\n" }
                .joined()
            for line in try PostgreSQLServer.script(url, script) {
                let parts = line.split(separator: " ", maxSplits: 3).map(String.init)
                guard parts.count >= 3, parts[0] == "@", let number = Int(parts[1]) else { continue }
                refused[number] = parts[2] == "00000" ? nil : parts.dropFirst(2).joined(separator: " ")
            }
        }
        for chunk in hasOwnForeignKey ? chunks : [0..<records.count] {
            try attempt(Array(chunk))
            while true {
                let waiting = chunk.filter {
                    refused[$0]?.hasPrefix("23503") == true && refused[$0]?.contains("products_boss_fkey") == true
                }
                if waiting.isEmpty { break }
                try attempt(mode == .delete ? waiting.reversed() : waiting)
                if waiting.allSatisfy({ refused[$0] != nil }) { break }
            }
        }
        return refused
    }

    /// A version as one would write it by hand: that of the same import is changed, or gives way to an equal one before it.
    private func version(_ values: [String]) -> [String] {
        let id = "id = \(values[0])"
        // A cast to varchar(4) would cut off what an assignment refuses.
        let new = zip(types, values.dropFirst()).map {
            (name: $0.name, value: "\($1)::\($0.type.hasPrefix("varchar") ? "text" : $0.type)")
        }
        let content = "ROW(\(new.map(\.value).joined(separator: ", ")))::text"
        let moment = "'\(Self.moment)'::timestamptz"
        let names = types.map(\.name).joined(separator: ", ")
        return [
            """
            DELETE FROM products c USING products b WHERE c.\(id) AND b.id = c.id AND c.is_current AND c.valid_from = \(moment)
                AND b.version = c.version - 1 AND b.valid_to = \(moment) AND \(isSame("b", content)) AND NOT \(isSame("c", content))
            """,
            """
            UPDATE products b SET is_current = true, valid_to = NULL WHERE \(id) AND valid_to = \(moment) AND \(isSame("b", content))
                AND version = (SELECT max(version) FROM products WHERE \(id)) AND NOT EXISTS (SELECT FROM products WHERE \(id) AND is_current)
            """,
            """
            UPDATE products c SET \(new.map { "\($0.name) = \($0.value)" }.joined(separator: ", "))
                WHERE \(id) AND is_current AND valid_from = \(moment) AND NOT \(isSame("c", content))
            """,
            "UPDATE products c SET is_current = false, valid_to = \(moment) WHERE \(id) AND is_current AND NOT \(isSame("c", content))",
            """
            INSERT INTO products (id, \(names), is_current, version, valid_from)
                SELECT \(values[0]), \(new.map(\.value).joined(separator: ", ")), true,
                    (SELECT coalesce(max(version), 0) + 1 FROM products WHERE \(id)), \(moment)
                WHERE NOT EXISTS (SELECT FROM products WHERE \(id) AND is_current)
            """,
            "SELECT 1 / count(*) FROM products c WHERE \(id) AND is_current AND \(isSame("c", content))",
        ]
    }

    /// Whether a row has these values, as texts.
    private func isSame(_ alias: String, _ content: String) -> String {
        "(ROW(\(types.map { "\(alias).\($0.name)" }.joined(separator: ", ")))::text = \(content))"
    }

    /// What a record does where its row is looked for first. Its values are read as the columns' types in any case.
    private func looking(_ values: [String]) -> String {
        let variables = zip([("id", "int")] + types, values).map { "_\($0.0) \($0.1) := \($1);" }.joined(separator: " ")
        let others = types.map {
            (name: $0.name, value: mode == .upsert ? "coalesce(_\($0.name), o.\($0.name))" : "_\($0.name)")
        }
        let sets = others.map { "\($0.name) = \($0.value)" }.joined(separator: ", ")
        let differs = others.map { "o.\($0.name)::text IS DISTINCT FROM (\($0.value))::text" }.joined(separator: " OR ")
        let names = columns.map { "_\($0)" }.joined(separator: ", ")
        let insert = "INSERT INTO products (\(columns.joined(separator: ", "))) VALUES (\(names));"
        return """
            DO $judge$ DECLARE \(variables) BEGIN
                IF EXISTS (SELECT FROM products WHERE id = _id) THEN
                    \(mode == .insert ? "NULL;" : "UPDATE products o SET \(sets) WHERE id = _id AND (\(differs));")
                ELSE
                    \(mode == .update ? "" : insert)
                    IF NOT FOUND THEN RAISE 'no row'; END IF;
                END IF;
            END $judge$
            """
    }

    private func statement(_ record: [String?]) -> String {
        let values = record.map { $0.map { "'\($0.replacing("'", with: "''"))'" } ?? "NULL" }
        let check = "SET CONSTRAINTS ALL IMMEDIATE; SET CONSTRAINTS ALL DEFERRED"
        let insert =
            "INSERT INTO products AS o (\(columns.joined(separator: ", "))) VALUES (\(values.joined(separator: ", ")))"
        if looksFirst { return looking(values) + "\\; \(check.replacing(";", with: "\\;"))" }
        switch mode {
        case .versioned: return (version(values) + [check]).joined(separator: "; ").replacing(";", with: "\\;")
        case .delete: return "DELETE FROM products WHERE id = \(values[0])\\; \(check.replacing(";", with: "\\;"))"
        case .upsert:
            let others = columns.dropFirst()
            func list(_ alias: String) -> String { others.map { "\(alias).\($0)::text" }.joined(separator: ", ") }
            return """
                WITH w AS (\(insert) ON CONFLICT (id) DO UPDATE SET \(others.map { "\($0) = excluded.\($0)" }.joined(separator: ", "))
                    WHERE (\(list("o"))) IS DISTINCT FROM (\(list("excluded"))) RETURNING 1)
                SELECT 1 / count(*) FROM (SELECT FROM w UNION ALL SELECT FROM products WHERE id = \(values[0])) rows\\; \(check.replacing(";", with: "\\;"))
                """
        default:
            return
                "WITH w AS (\(insert) RETURNING 1) SELECT 1 / count(*) FROM w\\; \(check.replacing(";", with: "\\;"))"
        }
    }
}

extension Destination {
    /// Writes a chunk as an import does: what may pass is tried again.
    fileprivate func writePatiently(_ rows: [[String?]], chunk: UInt64) throws -> ChunkOutcome {
        var outcome = ChunkOutcome()
        var attempts = 0
        while true {
            do {
                let key = LedgerKey(logID: "log", importID: 1, chunk: chunk)
                _ = try write(.rows(rows), key: key) {
                    outcome = $0
                    return []
                }
                return outcome
            } catch let error as DataError where error.code == .busy && attempts < 3 { attempts += 1 }
        }
    }
}
