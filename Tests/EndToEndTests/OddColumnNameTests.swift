import Foundation
import Testing

/// What `init` writes can be used and read again, whatever the columns are called.
@Suite struct OddColumnNameTests {
    private let space: Workspace
    init() throws { space = try Workspace() }

    /// What YAML takes for something else than a name, and what it has a use of its own for.
    private static let names = [
        "2023", "2024.5", "0x1F", "0o17", "1e3", "-1", "+7", ".5", ".inf", ".nan", "1_000", "12:30:45", "2024-01-01",
        "yes",
        "No", "on", "OFF", "y", "n", "true", "False", "null", "Null", "NULL", "~", "=", "-", "- a", "?", ":", "a: b",
        "a:", "#c",
        "a #b", "'q'", "\"dq\"", "*", "*a", "&a", "!t", "!!str", "|", ">", "%x", "@z", "`b`", "[x]", "{y}", "{", "]",
        "${HOME}",
        "$${X}", "a\\b", "é", "Straße", "日本", "to", "drop", "columns", "trim", "a,b", "tab\there", "A b", "with.dot",
        "null ",
    ]

    @Test(arguments: [0, 1, 2, 3, 4])
    func whatInitWritesIsReadAgain(_ shift: Int) throws {
        // Every name at another place, and few in each file.
        let names = Self.names.enumerated().filter { $0.offset % 5 == shift }.map(\.element)
        func csv(_ values: [String]) -> String {
            values.map { "\"" + $0.replacingOccurrences(of: "\"", with: "\"\"") + "\"" }.joined(separator: ",") + "\n"
        }
        try space.write(csv(names) + csv(names.map { _ in "7" }), to: "odd.csv")
        #expect(try space.run("init odd.csv").status == 0)
        let plain = try space.run("import odd.csv --into sqlite:plain.db --log-dir a")
        // A header of numbers is doubted.
        #expect([0, 3].contains(plain.status), "\(plain)")
        // All that stands there as a comment on columns counts now.
        try space.tool("sed", "-i", "-E", #"s/^( *)# (columns:|  .*: *\{type)/\1\2/"#, "waybill.yaml")
        let text = String(decoding: try space.read("waybill.yaml"), as: UTF8.self)
        let full = try space.run("import odd.csv --into sqlite:full.db --log-dir b")
        #expect(full.status == plain.status, "\(full)\n\(text)")
        let columns = "SELECT name, type FROM pragma_table_info('odd')"
        let found = try Table.rows(space.file("full.db"), columns)
        #expect(try found == Table.rows(space.file("plain.db"), columns), "\(text)")
        #expect(found.count == names.count)
        #expect(try Table.all(space.file("full.db"), "odd") == Table.all(space.file("plain.db"), "odd"))
    }

    /// By hand, quoted or not, a name is the column of that name.
    @Test(arguments: ["2023", "yes", "null", "~", "1.5", "0x1F"], ["", "'", "\""])
    func aNameIsTheColumnsWithAndWithoutQuotes(_ name: String, _ quote: String) throws {
        try space.write("\(name),v\n1,2\n", to: "a.csv")
        try space.write(
            "sources: {a: {match: a.csv, into: 'sqlite:a.db', columns: {\(quote)\(name)\(quote): {to: renamed}}}}",
            to: "waybill.yaml")
        let result = try space.run("import a.csv")
        #expect(result.status == 0, "\(result)")
        #expect(try Table.rows(space.file("a.db"), "SELECT renamed, v FROM a") == ["1:1|1:2"])
    }

    @Test(arguments: [
        ("match: *.csv", "needs quotes: \"*.csv\""), ("match: [a.csv, *.tsv]", "needs quotes: \"*.tsv\""),
        ("table: @x", "needs quotes: \"@x\""), ("null: %N", "needs quotes: \"%N\""),
        ("columns: {a: b}\n    columns: {c: d}", "in one place"), ("\ttable: x", "indent with spaces only"),
    ])
    func theRemedyForBadYAMLFits(_ line: String, _ remedy: String) throws {
        try space.write("sources:\n  p:\n    \(line)\n    into: sqlite:a.db\n", to: "waybill.yaml")
        try space.write("a\n1\n", to: "a.csv")
        let refused = try space.run("import a.csv")
        #expect(refused.status == 2 && refused.error.contains(remedy), "\(refused)")
    }
}
