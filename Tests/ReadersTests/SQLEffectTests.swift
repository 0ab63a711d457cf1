import Readers
import Records
import Testing

/// What a script does beside its rows, and what an ordinary dump does not.
@Suite struct SQLEffectTests {
    struct Script: Sendable, CustomTestStringConvertible {
        var text: String
        /// What the survey says of it: kinds that may give rows, `table: verb` of changed ones, `table: scope` and
        /// `table: columns`.
        var found: [String]
        var dialect: SQLDialect?

        init(_ text: String, _ found: [String] = [], _ dialect: SQLDialect? = nil) {
            (self.text, self.found, self.dialect) = (text, found, dialect)
        }

        var testDescription: String { text }
    }

    private static let rows = "INSERT INTO t VALUES (1,'a'),(2,'b');\n"

    static let elsewhere = [
        Script("CREATE TABLE u AS SELECT * FROM t;", ["CREATE TABLE … AS"]),
        Script("CREATE TABLE u (a, b) AS (WITH x AS (SELECT 1) SELECT * FROM x) WITH DATA;", ["CREATE TABLE … AS"]),
        Script("CREATE TABLE u AS TABLE t;", ["CREATE TABLE … AS"], .postgresql),
        Script("CREATE TABLE u (a int) SELECT * FROM t;", ["CREATE TABLE … AS"], .mysql),
        Script("SELECT *\nINTO t2 FROM t;", ["SELECT … INTO"]),
        Script("WITH x AS (SELECT 1 a) SELECT * INTO t2 FROM x;", ["SELECT … INTO"]),
        Script("PRINT 'x'\nSELECT * INTO t2 FROM t\nPRINT 'y'", ["SELECT … INTO"]),
        Script("\\copy u from 'other.csv' csv\n", ["\\copy"], .postgresql),
        Script("\\i more.sql\n\\ir more.sql\n\\include more.sql\n", ["\\i", "\\include", "\\ir"], .postgresql),
        Script("@other.sql\n@@more.sql\nSTART third.sql\n", ["@", "START"]),
        Script(":r other.sql\n", [":r"]),
        Script("SOURCE other.sql;\n\\. more.sql\n", ["SOURCE"], .mysql),
        Script("source other.sql\n", ["SOURCE"]), Script("\\. more.sql\n", ["SOURCE"]),
        Script(".read other.sql\n.import x.csv u\n", [".import", ".read"]),
        Script("CALL SYSCS_UTIL.SYSCS_IMPORT_TABLE(null,'T','t.del',null,null,null,0);", ["CALL"]),
        Script("IMPORT TABLE FROM 'x.sdi';", ["IMPORT TABLE"], .mysql),
        Script(
            "SELECT pg_catalog.lo_open('1', 131072);SELECT pg_catalog.lowrite(0, '\\x00');", ["large objects"],
            .postgresql),
        Script("CALL fill();", ["CALL"]), Script("EXEC sp_load\nGO", ["EXEC"]),
        Script("PRINT 'x'\nEXEC dbo.fill @a = 1\nGO", ["EXEC"]),
    ]

