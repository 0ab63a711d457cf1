import Readers
import Records

/// What scripts of databases' own tools look like, which need no semicolons and have code beside their data.
extension SQLCase {
    private static let head = "INSERT INTO t (a, b) VALUES "

    /// Statements before an INSERT that nothing ends.
    static let openings: [(name: String, text: String)] = [
        ("SET IDENTITY_INSERT", "SET IDENTITY_INSERT [dbo].[t] ON \n\n"), ("USE", "USE [shop]\n"),
        ("PRINT", "PRINT 'it''s'\n"),
        ("DECLARE", "DECLARE @x int = 1\n"), ("a condition's end", "GO\nIF 1 = 1 PRINT 'x'\nSET NOCOUNT ON\n"),
        ("SQL*Plus's SET", "set define off\nset feedback off\n"), ("PROMPT with a quote", "prompt Don't\n"),
        ("REM with a quote", "rem it's\nset echo on\nREMARK it's\n"), ("SPOOL", "spool it's.log\n"),
        ("WHENEVER", "whenever sqlerror exit failure\n"), ("a script that is called", "@it's.sql\n"),
        ("ALTER SESSION", "alter session set nls_date_format = 'YYYY';\n"), ("a slash", "CREATE TABLE x (a int)\n/\n"),
        ("COMMIT", "commit\n"), ("BEGIN on the same line", "BEGIN "), ("a block", "BEGIN\n"),
        ("GO with a number", "PRINT 'x'\nGO 5\n"),
        ("DELETE", "DELETE FROM t\n"), ("a quoted name", "DELETE FROM [dbo].[t]\n"),
        ("a quoted schema", "UPDATE \"s\".\"t\"\n"), ("sqlcmd's :r", "USE x\n:r it's.sql\n"),
        ("a script behind a statement", "COMMIT\n@@a/it's.sql\n"), ("TRUNCATE", "truncate table t\n"),
        ("a privilege", "GRANT SELECT, INSERT ON t TO u\n"),
        ("GRANT INSERT alone", "GRANT INSERT ON t TO u\n"), ("sqlcmd", ":setvar x \"it's\"\n"),
        ("ALTER TABLE", "ALTER TABLE t NOCHECK CONSTRAINT ALL\n"),
        ("a view", "CREATE VIEW v AS SELECT a FROM u\n"), ("Oracle's quotes", "UPDATE u SET x = q'[it's]'\n"),
        (
            "CREATE PROCEDURE and GO",
            "CREATE PROCEDURE p AS\nINSERT INTO t VALUES (0, 0);\nINSERT INTO t VALUES (0, 0)\nGO\n"
        ),
        ("ALTER TRIGGER and GO", "ALTER TRIGGER g ON t AFTER INSERT AS BEGIN INSERT t VALUES (0, 0) END\nGO\n"),
        (
            "CREATE FUNCTION and /",
            "CREATE OR REPLACE FUNCTION f RETURN NUMBER IS\n n NUMBER;\nBEGIN\nINSERT INTO t VALUES (0, 0);\nIF n = 1 THEN NULL; END IF;\nRETURN CASE n WHEN 1 THEN 2 END;\nEND f;\n/\n"
        ),
        (
            "a package",
            "CREATE PACKAGE BODY k AS PROCEDURE p IS BEGIN INSERT INTO t VALUES (0, 0); END; PROCEDURE q IS BEGIN INSERT INTO t VALUES (0, 0); END; END k;\n/\n"
        ),
        (
            "a trigger of Oracle",
            "CREATE TRIGGER g BEFORE INSERT ON t FOR EACH ROW DECLARE n NUMBER; BEGIN INSERT INTO t VALUES (0, 0); END;\n/\n"
        ),
        (
            "a trigger of SQLite",
            "CREATE TRIGGER g AFTER INSERT ON t WHEN new.a IS NULL BEGIN INSERT INTO t VALUES (0, 0); END; "
        ),
        (
            "a procedure inside a procedure",
            "CREATE PROCEDURE p IS PROCEDURE q IS BEGIN INSERT INTO t VALUES (0, 0); END; BEGIN q; INSERT INTO t VALUES (0, 0); END;\n/\n"
        ),
    ]

