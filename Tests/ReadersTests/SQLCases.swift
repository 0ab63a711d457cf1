import Readers
import Records
import Testing

/// A file, and what a reader makes of it.
struct SQLCase: Sendable, CustomTestStringConvertible {
    struct Reject: Equatable, Sendable {
        var code: RejectCode
        var field: String?
        var raw: String

        init(_ code: RejectCode, _ field: String? = nil, _ raw: String) {
            (self.code, self.field, self.raw) = (code, field, raw)
        }
    }

    var name: String
    var input: String
    var columns: [String]
    /// Values as `Reading.lines` has them.
    var rows: [String]
    var rejects: [Reject]
    var options: SQLOptions

    init(
        _ name: String, _ input: String, columns: [String] = ["a", "b"], _ rows: [String], rejects: [Reject] = [],
        dialect: SQLDialect? = nil, table: String? = nil
    ) {
        (self.name, self.input, self.columns, self.rows, self.rejects) = (name, input, columns, rows, rejects)
        options = SQLOptions(dialect: dialect, table: table)
    }

    var testDescription: String { name }

    static let all =
        statements + columnLists + values + expressions + broken + notData + unended + queries + copies + literals
        + settings + tools + definitions

    private static let head = "INSERT INTO t (a, b) VALUES "

    static let statements = [
        SQLCase("one row", "\(head)(1,2);\n", ["1|2"]),
        SQLCase("many rows, many statements", "\(head)(1,2),\n(3,4);\n\(head)(5,6);", ["1|2", "3|4", "5|6"]),
        SQLCase("no semicolon at the end", "\(head)(1,2)", ["1|2"]),
        SQLCase("any case and white space", "insert\n\tInto t(a,b)values\r\n( 1 ,\n2 )\n;", ["1|2"]),
        SQLCase(
            "words between INSERT and INTO",
            "INSERT OR REPLACE INTO t (a,b) VALUES (1,1);INSERT IGNORE INTO t (a,b) VALUES (2,2);"
                + "INSERT LOW_PRIORITY INTO t (a,b) VALUES (3,3);REPLACE INTO t (a,b) VALUES (4,4);"
                + "INSERT t (a,b) VALUE (5,5);",
            ["1|1", "2|2", "3|3", "4|4", "5|5"]),
        SQLCase("OVERRIDING SYSTEM VALUE", "INSERT INTO t (a, b) OVERRIDING SYSTEM VALUE VALUES (1,2);", ["1|2"]),
        SQLCase(
            "what follows the rows",
            "\(head)(1,2) ON CONFLICT (a) DO UPDATE SET b = 'x;', a = 2;\(head)(3,4) RETURNING a, b;"
                + "\(head)(5,6) AS new ON DUPLICATE KEY UPDATE b = 1, a = 2;\(head)(7,8);",
            ["1|2", "3|4", "5|6", "7|8"]),
        SQLCase(
            "comments everywhere",
            "-- a;'\nINSERT /* ; */ INTO t -- x\n(a, /* '( */ b) VALUES -- ,\n(1, /* ) */ 2) /* c */, -- (\n(3,4);/* ' */",
            ["1|2", "3|4"]),
        SQLCase("comments nest in PostgreSQL", "/* /* */ ' */ \(head)(1,2);", ["1|2"], dialect: .postgresql),
        SQLCase("comments do not nest in standard SQL", "/* /* */ \(head)(1,2);", ["1|2"], dialect: .standard),
        SQLCase("MySQL's comments", "/*!40101 SET x = ';' */;\n# it's\n\(head)(1,2); -- it's\n", ["1|2"]),
        SQLCase(
            "SQL Server's statements",
            "SET IDENTITY_INSERT [s].[t] ON\r\nGO\r\nINSERT [s].[t] ([a], [b]) VALUES (1, N'x')\r\nINSERT [s].[t] ([a], [b]) "
                + "VALUES (2, N'it''s')\r\nGO\r\nPRINT 'done'\r\nGO\r\n",
            ["1|x", "2|it's"]),
        SQLCase(
            "DELIMITER",
            "DELIMITER //\nCREATE PROCEDURE p() BEGIN INSERT INTO t VALUES (9,9); END//\nDELIMITER ;\n\(head)(1,2);",
            ["1|2"], dialect: .mysql),
        SQLCase(
            "data under another delimiter", "DELIMITER $$\n\(head)(1,2)$$\n\(head)(3,4)$$\nDELIMITER ;\n\(head)(5,6);",
            ["1|2", "3|4", "5|6"], dialect: .mysql),
    ]

