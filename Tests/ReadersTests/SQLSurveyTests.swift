import Readers
import Records
import Testing

@Suite struct SQLSurveyTests {
    private func survey(_ text: String, options: SQLOptions = SQLOptions()) throws -> SQLSurvey {
        try SQLSurvey(of: TrickleSource(Array(text.utf8), step: 7), options: options)
    }

    private static let twoTables = """
        CREATE TABLE "order" (id int, "at" text);
        INSERT INTO public.c (x) VALUES (1),(f()),(3);
        INSERT INTO "order" VALUES (1,'a');
        INSERT INTO public.c (x, y) VALUES (4,5);
        UPDATE c SET x = 1;
        INSERT INTO "order" SELECT * FROM c;
        DROP TABLE c; ALTER TABLE c ADD z int; CREATE UNIQUE INDEX i ON c (x);

        """

    @Test("tables are found in the order of their first rows, with their columns and counts")
    func tables() throws {
        let survey = try survey(Self.twoTables)
        #expect(survey.tables.map(\.name) == ["public.c", "order"])
        #expect(survey.tables.map(\.columns) == [["x", "y"], ["id", "at"]])
        #expect(survey.tables.map(\.recordCount) == [4, 2])
        #expect(survey.tables.map(\.hasDifferentColumnLists) == [true, false])
        #expect(survey.tables.map(\.layout.isUniform) == [false, true])
    }

