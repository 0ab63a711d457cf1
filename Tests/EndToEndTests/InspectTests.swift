import Foundation
import Testing

@Suite struct InspectTests {
    let space: Workspace
    init() throws { space = try Workspace() }

    private func sections(_ document: [String: Any]) throws -> [[String: Any]] {
        try #require(document["sections"] as? [[String: Any]])
    }

    @Test func aFileIsShownWithItsFormatItsColumnsAndSomeRowsAndNothingIsWritten() throws {
        try space.write("id;name\n1;ann\n2;\n3;\"\"\nx\n", to: "people.csv")
        let document = try space.run("inspect people.csv --json").json()
        #expect(document["size"] as? Int == 24)
        #expect(document["container"] is NSNull)
        let section = try #require(try sections(document).first)
        #expect(section["format"] as? String == "csv" && section["delimiter"] as? String == ";")
        #expect(section["header"] as? Bool == true && section["table"] as? String == "people")
        #expect((section["records"] as? [String: Any])?["count"] as? Int == 4)
        #expect((section["records"] as? [String: Any])?["exact"] as? Bool == true)
        let columns = try #require(section["columns"] as? [[String: Any]])
        #expect(columns.map { $0["type"] as? String } == ["integer", "text"])
        let rows = try #require(section["rows"] as? [[Any]])
        #expect(rows.map { $0[1] as? String } == ["ann", nil, ""], "NULL is not the empty text")
        #expect((section["rejects"] as? [[String: Any]])?.first?["code"] as? String == "field_count")

        let text = try space.run("inspect people.csv").output
        #expect(text.contains("NULL") && text.contains("''") && text.contains("delimiter ';'"), "\(text)")
        #expect(try FileManager.default.contentsOfDirectory(atPath: space.path) == ["people.csv"])
    }

    @Test func eachArrayOfADocumentIsASectionAndTheEnvelopeNamesTheBatch() throws {
        try space.write(#"{"a": [{"x": 1}], "b": [{"y": {"z": 2}}, {"y": null}], "c": []}"#, to: "d.json")
        let document = try space.run("inspect d.json --flatten --json").json()
        #expect(try sections(document).map { $0["section"] as? String } == ["a", "b"])
        let second = try #require(try sections(document).last)
        #expect((second["records"] as? [String: Any])?["count"] as? Int == 2)
        #expect((document["left_out"] as? [[String: Any]])?.first?["name"] as? String == "c")
        try space.write(
            #"{"items": [{"x": 1}], "batch_id": "n", "batch_part": 2, "batch_total_parts": 3}"#, to: "p.json")
        let part = try space.run("inspect p.json --json").json()
        #expect((part["batch"] as? [String: Any])?["part"] as? Int == 2)
        #expect(try space.run("inspect p.json").output.contains("batch n, part 2 of 3"))
    }

    @Test func whatCannotBeReadIsSaidWithAFailingExitCode() throws {
        try space.write("", to: "empty.csv")
        try Data((0..<3_000).map { UInt8(truncatingIfNeeded: $0 % 7 == 0 ? 0x80 : 0) })
            .write(to: URL(fileURLWithPath: space.file("noise.bin")))
        for (name, words) in [
            ("empty.csv", "is empty"), ("noise.bin", "not text"), ("missing.csv", "No such file"), (".", "directory"),
        ] {
            let result = try space.run("inspect \(name)")
            #expect(result.status == (name == "missing.csv" ? 2 : 1), "\(name): \(result.output)")
            #expect(result.error.contains(words), "\(name): \(result.error)")
        }
    }
}

@Suite struct InitTests {
    let space: Workspace
    init() throws { space = try Workspace() }

    @Test func whatIsWrittenCanBeImportedWithAsItIs() throws {
        try space.write("id,na: me\n1,x\n", to: "prices-2024-11-01.csv")
        try space.write(#"{"a b": [{"x": 1}], "yes": [{"y": 2}]}"#, to: "doc.json")
        #expect(try space.run("init prices-2024-11-01.csv doc.json").status == 0)
        try FileManager.default.moveItem(
            atPath: space.file("prices-2024-11-01.csv"), toPath: space.file("prices-2025-1-2.csv"))
        #expect(try space.run("import prices-2025-1-2.csv").status == 0)
        #expect(try space.run("import doc.json").status == 0)
        let tables = try space.run("list --json").jsonArray().flatMap { status in
            let sections = try #require(status["sections"] as? [[String: Any]])
            return sections.isEmpty ? [status["table"] as? String] : sections.map { $0["table"] as? String }
        }
        #expect(tables == ["a b", "yes", "prices"])
    }

    /// Each way in which a file was looked at is the way in which it is imported.
    @Test(arguments: ReadingOptionTests.examples) func theReadingOptionsAreWritten(
        _ example: ReadingOptionTests.Example
    ) throws {
        try space.write(example.text, to: "f.csv")
        #expect(try space.run(["init", "f.csv"] + example.flags).status == 0)
        #expect(try space.run("import f.csv --into sqlite:o.db").status == 3)
        #expect(
            try Store(sqlite: "o.db", in: space).rows("SELECT a, b FROM f ORDER BY a").map {
                $0.replacing("NULL", with: "∅")
            } == example.rows)
    }

    @Test func whatMeansNULLAndTheEncodingAreWritten() throws {
        try space.tool("sh", "-c", "printf 'a|b\\n1|NA\\n2| \\344 \\n3|\"\"\\n' > f.csv")
        let flags = "--null NA --null=- --encoding latin1 --delimiter | --trim --quoted-empty null --no-header"
        #expect(try space.run("init f.csv \(flags)").status == 0)
        #expect(try space.run("import f.csv --into sqlite:o.db").status == 0)
        #expect(try Store(sqlite: "o.db", in: space).rows("SELECT * FROM f") == ["a|b", "1|NULL", "2|ä", "3|NULL"])
    }

    @Test func aFileThatIsThereIsKept() throws {
        try space.write("id\n1\n", to: "a.csv")
        try space.write("mine", to: "waybill.yaml")
        let refused = try space.run("init a.csv")
        #expect(refused.status == 2)
        #expect(refused.error.contains("waybill.yaml already exists.") && refused.error.contains("--force"))
        #expect(try space.read("waybill.yaml") == Array("mine".utf8))
        #expect(try space.run("init a.csv --output -").output.contains("sources:"))
        #expect(try space.run("init a.csv --force").status == 0)
        #expect(try space.run("import a.csv").status == 0)
    }

    /// Names that YAML would take for something else.
    @Test(arguments: [
        "a: b", "# c", "- d", "'e", "\"f", "yes", "null", "12", "1e3", "ünï", "a\\b", "{g}", "[h]", "&i", "*j", "!k",
        "|",
        ">", "%l", "@m", "`n", "~", " o ", "", "tab\there",
    ])
    func oddNamesComeBackAsTheyWere(_ name: String) throws {
        try space.write("id,\"\(name.replacingOccurrences(of: "\"", with: "\"\""))\"\n1,x\n", to: "t.csv")
        let inner = ["x": 1]
        let document = [name.isEmpty ? "z" : name: [inner], "other": [inner]]
        try JSONSerialization.data(withJSONObject: document).write(to: URL(fileURLWithPath: space.file("d.json")))
        #expect(try space.run("init t.csv d.json").status == 0)
        let imported = try space.run("import d.json --dry-run --json")
        let sections = try #require(try imported.json()["sections"] as? [[String: Any]], "\(imported.error)")
        #expect(Set(sections.compactMap { $0["section"] as? String }) == Set(document.keys))
    }
}
