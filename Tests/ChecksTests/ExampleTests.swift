import Checks
import FoundationEssentials
import Testing
import Yams

@Suite("The example in docs")
struct ExampleTests {
    private struct Document: Decodable {
        struct Source: Decodable { let checks: CheckList }
        let sources: [String: Source]
    }

    private static func checks() throws -> [Check] {
        let docs = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../../docs/examples")
        let text = try String(contentsOf: docs.appending(path: "system-c-checks.yaml"), encoding: .utf8)
        // The laboratory has 10,000 rows of the 500,000.
        let fitting = text.replacing("min: 450000", with: "min: 9000")
        return try YAMLDecoder().decode(Document.self, from: fitting).sources.values.flatMap(\.checks.checks)
    }

    @Test("Its checks run, and see what is wrong")
    func example() throws {
        let numbers = "WITH RECURSIVE c(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM c WHERE i < 10000)"
        let lab = try Laboratory(
            """
            CREATE TABLE professionals (id INTEGER PRIMARY KEY, name TEXT, email TEXT, phone TEXT, city TEXT,
                state TEXT, category TEXT, tier TEXT, status TEXT, featured INTEGER, rating REAL, created_at TEXT);
            INSERT INTO professionals \(numbers)
            SELECT i, 'Name ' || i, 'p' || i || '@example.org', iif(i % 50 = 0, NULL, '555-' || i), 'City ' || (i % 30),
                'TX', 'law', iif(i % 10 = 0, 'premium', 'free'), iif(i % 20 = 0, 'paused', 'active'), i % 100 = 0,
                (i % 11) / 2.0, datetime('now', '-' || i || ' seconds') FROM c;
            """)
        let good = try Self.checks().map { lab.run($0, defaultTable: "professionals") }
        #expect(good.allSatisfy { $0.outcome == .passed || $0.outcome == .info }, "\(CheckTable(good).text)")
        #expect(good.count >= 12)

        try lab.change(
            """
            UPDATE professionals SET email = 'p2@example.org', rating = 6 WHERE id = 1;
            UPDATE professionals SET email = 'nobody', city = '', tier = 'silver' WHERE id = 3;
            """)
        let bad = try Self.checks().map { lab.run($0, defaultTable: "professionals") }
        #expect(
            bad.filter { $0.outcome == .failed }.map(\.name)
                == ["duplicate addresses", "e-mail format", "required fields", "known tiers", "ratings in range"])
    }
}