    static let changed = [
        Script("UPDATE t SET b = 'new' WHERE a = 1;", ["t: UPDATE"]),
        Script("UPDATE public.\"t\" SET b = 'x';", ["t: UPDATE"], .postgresql),
        Script("UPDATE x SET b = 'x' FROM t x WHERE 1 = 1;", ["t: UPDATE"]),
        Script("UPDATE `t`, u SET t.b = u.b;", ["t: UPDATE"], .mysql),
        Script("DELETE FROM t WHERE a = 2;", ["t: DELETE"]), Script("DELETE T;", ["t: DELETE"]),
        Script("TRUNCATE t;", ["t: TRUNCATE"]), Script("TRUNCATE TABLE ONLY u, t;", ["t: TRUNCATE"]),
        Script("DROP TABLE IF EXISTS u, t CASCADE;", ["t: DROP TABLE"]),
        Script("PRINT 'x'\nDELETE FROM t\nINSERT u VALUES (1)", ["t: DELETE"]),
        Script("ALTER TABLE t RENAME TO u;", ["t: ALTER TABLE"]),
        Script("RENAME TABLE t TO u;", ["t: RENAME TABLE"], .mysql), Script("RENAME t TO u;", ["t: RENAME"]),
        Script("REPLACE INTO t VALUES (1,'new');", ["t: REPLACE"]),
        Script("INSERT OR REPLACE INTO t VALUES (1,'new');", ["t: REPLACE"]),
        Script("INSERT OR IGNORE INTO t VALUES (1,'new');INSERT IGNORE INTO t VALUES (1,'x');", ["t: INSERT IGNORE"]),
        Script(
            "INSERT INTO t VALUES (2,'x') ON DUPLICATE KEY UPDATE b = 'dup';",
            ["t: INSERT … ON CONFLICT or ON DUPLICATE KEY"]),
        Script(
            "INSERT INTO t VALUES (2,'x') ON CONFLICT DO NOTHING;", ["t: INSERT … ON CONFLICT or ON DUPLICATE KEY"]),
        Script("MERGE INTO t USING u ON 1 = 1 WHEN MATCHED THEN DELETE;", ["MERGE"]),
        Script("WITH d AS (DELETE FROM t RETURNING *) SELECT * FROM d;", ["t: DELETE"], .postgresql),
        Script("WITH c AS (SELECT * FROM dbo.t) DELETE FROM c;", ["t: DELETE"]),
        Script("ALTER TABLE t ALTER COLUMN a TYPE int USING length(b);", ["t: ALTER TABLE"], .postgresql),
        Script("CREATE OR REPLACE TABLE t (a int, b text);", ["t: CREATE OR REPLACE TABLE"]),
        Script("ALTER TABLE t RENAME COLUMN b TO c;", ["t: ALTER TABLE"]),
        Script("ALTER TABLE t CHANGE b c text;", ["t: ALTER TABLE"], .mysql),
        Script("EXEC sp_rename 'dbo.t.b', 'c', 'COLUMN'\nGO", ["t: ALTER TABLE"]),
    ]

    private static let insert = "INSERT INTO t (a, b) VALUES (3, 'c')"

