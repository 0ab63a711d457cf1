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
        "boolean": ["t", "true", "false", "f", "yes", "0", "1"],
        "date": ["2026-01-0", "1", "9", "0001-12-31", "epoch", "20260101"],
        // Of these nothing is known beforehand.
        "numeric(3,-1)": ["12", "7"],
        "varchar(4)": ["ab ", "c", " "],
        "timestamptz": ["2026-01-01", "T00:00:00", "Z"],
        "char(5)": ["ab", " "],
    ]

    @Test(arguments: pieces.keys.sorted()) func aFingerprintIsThatOfTheRowAsItIsStored(_ type: String) throws {
        let lab = try PostgreSQLLaboratory()
        try lab.execute("CREATE TABLE products (k bigint PRIMARY KEY, v \(type), w text)")
        _ = try lab.destination.prepare(.of(["k", "v", "w"], key: ["k"], mode: .upsert))
        var random = SeededRandom(UInt64(type.utf8.count))
        let pieces = Self.pieces[type]! + [""]
        var written = 0
        for chunk in UInt64(1)...150 {
            let rows = (0..<3).map { row -> [String?] in
                let value = (0..<Int.random(in: 1...4, using: &random)).map { _ in
                    pieces.randomElement(using: &random)!
                }.joined()
                return ["\(Int(chunk) * 3 + row)", row == 0 ? value : pieces[0], "w"]
            }
            written += try lab.write(rows, chunk: chunk).inserted
        }
        let comparison = try lab.destination.compareRows(logID: "log", importID: 1)
        #expect(written > 0 && comparison.asWritten == written && comparison.edited == 0)
    }

    @Test func plainValuesAreKnownBeforehand() throws {
        let lab = try PostgreSQLLaboratory()
        try lab.execute(
            """
            CREATE TABLE products (k text, l integer, a varchar, b smallint, c bigint, d double precision, e numeric,
                f numeric(6,2), g boolean, h date, i text, PRIMARY KEY (l, k))
            """)
        _ = try lab.destination.prepare(
            .of(["k", "l", "a", "b", "c", "d", "e", "f", "g", "h"], key: ["k", "l"], mode: .upsert))
        try lab.write([
            [
                "a b", "1", "{\"x\", 'y'}", "-7", "123456789012345678", "0.0001", "0.00", "9999.50", "true",
                "2026-02-28",
            ],
            ["ü\\", "-1", nil, nil, nil, nil, nil, nil, nil, nil],
            [
                "", "0", String(repeating: "long ", count: 100_000), "0", "-1", "-123456789012345", "12", "-0.01",
                "false",
                "0001-01-01",
            ],
        ])
        #expect(try lab.query("SELECT count(*) FROM _waybill.undo_packs") == [["1"]])
        #expect(try lab.destination.compareRows(logID: "log", importID: 1).asWritten == 3)
        #expect(try lab.reverse(1).reversed == 3)
    }
}
