import Destinations
import Foundation
import Records
import Testing

/// Keys that are equal though their texts are not: the rows are those that plain SQL gives, record after record.
@Suite struct KeySpellingTests {
    struct Keys: CustomTestStringConvertible {
        var backend: Backend
        var type: String
        var spellings: [String]
        var testDescription: String { "\(backend.rawValue) \(type)" }
    }

    private static let keys = [
        Keys(backend: .postgres, type: "citext", spellings: ["Ann", "ann", "ANN", "bob", "Bob"]),
        Keys(backend: .postgres, type: "text COLLATE ci", spellings: ["Éa", "éA", "b", "B"]),
        Keys(backend: .postgres, type: "numeric", spellings: ["1", "1.0", "1.00", "2.5", "2.50", "100", "1e2"]),
        Keys(backend: .postgres, type: "numeric(10,2)", spellings: ["1", "1.00", "1.004", "2.5"]),
        Keys(
            backend: .postgres, type: "jsonb",
            spellings: [#"{"a":1}"#, #"{"a": 1.0}"#, #"{"a":2,"b":1}"#, #"{"b":1.0,"a":2}"#]),
        Keys(backend: .postgres, type: "char(5)", spellings: ["ab", "ab  ", "AB", "ab "]),
        Keys(backend: .postgres, type: "double precision", spellings: ["0", "-0", "0.10", "1e-1", "NaN"]),
        Keys(backend: .postgres, type: "interval", spellings: ["1 day", "24:00:00", "2 days"]),
        Keys(backend: .postgres, type: "citext[]", spellings: ["{A,b}", "{a,B}", "{c}"]),
        Keys(backend: .sqlite, type: "TEXT COLLATE NOCASE", spellings: ["Ann", "ann", "ANN", "bob", "Bob"]),
        Keys(backend: .sqlite, type: "TEXT COLLATE RTRIM", spellings: ["a", "a ", "a  ", "b"]),
        Keys(backend: .sqlite, type: "NUMERIC", spellings: ["1", "1.0", "01", "2.5", "2.50"]),
    ]

    private static let seeds = ProcessInfo.processInfo.environment["WAYBILL_SEEDS"].flatMap { Int($0) } ?? 1

    private static func makeTable(_ lab: any Laboratory, _ keys: Keys, history: String) throws {
        if keys.backend == .postgres {
            try lab.execute("CREATE EXTENSION IF NOT EXISTS citext")
            try lab.execute(
                "CREATE COLLATION IF NOT EXISTS ci (provider = icu, locale = 'und-u-ks-level2', deterministic = false)")
        }
        let primaryKey = history.isEmpty ? "k" : "k, version"
        try lab.execute(
            "CREATE TABLE products (k \(keys.type), n integer, note text\(history), PRIMARY KEY (\(primaryKey)))")
    }

    /// What a file leaves in the table, written in chunks of a size; and what its records were counted as.
    private static func written(
        _ records: [[String?]], in size: Int, _ keys: Keys, _ mode: WriteMode
    ) throws -> (rows: [[String?]], counts: [Int]) {
        let lab = try keys.backend.makeLaboratory()
        let history =
            mode == .versioned
            ? ", is_current \(keys.backend == .postgres ? "boolean" : "integer"), version integer, valid_from text, valid_to text"
            : ""
        try makeTable(lab, keys, history: history)
        var plan = TablePlan.of(["k", "n", "note"], key: ["k"], mode: mode)
        plan.moment = "2026-11-29T00:00:00Z"
        _ = try lab.destination.prepare(plan)
        var counts = [0, 0, 0, 0]
        for (number, start) in stride(from: 0, to: records.count, by: size).enumerated() {
            let outcome = try lab.write(
                Array(records[start..<min(start + size, records.count)]), chunk: UInt64(number + 1))
            let of = [outcome.inserted, outcome.updated, outcome.unchanged, outcome.rejects.count]
            counts = zip(counts, of).map(+)
        }
        return (try lab.rows(of: "products"), counts)
    }

    private static func records(_ keys: Keys, seed: UInt64) -> [[String?]] {
        var random = SplitMix(seed: seed)
        return (0..<24).map { _ in
            [
                keys.spellings[random.next(below: keys.spellings.count)], "\(random.next(below: 3))",
                random.next(below: 4) == 0 ? nil : "x",
            ]
        }
    }

    @Test(arguments: keys, 1...seeds) func theRowsAreTheSameAtEveryChunkSize(_ keys: Keys, _ seed: Int) throws {
        let records = Self.records(keys, seed: UInt64(seed))
        for mode in [WriteMode.upsert, .versioned, .insert] {
            let one = try Self.written(records, in: 1, keys, mode)
            for size in [2, 3, 1000] {
                let many = try Self.written(records, in: size, keys, mode)
                #expect(many.rows == one.rows, "\(mode), chunks of \(size): \(records)")
                #expect(many.counts == one.counts, "\(mode), chunks of \(size): \(records)")
            }
        }
    }

    @Test(arguments: keys) func theRowsAreThoseOfPlainSQLRecordAfterRecord(_ keys: Keys) throws {
        let records = Self.records(keys, seed: 7)
        let lab = try keys.backend.makeLaboratory()
        try Self.makeTable(lab, keys, history: "")
        for record in records {
            let values = record.map { $0.map { "'\($0)'" } ?? "NULL" }.joined(separator: ", ")
            try lab.execute(
                "INSERT INTO products VALUES (\(values)) ON CONFLICT (k) DO UPDATE SET n = excluded.n, note = excluded.note"
            )
        }
        #expect(try Self.written(records, in: 1000, keys, .upsert).rows == lab.rows(of: "products"))
    }
}

/// Numbers that a seed gives, always the same.
struct SplitMix {
    var seed: UInt64

    mutating func next(below limit: Int) -> Int {
        seed &+= 0x9E37_79B9_7F4A_7C15
        var value = seed
        value = (value ^ (value >> 30)) &* 0xBF58_476D_1CE4_E5B9
        value = (value ^ (value >> 27)) &* 0x94D0_49BB_1331_11EB
        return Int((value ^ (value >> 31)) % UInt64(limit))
    }
}