    /// Rows that a database would put in more than once, perhaps not at all, or not as they are there.
    static let flow = [
        Script("GO\nGO 5\n\(insert)\nGO\n"), Script("GO\n\(insert)\nGO 5\n", ["GO 5"]),
        Script("GO\n\(insert)\nPRINT 'x'\nGO 5 -- times\n", ["GO 5"]), Script("GO\n\(insert)\nGO 1\n"),
        Script("WHILE @i < 10\nBEGIN\n\(insert)\nSET @i = @i + 1\nEND\nGO", ["INSERT in WHILE"]),
        Script("WHILE @i < 10\nSET @i = @i + 1\nGO\n\(insert)\nGO"),
        Script("BEGIN\nFOR i IN 1..10 LOOP\n\(insert);\nEND LOOP;\nEND;\n/\n", ["INSERT in LOOP"]),
        Script("BEGIN\nFOR i IN 1..10 LOOP\nnull;\nEND LOOP;\n\(insert);\nEND;\n/\n"),
        Script(
            "IF 1 = 1\nBEGIN\n\(insert)\nEND\nELSE\nBEGIN\n\(insert)\nEND\nGO",
            ["INSERT after ELSE", "INSERT after IF"]),
        Script("IF NOT EXISTS (SELECT 1 FROM t)\n\(insert)\nGO", ["INSERT after IF"]),
        Script("IF OBJECT_ID('t') IS NOT NULL DROP TABLE u\nCREATE TABLE w (a int)\n\(insert)\nGO"),
        Script("IF 1 = 1\nPRINT 'x'\n\(insert)\nGO"), Script("DROP TABLE\nIF EXISTS u;\n\(insert);"),
        Script("IF @@TRANCOUNT = 0 BEGIN TRANSACTION\n\(insert)\nCOMMIT\nGO"),
        Script("IF 1 = 1\nBEGIN\nINSERT INTO #e (a) SELECT 1\nEND\nGO\n\(insert)\nGO"),
        Script("BEGIN\nIF 1 = 0 THEN\n\(insert);\nEND IF;\n\(insert);\nEND;\n/\n", ["INSERT after IF"]),
        Script("BEGIN\nRETURN;\n\(insert);\nEND;\n/\n", ["INSERT after RETURN"]),
        Script("IF @@ERROR <> 0 SET NOEXEC ON\nGO\n\(insert)\nGO"), Script("IF 1 = 1\nRETURN\n\(insert)\nGO"),
        Script("RETURN\nGO\n\(insert)\nGO"), Script("IF 1 = 1 RETURN\n\(insert)\nGO"),
        Script("\\q\n\(insert);", ["INSERT after \\q"], .postgresql),
        Script("\\if false\n\(insert);\n\\endif\n", ["INSERT after \\if"], .postgresql),
        Script("\\if false\n\\endif\n\(insert);", [], .postgresql),
        Script(".quit\n\(insert);", ["INSERT after .quit"]),
        Script("exit\n\(insert);", ["INSERT after EXIT"]), Script("exit;\n"),
        Script(":quit\n\(insert)", ["INSERT after :quit"]),
        Script("quit\n\(insert);", ["INSERT after QUIT"], .mysql),
        Script("LOOP\nEXIT WHEN x > 1;\nEND LOOP;\n\(insert);"),
        Script("SET NOEXEC ON\nGO\n\(insert)\nGO", ["INSERT after SET NOEXEC ON"]),
        Script("SET PARSEONLY ON\nGO\n\(insert)\nGO", ["INSERT after SET PARSEONLY ON"]),
        Script("SET NOEXEC ON\nGO\nSET NOEXEC OFF\nGO\n\(insert)\nGO"),
        Script("IF 1 = 0\nBEGIN\nPRINT 'x';\nSET NOEXEC ON;\nEND\nGO\n\(insert)\nGO"),
        Script("SELECT CASE WHEN 1 = 1 THEN 2 ELSE 3 END;\n\(insert);"),
        Script("BEGIN TRY\nSET @x = 1\nEND TRY\nBEGIN CATCH\n\(insert)\nEND CATCH\nGO", ["INSERT in CATCH"]),
        Script("BEGIN\nnull;\nEXCEPTION\nWHEN others THEN\n\(insert);\nEND;\n/\n", ["INSERT in EXCEPTION"]),
        Script("\(insert);\n/\n", ["/ after an INSERT"]), Script("\(insert)\n/\n"), Script("\(insert);\nCOMMIT;\n/\n"),
        Script("BEGIN;\(insert);ABORT;", ["t: ROLLBACK"], .postgresql),
        Script(
            "INSERT INTO u VALUES (1) ON DUPLICATE KEY UPDATE n = n + 1;INSERT INTO u VALUES (1) ON DUPLICATE KEY UPDATE n = n + 1;",
            ["u: INSERT … ON CONFLICT or ON DUPLICATE KEY"], .mysql),
        Script(
            "INSERT INTO u VALUES (1) ON DUPLICATE KEY UPDATE n = VALUES(n), m = 'a-b';INSERT INTO u VALUES (2) ON DUPLICATE KEY UPDATE n = VALUES(n), m = 1;",
            [], .mysql),
        Script("DO $$ BEGIN \(insert); END $$;", ["DO"], .postgresql),
        Script("DO $x$ BEGIN EXECUTE 'insert into t values (1)'; END $x$;", ["DO"], .postgresql),
        Script("DO $$ BEGIN CREATE TYPE x AS ENUM ('a'); END $$;\n\(insert);", [], .postgresql),
        Script("BEGIN;\n\(insert);\nROLLBACK;", ["t: ROLLBACK"]),
        Script("ROLLBACK; -- due to errors\n", ["t: ROLLBACK"]),
        Script("COMMIT;\nROLLBACK;"), Script("BEGIN TRANSACTION\nCOMMIT\nROLLBACK\nGO"),
        Script("START TRANSACTION;\n\(insert);\nSAVEPOINT s;ROLLBACK TO s;", ["t: ROLLBACK"], .mysql),
        Script("IF @@ERROR <> 0\nROLLBACK\nGO"), Script("END TRY\nBEGIN CATCH\nROLLBACK\nEND CATCH\nGO"),
        Script("EXEC('INSERT INTO t (a) VALUES (3)')\nGO", ["EXEC"]),
        Script("EXEC sp_executesql N'DELETE FROM t'\nGO", ["EXEC"]), Script("EXEC sp_executesql @sql\nGO", ["EXEC"]),
        Script("EXEC (@sql)\nGO", ["EXEC"]), Script("EXEC sp_MSforeachtable 'DELETE FROM ?'\nGO", ["EXEC"]),
        Script("EXEC sp_MSforeachtable 'ALTER TABLE ? NOCHECK CONSTRAINT ALL'\nGO"),
        Script("EXECUTE IMMEDIATE 'insert into t values (1)';", ["EXECUTE"]),
        Script("EXEC dbo.sp_executesql @statement = N'CREATE PROC p AS INSERT INTO t VALUES (1)'\nGO"),
        Script("UPSERT INTO t (a) VALUES (1);", ["UPSERT"]),
        Script("CREATE TABLE u SELECT * FROM t;", ["CREATE TABLE … AS"]),
        Script("EXEC sp_rename 't', 'u'\nGO", ["t: RENAME TABLE"]),
        Script("USE d;INSERT INTO w VALUES (1);DROP DATABASE d;", ["w: DROP"]),
        Script("DROP DATABASE IF EXISTS e;CREATE DATABASE e;"),
        Script("INSERT INTO s.w VALUES (1);DROP SCHEMA s CASCADE;", ["s.w: DROP"]),
        Script("ALTER TABLE t DROP COLUMN b;", ["t: ALTER TABLE"]),
        Script("ALTER TABLE t ADD c int DEFAULT 5;", ["t: ALTER TABLE"]), Script("ALTER TABLE t ADD c int;"),
        Script(":setvar x 5\nINSERT INTO t VALUES (3, 'a$(X)b')\nGO", ["variable in a row"]),
        Script(":setvar x 5\nUSE [$(x)]\nINSERT INTO w VALUES (3, '$(y)')\nGO"),
        Script("DEFINE x = 5\nINSERT INTO t VALUES (3, '&x');", ["variable in a row"]),
        Script("DEFINE x = 5\nSET DEFINE OFF\nINSERT INTO t VALUES (3, '&x');"),
        Script("*/\n\(insert);", ["end of a comment that nothing began"]),
        Script("mysqldump: Error 2013: Lost connection when dumping table `t`\n", ["error of mysqldump"], .mysql),
        Script("mysqldump: [Warning] If you don't want\n\(insert);", [], .mysql),
        Script("retry:\n\(insert)\n"),
        Script(
            "CREATE TRIGGER [p] ON [t] AFTER INSERT AS\nIF 1=1\nBEGIN\n\(insert)\nEND\nINSERT INTO w VALUES (3)\nGO\n\(insert)\nGO"
        ),
        Script("CREATE PROCEDURE p @a int AS\nBEGIN\n\(insert)\nEND;\nINSERT INTO w VALUES (3);\nGO\n\(insert)\nGO"),
    ]

