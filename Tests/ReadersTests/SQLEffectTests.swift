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
        Script(".read other.sql\n.import x.csv u\n", [".import", ".read"]),
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
        Script("RENAME TABLE t TO u;", ["t: RENAME TABLE"], .mysql),
        Script("REPLACE INTO t VALUES (1,'new');", ["t: REPLACE"]),
        Script("INSERT OR REPLACE INTO t VALUES (1,'new');", ["t: REPLACE"]),
        Script("INSERT OR IGNORE INTO t VALUES (1,'new');INSERT IGNORE INTO t VALUES (1,'x');", ["t: INSERT IGNORE"]),
        Script(
            "INSERT INTO t VALUES (2,'x') ON DUPLICATE KEY UPDATE b = 'dup';",
            ["t: INSERT … ON CONFLICT or ON DUPLICATE KEY"]),
        Script(
            "INSERT INTO t VALUES (2,'x') ON CONFLICT DO NOTHING;", ["t: INSERT … ON CONFLICT or ON DUPLICATE KEY"]),
        Script("MERGE INTO t USING u ON 1 = 1 WHEN MATCHED THEN DELETE;", ["MERGE"]),
    ]

    static let elsewhereNamed = [
        Script("USE b;\n\(rows)", ["t: scope"]), Script("USE `b`;\n\(rows)", ["t: scope"], .mysql),
        Script("SET search_path = s2, pg_catalog;\n\(rows)", ["t: scope"], .postgresql),
        Script("SELECT pg_catalog.set_config('search_path', 's2', false);\n\(rows)", ["t: scope"], .postgresql),
        Script("\\connect b\n\(rows)", ["t: scope"], .postgresql),
        Script("ALTER SESSION SET CURRENT_SCHEMA = b;\n\(rows)", ["t: scope"]),
    ]

    static let columns = [
        Script("CREATE TABLE t (b text, a int);\n\(rows)", ["t: columns"]),
        Script("ALTER TABLE t DROP COLUMN a;ALTER TABLE t ADD c int;\n\(rows)", ["t: columns"]),
        Script("ALTER TABLE t CHANGE COLUMN b b text FIRST;\n\(rows)", ["t: columns"], .mysql),
        Script("ALTER TABLE t RENAME COLUMN a TO x;\n\(rows)", ["t: columns"]),
        Script("CREATE TABLE IF NOT EXISTS t (a int, b text);\n\(rows)"),
        Script("ALTER TABLE t ADD PRIMARY KEY (a), ADD KEY b (b);\n\(rows)", [], .mysql),
        Script("ALTER TABLE t ADD c int;ALTER TABLE t DROP COLUMN c;\n\(rows)"),
        Script("ALTER TABLE t ADD c int;\nINSERT INTO t (a, b, c) VALUES (1,2,3);"),
    ]

    /// What stands in dumps and in the scripts of tools, and does nothing to rows.
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
        Script("\\restrict x\n\\set ON_ERROR_STOP on\n\\copy t to 'x.csv'\n", [], .postgresql),
    ]

    @Test(
        "what a script does to rows, or with rows of elsewhere, is told, and nothing else",
        arguments: elsewhere + changed + elsewhereNamed + columns + ordinary)
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
        ])
    func inForce(text: String, columns: [String]) throws {
        #expect(try SQLSurvey(of: TrickleSource(Array(text.utf8))).tables.map(\.columns) == [columns])
    }
}
