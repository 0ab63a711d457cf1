import Readers
import Records
import Testing

/// The machine that reads values and the one that skips text are kept in step.
@Suite struct SQLStepTests {
    @Test("what reads values and what passes over them agree where they end", arguments: 0..<400)
    func step(seed: Int) throws {
        var random = SplitMix(state: UInt64(seed))
        let parts = [
            "'", "''", "\\", "\"", "`", "[", "]", "$$", "$a$", "E'", "q'", "q'[", "]'", "N'", "U&'", "--", "\n", "/*",
            "*/", "#",
            "x", "1", " ", "(", ")", ";", "é", "X'0a'", "_binary ", "{ts '", "}", "e", "::text", "-", "/",
        ]
        var value = "'"
        for _ in 0..<Int.random(in: 1...6, using: &random) { value += parts.randomElement(using: &random)! }
        value += ["", "'", "'"].randomElement(using: &random)!
        for dialect in SQLDialect.allCases {
            let options = SQLOptions(dialect: dialect, table: "t")
            func read(_ text: String) throws -> Reading { try readSQL(Array(text.utf8), options: options) }
            let head = "INSERT INTO t (a, b) VALUES "
            let whole = try read("\(head)(\(value), 1),(2, 3);")
            // Only where all of the value is one can anything be said of it.
            guard whole.rows.count == 2, whole.rejects.isEmpty, whole.rows[0].raw.count == value.utf8.count + 6 else {
                continue
            }
            let rejected = try read("\(head)(\(value), f()),(2, 3);")
            #expect(rejected.lines == ["2|3"], "\(value) in \(dialect)")
            #expect(
                rejected.rejects.map { String(decoding: $0.raw, as: UTF8.self) } == ["(\(value), f()),"],
                "\(value) in \(dialect)")
            #expect(
                try read("UPDATE u SET x = \(value), y = 1;\(head)(2, 3);").lines == ["2|3"], "\(value) in \(dialect)")
        }
    }
}