    static let unended =
        openings.map { opening in
            SQLCase(
                "an INSERT behind \(opening.name)", "\(opening.text)\(head)(1, 'x')\n\(head)(2, 'y');\n",
                ["1|x", "2|y"], dialect: .standard)
        }
        + [
            SQLCase(
                "rows in PL/SQL's blocks",
                "DECLARE\n n NUMBER;\nBEGIN\n \(head)(1, 'x');\n \(head)(n, 'y');\nEND;\n/\n\(head)(3, 'z');",
                ["1|x", "3|z"], rejects: [.init(.expression, "a", "(n, 'y');")], dialect: .standard),
            SQLCase(
                "USE in front of DELIMITER",
                "USE `db`\nDELIMITER $$\nCREATE PROCEDURE p() BEGIN \(head)(0, 0); END$$\nDELIMITER ;\n\(head)(1, 2);",
                ["1|2"], dialect: .mysql),
            SQLCase(
                "whose a procedure is",
                "DELIMITER ;;\nCREATE DEFINER=`root`@`localhost` PROCEDURE `p`(x int) BEGIN IF x = 1 THEN \(head)(0, 0); END IF; END ;;\nDELIMITER ;\n\(head)(1, 2);",
                ["1|2"], dialect: .mysql),
            SQLCase(
                "an event",
                "CREATE DEFINER=root@localhost EVENT e ON SCHEDULE EVERY 1 DAY DO \(head)(0, 0);\n\(head)(1, 2);",
                ["1|2"], dialect: .mysql),
            SQLCase(
                "a rule", "CREATE RULE r AS ON INSERT TO u DO INSTEAD \(head)(0, 0);\n\(head)(1, 2);", ["1|2"],
                dialect: .postgresql),
            SQLCase(
                "a tail that nothing ends",
                "\(head)(1, 2) ON CONFLICT DO NOTHING\n\(head)(3, 4)\nRETURNING a\nINSERT INTO t (a, b) VALUES (5, 6)",
                ["1|2", "3|4", "5|6"]),
            SQLCase(
                "rows that a statement follows",
                "\(head)(1, 2)\nEND\n\(head)(3, 4)\nUSE x\n\(head)(5, 6)\n/\n\(head)(7, 8)",
                ["1|2", "3|4", "5|6", "7|8"], dialect: .standard),
            SQLCase(
                "rows that a tool's line follows",
                "\(head)(1, 2)\n@x/it's.sql\n\(head)(3, 4)\n:r it's\n\(head)(5, 6)\nPROMPT it's\n\(head)(7, 8)\nwhenever sqlerror exit\n\(head)(9, 0)",
                ["1|2", "3|4", "5|6", "7|8", "9|0"], dialect: .standard),
            SQLCase(
                "psql's commands inside and behind statements",
                "SELECT 1 AS x \\gset it's_\n\(head)(1, 2) \\g it's\n\(head)(3, 4)\n\\echo it's\nSELECT 1\\; \(head)(5, 6);",
                ["1|2", "3|4", "5|6"], dialect: .postgresql),
            SQLCase(
                "a statement that ends the file behind a row", "\(head)(1, 2)\nend", ["1|2"], dialect: .standard),
            SQLCase(
                "variables of SQL Server", "EXEC p\n@x = 'a\n;', @y =\n@z\n\(head)(1, 2)", ["1|2"], dialect: .standard),
            SQLCase(
                "a comma in front of an INSERT", "\(head)(1, 2),\n\(head)(3, 4),\(head)(5, 6);", ["1|2", "3|4", "5|6"]),
            SQLCase(
                "an INSERT behind symbols that begin no statement",
                "SET TERM ^ ;\nCREATE PROCEDURE p AS BEGIN \(head)(0, 0); END^\nSET TERM ; ^\n\(head)(1, 2);\n) \(head)(3, 4);",
                ["1|2", "3|4"], dialect: .standard),
            SQLCase(
                "an INSERT that cannot be read inside a statement that nothing ends",
                "PRINT 'x'\nINSERT INTO t (a, a) VALUES (1, 2)\nPRINT 'x'\nINSERT t (a, b) 7\n\(head)(1, 2)", ["1|2"],
                rejects: [
                    .init(.syntax, nil, "INSERT INTO t (a, a) VALUES (1, 2)\nPRINT 'x'\n"),
                    .init(.syntax, nil, "INSERT t (a, b) 7\n"),
                ], dialect: .standard),
            SQLCase("GO in front of a semicolon", "\(head)(1, 2)\nGO;\n\(head)(3, 4)", ["1|2", "3|4"]),
            SQLCase("a table of events", "CREATE TABLE event (trigger int);\(head)(1, 2);", ["1|2"]),
            SQLCase(
                "MERGE",
                "MERGE INTO t USING u ON t.a = u.a WHEN NOT MATCHED THEN INSERT (a, b) VALUES (u.a, 1);\n\(head)(1, 2);",
                ["1|2"]),
        ]

