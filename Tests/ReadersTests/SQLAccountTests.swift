import Foundation
import Readers
import Records
import Testing

/// Every INSERT and every line of COPY outside strings, comments and code becomes a record, read or rejected.
@Suite struct SQLAccountTests {
    /// `WAYBILL_SQL_SCRIPTS` sets how many scripts are made up.
    static let scripts = ProcessInfo.processInfo.environment["WAYBILL_SQL_SCRIPTS"].flatMap(Int.init) ?? 600

    private static let values = [
        "1", "-2.5", "'a'", "'it''s'", "'INSERT INTO t VALUES (1);'", "N'x\ny'", "NULL", "f('(', 1)", "'--'", "'/*'",
        "CAST(N'2000-06-15' AS Date)", "q'[it's INSERT INTO t]'", "sysdate", "0x0A", "(SELECT 1)", "'a' || 'b'",
    ]
    private static let comments = ["-- it's INSERT INTO t VALUES (1)\n", "/* INSERT INTO t VALUES (1); */ ", "\n", " "]
    private static let ends = [
        ";\n", "\n", "\n\n", "\nGO\n", "\n/\n", " ;\n", ";", "\nCOMMIT\n", "\nEND\nGO\n",
        "\n@a/it's.sql\n", "\n:r it's.sql\n", "\nPROMPT it's\n", " RETURNING a\n", "\nwhenever sqlerror exit\n",
        "\nend\n",
    ]
    private static let heads = [
        "INSERT INTO t (a, b) VALUES ", "insert into u values", "INSERT [dbo].[t] ([a], [b]) VALUES\n",
        "INSERT INTO v (b, a)\nVALUES ",
    ]
    private static let copies = ["COPY t (a, b) FROM stdin;\n", "COPY s.t FROM STDIN;\n"]

    @Test("a second, dumb count finds as many INSERTs and lines of COPY as the reader", arguments: 0..<scripts)
    func account(seed: Int) throws {
        var random = SplitMix(state: UInt64(seed))
        var script = ""
        for _ in 0..<Int.random(in: 1...12, using: &random) {
            switch Int.random(in: 0..<10, using: &random) {
            case 0..<5:
                let row = (0..<2).map { _ in Self.values.randomElement(using: &random)! }
                script += Self.heads.randomElement(using: &random)! + "(\(row.joined(separator: ", ")))"
                script += Self.ends.randomElement(using: &random)!
            case 5: script += Self.comments.randomElement(using: &random)!
            case 6:
                script += "\n" + Self.copies.randomElement(using: &random)!
                for _ in 0..<Int.random(in: 0...3, using: &random) { script += "1\t'INSERT INTO t VALUES (1);\n" }
                script += "\\.\n"
            default: script += "\n" + SQLCase.openings.randomElement(using: &random)!.text
            }
        }
        let survey = try SQLSurvey(
            of: TrickleSource(Array(script.utf8), step: 7), options: SQLOptions(dialect: .standard))
        let found = survey.tables.reduce(0) { $0 + Int($1.recordCount) }
        let code = survey.otherStatements["INSERT in code"] ?? 0
        #expect(survey.otherStatements["INSERT that cannot be read"] == nil, "\(script)")
        #expect(found + code == Self.count(script), "\(script)")
    }

    @Test("what MySQL runs of comments counts like the rest", arguments: 0..<scripts / 3)
    func accountOfComments(seed: Int) throws {
        var random = SplitMix(state: UInt64(seed))
        var script = ""
        for _ in 0..<Int.random(in: 1...12, using: &random) {
            let mark = ["", "", "/*!50100 ", "/*! ", "/*M!100100 ", "/*!"].randomElement(using: &random)!
            let end = mark.isEmpty ? "" : ["*/", " */", "\n*/"].randomElement(using: &random)!
            let values = ["1", "'a'", "'it''s'", "'*/'", "'/*!'", "NULL", "f(1)"]
            let row = (0..<2).map { _ in values.randomElement(using: &random)! }
            let statement =
                switch Int.random(in: 0..<8, using: &random) {
                case 0..<5: "INSERT INTO t (a, b) VALUES (\(row.joined(separator: ", ")))"
                case 5: "SET SQL_MODE=@OLD_SQL_MODE"
                case 6: "INSERT \(mark.isEmpty ? "/*! IGNORE */" : "IGNORE") INTO t (a, b) VALUES (1, 2),\n(3, 4)"
                default: "ALTER TABLE t DISABLE KEYS"
                }
            script += mark + statement + end + [";\n", " ;", ";"].randomElement(using: &random)!
            script += Self.comments.randomElement(using: &random)!
        }
        let survey = try SQLSurvey(
            of: TrickleSource(Array(script.utf8), step: 7), options: SQLOptions(dialect: .mysql))
        let rows = survey.tables.reduce(0) { $0 + Int($1.recordCount) }
        let pairs = script.components(separatedBy: "(3, 4)").count - 1
        #expect(rows == Self.count(script) + pairs, "\(script)")
    }

    /// Counts the words INSERT that begin a statement, and lines of COPY, by looking for quotes and nothing else.
    private static func count(_ script: String) -> Int {
        var count = 0
        var text = Substring(script)
        func skip(past end: String) { text = text.range(of: end).map { text[$0.upperBound...] } ?? "" }
        var isLineStart = true
        while let character = text.first {
            let word = text.prefix { $0.isLetter || $0.isNumber || $0 == "_" }
            let wasLineStart = isLineStart
            isLineStart = character == "\n"
            if text.hasPrefix("--") {
                skip(past: "\n")
                isLineStart = true
            } else if ["/*!", "/*M!"].contains(where: text.hasPrefix) {
                text = text.dropFirst(text.hasPrefix("/*M") ? 4 : 3).drop { $0.isNumber }
            } else if text.hasPrefix("/*") {
                skip(past: "*/")
            } else if text.hasPrefix("q'[") {
                skip(past: "]'")
            } else if character == "'" || character == "\"" {
                text = text.dropFirst()
                skip(past: String(character))
            } else if wasLineStart,
                [":", "@"].contains(character) || ["prompt", "rem", "spool", "remark"].contains(word.lowercased())
            {
                skip(past: "\n")
                isLineStart = true
            } else if word == "COPY" {
                skip(past: "\n")
                while !text.hasPrefix("\\.") {
                    count += 1
                    skip(past: "\n")
                }
            } else if word.isEmpty {
                text = text.dropFirst()
            } else {
                text = text.dropFirst(word.count)
                let next = text.drop { $0.isWhitespace }
                let isStatement = !["ON", "AS", ",", "OR"].contains { next.hasPrefix($0) }
                if word.uppercased() == "INSERT" && isStatement { count += 1 }
            }
        }
        return count
    }
}