    static let elsewhereNamed = [
        Script("USE b;\n\(rows)", ["t: scope"]), Script("USE `b`;\n\(rows)", ["t: scope"], .mysql),
        Script("SET search_path = s2, pg_catalog;\n\(rows)", ["t: scope"], .postgresql),
        Script("SELECT pg_catalog.set_config('search_path', 's2', false);\n\(rows)", ["t: scope"], .postgresql),
        Script("BEGIN;SET search_path = s2;ROLLBACK;\n\(rows)", [], .postgresql),
        Script("BEGIN;SET search_path = s2;COMMIT;\n\(rows)", ["t: scope"], .postgresql),
        Script("\\connect b\n\(rows)", ["t: scope"], .postgresql),
        Script("ALTER SESSION SET CURRENT_SCHEMA = b;\n\(rows)", ["t: scope"]),
    ]

    static let columns = [
        Script("CREATE TABLE t (b text, a int);\n\(rows)", ["t: columns"]),
        Script("ALTER TABLE t RENAME a TO d;ALTER TABLE t ADD c int;\n\(rows)", ["t: columns"]),
        Script("ALTER TABLE t CHANGE COLUMN b b text FIRST;\n\(rows)", ["t: columns"], .mysql),
        Script("ALTER TABLE t RENAME COLUMN a TO x;\n\(rows)", ["t: columns"]),
        Script("CREATE TABLE IF NOT EXISTS t (a int, b text);\n\(rows)"),
        Script("ALTER TABLE t ADD PRIMARY KEY (a), ADD KEY b (b);\n\(rows)", [], .mysql),
        Script("ALTER TABLE t ADD c int;ALTER TABLE t DROP COLUMN c;\n\(rows)"),
        Script("ALTER TABLE t ADD c int;\nINSERT INTO t (a, b, c) VALUES (1,2,3);"),
    ]