    static let queries = [
        SQLCase(
            "INSERT … SELECT and others",
            "\(head)(1,2);INSERT INTO t SELECT 1, 2;INSERT INTO t (a) (SELECT 1);INSERT INTO t DEFAULT VALUES;INSERT INTO t SET a = 1;",
            ["1|2"],
            rejects: [
                .init(.expression, nil, "INSERT INTO t SELECT 1, 2;"),
                .init(.expression, nil, "INSERT INTO t (a) (SELECT 1);"),
                .init(.expression, nil, "INSERT INTO t DEFAULT VALUES;"),
                .init(.expression, nil, "INSERT INTO t SET a = 1;"),
            ]),
        SQLCase(
            "queries that nothing ends",
            "INSERT t (a, b)\nSELECT 1, 2 UNION ALL\nSELECT 3, 4\n\(head)(5, 6)\nINSERT INTO t EXEC p\nGO\n\(head)(7, 8)",
            ["5|6", "7|8"],
            rejects: [
                .init(.expression, nil, "INSERT t (a, b)\nSELECT 1, 2 UNION ALL\nSELECT 3, 4\n"),
                .init(.expression, nil, "INSERT INTO t EXEC p\n"),
            ], dialect: .standard),
        SQLCase(
            "INSERT ALL",
            "INSERT ALL INTO t (a, b) VALUES (1, 'x')\nINTO t (a, b) VALUES (2, 'y')\nSELECT * FROM dual;\n\(head)(3, 'z');",
            ["1|x", "2|y", "3|z"], dialect: .standard),
        SQLCase(
            "INSERT ALL of a query", "INSERT ALL INTO t (a, b) VALUES (1, 'x') SELECT * FROM u;\n\(head)(3, 'z');",
            ["1|x", "3|z"],
            rejects: [.init(.expression, nil, "SELECT * FROM u;")], dialect: .standard),
        SQLCase(
            "OUTPUT and hints",
            "INSERT INTO t WITH (TABLOCK) (a, b) OUTPUT inserted.a INTO @x (a) VALUES (1, 2)\nINSERT INTO t (a, b) OUTPUT inserted.[b] VALUES (3, 4)",
            ["1|2", "3|4"], dialect: .standard),
        SQLCase(
            "an INSERT inside WITH", "WITH x AS (\(head)(1, 2) RETURNING a) SELECT * FROM x;\(head)(3, 4);",
            ["1|2", "3|4"], dialect: .postgresql),
        SQLCase("EXPLAIN", "EXPLAIN \(head)(0, 0);\(head)(1, 2);", ["1|2"]),
        SQLCase(
            "a table of nothing but expressions", "INSERT INTO t VALUES (f(1, 2), 'a');",
            columns: ["column_1", "column_2"], [],
            rejects: [.init(.expression, "column_1", "(f(1, 2), 'a');")]),
        SQLCase(
            "a table of nothing but queries", "INSERT INTO t SELECT 1;", columns: ["column_1"], [],
            rejects: [.init(.expression, nil, "INSERT INTO t SELECT 1;")]),
        SQLCase(
            "identities that rows do not have",
            "CREATE TABLE [t] ([id] [int] IDENTITY(1,1) NOT NULL, [a] int, [b] int);INSERT t VALUES (1, 2)", ["1|2"],
            dialect: .standard),
        SQLCase(
            "DEFAULT for what is computed",
            "CREATE TABLE t (a int, c int GENERATED ALWAYS AS (a) STORED, b int);INSERT INTO t VALUES (1, DEFAULT, 2),(3, 4, 5);",
            ["1|2"], rejects: [.init(.expression, nil, "(3, 4, 5);")]),
    ]

