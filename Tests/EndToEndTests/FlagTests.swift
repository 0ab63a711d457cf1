import Foundation
import Testing

/// A flag that cannot apply to the source is refused, and nothing is written; one that another source has a use for is not.
@Suite struct FlagTests {
    let space: Workspace

    init() throws {
        space = try Workspace()
        try space.write("id;v\n1;a\n2;b\n", to: "a.csv")
        try space.write(#"[{"id":1,"v":"a"},{"id":2,"v":"b"}]"#, to: "b.json")
        try space.write("{\"id\":1}\n{\"id\":2}\n", to: "c.ndjson")
        try space.write("INSERT INTO s (id) VALUES (1),(2);\n", to: "d.sql")
        try space.tool(
            "python3", "-c",
            "import openpyxl; b = openpyxl.Workbook(); [b.active.append(r) for r in [['id'], [1], [2]]]; b.save('e.xlsx')"
        )
        try space.tool("zip", "-q", "f.zip", "a.csv", "b.json")
        try space.tool("zip", "-q", "g.zip", "b.json", "c.ndjson")
        try space.tool("gzip", "-k", "b.json")
    }

    @Test(arguments: [
        ("b.json", "--delimiter ;", "--delimiter"), ("b.json.gz", "--delimiter ;", "--delimiter"),
        ("c.ndjson", "--no-header", "--no-header"), ("d.sql", "--null x", "--null"),
        ("e.xlsx", "--delimiter ;", "--delimiter"), ("e.xlsx", "--encoding latin1", "--encoding"),
        ("e.xlsx", "--format csv", "--format"), ("a.csv", "--records x", "--records"),
        ("d.sql", "--flatten", "--flatten"),
        ("e.xlsx", "--records x", "--records"), ("g.zip", "--no-header", "--no-header"),
        ("b.json c.ndjson", "--null x", "--null"), ("b.json", "--null x --no-header", "--no-header and --null"),
        ("b.json", "--skip-lines 1", "--skip-lines"), ("d.sql", "--header-row 2", "--header-row"),
        ("c.ndjson", "--skip-footer 1", "--skip-footer"), ("e.xlsx", "--comment #", "--comment"),
        ("e.xlsx", "--quote none", "--quote"), ("d.sql", "--escape |", "--escape"),
        ("e.xlsx", "--short-rows null", "--short-rows"), ("b.json", "--skip-initial-space", "--skip-initial-space"),
        ("e.xlsx", "--skip-empty-rows", "--skip-empty-rows"),
        ("a.csv", "--sheet x", "--section 'x'"),
        ("a.csv", "--pages link", "--pages"), ("a.csv b.json", "--http-header A:b", "--http-header"),
        ("a.csv", "--allow-private-network", "--allow-private-network"), ("b.json", "--max-pages 3", "--max-pages"),
    ])
    func aFlagWithoutUseIsRefusedByName(_ sources: String, _ flags: String, _ name: String) throws {
        let result = try space.run("import \(sources) --into sqlite:t.db \(flags)")
        #expect(result.status == (sources.contains(" ") && !flags.contains("header A") ? 1 : 2), "\(result)")
        #expect(result.error.contains("\(name) ") && result.error.contains("appl"), "\(result.error)")
        #expect(!FileManager.default.fileExists(atPath: space.file("t.db")))
        #expect(try space.run("inspect \(sources) \(flags)").status == 2)
    }

    @Test(arguments: [
        ("a.csv", "--delimiter ; --null x --encoding latin1 --format csv --section 1"), ("b.json", "--encoding utf-8"),
        ("b.json", "--format json --flatten"), ("c.ndjson", "--format json"), ("c.ndjson", "--format ndjson"),
        ("a.csv", "--header-row 1 --skip-footer 0 --comment # --quote ' --escape | --short-rows null"),
        ("a.csv", "--skip-lines 0 --skip-initial-space --skip-empty-rows"),
        ("e.xlsx", "--header-row 1 --skip-footer 1"),
        ("e.xlsx", "--skip-lines 1 --no-header"), ("f.zip", "--header-row 1"),
        ("d.sql", "--encoding latin1"), ("e.xlsx", "--null x --format xlsx"), ("e.xlsx", "--no-header"),
        ("f.zip", "--delimiter ;"), ("f.zip", "--flatten"), ("f.zip", "--no-header --null x"),
        ("a.csv b.json", "--delimiter ; --flatten"), ("b.json f.zip", "--delimiter ;"), ("d.sql e.xlsx", "--null x"),
    ])
    func aFlagThatASourceHasAUseForIsNot(_ sources: String, _ flags: String) throws {
        let result = try space.run("import \(sources) --into sqlite:t.db \(flags)")
        #expect(result.status == 0, "\(result)")
    }

    @Test(arguments: [
        ("--header-row 0", "'0' is not a valid value for --header-row"),
        ("--skip-lines -1", "'-1' is not a valid value for --skip-lines"),
        ("--skip-footer -1", "'-1' is not a valid value for --skip-footer"),
        ("--comment //", "'//' is not a valid value for --comment"),
        ("--quote xx", "'xx' is not a valid value for --quote"),
        ("--escape é", "'é' is not a valid value for --escape"),
        ("--short-rows pad", "'pad' is not a valid value for --short-rows"),
        ("--header-row 2 --no-header", "cannot be combined"),
        ("--header-row 2 --skip-lines 1", "cannot be combined"), ("--comment ;", "must be different characters"),
        ("--header-row 9", "has only 3 lines"),
    ])
    func whatAFlagDoesNotTakeIsRefused(_ flags: String, _ words: String) throws {
        // An option's value that begins with a hyphen needs an equals sign.
        let words = (
            words, flags.replacing(" -1", with: "=-1").replacing("--comment ;", with: "--comment ; --delimiter ;")
        )
        let result = try space.run("import a.csv --into sqlite:t.db \(words.1)")
        #expect(result.status == 2 && result.error.contains(words.0), "\(result)")
    }

    @Test func whatTheConfigurationSaysOfAllFilesRefusesNone() throws {
        try space.write(
            "sources: {all: {match: '*', delimiter: ';', encoding: utf-8, flatten: true}}", to: "waybill.yaml")
        for source in ["a.csv", "b.json", "d.sql", "e.xlsx"] {
            #expect(try space.run("import \(source) --into sqlite:t.db").status == 0, "\(source)")
        }
    }
}