    static let columnLists = [
        SQLCase(
            "no list and no CREATE TABLE", "INSERT INTO t VALUES (1,2);", columns: ["column_1", "column_2"], ["1|2"]),
        SQLCase(
            "no list, but CREATE TABLE",
            "CREATE TABLE IF NOT EXISTS t (a int DEFAULT (1+2), \"b c\" text CHECK (x IN ('),', 'b')), key numeric(1,2), "
                + "PRIMARY KEY (a), CONSTRAINT c UNIQUE (a));INSERT INTO t VALUES (1,2,3);",
            columns: ["a", "b c", "key"], ["1|2|3"]),
        SQLCase(
            "MySQL's keys are no columns",
            "CREATE TABLE `t` (`a` int, `b` text, KEY `i` (`a`), FULLTEXT KEY `f` (`b`)) COMMENT='x';"
                + "INSERT INTO `t` VALUES (1,2);",
            ["1|2"]),
        SQLCase(
            "computed columns are not in the rows",
            "CREATE TABLE t (a, c GENERATED ALWAYS AS (a*2) STORED, b);INSERT INTO t VALUES (1,2);", ["1|2"]),
        SQLCase(
            "another order and less columns",
            "\(head)(1,2);INSERT INTO t (B, a) VALUES (3,4);INSERT INTO t (b) VALUES (5);",
            ["1|2", "4|3", "∅|5"]),
        SQLCase(
            "a later statement brings a column", "\(head)(1,2);INSERT INTO t (c, b) VALUES (3,4);",
            columns: ["a", "b", "c"], ["1|2|∅", "∅|4|3"]),
        SQLCase(
            "with and without a list",
            "CREATE TABLE t (a, b);INSERT INTO t VALUES (1,2);INSERT INTO t (b) VALUES (3);INSERT INTO t VALUES (4,5);",
            ["1|2", "∅|3", "4|5"]),
        SQLCase(
            "quoted names", "INSERT INTO \"s\".`t` (\"a\"\"\", [b]) VALUES (1,2);", columns: ["a\"", "b"], ["1|2"]),
        SQLCase(
            "a row of another length", "\(head)(1,2),(3),(4,5,6),(7,8);", ["1|2", "7|8"],
            rejects: [.init(.fieldCount, nil, "(3),"), .init(.fieldCount, nil, "(4,5,6),")]),
        SQLCase(
            "other tables", "INSERT INTO u VALUES (1);\(head)(1,2);INSERT INTO s.t VALUES (0),(1);\(head)(3,4);",
            ["1|2", "3|4"], table: "t"),
    ]

    static let values = [
        SQLCase("text", "\(head)('it''s', ''),('a;\n--', 'é😀');", ["it's|", "a;\n--|é😀"]),
        SQLCase("numbers as they are written", "\(head)(-1.50e+3, +.5),(00, 5.);", ["-1.50e+3|+.5", "00|5."]),
        SQLCase("words", "\(head)(NULL, true),(False, null);", ["∅|true", "false|∅"]),
        SQLCase("a backslash is itself", "\(head)('C:\\', 'a\\nb');", ["C:\\|a\\nb"]),
        SQLCase(
            "MySQL's escapes", "\(head)('a\\'b\\\\', '\\n\\t\\r\\b\\Z\\%\\_\\x'),(\"a\"\"b\", _utf8mb4 'é');",
            ["a'b\\|\n\t\r\u{8}\u{1A}\\%\\_x", "a\"b|é"], dialect: .mysql),
        SQLCase(
            "PostgreSQL's escapes", "\(head)(E'a\\'b\\n\\x41\\101', E'\\u00e9\\U0001F600\\uD83D\\uDE00'),('\\n', e'');",
            ["a'b\nAA|é😀😀", "\\n|"], dialect: .postgresql),
        SQLCase("bytes and bits", "\(head)(X'0aFF', 0xAb),(B'101', 0b11);", ["\\x0aff|\\xab", "101|11"]),
        SQLCase("national text", "\(head)(N'x', n'it''s');", ["x|it's"]),
        SQLCase(
            "types", "\(head)(DATE '2024-01-01', timestamp '2024-01-01 10:00:00');", ["2024-01-01|2024-01-01 10:00:00"]),
        SQLCase(
            "casts", "\(head)('1'::numeric(10,2)::text, '{1,2}'::int[]),(NULL::character varying, 'a' :: \"s\".\"t\");",
            ["1|{1,2}", "∅|a"], dialect: .postgresql),
        SQLCase(
            "what SQLite writes for line ends",
            "\(head)(replace('a\\nb','\\n',char(10)), replace(replace('''\\r\\n','\\r',char(13)),'\\n',char(10))),"
                + "(unistr('a\\u000ab\\\\'), 2);",
            ["a\nb|'\r\n", "a\nb\\|2"]),
    ]

