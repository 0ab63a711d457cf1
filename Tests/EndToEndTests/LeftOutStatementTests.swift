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
        #expect(short.status == 0 && short.error.contains("`-- Dump completed`, is missing"), "\(short)")
        try space.write(dump + "\n-- Dump completed on 2026-11-01 2:00:00\n", to: "whole.sql")
        let whole = try space.run("import whole.sql --into sqlite:r.db")
        #expect(whole.status == 0 && !whole.error.contains("is missing"), "\(whole)")
    }

    /// A file with bytes of Latin-1 or GBK; `�` stands for the byte E9.
    private func write(_ text: String, to name: String) throws {
        let bytes = text.unicodeScalars.flatMap { $0 == "�" ? [0xE9] : Array(String($0).utf8) }
        try Data(bytes).write(to: URL(fileURLWithPath: "\(space.path)/\(name)"))
    }

    @Test func aScriptsOwnEncodingIsReadOrRefused() throws {
        try write("SET NAMES latin1;\nINSERT INTO `t` VALUES ('�');\n", to: "latin1.sql")
        let read = try space.run("import latin1.sql --into sqlite:s.db")
        #expect(read.status == 0, "\(read)")
        try write("SET NAMES gbk;\nINSERT INTO `t` VALUES ('��');\n", to: "gbk.sql")
        let refused = try space.run("import gbk.sql --into sqlite:q.db")
        #expect(refused.status == 1 && refused.error.contains("gbk") && refused.error.contains("iconv"), "\(refused)")
        let said = try space.run("import gbk.sql --encoding latin1 --into sqlite:r.db")
        #expect(said.status == 0, "\(said)")
        try write("SET NAMES gbk;\nINSERT INTO `t` VALUES ('a');\n", to: "ascii.sql")
        let ascii = try space.run("import ascii.sql --into sqlite:p.db")
        #expect(ascii.status == 0, "\(ascii)")
    }

    @Test(arguments: [
        ("INSERT INTO t (a, b) VALUES (1,2);\nINSERT INTO t VALUES (3,4);\n", "probably misread: the columns of t"),
        ("BEGIN;\nINSERT INTO t VALUES (3,4);\n", "the end of the script"),
        ("INSERT INTO t VALUES (3,4);\n\\q\nINSERT INTO t VALUES (3,4);\n", "probably misread: INSERT after \\q"),
        ("SELECT lo_open('1', 131072);\nINSERT INTO t VALUES (3,4);\n", "large objects"),
    ])
    func whatIsDoubtedIsImportedAndSaid(script: String, words: String) throws {
        try space.write(script, to: "d.sql")
        let result = try space.run("import d.sql --into sqlite:s.db")
        #expect(result.status == 3 && result.output.contains(words), "\(result)")
    }
}
