import Foundation
import Testing

/// A CSV file that is read without any error and most likely not as it is meant.
@Suite struct MisreadTests {
    let space: Workspace

    init() throws { space = try Workspace() }

    @Test func aDoubtIsOnTheScreenInTheLogAndInTheExitCode() throws {
        try space.write("1,a,2.5\n2,b,3.5\n3,c,4.5\n", to: "n.csv")
        let quiet = try space.run("import n.csv --into sqlite:o.db -q")
        #expect(quiet.status == 3 && quiet.output.contains("probably misread: the first line"), "\(quiet)")
        #expect(try space.run("status 1").output.contains("misread"))
        let leftOut = try #require(try space.run("status 1 --json").json()["left_out"] as? [[String: Any]])
        #expect(leftOut.map { $0["kind"] as? String } == ["misread"])
        #expect(try space.run("import n.csv --into sqlite:p.db --dry-run").status == 3)
        #expect(try space.run("inspect n.csv").output.contains("--no-header"))
        #expect(try space.run("import n.csv --into sqlite:q.db --no-header").status == 0)
    }

    @Test func whatIsLeftOutIsToldOnce() throws {
        try space.write("id,v\n1,a\n", to: "data.csv")
        try space.write("to whom it may concern\n", to: "letter.xyz")
        try space.tool("zip", "-q", "a.zip", "data.csv", "letter.xyz")
        try space.write(
            "CREATE TABLE t (id int);\nINSERT INTO t VALUES (1);\nINSERT INTO t VALUES (2);\nUPDATE t SET id = 3;\n",
            to: "s.sql")
        for (file, name) in [("a.zip", "letter.xyz: "), ("s.sql", "UPDATE of t")] {
            for arguments in ["--dry-run", "-q", "-v", ""] {
                let told = try space.run("import \(file) --into sqlite:o.db \(arguments) --force")
                #expect(told.status == 3)
                #expect((told.output + told.error).split(separator: name).count == 2, "\(told)")
            }
        }
    }

    @Test func aHeaderWithoutRecordsIsTold() throws {
        try space.write("id,name\n", to: "products.csv")
        try space.write("[]", to: "none.json")
        try space.tool("zip", "-q", "a.zip", "products.csv")
        try space.tool(
            "python3", "-c",
            "import openpyxl; b = openpyxl.Workbook(); b.active.append(['id', 'v']); b.save('sheet.xlsx')")
        for (file, name, words) in [
            ("products.csv", "products.csv", "has a header and no records"),
            ("a.zip", "products.csv", "has a header and no records"),
            ("sheet.xlsx", "sheet.xlsx", "has a header and no records"), ("none.json", "none.json", "has no records"),
        ] {
            let told = try space.run("import \(file) --into sqlite:o.db --force")
            #expect(told.status == 0 && told.error.contains("  \(name) \(words)\n"), "\(told)")
            let document = try space.run("import \(file) --into sqlite:o.db --force --json").json()
            let parts = document["left_out"] as? [[String: Any]]
            #expect(parts?.map { $0["kind"] as? String } == ["no_records"], "\(document)")
            #expect(parts?.map { $0["reason"] as? String } == ["it \(words)"])
        }
        try space.write("id,name\n1,a\n", to: "one.csv")
        #expect(try !space.run("import one.csv --into sqlite:o.db").error.contains("no records"))
    }

    @Test(arguments: Store.Kind.allCases)
    func theTableThatAnImportLeftEmptyIsRefusedWithTheStatementThatDropsIt(_ kind: Store.Kind) throws {
        let store = try Store(kind, in: space)
        try space.write("id~v\n1~a\n", to: "r.csv")
        #expect(try space.run(["import", "r.csv", "--into", store.into, "--table", "r"]).status == 3)
        // A table that someone changed does not go with its import.
        try store.execute("CREATE INDEX mine ON r (\"id~v\")")
        #expect(try space.run("rollback 1 --yes --no-backup").status == 0)
        let refused = try space.run(["import", "r.csv", "--into", store.into, "--table", "r", "--delimiter", "~"])
        #expect(refused.status == 2)
        #expect(
            refused.error.contains("import 1 created the table") && refused.error.contains("DROP TABLE r;"),
            "\(refused)")
    }
}