    static let expressions = [
        SQLCase(
            "expressions",
            "\(head)(now(), 1),(2, 1+1),(CAST(x AS text), 1),(1, (SELECT ';')),(3, 'a' || 'b'),(4, 5);",
            ["4|5"],
            rejects: [
                .init(.expression, "a", "(now(), 1),"), .init(.expression, "b", "(2, 1+1),"),
                .init(.expression, "a", "(CAST(x AS text), 1),"), .init(.expression, "b", "(1, (SELECT ';')),"),
                .init(.expression, "b", "(3, 'a' || 'b'),"),
            ]),
        SQLCase(
            "words that are none of SQL's values", "\(head)(CURRENT_TIMESTAMP, 1),(1, DEFAULT),(1, 2);", ["1|2"],
            rejects: [.init(.expression, "a", "(CURRENT_TIMESTAMP, 1),"), .init(.expression, "b", "(1, DEFAULT),")]),
        SQLCase(
            "the field is the column of the value", "\(head)(1,2);INSERT INTO t (b, a) VALUES (f(), 1);", ["1|2"],
            rejects: [.init(.expression, "b", "(f(), 1);")]),
        SQLCase(
            "NUL", "\(head)('a\0b', 1),('\\0', 1),(1, 2);", ["1|2"],
            rejects: [.init(.nulByte, "a", "('a\0b', 1),"), .init(.nulByte, "a", "('\\0', 1),")], dialect: .mysql),
        SQLCase(
            "an escape that is no text", "\(head)(1, E'\\xff'),(1, 2);", ["1|2"],
            rejects: [.init(.encoding, "b", "(1, E'\\xff'),")], dialect: .postgresql),
    ]

    static let broken = [
        SQLCase(
            "a stray quote costs its statement", "\(head)(1,'it's'),(2,3);\n\(head)(4,'x');\n", ["4|x"],
            rejects: [.init(.quoting, "b", "(1,'it's'),(2,3);\n")]),
        SQLCase(
            "an unclosed quote", "\(head)(1,2),(3,'abc);\n\(head)(4,'x');\n\(head)(5,'y');", ["1|2", "4|x", "5|y"],
            rejects: [.init(.quoting, "b", "(3,'abc);\n")]),
        SQLCase(
            "up to a line with INSERT", "\(head)(1,'abc\n\(head)(4,'x');", ["4|x"],
            rejects: [.init(.quoting, "b", "(1,'abc\n")]),
        SQLCase(
            "something between the rows", "\(head)(1,2) x, (3,4), y (5,6), (7,8) (9,10), (11,12);",
            ["1|2", "3|4", "7|8", "11|12"],
            rejects: [.init(.syntax, nil, "x,"), .init(.syntax, nil, "y (5,6),"), .init(.syntax, nil, "(9,10),")]),
        SQLCase(
            "nothing where a value or row should be", "\(head)(1,),(,),(),(1,2),;\(head)(3,4);", ["1|2", "3|4"],
            rejects: [
                .init(.syntax, "b", "(1,),"), .init(.syntax, "a", "(,),"), .init(.syntax, "a", "(),"),
                .init(.syntax, nil, ";"),
            ]),
        SQLCase(
            "a statement's beginning that cannot be read",
            "\(head)(1,2);INSERT INTO t (a b) VALUES (3,4);\(head)(5,6);",
            ["1|2", "5|6"], rejects: [.init(.syntax, nil, "INSERT INTO t (a b) VALUES (3,4);")]),
        SQLCase(
            "the file ends after a comma", "\(head)(1,2),\n", ["1|2"], rejects: [.init(.syntax, nil, "")]),
        SQLCase(
            "the file ends inside a row", "\(head)(1,2),(3,'a", ["1|2"], rejects: [.init(.syntax, nil, "(3,'a")]),
        SQLCase(
            "the file ends inside a string of another statement", "\(head)(1,2);UPDATE t SET a = 'x;\n", ["1|2"],
            rejects: [.init(.syntax, nil, "")]),
    ]

    static let notData = [
        SQLCase(
            "strings and comments with semicolons",
            "UPDATE t SET a = ';''' /* ; */ -- ;\n;CREATE TABLE x (\";\" int);\(head)(1,2);", ["1|2"]),
        SQLCase(
            "dollar quotes", "CREATE FUNCTION f() AS $x$ $$ ; \(head)(0,0); ' $x$ LANGUAGE sql;DO $$;$$;\(head)(1,2);",
            ["1|2"], dialect: .postgresql),
        SQLCase(
            "the body of a trigger",
            "CREATE TRIGGER r AFTER INSERT ON t BEGIN INSERT INTO t VALUES (0,0); SELECT CASE WHEN 1 THEN 2 END; END;"
                + "\(head)(1,2);",
            ["1|2"]),
        SQLCase(
            "the body of a rule",
            "CREATE RULE r AS ON INSERT TO t DO ALSO (DELETE FROM u; \(head)(0,0););\(head)(1,2);",
            ["1|2"]),
        SQLCase("commands of psql", "\\restrict it's\n\(head)(1,2);\n\\unrestrict x\n", ["1|2"]),
    ]
}