    /// What is in dumps and in the scripts of tools, and does nothing to rows.
    static let ordinary = [
        Script(
            "DELETE FROM u;DROP TABLE IF EXISTS u;CREATE TABLE u (a int);UPDATE u SET a = 1;INSERT INTO u VALUES (1);"),
        Script("REPLACE INTO u VALUES (1);REPLACE INTO u VALUES (2);"),
        Script("INSERT IGNORE INTO u VALUES (1);INSERT IGNORE INTO u VALUES (1);"),
        Script("INSERT INTO u VALUES (1) ON CONFLICT DO NOTHING;INSERT INTO u VALUES (2) ON CONFLICT DO NOTHING;"),
        Script("SELECT pg_catalog.setval('t_id_seq', 3, true);", [], .postgresql),
        Script("SET statement_timeout = 0;SELECT pg_catalog.set_config('search_path', '', false);", [], .postgresql),
        Script(
            "ALTER TABLE ONLY public.t ADD CONSTRAINT p PRIMARY KEY (a);ALTER TABLE t OWNER TO me;", [], .postgresql),
        Script("ALTER TABLE `t` MODIFY `a` int NOT NULL AUTO_INCREMENT, AUTO_INCREMENT=3;\n\(rows)", [], .mysql),
        Script("/*!40000 ALTER TABLE `t` DISABLE KEYS */;UNLOCK TABLES;START TRANSACTION;COMMIT;", [], .mysql),
        Script("UPDATE STATISTICS [dbo].[t]\nGO\nUSE [master]\nGO"),
        Script(
            "EXEC sys.sp_addextendedproperty @name=N'x', @value=N't'\nGO\nEXEC dbo.sp_executesql @statement = N'x'\nGO"),
        Script(
            "ALTER TABLE [t] WITH CHECK ADD CONSTRAINT [f] FOREIGN KEY([a]) REFERENCES [u] ([a])\nON\nUPDATE CASCADE\nON\nDELETE CASCADE\nGO"
        ),
        Script("CREATE TRIGGER x AFTER INSERT ON t BEGIN UPDATE t SET a = 1; DELETE FROM t; END;"),
        Script("CREATE PROCEDURE p AS BEGIN\nDELETE FROM t\nSELECT * INTO t2 FROM t\nEND\nGO"),
        Script("CREATE FUNCTION f() RETURNS void AS $$ DELETE FROM t; $$ LANGUAGE sql;", [], .postgresql),
        Script("CREATE VIEW v AS SELECT * FROM t;CREATE TEMP TABLE x AS SELECT 1;"),
        Script("CREATE TABLE u (a int GENERATED ALWAYS AS (1) STORED, b text DEFAULT 'AS SELECT');"),
        Script("CREATE TABLE u AS SELECT * FROM t WITH NO DATA;", [], .postgresql),
        Script("SELECT a INTO @x FROM t;SELECT * INTO OUTFILE 'x' FROM t;", [], .mysql),
        Script("DECLARE n int;\nBEGIN\nSELECT 1 INTO n FROM dual;\nSELECT 2 INTO n FROM dual;\nEND;\n/\n"),
        Script("GRANT SELECT, INSERT, UPDATE, DELETE ON t TO me;LOCK TABLES t WRITE;"),
        Script("EXEC dbms_stats.gather_table_stats('a', 't');prompt UPDATE t\n"),
        Script("COPY t TO stdout;COPY (SELECT 1) TO stdout;", [], .postgresql),
        Script("\\restrict x\n\\set ON_ERROR_STOP on\n\\copy t to 'x.csv'\n", [], .postgresql),
    ]

