import Destinations
import PostgreSQLTestSupport
import Records
import Testing

/// A pooler gives each transaction another of the server's sessions: nothing may rest on what a former transaction left in
/// one, nor on what someone else did, and nothing may be left for others.
@Suite struct PostgreSQLPoolerTests {
    private static let neighbours = """
        SET TimeZone = 'Asia/Tokyo'; SET DateStyle = 'SQL, DMY'; SET extra_float_digits = 0; SET bytea_output = 'escape';
        SET array_nulls = off; SET IntervalStyle = 'sql_standard'; SET enable_hashjoin = off; SET lock_timeout = '1ms'
        """

    private let direct: PostgreSQLLaboratory
    private let pooled: PostgreSQLLaboratory
    private let pooler: Pooler
    private let pooledURL: String

    init() throws {
        direct = try PostgreSQLLaboratory()
        let server = try PostgreSQLServer.shared.get()
        pooler = try Pooler(before: server, sessions: 2)
        pooledURL = pooler.url(of: try server.makeDatabase())
        pooled = PostgreSQLLaboratory(url: pooledURL)
    }

    @Test(arguments: 0..<6) func whatIsWrittenByWayOfAPoolerIsTheSame(_ seed: UInt64) throws {
        var states: [[[[String?]]]] = []
        for lab in [direct, pooled] {
            var random = SeededRandom(seed &+ 500)
            let deliveries = Deliveries(&random)
            var seen: [[[String?]]] = []
            for importID in UInt64(1)...3 {
                if lab === pooled { _ = try PostgreSQLServer.rows(pooledURL, Self.neighbours) }
                try deliveries.write(importID, into: lab, &random)
                seen.append(try lab.sortedRows(of: "products"))
            }
            let comparison = try lab.destination.compareRows(logID: "log", importID: 3)
            #expect(comparison.edited == 0 && comparison.missing == 0)
            for importID in (UInt64(1)...3).reversed() {
                #expect(try lab.reverse(importID).kept.isEmpty)
                seen.append(try lab.sortedRows(of: "products"))
            }
            states.append(seen)
        }
        #expect(states[0] == states[1])
    }

    @Test func chunksGoSideBySideThroughAPoolerAndLeaveNothing() throws {
        let before = try sessionSettings()
        for (importID, mode) in [WriteMode.insert, .upsert, .versioned].enumerated() {
            let table = mode == .versioned ? "history" : "products"
            var plan = TablePlan.of(["sku", "n?integer"], key: ["sku"], mode: mode, table: table)
            plan.moment = "2026-01-01T00:00:00Z"
            _ = try pooled.destination.prepare(plan)
            let chunks = (0..<6).map { chunk in
                Chunk.rows((0..<40).map { ["k\(chunk * 40 + $0)", $0 == 7 && chunk == 3 ? "x" : "\($0 + importID)"] })
            }
            for (number, chunk) in chunks.enumerated() {
                let next = number + 1 < chunks.count ? chunks[number + 1] : nil
                let key = LedgerKey(logID: "log", importID: UInt64(importID), chunk: UInt64(number) + 1)
                _ = try pooled.destination.write(chunk, next: next, key: key) { outcome in
                    #expect(outcome.rejects.isEmpty)
                    return [7]
                }
            }
            #expect(try pooled.destination.receipts(logID: "log", importID: UInt64(importID)).count == 6)
        }
        #expect(try pooled.rows(of: "products").count == 240)
        let left = """
            SELECT (SELECT count(*) FROM pg_class WHERE relpersistence = 't'), (SELECT count(*) FROM pg_prepared_statements),
                (SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND database =
                    (SELECT oid FROM pg_database WHERE datname = current_database()))
            """
        #expect(try PostgreSQLServer.rows(pooledURL, left) == ["0|0|0"])
        #expect(try sessionSettings() == before)
    }

    /// What is set in both of the server's sessions, except for what the pooler keeps for each client.
    private func sessionSettings() throws -> Set<String> {
        let sql = """
            BEGIN; SELECT name || '=' || setting FROM pg_settings WHERE source = 'session' AND name NOT IN
            ('client_encoding', 'application_name', 'DateStyle', 'TimeZone', 'standard_conforming_strings', 'transaction_isolation',
             'transaction_read_only', 'transaction_deferrable'); SELECT pg_sleep(0.05); COMMIT
            """
        let both = (0..<2).map { _ in Concurrently { [pooledURL] in try PostgreSQLServer.rows(pooledURL, sql) } }
        return Set(try both.flatMap { try $0.result() })
    }
}
