import Readers
import Records

/// What a script's settings make of its strings, and what MySQL runs although it looks like a comment.
extension SQLCase {
    private static let head = "INSERT INTO t (a, b) VALUES "

    static let settings: [SQLCase] = [
        SQLCase(
            "NO_BACKSLASH_ESCAPES",
            "SET sql_mode='NO_BACKSLASH_ESCAPES';\n\(head)(\"12\\34\", 'C:\\temp\\new'),('\\', \"'\\\");\n",
            ["12\\34|C:\\temp\\new", "\\|'\\"]),
        SQLCase(
            "NO_BACKSLASH_ESCAPES in a comment that is run, kept and put back",
            "/*!40101 SET @OLD_SQL_MODE=@@SQL_MODE, SQL_MODE='ANSI,NO_BACKSLASH_ESCAPES' */;\n\(head)('\\', 'a\\n');\n"
                + "/*!40101 SET SQL_MODE=@OLD_SQL_MODE */;\n\(head)('it\\'s', 'a\\tb');\n",
            ["\\|a\\n", "it's|a\tb"]),
        SQLCase(
            "each way to set sql_mode",
            "SET SESSION sql_mode = NO_BACKSLASH_ESCAPES;\(head)('\\',1);SET @@sql_mode := DEFAULT;\(head)('\\'',2);"
                + "SET @@SESSION.sql_mode = CONCAT(@@sql_mode, ',NO_BACKSLASH_ESCAPES');\(head)('\\',3);"
                + "SET sql_mode=(SELECT REPLACE(@@sql_mode,'NO_BACKSLASH_ESCAPES',''));\(head)('\\'',4);"
                + "SET sql_mode=1048576;\(head)('\\',5);SET NAMES utf8mb4, sql_mode='';\(head)('\\'',6);"
                + "SET GLOBAL sql_mode='NO_BACKSLASH_ESCAPES', @@global.sql_mode='NO_BACKSLASH_ESCAPES';\(head)('\\'',7);",
            ["\\|1", "'|2", "\\|3", "'|4", "\\|5", "'|6", "'|7"], dialect: .mysql),
        SQLCase(
            "standard_conforming_strings",
            "SET standard_conforming_strings = off;\n\(head)('C:\\\\temp', 'it\\'s'),(E'\\\\', '\\x41');\n"
                + "SET standard_conforming_strings TO 'on';\n\(head)('C:\\temp', '\\'),(E'\\n', 'x');\n"
                + "SELECT pg_catalog.set_config('standard_conforming_strings', 'off', false);\n\(head)('\\'', 1);\n"
                + "RESET standard_conforming_strings;\n\(head)('\\', 2);\n"
                + "BEGIN;SET LOCAL standard_conforming_strings = 0;\(head)('\\'', 3);COMMIT;\(head)('\\', 4);\n"
                + "SET standard_conforming_strings = false;\n\\connect b\n\(head)('\\', 5);\n",
            ["C:\\temp|it's", "\\|A", "C:\\temp|\\", "\n|x", "'|1", "\\|2", "'|3", "\\|4", "\\|5"]),
        SQLCase(
            "a rollback puts standard_conforming_strings back",
            "SET standard_conforming_strings = on;ROLLBACK;\n"
                + "BEGIN;SET standard_conforming_strings = off;\(head)('\\'', 1);ROLLBACK;\(head)('\\', 2);\n"
                + "START TRANSACTION;SET standard_conforming_strings = off;END;\(head)('\\'', 3);\n"
                + "BEGIN;SET LOCAL standard_conforming_strings = on;\(head)('\\', 4);"
                + "SAVEPOINT a;SET standard_conforming_strings = off;SAVEPOINT B;RESET standard_conforming_strings;\n"
                + "\(head)('\\', 5);ROLLBACK TO SAVEPOINT b;\(head)('\\'', 6);ROLLBACK TO a;\(head)('\\', 7);"
                + "ROLLBACK PREPARED 'x';\(head)('\\', 8);COMMIT AND CHAIN;\(head)('\\'', 9);\n"
                + "SET LOCAL standard_conforming_strings = on;SET standard_conforming_strings = on;COMMIT;\(head)('\\', 10);"
                + "BEGIN;SAVEPOINT a;SELECT set_config('standard_conforming_strings', 'off', true);RELEASE a;\n"
                + "\(head)('\\'', 11);PREPARE TRANSACTION 'x';\(head)('\\', 12);\n",
            ["'|1", "\\|2", "'|3", "\\|4", "\\|5", "'|6", "\\|7", "\\|8", "'|9", "\\|10", "'|11", "\\|12"]),
        SQLCase(
            "strings of other statements are read as the settings say",
            "SET sql_mode='NO_BACKSLASH_ESCAPES';COMMENT ON x IS '\\';\(head)(1, f('\\')),(1, 2);SET sql_mode='';"
                + "COMMENT ON x IS '\\';\(head)(8,8);';\(head)(3, 4);",
            ["1|2", "3|4"], rejects: [.init(.expression, "b", "(1, f('\\')),")], dialect: .mysql),
        SQLCase(
            "what MySQL runs is read",
            "/*!40101 SET NAMES utf8 */;\n/*!50100 \(head)(1,'a') */;\n/*M!100100 \(head)(2,'b'),(3,'*/') */;\n"
                + "INSERT /*! IGNORE */ INTO t (a, b) VALUES (4,/*!50000 5 */);/*!\(head)(6,7)*/\n\(head)(8,9);\n",
            ["1|a", "2|b", "3|*/", "4|5", "6|7", "8|9"]),
        SQLCase(
            "what no server runs is a comment",
            "/*!99999 \(head)(1,2); it's */;\n/*M!999999\\- enable the sandbox mode */\n\(head)(3,4);SELECT */* it's */FROM t;"
                + "\(head)(5,6);",
            ["3|4", "5|6"], dialect: .mysql),
        SQLCase(
            "a trigger in comments is code",
            "\(head)(1,2);\nDELIMITER ;;\n/*!50003 CREATE*/ /*!50017 DEFINER=`a`@`b`*/ /*!50003 TRIGGER r AFTER INSERT ON t FOR "
                + "EACH ROW BEGIN INSERT INTO t VALUES (9,9); END */;;\nDELIMITER ;\n\(head)(3,4);\n",
            ["1|2", "3|4"]),
        SQLCase(
            "PostgreSQL gives fewer values to the first columns, serial or not",
            "SET standard_conforming_strings = on;CREATE TABLE t (a serial, b int, c int);\nINSERT INTO t VALUES (1,2);\n"
                + "INSERT INTO t VALUES (3,4);\n",
            ["1|2", "3|4"]),
        SQLCase(
            "PostgreSQL takes as many values as a statement's first row has",
            "CREATE TABLE t (a serial, b int, c int);\nINSERT INTO t VALUES (1,2),(3);\nINSERT INTO t VALUES (4,5,6),(7,8);\n"
                + "INSERT INTO t VALUES (9),(10);\nINSERT INTO t VALUES (1,2,3,4);\n",
            columns: ["a", "b", "c"], ["1|2|∅", "4|5|6", "9|∅|∅", "10|∅|∅"],
            rejects: [
                .init(.fieldCount, nil, "(3);"), .init(.fieldCount, nil, "(7,8);"),
                .init(.fieldCount, nil, "(1,2,3,4);"),
            ], dialect: .postgresql),
        SQLCase(
            "other databases refuse fewer values, and identities are skipped",
            "CREATE TABLE t (i int IDENTITY(1,1), a int, b int)\nGO\nINSERT t VALUES (1,2)\nINSERT t VALUES (3)\nGO\n",
            ["1|2"], rejects: [.init(.fieldCount, nil, "(3)")], dialect: .standard),
    ]
}
