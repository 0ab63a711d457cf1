import Destinations
import Records
import Testing

/// What is thought of a value before it is sent, and what the server makes of it.
@Suite struct PostgreSQLStoredTextTests {
    private static let pieces: [String: [String]] = [
        "text": [
            "", "a", "NULL", "null", ",", "\"", "\\", "{", "}", " ", "\t", "\n", "\r", "\u{B}", "\u{1}", "ü", "|", "N",
        ],
        "varchar": ["x", " ", "'", "-", "€"],
        "smallint": ["1", "0", "-", "9", "+", " "],
        "integer": ["1", "0", "-", "99", "_"],
        "bigint": ["1", "0", "-", "99999"],
        "double precision": ["1", "0", "00", "-", ".", "e5", "9", "25", "NaN"],
        "numeric": ["1", "0", "00", "-", ".", "5", "e2", "123456789"],
        "numeric(6,2)": ["1", "0", "-", ".", "50", "99"],
        "numeric(4,0)": ["1", "0", "-", ".", "99"],
        "real": ["1", "0", "00", "-", ".", "9", "25"],
        "boolean": ["t", "TRUE", "False", "f", "yes", "0", "1", "n", "o", "off"],
        "date": ["2026-01-0", "1", "9", "0001-12-31", "2024-02-29", "2026-02-29", "2026-04-31", "epoch", "20260101"],
        "time": ["17:05:09", "23:59:59", "24:00:00", "00:00:60", ".5", ".120", ".000", ".1234567", "Z", " "],
        "timestamp": times, "timestamptz": times, "timestamp(1)": times,
        "uuid": [
            "00112233-4455-6677-8899-aabbccddeeff", "00112233-4455-6677-8899-", "AABBccddeeff", "0", "-", "{", "}",
        ],
        "varchar(4)": ["ab ", "c", " ", "ü"],
        "char(5)": ["ab", " ", "ü", "€uro"],
        "json": ["1", "[1, 2]", "{\"a\":  1}", " ", "\"ü\"", "{"],
        // Of these nothing is known beforehand.
        "numeric(3,-1)": ["12", "7"],
        "interval": ["1 day", " 24:00:00"],
    ]

    private static let times = [
        "2026-01-01 10:00:00", "2024-02-29T23:59:59", "2023-02-29T00:00:00", "2026-12-31 24:00:00", "2026-01-01",
        "T10:00", ".5",
        ".120", ".000000", ".1234567", "Z", "+00", "+00:00", "+02", " BC",
    ]

    @Test(arguments: pieces.keys.sorted()) func aFingerprintIsThatOfTheRowAsItIsStored(_ type: String) throws {
        let lab = try PostgreSQLLaboratory()
        try lab.execute("CREATE TABLE products (k bigint PRIMARY KEY, v \(type), w text)")
        _ = try lab.destination.prepare(.of(["k", "v", "w"], key: ["k"], mode: .upsert))
        var random = SeededRandom(UInt64(type.utf8.count))
        let pieces = Self.pieces[type]! + [""]
        var written = 0
        var all: [[[String?]]] = []
        for chunk in UInt64(1)...150 {
            let rows = (0..<3).map { row -> [String?] in
                let value = (0..<Int.random(in: 1...4, using: &random)).map { _ in
                    pieces.randomElement(using: &random)!
                }.joined()
                return ["\(Int(chunk) * 3 + row)", row == 0 ? value : pieces[0], "w"]
            }
            written += try lab.write(rows, chunk: chunk).inserted
            all.append(rows)
        }
        let comparison = try lab.destination.compareRows(logID: "log", importID: 1)
        #expect(written > 0 && comparison.asWritten == written && comparison.edited == 0)

        // What a row was, where only another value of it changed.
        let before = try lab.rows(of: "products")
        var updated = 0
        for (index, rows) in all.enumerated() {
            let rows = rows.map { [$0[0], $0[1], "x"] }
            updated += try lab.write(rows, importID: 2, chunk: UInt64(index + 1)).updated
        }
        #expect(updated == written)
        let reversal = try lab.reverse(2)
        #expect(reversal.reversed == written && reversal.kept.isEmpty)
        #expect(try lab.rows(of: "products") == before)
    }

    @Test func plainValuesAreKnownBeforehand() throws {
        let lab = try PostgreSQLLaboratory()
        try lab.execute(
            """
            CREATE TABLE products (k text, l integer, a varchar, b smallint, c bigint, d double precision, e numeric,
                f numeric(6,2), g boolean, h date, i text, m real, n time, o timestamp, p timestamptz, q uuid, r varchar(5),
                s char(5), u json, PRIMARY KEY (l, k))
            """)
        let columns = ["k", "l", "a", "b", "c", "d", "e", "f", "g", "h", "m", "n", "o", "p", "q", "r", "s", "u"]
        _ = try lab.destination.prepare(.of(columns, key: ["k", "l"], mode: .upsert))
        try lab.write([
            [
                "a b", "1", "{\"x\", 'y'}", "-7", "123456789012345678", "0.0001", "0.00", "9999.50", "true",
                "2026-02-28", "0.50", "17:05:09.250", "2024-02-29T17:05:09", "2026-11-21T17:05:09.5Z",
                "00112233-4455-6677-8899-AABBCCDDEEFF", "a b c", "ab", "{\"a\":  1}",
            ],
            ["ü\\", "-1"] + Array(repeating: nil, count: 16),
            [
                "", "0", String(repeating: "long ", count: 100_000), "0", "-1", "-123456789012345", "12", "-0.1",
                "No", "0001-01-31", "12", "00:00:00", "2026-01-01 00:00:00.000000", "2026-01-01 00:00:00+00:00",
                "00112233-4455-6677-8899-aabbccddeeff", "üüüüü", "€uro", "[]",
            ],
        ])
        #expect(try lab.query("SELECT count(*) FROM _waybill.undo_packs") == [["1"]])
        #expect(try lab.destination.compareRows(logID: "log", importID: 1).asWritten == 3)
        #expect(try lab.reverse(1).reversed == 3)
    }
}
