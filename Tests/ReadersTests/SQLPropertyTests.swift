import Readers
import Records
import Testing

@Suite struct SQLPropertyTests {
    /// Files of these parts are as bad as files get.
    static let parts: [String] = [
        "INSERT INTO t VALUES ", "INSERT INTO t (a, b) VALUES ", "INSERT INTO u VALUES ", "insert into t (b) values",
        "REPLACE INTO u (x) VALUES\n", "(1,'a')", "(1,'a')", "(2, 'b;\nc')", "(NULL,now())", "('x','it''s')", "(1", ")",
        "(", ",", ",", ",", ";", ";", ";\n", ";\n", "\n", "\n", " ", "'", "\"", "`", "--", "-- c,\n", "/* c; */", "/*",
        "*/",
        "$$", "é", "\0", "x", "\\", "(,)", "(1,2),(3,4)", "CREATE TABLE t (a, b);\n", "SET x = 'a,b';",
        "DELIMITER //\n", "//\n", "DELIMITER ;\n", "COPY t FROM stdin;\n1\t2\n\\.\n", "E'\\''",
        " ON CONFLICT DO NOTHING;",
        "\nGO\n", "CREATE TRIGGER g BEGIN INSERT INTO t VALUES (1,2); END;", "X'0a'", "::text",
        "INSERT INTO t SELECT 1;",
    ]

    @Test("any bytes give the same however they are read and cut", arguments: 0..<600)
    func anyBytes(seed: Int) throws {
        var random = SplitMix(state: UInt64(seed))
        var text = seed % 2 == 0 ? "INSERT INTO t VALUES (1,2);\n" : "INSERT INTO t (a, b) VALUES (1,2),(3,4)"
        for _ in 0..<Int.random(in: 1...14, using: &random) { text += Self.parts.randomElement(using: &random)! }
        let options = SQLOptions(
            dialect: SQLDialect.allCases.randomElement(using: &random)!, table: "t",
            maxRecordBytes: [8, 20, 60, 1000].randomElement(using: &random)!)
        let bytes = Array(text.utf8)
        let survey = try SQLSurvey(of: TrickleSource(bytes), options: options)
        for table in survey.tables {
            let whole = try readSQL(
                bytes, layout: table.layout, columns: table.columns, dataStart: table.dataStart, step: .max,
                limit: ChunkLimit(), reopening: .never)
            let cutOffs = whole.rejects.count { $0.raw.isEmpty }
            #expect(UInt64(whole.rows.count + whole.rejects.count - cutOffs) == table.recordCount, "\(text) \(options)")
            for step in [1, 2, 3, 7, 64] {
                for limit in ChunkLimit.cuts {
                    for reopening in [Reopening.never, .beforeEachChunk] {
                        let reading = try readSQL(
                            bytes, layout: table.layout, columns: table.columns, dataStart: table.dataStart, step: step,
                            limit: limit, reopening: reopening)
                        if reading != whole {
                            Issue.record(
                                "\(text.debugDescription) of \(table.layout), \(step) at a time, \(limit), \(reopening)"
                            )
                            return
                        }
                    }
                }
            }
        }
    }
}