    static let copies = [
        SQLCase(
            "the lines of COPY",
            "COPY t (a, b) FROM stdin;\n0\t'\n\\N\t\n\\.\n\n\(head)(1,2);\nCOPY public.t FROM stdin;\n7\t8\n\\.\n",
            ["0|'", "∅|", "1|2"], table: "t"),
        SQLCase(
            "the escapes of COPY", "COPY t (a, b) FROM stdin;\na\\tb\\nc\\\\d\t\\x41\\101\\q\\v\n\\\\N\tx\\\ny\n\\.\n",
            ["a\tb\nc\\d|AAq\u{B}", "\\N|x\ny"]),
        SQLCase(
            "lines with other counts of fields", "COPY t (a, b) FROM stdin;\n1\n1\t2\n1\t2\t3\n\n\\.\n", ["1|2"],
            rejects: [
                .init(.fieldCount, nil, "1\n"), .init(.fieldCount, nil, "1\t2\t3\n"), .init(.fieldCount, nil, "\n"),
            ]),
        SQLCase(
            "COPY as CSV",
            "COPY t (a, b) FROM STDIN WITH (FORMAT csv, HEADER, DELIMITER ';', NULL 'x');\na;b\n1;\"p;\"\"q\nr\"\nx;\"x\"\n\\.\n",
            ["1|p;\"q\nr", "∅|x"]),
        SQLCase(
            "COPY's older options", "COPY t (b, a) FROM STDIN DELIMITER '|' NULL AS '-';\n1|-\n\\.\n",
            columns: ["b", "a"], ["1|∅"]),
        SQLCase("line ends of Windows", "COPY t (a, b) FROM stdin;\r\n1\tx\r\n\\.\r\n", ["1|x"]),
        SQLCase(
            "a COPY that is cut", "COPY t (a, b) FROM stdin;\n1\t2\n3\t4", ["1|2"],
            rejects: [.init(.syntax, nil, "3\t4"), .init(.syntax, nil, "")]),
        SQLCase(
            "a COPY that knows no columns", "COPY t FROM stdin;\n1\t2\n\\.\n", columns: ["column_1", "column_2"],
            ["1|2"]),
        SQLCase(
            "a COPY of another file", "\(head)(1,2);COPY t FROM '/x.csv' CSV;", ["1|2"],
            rejects: [.init(.expression, nil, "COPY t FROM '/x.csv' CSV;")]),
        SQLCase(
            "a COPY with unknown options",
            "COPY t (a, b) FROM stdin WITH (FORMAT binary);\n1\t2\n\\.\n\(head)(1,2);", ["1|2"],
            rejects: [.init(.syntax, nil, "1\t2\n")]),
        SQLCase(
            "a COPY that nothing ends something for",
            "\(head)(1,2) ON CONFLICT DO NOTHING\nCOPY t (a, b) FROM stdin;\n3\t4\n\\.\nINSERT INTO t SELECT 1\nCOPY t (a, b) FROM stdin;\n5\t6\n\\.\n\(head)(1,2),\nCOPY t (a, b) FROM stdin;\n7\t8\n\\.\n",
            ["1|2", "3|4", "5|6", "1|2", "7|8"], rejects: [.init(.expression, nil, "INSERT INTO t SELECT 1\n")],
            dialect: .postgresql),
        SQLCase(
            "a COPY behind quotes that do not match",
            "\(head)(1,'a'b),(3,4)\nCOPY t (a, b) FROM stdin;\n5\t6\n\\.\n", ["5|6"],
            rejects: [.init(.quoting, "b", "(1,'a'b),(3,4)\n")], dialect: .postgresql),
        SQLCase("a COPY that gives", "COPY t TO stdout;\(head)(1,2);", ["1|2"]),
    ]