    @Test(
        "what a script does to rows, or with rows of elsewhere, is told, and nothing else",
        arguments: elsewhere + changed + flow + elsewhereNamed + columns + ordinary)
    func effects(script: Script) throws {
        let text = "CREATE TABLE t (a int, b text);\n\(Self.rows)\(script.text)"
        for step in [3, Int.max] {
            let survey = try SQLSurvey(
                of: TrickleSource(Array(text.utf8), step: step),
                options: SQLOptions(dialect: script.dialect ?? .standard))
            let found =
                survey.statementsWithRows.keys.sorted()
                + survey.tables.flatMap { table in
                    table.changes.map { "\(table.name): \($0.verb)" }
                        + (table.otherScope == nil ? [] : ["\(table.name): scope"])
                } + survey.mixed.map { "\($0.name): columns" }
            #expect(found == script.found)
        }
    }

    @Test("tables that a script makes for itself are nobody's data")
    func temporary() throws {
        let text = "CREATE TEMPORARY TABLE x (a int);INSERT INTO x VALUES (1);INSERT INTO t VALUES (1);"
        let survey = try SQLSurvey(of: TrickleSource(Array(text.utf8)))
        #expect(survey.tables.map { survey.internal($0) } == [.script, nil])
    }

    @Test(
        "a dump that was cut off says so",
        arguments: [
            ("-- MySQL dump 10.13\n\(rows)", " Dump completed"),
            ("-- MariaDB dump 10.19\n\(rows)-- Dump completed on 2026-11-01\n", nil),
            ("--\n-- PostgreSQL database dump\n--\n\(rows)", " PostgreSQL database dump complete"),
            ("--\n-- PostgreSQL database dump\n--\n\(rows)--\n-- PostgreSQL database dump complete\n--\n", nil),
            ("-- MySQL dump 1\n\(rows)-- MySQL dump 1\n\(rows)-- Dump completed", " Dump completed"),
            ("-- MySQL dump 1\n\(rows)-- Dump completed\n-- MySQL dump 1\n\(rows)-- Dump completed", nil),
            ("-- Dump\n\(rows)", nil),
        ] as [(String, String?)])
    func missingEnd(text: String, end: String?) throws {
        for step in [1, 7, Int.max] {
            #expect(try SQLSurvey(of: TrickleSource(Array(text.utf8), step: step)).missingEnd == end)
        }
    }

    @Test(
        "a file that ends inside of a statement says so",
        arguments: [
            "CREATE TABLE u (\n a int", "INSER", "CREA", "CREATE TABLE u (a int, b text DEFAULT 'x'",
        ])
    func cutOff(end: String) throws {
        let text = "\(Self.rows)\(end)"
        #expect(try SQLSurvey(of: TrickleSource(Array(text.utf8))).cutOff != nil)
        for whole in ["", "COMMIT", "COMMIT\n", "GO", "CREATE TABLE u (a int)", "EXIT"] {
            #expect(try SQLSurvey(of: TrickleSource(Array("\(Self.rows)\(whole)".utf8))).cutOff == nil, "\(whole)")
        }
    }

    @Test(
        "a dump's first comment and MySQL's own words tell its dialect, a tool's message does not",
        arguments: [
            "-- MySQL dump 10.13\n", "-- MariaDB dump 10.19\n", "CREATE TABLE t (a int AUTO_INCREMENT, b text);\n",
            "CREATE TABLE t (a int, b text) ENGINE=InnoDB;\n",
            "CREATE TABLE t (a int, b text) default charset = utf8;\n",
            "mysqldump: [Warning] it's said\n/*!40101 SET NAMES utf8 */;\n",
        ])
    func mysql(beginning: String) throws {
        let text = "\(beginning)INSERT INTO t VALUES (1,'a\\nb');"
        let reader = try SQLReader(source: TrickleSource(Array(text.utf8)))
        #expect(reader.layout.dialect == .mysql)
    }

