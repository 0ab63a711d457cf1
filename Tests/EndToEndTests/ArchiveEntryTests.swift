import Foundation
import Testing

/// What may be data in an archive is imported, or the exit code says that it was not.
@Suite struct ArchiveEntryTests {
    let space: Workspace

    init() throws { space = try Workspace() }

    /// Makes `a.zip` of texts, in this order.
    private func zip(_ entries: [(name: String, text: String)], as archive: String = "a.zip") throws {
        let json = try JSONSerialization.data(withJSONObject: entries.map { [$0.name, $0.text] })
        try space.write(String(decoding: json, as: UTF8.self), to: "entries.json")
        try space.tool(
            "python3", "-c",
            """
            import json, zipfile
            with zipfile.ZipFile("\(archive)", "w") as z:
                for name, text in json.load(open("entries.json")):
                    z.writestr(name, text.encode("latin-1") if name.startswith("latin1") else text)
            """)
    }

    private enum Verdict: String { case data, notData, mayBeData }

    private static let entries: [(name: String, text: String, Verdict)] = [
        ("agency.txt", "\u{FEFF}agency_id,agency_name\r\n1,A\r\n", .data),
        ("stops.txt", "\"stop_id\",\"stop_name\"\n1,\"Main, St\"\n2,B\n", .data),
        ("transfers.txt", "from_stop_id,to_stop_id\n", .data),
        ("levels.txt", "level_id\nL1\nL2\n", .data),
        ("mostly.txt", "a,b\n1,2\n3\n4,5\n", .data),
        ("table", "a;b\n1;2\n", .data),
        ("README.csv", "a,b\n1,2\n", .data),
        ("license.txt", "license_id,name\n1,MIT\n2,BSD\n", .data),
        ("notes.txt", "This is a note. It says nothing.\nReally, nothing at all.\nBye.\n", .mayBeData),
        ("one-word.txt", "Hello\n", .mayBeData),
        ("tags.xml", "<rows>\n<row id=\"1\"/>\n</rows>\n", .mayBeData),
        (".hidden.csv", "a,b\n1,2\n", .mayBeData),
        ("stops.txt~", "stop_id,stop_name\n1,A\n", .mayBeData), ("stops.txt.bak", "a,b\n1,2\n", .mayBeData),
        ("old/stops.txt.ORIG", "a,b\n1,2\n", .mayBeData), ("stops.txt.~2~", "a,b\n1,2\n", .mayBeData),
        ("#levels.txt#", "level_id\nL1\n", .mayBeData), ("levels.txt.bak.gz", "a,b\n1,2\n", .mayBeData),
        ("stops.old", "a,b\n1,2\n", .mayBeData), ("table~", "a;b\n1;2\n", .mayBeData),
        ("README.txt~", "Hello, dear reader.\nThis is data.\n", .notData), ("load.py.bak", "import csv\n", .notData),
        ("bold", "a,b\n1,2\n", .data), ("a~b.csv", "a,b\n1,2\n", .data),
        ("picture.png", "\u{89}PNG\r\n", .notData),
        ("t.sql", "INSERT INTO `t` VALUES (1);\n", .data),
        ("only-load.sql", "CREATE TABLE l (id int);\nLOAD DATA INFILE 'x' INTO TABLE l;\n", .mayBeData),
        ("table.pdf", "a,b\n1,2\n3,4\n", .mayBeData),
        ("README.txt", "Hello, dear reader.\nThis is data.\n", .notData),
        ("docs/LICENSE", "MIT License\n\nPermission is granted, free of charge\n", .notData),
        ("empty.csv", "", .notData), ("blank.txt", "\r\n \n", .notData),
        ("__MACOSX/._stops.txt", "\u{0}\u{5}", .notData), ("x/.DS_Store", "\u{0}", .notData),
    ]

    @Test func anEntryIsDataOrMayBeOrIsNot() throws {
        try zip(Self.entries.map { ($0.name, $0.text) })
        let result = try space.run("import a.zip --into sqlite:t.db --json")
        #expect(result.status == 3, "\(result.error)")
        let document = try result.json()
        #expect(document["state"] as? String == "partially_succeeded")
        let sections = Set((document["sections"] as? [[String: Any]] ?? []).compactMap { $0["section"] as? String })
        let leftOut = Dictionary(
            uniqueKeysWithValues: (document["left_out"] as? [[String: Any]] ?? []).map {
                ($0["name"] as? String ?? "", $0["kind"] as? String ?? "")
            })
        for (name, _, verdict) in Self.entries {
            let found: Verdict? =
                sections.contains(name)
                ? .data : ["not_data": .notData, "may_be_data": .mayBeData][leftOut[name] ?? ""]
            #expect(found == verdict, "\(name)")
        }
        let again = try space.run("status 1 --json")
        let remembered = try again.json()["left_out"] as? [Any]
        #expect(again.status == 3 && remembered?.count == leftOut.count)
        #expect(try space.run("import a.zip --into sqlite:t.db").status == 3)
    }