    @Test("what is not data is counted by kind")
    func otherStatements() throws {
        #expect(
            try survey(Self.twoTables).otherStatements == [
                "CREATE TABLE": 1, "UPDATE": 1, "DROP TABLE": 1, "ALTER TABLE": 1, "CREATE INDEX": 1,
            ])
    }

    @Test("what may give rows and is not read is counted, and so is what code will insert one day")
    func statementsWithRows() throws {
        let script = """
            \\copy a from 'x.csv' csv
            \\copy (select 1) to 'y.csv'
            \\copy b (x) FROM STDIN
            INSERT INTO t VALUES (1);
            MERGE INTO t USING u ON 1 = 1 WHEN MATCHED THEN DELETE;
            PRINT 'x'
            INSERT ALL WHEN x > 1 THEN INTO t (x) VALUES (1) SELECT x FROM u;
            CREATE PROCEDURE p AS BEGIN
            INSERT t VALUES (1); INSERT @v VALUES (1); INSERT OR IGNORE INTO t SELECT 1; INSERT [s].[t] VALUES (1); REPLACE INTO t VALUES (1)
            """
        let survey = try survey(script, options: SQLOptions(dialect: .standard))
        #expect(survey.statementsWithRows == ["\\copy": 2, "MERGE": 1, "INSERT that cannot be read": 1])
        #expect(survey.otherStatements["INSERT in code"] == 5)
    }

    @Test("tables that are there only while a script runs are told")
    func temporary() throws {
        let survey = try survey(
            "INSERT #a VALUES (1)\nINSERT INTO ##b SELECT 1\nPRINT 1\nINSERT @c (x) VALUES (1)\nINSERT d VALUES (1)")
        #expect(survey.tables.map(\.name) == ["#a", "##b", "@c", "d"])
        #expect(survey.tables.map { survey.internal($0) } == [.script, .script, .script, nil])
    }

    @Test("a section reaches from the table's first statement to its last one; the last section, to the file's end")
    func spans() throws {
        let bytes = Array(Self.twoTables.utf8)
        let spans = try survey(Self.twoTables).tables.map { table in
            let end = table.layout.end.map(Int.init) ?? bytes.count
            return String(decoding: bytes[Int(table.dataStart.byteOffset)..<end], as: UTF8.self)
        }
        #expect(spans[0].hasPrefix("INSERT INTO public.c") && spans[0].hasSuffix("(x, y) VALUES (4,5);"))
        #expect(spans[1].hasPrefix("INSERT INTO \"order\" VALUES (1,'a');") && spans[1].hasSuffix("ON c (x);\n"))
    }

    @Test("each section gives its own rows, however its chunks are cut")
    func sections() throws {
        let bytes = Array(Self.twoTables.utf8)
        for limit in ChunkLimit.cuts {
            for reopening in [Reopening.never, .beforeEachChunk] {
                let lines = try survey(Self.twoTables).tables.map { table in
                    try readSQL(
                        bytes, layout: table.layout, columns: table.columns, dataStart: table.dataStart, step: 3,
                        limit: limit, reopening: reopening
                    ).lines
                }
                #expect(lines == [["1|∅", "3|∅", "4|5"], ["1|a"]])
            }
        }
    }

    @Test(
        "a cut file is told", arguments: ["UPDATE t SET a = 'x", "INSERT INTO t VALUES (1),", "COPY t FROM stdin;\n1"])
    func cutOff(text: String) throws {
        #expect(try survey("INSERT INTO t VALUES (1);\n").cutOff == nil)
        #expect(
            try survey("INSERT INTO t VALUES (1);\n\(text)").cutOff?.hasPrefix("the file ends at line") == true)
    }

    @Test("one table must be named where there are several")
    func severalTables() throws {
        let bytes = Array(Self.twoTables.utf8)
        #expect(throws: DataError.self) { try SQLReader(source: TrickleSource(bytes)) }
        #expect(throws: DataError.self) { try SQLReader(source: TrickleSource(bytes), options: SQLOptions(table: "c")) }
        #expect(try readSQL(bytes, options: SQLOptions(table: "order")).lines == ["1|a"])
        #expect(throws: DataError.self) { try SQLReader(source: TrickleSource(Array("SELECT 1;".utf8))) }
    }

    @Test("a pipe is read once: rows of another table, and unknown columns, are rejects")
    func pipe() throws {
        let text = "INSERT INTO t (a) VALUES (1);INSERT INTO u VALUES (2),(3);INSERT INTO t (b) VALUES (4);"
        let far = String(repeating: "INSERT INTO t (a) VALUES (0);\n", count: 100_000)
        var reader = try SQLReader(source: PipeSource(Array((far + text).utf8)))
        #expect(reader.columns == ["a"])
        var (chunk, reading) = (Chunk(), Reading())
        while try reader.fill(&chunk, limit: ChunkLimit()) { reading.append(chunk) }
        #expect(reading.rows.count == 100_001)
        #expect(reading.rejects.map(\.code.rawValue) == ["other_table", "other_table", "unknown_field"])
    }

    @Test(
        "the dialect is found out from the file",
        arguments: [
            ("INSERT INTO t VALUES ('a\\', 'b');", SQLDialect.standard),
            ("INSERT INTO t VALUES ('it\\'s');", .mysql), ("INSERT INTO `t` VALUES (1);", .mysql),
            ("/*!40101 x */;", .mysql), ("# x\n", .mysql), ("-- `\nINSERT INTO t VALUES ('`');", .standard),
            ("PRAGMA foreign_keys=OFF;\nCREATE TABLE `t` (a);", .standard),
            ("INSERT INTO [t] VALUES ('\\');", .standard),
            ("SET standard_conforming_strings = on;", .postgresql), ("INSERT INTO t VALUES (E'\\'`');", .postgresql),
            ("DO $$ x $$;", .postgresql), ("INSERT INTO t VALUES (1);", .standard),
            ("CREATE TABLE t (id SERIAL, a int);", .postgresql),
            ("CREATE TABLE t (\"id\" bigserial NOT NULL);", .postgresql),
            ("CREATE TABLE t (id SERIAL, a int) ENGINE=x;", .mysql), ("CREATE TABLE t (serial int);", .standard),
            ("INSERT INTO t (id, serial) VALUES (1, 2);", .standard), ("CREATE TABLE t (id SERIAL);\nGO\n", .standard),
            ("SET FOREIGN_KEY_CHECKS=0;", .mysql), ("SET NAMES utf8mb4;", .mysql), ("LOCK TABLES t WRITE;", .mysql),
            ("INSERT IGNORE INTO t VALUES (1);", .mysql), ("LOCK TABLE t IN SHARE MODE;", .standard),
            ("INSERT OR IGNORE INTO t VALUES (1);", .standard), ("CREATE TABLE t (a INT(10) UNSIGNED);", .mysql),
            ("CREATE TABLE t (a MEDIUMTEXT);", .mysql), ("CREATE TABLE t (a UNSIGNED BIG INT);", .standard),
            ("INSERT INTO t VALUES (1) ON DUPLICATE KEY UPDATE a = 1;", .mysql),
            ("CREATE TABLE `t` (`a` INTEGER PRIMARY KEY AUTOINCREMENT);", .standard),
            ("DROP TABLE `t`;CREATE TABLE `t` (a integer primary key autoincrement);", .standard),
            ("CREATE TABLE `t` (a int); INSERT INTO `t` VALUES ('autoincrement');", .mysql),
        ])
    func dialects(text: String, dialect: SQLDialect) throws {
        let bytes = Array((text + "\nINSERT INTO z VALUES (1);").utf8)
        #expect(try SQLReader(source: TrickleSource(bytes), options: SQLOptions(table: "z")).layout.dialect == dialect)
    }

    @Test(
        "a table's name without its schema",
        arguments: [
            ("t", "t"), ("s.t", "t"), ("a.b.t", "t"), ("s.\"d.e\"", "d.e"), ("\"a.b\".t", "t"),
            ("\"a\"\"b.c\"", "a\"b.c"),
            ("\"\"\"\"", "\""), ("it's", "it's"),
        ])
    func name(written: String, name: String) { #expect(SQLTableName.withoutSchema(written) == name) }
}
