import Foundation
import Testing

/// An SQL script that does more than put rows in, or is cut off.
@Suite struct LeftOutStatementTests {
    let space: Workspace

    init() throws { space = try Workspace() }

    @Test(arguments: [("UPDATE t SET b = 1;", "UPDATE of t"), ("MERGE INTO t USING u ON 1 = 1;", "MERGE")])
    func aStatementIsLeftOutForGoodWhereTheConfigurationSkipsIt(statement: String, name: String) throws {
        try space.write("INSERT INTO t (a, b) VALUES (1, 2);\n\(statement)\n", to: "d.sql")
        let told = try space.run("import d.sql --into sqlite:s.db")
        #expect(
            told.status == 3 && told.output.contains("not run, but may add or change rows: \(name)"), "\(told)")
        try space.write(
            "sources: {d: {match: d.sql, into: sqlite:r.db, sections: {\"\(name)\": {skip: true}}}}\n",
            to: "waybill.yaml")
        let skipped = try space.run("import d.sql")
        #expect(skipped.status == 0 && !skipped.output.contains("not run"), "\(skipped)")
    }

    @Test func aDumpThatEndsInsideOfALineIsNoSuccessAndOneWithoutItsLastLineIsDoubted() throws {
        let dump = "-- MySQL dump 10.13\nINSERT INTO `t` VALUES (1);"
        try space.write(dump, to: "cut.sql")
        let cut = try space.run("import cut.sql --into sqlite:s.db")
        #expect(cut.status == 3 && cut.output.contains("the end of the dump"), "\(cut)")
        try space.write(dump + "\n", to: "short.sql")
        let short = try space.run("import short.sql --into sqlite:q.db")
        #expect(short.status == 0 && short.error.contains("lacks its last line, `-- Dump completed`"), "\(short)")
        try space.write(dump + "\n-- Dump completed on 2026-11-01 2:00:00\n", to: "whole.sql")
        let whole = try space.run("import whole.sql --into sqlite:r.db")
        #expect(whole.status == 0 && !whole.error.contains("is missing"), "\(whole)")
    }

    /// A file with bytes of Latin-1 or another one; `�` stands for the byte E9.
    private func write(_ text: String, to name: String) throws {
        let bytes = text.unicodeScalars.flatMap { $0 == "�" ? [0xE9] : Array(String($0).utf8) }
        try Data(bytes).write(to: URL(fileURLWithPath: "\(space.path)/\(name)"))
    }

    @Test func aScriptsOwnEncodingIsReadOrRefused() throws {
        try write("SET NAMES latin1;\nINSERT INTO `t` VALUES ('�');\n", to: "latin1.sql")
        let read = try space.run("import latin1.sql --into sqlite:s.db")
        #expect(read.status == 0, "\(read)")
        try write("SET NAMES dec8;\nINSERT INTO `t` VALUES ('��');\n", to: "dec8.sql")
        let refused = try space.run("import dec8.sql --into sqlite:q.db")
        #expect(refused.status == 1 && refused.error.contains("dec8") && refused.error.contains("iconv"), "\(refused)")
        let said = try space.run("import dec8.sql --encoding latin1 --into sqlite:r.db")
        #expect(said.status == 0, "\(said)")
        try write("SET NAMES dec8;\nINSERT INTO `t` VALUES ('a');\n", to: "ascii.sql")
        let ascii = try space.run("import ascii.sql --into sqlite:p.db")
        #expect(ascii.status == 0, "\(ascii)")
    }

    @Test func bytesAreThoseOfTheFileWhateverItsEncoding() throws {
        try write(
            "SET NAMES latin1;\nINSERT INTO `t` (a, b) VALUES ('�', _binary '��\\0x'),('b', _binary 'abc');\n",
            to: "b.sql")
        let result = try space.run("import b.sql --into sqlite:s.db")
        #expect(result.status == 0, "\(result)")
        #expect(
            try Table.rows(space.file("s.db"), "SELECT a || b FROM t ORDER BY a") == ["3:b\\x616263", "3:é\\xe9e90078"])
    }

    /// The client's encoding says nothing of what is not text, nor of a string that names its own.
    @Test func bytesInAScriptOfLatin1StayWhatTheyAre() throws {
        let bytes: [UInt8] = [1, 9, 10, 13] + (32...255).filter { $0 != 0x27 && $0 != 0x5C }
        let head = "-- MySQL dump 10.13\n/*!40101 SET NAMES latin1 */;\nINSERT INTO `t` (a, b, c) VALUES (_binary '"
        let script =
            Array(head.utf8) + bytes + Array("',_utf8mb4'é','".utf8) + [0xE9] + Array("');\n-- Dump completed\n".utf8)
        try Data(script).write(to: URL(fileURLWithPath: "\(space.path)/d.sql"))
        let hexadecimal = bytes.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
        for arguments in ["", "--encoding latin1", "--encoding windows-1252"] {
            let run = try space.run("import d.sql --into sqlite:s.db --table t\(arguments.count) \(arguments)")
            #expect(run.status == 0, "\(run)")
            let rows = try Table.rows(space.file("s.db"), "SELECT a || b || c FROM t\(arguments.count)")
            #expect(rows == ["3:\\x\(hexadecimal)éé"])
        }
    }

    @Test func aTextThatSaysItIsUTF8IsThatWhateverTheFilesEncoding() throws {
        let script =
            "SET NAMES latin1;\nINSERT INTO `t` (a) VALUES (_utf8mb4'M\u{C3}\u{BC}ller'),(_utf8mb4'\u{FC}'),('\u{FC}');\n"
        try Data(script.unicodeScalars.map { UInt8($0.value) }).write(to: URL(fileURLWithPath: space.file("u.sql")))
        let result = try space.run("import u.sql --into sqlite:s.db")
        #expect(result.status == 3 && result.output.contains("2 inserted, 1 rejected"), "\(result)")
        #expect(try Table.rows(space.file("s.db"), "SELECT a FROM t") == ["3:Müller", "3:ü"])
    }

    @Test func anEncodingThatIsNamedLaterIsNotTakenForTheFirst() throws {
        let rows = "INSERT INTO `t` VALUES ('�');\n"
        for (name, later, isTold) in [
            ("a", "SET NAMES utf8mb4;\n\(rows)", true), ("b", "SET NAMES LATIN1;\n\(rows)", false),
            ("c", "SET NAMES utf8mb4;\n", false), ("d", "SET NAMES utf8mb4;\nSET NAMES latin1;\n\(rows)", false),
        ] {
            try write("SET NAMES latin1;\n\(rows)\(later)", to: "\(name).sql")
            let result = try space.run("import \(name).sql --into sqlite:\(name).db --log-dir \(name)")
            #expect(result.status == (isTold ? 3 : 0), "\(name): \(result)")
            #expect(result.output.contains("from line 4 on, the script declares utf8mb4") == isTold)
        }
    }

    @Test(arguments: [
        ("INSERT INTO t (a, b) VALUES (1,2);\nINSERT INTO t VALUES (3,4);\n", "probably misread: the columns of t"),
        ("BEGIN;\nINSERT INTO t VALUES (3,4);\n", "the end of the script"),
        ("INSERT INTO t VALUES (3,4);\n\\q\nINSERT INTO t VALUES (3,4);\n", "probably misread: INSERT after \\q"),
        ("SELECT lo_open('1', 131072);\nINSERT INTO t VALUES (3,4);\n", "large objects"),
        ("INSERT INTO t VALUES (3,4);\n(5,6);\n", "unknown text: at line 2, text does not begin like an SQL statement"),
        (
            "INSERT INTO t VALUES (3,4);\n(5,6);\nINTO t VALUES (1,2);\n",
            "2 pieces of text, the first at line 2, do not begin"
        ),
    ])
    func whatIsDoubtedIsImportedAndSaid(script: String, words: String) throws {
        try space.write(script, to: "d.sql")
        let result = try space.run("import d.sql --into sqlite:s.db")
        #expect(result.status == 3 && result.output.contains(words), "\(result)")
    }
}