    @Test func aSchemaBesideTheDataIsNoReproachAndAloneIsRefusedInPlainWords() throws {
        try zip([
            ("t-schema.sql", "CREATE TABLE `t` (`id` int);\nDROP TABLE x;\n"),
            ("t.sql", "INSERT INTO `t` VALUES (1);\n"),
        ])
        let result = try space.run("import a.zip --into sqlite:t.db --json")
        #expect(result.status == 0, "\(result.error)")
        let part = try #require(
            (try result.json()["left_out"] as? [[String: Any]])?.first { $0["name"] as? String == "t-schema.sql" })
        #expect(part["kind"] as? String == "no_records")
        #expect(part["reason"] as? String == "it contains no rows, only 1 CREATE TABLE, 1 DROP TABLE")
        try space.write("CREATE TABLE t (id int);\n", to: "schema.sql")
        let alone = try space.run("import schema.sql --into sqlite:u.db")
        #expect(
            alone.status == 1
                && alone.error.contains("contains no rows, only other statements: 1 CREATE TABLE"))
        let named = try space.run("import a.zip --into sqlite:u.db --section t-schema.sql")
        #expect(named.status == 1 && named.error.contains("contains no rows"))
    }

    @Test func anArchiveInTheArchiveIsToldWithTheWayThatLeadsOn() throws {
        try zip([("x.csv", "id\n1\n")], as: "inner.zip")
        try space.tool("python3", "-c", "import zipfile; zipfile.ZipFile('n.zip', 'w').write('inner.zip')")
        let refused = try space.run("import n.zip --into sqlite:t.db")
        #expect(
            refused.status == 1 && refused.error.contains("inner.zip: Unpack it, and import it"), "\(refused.error)")
        #expect(!refused.error.contains("--section"))
    }

    @Test(arguments: ["notes.txt", "README.txt", ".hidden.csv", "table.pdf", "one-word.txt"])
    func whatIsLeftOutIsImportedWhereItIsNamed(name: String) throws {
        try zip(Self.entries.map { ($0.name, $0.text) })
        let result = try space.run(["import", "a.zip", "--into", "sqlite:t.db", "--section", name, "--json"])
        // What is no table may have no record that fits.
        #expect(try result.status != 2 && result.json()["import"] as? Int == 1, "\(result.error)")
        try space.write(
            "sources: {a: {match: a.zip, sections: {\"\(name)\": {table: named}}}}", to: "waybill.yaml")
        let inspected = try space.run("inspect a.zip --json").json()
        let tables = (inspected["sections"] as? [[String: Any]] ?? []).compactMap { $0["table"] as? String }
        #expect(tables.contains("named"))
    }

    @Test func whatTheUserLeavesOutIsNoReproach() throws {
        try zip([("a.csv", "x,y\n1,2\n"), ("notes.txt", "Some words. In a row.\n")])
        #expect(try space.run("import a.zip --into sqlite:t.db --section a.csv").status == 0)
        try space.write("sources: {a: {match: a.zip, sections: {notes.txt: {skip: true}}}}", to: "waybill.yaml")
        #expect(try space.run("import a.zip --into sqlite:u.db --dry-run").status == 0)
        #expect(try space.run("import a.zip --into sqlite:u.db").status == 0)
    }

    @Test func anEntryThatCannotBeReadIsNamedAndCanBeLeftOut() throws {
        try zip([("a.csv", "x,y\n1,2\n"), ("latin1.csv", "n\u{E9},y\n1,2\n"), ("b.csv", "x,y\n1,2\n")])
        let refused = try space.run("import a.zip --into sqlite:t.db")
        #expect(refused.status == 1 && refused.error.contains("waybill: latin1.csv in "), "\(refused.error)")
        #expect(!FileManager.default.fileExists(atPath: space.file("t.db")))
        #expect(try space.run("import a.zip --into sqlite:t.db --section a.csv --section b.csv").status == 0)
        #expect(try space.run("import a.zip --into sqlite:t.db --section latin1.csv --encoding latin1").status == 0)
    }

    @Test(arguments: [("prices.csv", 1), ("sto*.csv", 1), ("a.csv", 0), ("empty.csv", 1), ("none.json", 0)])
    func aRequiredSectionThatIsMissingRefusesTheImport(pattern: String, status: Int32) throws {
        try zip([
            ("a.csv", "x,y\n1,2\n"), ("empty.csv", ""),
            ("d.json", #"{"none.json": [], "b": [{"c": 1}], "d": [{"c": 1}]}"#),
        ])
        try space.write(
            "sources: {a: {match: a.zip, sections: {\"\(pattern)\": {required: true}}}}", to: "waybill.yaml")
        let result = try space.run("import a.zip --into sqlite:t.db")
        #expect(result.status == status, "\(result.error)")
        #expect(status == 0 || result.error.contains(pattern))
        #expect(FileManager.default.fileExists(atPath: space.file("t.db")) == (status == 0))
    }

    @Test func entriesOfATableOfContentsThatIsReadOnceComeInAnyOrder() throws {
        try zip((0..<40).map { ("d/e\($0).csv", "id,v\n\($0),x\n") })
        try space.write(
            "sources: {a: {match: a.zip, table: t, sections: {\"e?.csv\": {after: \"e??.csv\"}}}}", to: "waybill.yaml")
        let document = try space.run("import a.zip --into sqlite:t.db --json").json()
        let names = (document["sections"] as? [[String: Any]] ?? []).compactMap { $0["section"] as? String }
        #expect(names == (10..<40).map { "d/e\($0).csv" } + (0..<10).map { "d/e\($0).csv" })
        #expect((document["records"] as? [String: Int])?["inserted"] == 40)
    }

    /// Tables as Python's csv writes them, under names that say nothing.
    @Test(arguments: 1...(Int(ProcessInfo.processInfo.environment["WAYBILL_ARCHIVE_SEEDS"] ?? "") ?? 3))
    func everyTableIsImportedWholeOrTheExitCodeSaysThatItIsNot(seed: Int) throws {
        try space.tool(
            "python3", "-c",
            """
            import csv, io, json, random, zipfile
            r = random.Random(\(seed)); counts = {}
            words = ["a", "Main, St", "x \\"y\\"", "1", "-2.5", "", "two\\nlines", "Köln", "semi;colon", "tab\\there", "it's"]
            with zipfile.ZipFile("a.zip", "w") as z:
                for i in range(30):
                    columns, rows = r.randint(1, 5), r.randint(0, 6)
                    text = io.StringIO()
                    w = csv.writer(text, delimiter=r.choice(",;\\t|"), quoting=r.choice([csv.QUOTE_ALL, csv.QUOTE_MINIMAL]),
                        lineterminator=r.choice(["\\r\\n", "\\n"]))
                    w.writerow(["c%d" % c for c in range(columns)])
                    for _ in range(rows): w.writerow([r.choice(words[:3] if c == 0 else words) for c in range(columns)])
                    name = "t%d%s" % (i, r.choice([".txt", ".dat", "", ".log"]))
                    z.writestr(name, r.choice(["", "\\ufeff"]) + text.getvalue()); counts[name] = rows
            json.dump(counts, open("counts.json", "w"))
            """)
        let counts = try #require(
            JSONSerialization.jsonObject(with: Data(space.read("counts.json"))) as? [String: Int])
        let result = try space.run("import a.zip --into sqlite:t.db --json")
        let document = try result.json()
        let read = Dictionary(
            uniqueKeysWithValues: (document["sections"] as? [[String: Any]] ?? []).map { section in
                (section["section"] as? String ?? "", (section["records"] as? [String: Int])?["read"] ?? 0)
            })
        let leftOut = (document["left_out"] as? [[String: Any]] ?? []).filter { $0["kind"] as? String == "may_be_data" }
            .compactMap { $0["name"] as? String }
        for (name, rows) in counts {
            #expect(read[name] == rows || leftOut.contains(name) && result.status == 3, "\(name)")
        }
        #expect(leftOut.count < counts.count / 3, "\(leftOut)")
    }

    @Test func entriesOfDifferentBatchesAreNotImportedAsOne() throws {
        func payload(_ batch: String, _ part: Int) -> String {
            "{\"batch_id\": \"\(batch)\", \"batch_part\": \(part), \"batch_total_parts\": 2, \"rows\": [{\"x\": \(part)}]}"
        }
        try zip([("a.json", payload("n", 1)), ("b.json", payload("n", 2)), ("c.csv", "x\n3\n")])
        let refused = try space.run("import a.zip --into sqlite:t.db")
        #expect(refused.status == 1)
        #expect(refused.error.contains("a.json says 'n', part 1, b.json says 'n', part 2"), "\(refused.error)")
        let one = try space.run("import a.zip --into sqlite:t.db --section b.json --json")
        #expect(one.status == 0, "\(one.error)")
        #expect((try one.json()["batch"] as? [String: Any])?["part"] as? Int == 2)
        #expect(try space.run("import a.zip --into sqlite:u.db --batch-id all").status == 0)
    }
}
