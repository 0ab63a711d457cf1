import Readers
import Records
import Testing

/// Text in a script that begins as no statement of any database does.
@Suite struct SQLStrayTests {
    private func strays(_ text: String, step: Int = 7) throws -> SQLSurvey.Strays? {
        try SQLSurvey(of: TrickleSource(Array(text.utf8), step: step)).strays
    }

    private static let row = "INSERT INTO t VALUES (1,'1');\n"
    /// Each is told once, at its line.
    private static let texts = [
        "(2,'2'),\n(3,'4')\n;", ",(2,'2');", "(2,'2');", "( /* c */ NULL, 1);", "('x', 'y');", "((1,2),(3,4));",
        "5,6);",
        "'x', 5);", ") VALUES (2,'x');", "INSER INTO t VALUES (2,'x');", "INTO t VALUES (3,'x');",
        "INSERTINTO t VALUES (4,'x');", "foo;", "`id`, `x`) VALUES (2,'x');", "\"id\") VALUES (2);", "-5, 'x');",
        "<<<<<<< HEAD\n;", "=======\n;", ">>>>>>> main\n;", "<br />\n<b>Fatal error</b>: time out\n", "+----+\n",
        "| 1 | x |\n", "Query OK, 1 row affected\n", "(1 row affected)\n", "\u{FEFF}INSERT INTO t VALUES (2,'x');",
        "VALES (2,'x')",
    ]

    @Test("it is told with its line, however the file is read", arguments: texts)
    func told(text: String) throws {
        for step in [1, 2, 5, 7, 1000] {
            let found = try strays("\(Self.row)\n\(text)\n;\n\(Self.row)", step: step)
            #expect(found?.line == 3 && found?.count == 1, "\(step): \(found as Any)")
        }
        #expect(try strays("\(Self.row)\(text)\n;\n\(Self.row)\(text)\n;\n")?.count == 2)
    }

    @Test("of a pipe, it is a reject", arguments: texts)
    func toldOfPipe(text: String) throws {
        var reader = try SQLReader(source: PipeSource(Array("\(Self.row)\(text)\n;\n\(Self.row)".utf8)))
        var (chunk, reading) = (Chunk(), Reading())
        while try reader.fill(&chunk, limit: ChunkLimit()) { reading.append(chunk) }
        #expect(reading.rejects.map(\.code) == [.statement] && reading.rows.count == 2)
    }

    @Test(
        "what some database or its tool understands is none of it",
        arguments: [
            "(SELECT 1) UNION (SELECT 2);", "((SELECT 1));", "(WITH a AS (SELECT 1) SELECT * FROM a);",
            "VALUES (1, 2);",
            "TABLE t;", ";;", "/* c */;", "-- c\n;", "/*!40101 SET NAMES utf8 */;", "RECREATE TABLE t (a int);",
            "sp_rename 'a', 'b'\nGO\n", "dbo.p 1, 2\nGO\n", "[dbo].[p] 1\nGO\n", "label:\nPRINT 'x'\nGO\n",
            "{call p(1)};", "<<a>>\nNULL;", ".mode csv\n", "\\pset x\n", ":r x.sql\n", "@x.sql\n", "!ls\n",
            "TTITLE 'x'\n", "COL a FORMAT 9\n", "HANDLER t OPEN;", "UNLOAD TO 'x' SELECT 1;", "FROM t SELECT *;",
            "#!x\n", "-----\n", "PIVOT t ON a;", "\u{1A}", "ATTACH 'x' AS y;", "SEL * FROM t;",
        ])
    func plain(text: String) throws {
        for dialect in [nil] + SQLDialect.allCases.map(Optional.some) {
            let bytes = Array("\(Self.row)\(text)\n".utf8)
            let found = try SQLSurvey(of: TrickleSource(bytes, step: 3), options: SQLOptions(dialect: dialect))
            #expect(found.strays == nil, "\(dialect as Any)")
        }
    }

    @Test("in blocks of code any word begins a statement, and rows do not")
    func blocks() throws {
        let block =
            "DECLARE\nn NUMBER := 5;\nx VARCHAR2(5);\nBEGIN\nn := 1;\n\(Self.row)log_it('x');\nEND IF;\nn := 2;\nEND;\n/\n"
        #expect(try strays(block) == nil)
        #expect(try strays("\(block)(2,'x');\n")?.count == 1)
        #expect(try strays("BEGIN TRANSACTION;\n\(Self.row)log_it('x');\nCOMMIT;\n")?.line == 3)
    }

    @Test("the statements of every other test are known", arguments: SQLCase.all)
    func known(_ example: SQLCase) throws {
        let survey = try SQLSurvey(of: TrickleSource(Array(example.input.utf8)), options: example.options)
        let isMeant = example.name.hasSuffix("symbols that begin no statement")
        #expect((survey.strays == nil) != isMeant || SQLCase.broken.contains { $0.name == example.name })
    }
}