    static let literals = [
        SQLCase(
            "casts that keep their literal",
            "\(head)(CAST(N'2000-06-15' AS Date), CAST(2.50 AS Decimal(18, 2))),(CAST(N'2024-01-02T03:04:05.000' AS DateTime), CONVERT([datetime], '2024-01-02 03:04:05', 120)),"
                + "(CAST(CAST('x' AS nvarchar(max)) AS varchar(5)), CAST(NULL AS [dbo].[u])),(CONVERT(bit, 1), TRY_CAST('7' AS int));",
            ["2000-06-15|2.50", "2024-01-02T03:04:05.000|2024-01-02 03:04:05", "x|∅", "1|7"], dialect: .standard),
        SQLCase(
            "casts that change it",
            "\(head)(CAST(2.567 AS Decimal(18, 2)), 1),(CAST('06/07/2024' AS Date), 1),(CAST('abc' AS varchar(2)), 1),(CAST(2.5 AS int), 1),"
                + "(CAST(N'2024-01-02T03:04:05' AS Date), 1),(CONVERT(datetime, '02.01.2024', 104), 1),(1.5::int, 1),('now'::timestamp, 1),(CAST(0x0A AS int), 1),"
                + "('007'::int, 1),('10:00:00+02'::time, 1),('2024-01-01 10:00:00.75'::datetime2(1), 1);",
            [],
            rejects: [
                "(CAST(2.567 AS Decimal(18, 2)), 1),", "(CAST('06/07/2024' AS Date), 1),",
                "(CAST('abc' AS varchar(2)), 1),", "(CAST(2.5 AS int), 1),",
                "(CAST(N'2024-01-02T03:04:05' AS Date), 1),", "(CONVERT(datetime, '02.01.2024', 104), 1),",
                "(1.5::int, 1),", "('now'::timestamp, 1),",
                "(CAST(0x0A AS int), 1),", "('007'::int, 1),", "('10:00:00+02'::time, 1),",
                "('2024-01-01 10:00:00.75'::datetime2(1), 1);",
            ].map { .init(.expression, "a", $0) }, dialect: .standard),
        SQLCase(
            "dates as bytes",
            "\(head)(CAST(0x0000A2B800000000 AS DateTime), CAST(0x07380B00 AS Date)),(CAST(0x0000A2B8018B80D4 AS DateTime), CAST(0xA2B805A0 AS SmallDateTime));",
            ["2014-01-19 00:00:00|2014-01-07"],
            rejects: [
                .init(.expression, "b", "(CAST(0x0000A2B8018B80D4 AS DateTime), CAST(0xA2B805A0 AS SmallDateTime));")
            ],
            dialect: .standard),
        SQLCase(
            "dates with their format",
            "\(head)(TO_DATE('17-06-2013', 'dd-MM-yyyy'), to_date('2013-06-17 08:09:10', 'yyyy-mm-dd hh24:mi:ss')),(to_date('17-JUN-2013','DD-MON-YYYY'), 1),(to_date('17-06-13','dd-mm-yy'), 1);",
            ["2013-06-17|2013-06-17 08:09:10", "2013-06-17|1"],
            rejects: [.init(.expression, "a", "(to_date('17-06-13','dd-mm-yy'), 1);")], dialect: .standard),
        SQLCase(
            "other ways to write text",
            "\(head)(q'[it's]', nq'{x}'),(U&'d\\0061t\\+01F600', {ts '2024-01-01 00:00:00'}),({d '2024-01-01'}, Q'!a'b!');",
            ["it's|x", "dat😀|2024-01-01 00:00:00", "2024-01-01|a'b"], dialect: .standard),
        SQLCase(
            "MySQL's bytes", "\(head)(_binary 'a\\0''\\\\', _binary'x'),(_utf8mb4 'é', CONVERT('x' USING utf8mb4));",
            ["\\x6100275c|\\x78", "é|x"], dialect: .mysql),
    ]
}