    @Test(
        "of a pipe, the same is told by rejects", arguments: elsewhere + changed + elsewhereNamed + columns + ordinary)
    func effectsOfPipe(script: Script) throws {
        let text = Array("CREATE TABLE t (a int, b text);\n\(Self.rows)\(script.text)".utf8)
        let options = SQLOptions(dialect: script.dialect ?? .standard)
        var readings: [[RejectedRecord]] = []
        for limit in [ChunkLimit()] + ChunkLimit.cuts {
            var reader = try SQLReader(source: PipeSource(text), options: options)
            var (chunk, rejects, starts) = (Chunk(), [RejectedRecord](), [reader.location])
            while try reader.fill(&chunk, limit: limit) {
                rejects += chunk.rejects
                starts.append(chunk.end)
                // Who begins again at a chunk's end is told nothing twice.
                var other = try SQLReader(
                    source: TrickleSource(text), layout: reader.layout, columns: reader.columns,
                    dataStart: reader.dataStart)
                try other.seek(to: chunk.end)
                var (rest, later) = (Chunk(), [RejectedRecord]())
                while try other.fill(&rest, limit: ChunkLimit()) { later += rest.rejects }
                readings.append(rejects + later)
            }
            readings.append(rejects)
        }
        let told = try #require(readings.first)
        let isTold = told.contains { [.statement, .unknownField].contains($0.code) }
        #expect(isTold == !script.found.isEmpty, "\(told.map(\.message))")
        for reading in readings where reading.map(\.message) != told.map(\.message) {
            #expect(reading.map(\.message) == told.map(\.message))
        }
    }

    @Test(
        "rows without a column list have the columns that are in force at their place",
        arguments: [
            ("CREATE TABLE t (a int);ALTER TABLE t ADD COLUMN b text;INSERT INTO t VALUES (1,'x');", ["a", "b"]),
            (
                "CREATE TABLE t (a int, b int);INSERT INTO t VALUES (1,2);DROP TABLE t;CREATE TABLE t (b int, a int);",
                ["a", "b"]
            ),
            ("CREATE TABLE t (c int);DROP TABLE t;CREATE TABLE t (a int);INSERT INTO t VALUES (1);", ["a"]),
            ("CREATE TABLE [dbo].[t] ([a] int);INSERT INTO t VALUES (1);", ["a"]),
            ("CREATE TABLE t (a int);INSERT INTO public.t VALUES (1);", ["a"]),
            ("CREATE TABLE x.t (a int);CREATE TABLE y.t (b int);INSERT INTO t VALUES (1);", ["column_1"]),
            ("CREATE TABLE x.t (a int);INSERT INTO y.t VALUES (1);", ["column_1"]),
            (
                "CREATE TABLE t (period text, spatial int, fulltext text);INSERT INTO t VALUES (1,2,3);",
                ["period", "spatial", "fulltext"]
            ),
            (
                "CREATE TABLE t (a int, exclude int, FULLTEXT KEY k (a), EXCLUDE USING gist (a WITH =));INSERT INTO t VALUES (1,2);",
                ["a", "exclude"]
            ),
            ("CREATE TABLE t (a int, PERIOD FOR SYSTEM_TIME (a, b));INSERT INTO t VALUES (1);", ["a"]),
            (
                "CREATE TABLE IF NOT EXISTS t (a int);CREATE TABLE IF NOT EXISTS t (x int);INSERT INTO t VALUES (1);",
                ["a"]
            ),
            (
                "CREATE TABLE IF NOT EXISTS t (a int);DROP TABLE t;CREATE TABLE IF NOT EXISTS t (x int);INSERT INTO t VALUES (1);",
                ["x"]
            ),
            (
                "USE a;CREATE TABLE IF NOT EXISTS t (a int);USE b;CREATE TABLE IF NOT EXISTS t (x int);INSERT INTO t VALUES (1);",
                ["x"]
            ),
            (
                "CREATE TABLE p (a int, b int);CREATE TABLE t (c int) INHERITS (public.p);INSERT INTO t VALUES (1,2,3);",
                ["a", "b", "c"]
            ),
            ("CREATE TABLE p (a int);CREATE TABLE t () INHERITS (p);INSERT INTO t VALUES (1);", ["a"]),
        ])
    func inForce(text: String, columns: [String]) throws {
        #expect(try SQLSurvey(of: TrickleSource(Array(text.utf8))).tables.map(\.columns) == [columns])
    }
}
