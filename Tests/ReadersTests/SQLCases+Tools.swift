import Readers
import Records

/// What other tools than the databases' own write, and older ones of theirs.
extension SQLCase {
    private static let head = "INSERT INTO t (a, b) VALUES "

    static let tools = [
        SQLCase(
            "REINSERT", "\(head)(1, 'x');\nREINSERT (2, 'y');\n-- c\nREINSERT (f(1), 'z');\n", ["1|x", "2|y"],
            rejects: [.init(.expression, "a", "(f(1), 'z');")], dialect: .standard),
        SQLCase(
            "REINSERT into the table in front of it",
            "INSERT INTO u (x) VALUES (1);REINSERT (2);\(head)(1, 2);REINSERT (3, 4);INSERT INTO u (x) VALUES (5);REINSERT (6);",
            ["1|2", "3|4"], dialect: .standard, table: "t"),
        SQLCase("line ends of old Macs", "\(head)(1,2);\r-- it's\r\(head)(3,4);\r", ["1|2", "3|4"]),
        SQLCase(
            "GO and commands with such line ends",
            "PRINT 'x'\rGO\r\(head)(1, 2)\rGO\rprompt it's\r\(head)(3, 4)\rGO\r", ["1|2", "3|4"], dialect: .standard),
        SQLCase(
            "COPY with such line ends", "COPY t (a, b) FROM stdin;\r1\tx\r\\N\t\r\\.\r-- it's\r\(head)(1,2);",
            ["1|x", "∅|", "1|2"]),
        SQLCase(
            "a single CR behind a comment", "\(head)(1,2);\n-- it's\r\(head)(3,4);\n", ["1|2", "3|4"],
            dialect: .postgresql),
        SQLCase(
            "SET TERM",
            "SET TERM ^ ;\n\(head)(1, 2)^\n\(head)(3, 'a;^')^\nSET TERM ;^\nSET TERM OFF\n\(head)(5, 6);",
            ["1|2", "3|a;^", "5|6"], dialect: .standard),
        SQLCase(
            "functions whose body is a text",
            "CREATE FUNCTION f(a int) RETURNS int AS 'select 1' LANGUAGE sql;\n\(head)(1, 2);\nCREATE TRIGGER x AFTER INSERT ON y BEGIN SELECT 1; END;\n\(head)(3, 4);",
            ["1|2", "3|4"], dialect: .standard),
        SQLCase(
            "procedures in other languages",
            "CREATE PROCEDURE p IS LANGUAGE C NAME \"x\";\n\(head)(1, 2);\nCREATE PROCEDURE p AS EXTERNAL NAME a.b.c;\n\(head)(3, 4);\nBEGIN\nNULL;\nEND;\n/\n",
            ["1|2", "3|4"], dialect: .standard),
        SQLCase(
            "a variable called language",
            "CREATE PROCEDURE p IS\nlanguage VARCHAR2(10);\nBEGIN\n\(head)(0, 0);\nEND;\n/\n\(head)(1, 2);", ["1|2"],
            dialect: .standard),
        SQLCase(
            "code of SQL Server behind its first END",
            "CREATE PROCEDURE dbo.p AS\nBEGIN TRY\nDELETE FROM x;\nEND TRY\nBEGIN CATCH\nPRINT 'x'\nEND CATCH\n\(head)(0, 0);\nGO\n\(head)(1, 2)\nGO\n"
                + "CREATE TRIGGER g ON x AFTER INSERT AS IF 1=1 BEGIN SELECT 1 END\n\(head)(0, 0)\nGO\n\(head)(3, 4)\nGO\n",
            ["1|2", "3|4"], dialect: .standard),
        SQLCase(
            "code of SQL Server in a file without GO in front of it",
            "CREATE PROCEDURE dbo.p AS\nSET NOCOUNT ON;\nIF 1=1 BEGIN\nDELETE FROM x;\nEND\n\(head)(0, 0);\n/\n\(head)(1, 2);",
            ["1|2"], dialect: .standard),
        SQLCase(
            "the word TABLE in front of a name",
            "INSERT INTO TABLE t (a, b) VALUES (1,2);INSERT t (a, b) VALUES (3,4);",
            ["1|2", "3|4"]),
        SQLCase("a table called so", "INSERT INTO table (a, b) VALUES (1,2);", ["1|2"]),
        SQLCase("TOP", "INSERT TOP (1) INTO [t] ([a], [b]) VALUES (1, 2)\nGO\n", ["1|2"]),
        SQLCase("a schema that is left out", "INSERT INTO db..[t] (a, b) VALUES (1, N'x')\nGO\n", ["1|x"]),
        SQLCase("an alias", "INSERT INTO t AS x (a, b) VALUES (5, 6) ON CONFLICT DO NOTHING;", ["5|6"]),
        SQLCase("a number sign in names", "INSERT INTO E#P (a#, b) VALUES (1, 2);", columns: ["a#", "b"], ["1|2"]),
        SQLCase(
            "MySQL's short forms",
            "INSERT INTO `t`(`a`,`b`)VALUES(1,2);INSERT INTO `t`(`a`,`b`)VALUES ROW(3,4), ROW (5,6);\(head)(7,8)\\G\n\(head)(9,0) \\g \(head)(1,1);",
            ["1|2", "3|4", "5|6", "7|8", "9|0", "1|1"]),
        SQLCase(
            "dollar quotes", "\(head)($$it's$$, $a$x$$y$a$),($1, 2);", ["it's|x$$y"],
            rejects: [.init(.expression, "a", "($1, 2);")], dialect: .postgresql),
        SQLCase(
            "NULL for what is counted",
            "CREATE TABLE t (id int AUTO_INCREMENT, a int, b int);INSERT INTO t VALUES (NULL, 1, 2),(NULL, 3, NULL),(5, 6, 7);",
            ["1|2", "3|∅"], rejects: [.init(.expression, nil, "(5, 6, 7);")]),
        SQLCase(
            "NULL for SQLite's row id",
            "CREATE TABLE t (id INTEGER PRIMARY KEY, a, b);INSERT INTO t VALUES (NULL, 1, 2);", ["1|2"]),
        SQLCase(
            "a row id with its values", "CREATE TABLE t (a INTEGER PRIMARY KEY, b);INSERT INTO t VALUES (1, NULL);",
            ["1|∅"]),
        SQLCase(
            "lines of bytes", "COPY BINARY t (a, b) FROM stdin;\n1\t2\n\\.\n\(head)(1,2);", ["1|2"],
            rejects: [.init(.syntax, nil, "1\t2\n")]),
        SQLCase(
            "bytes of SQL Server",
            "\(head)(0x, CAST(0x070000000000 AS Time)),(CAST(0x0700B893419C08370B AS DateTime2), CAST(0x02E80300 AS Time(2))),(CAST(0x09FF AS Time), 1);",
            ["\\x|00:00:00", "2013-04-27 18:38:31.5098112|00:00:10"],
            rejects: [.init(.expression, "a", "(CAST(0x09FF AS Time), 1);")], dialect: .standard),
        SQLCase(
            "calls of Oracle and H2",
            "\(head)(to_timestamp('18-02-2015 10:00:00.25', 'dd-mm-yyyy hh24:mi:ss.ff'), to_date('2024-01-31T10:00:00','YYYY-MM-DD\"T\"HH24:MI:SS')),"
                + "(to_clob(q'[don't]'), hextoraw('4A')),(STRINGDECODE('a\\nb\\u00e9'), TIMESTAMP WITH TIME ZONE '2024-01-01 00:00:00+00');",
            ["2015-02-18 10:00:00.25|2024-01-31 10:00:00", "don't|\\x4a", "a\nbé|2024-01-01 00:00:00+00"],
            dialect: .standard),
        SQLCase(
            "days that no month has",
            "\(head)(to_date('29-02-2024','DD-MM-YYYY'), 1),(to_date('31-02-2024','DD-MM-YYYY'), 1);",
            ["2024-02-29|1"], rejects: [.init(.expression, "a", "(to_date('31-02-2024','DD-MM-YYYY'), 1);")],
            dialect: .standard),
        SQLCase(
            "INSERT ALL that gives other than one row",
            "INSERT ALL INTO t (a, b) VALUES (1, 2) SELECT * FROM dual;\nINSERT ALL INTO t (a, b) VALUES (3, 4) SELECT level FROM dual CONNECT BY level < 4;",
            ["1|2", "3|4"], dialect: .standard),
    ]
}
