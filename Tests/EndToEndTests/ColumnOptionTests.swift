import Foundation
import Testing

/// Which columns of a source go into a table, and what stands there for empty values.
@Suite struct ColumnOptionTests {
    let space: Workspace

    init() throws { space = try Workspace() }

    private func run(_ line: String, _ flags: [String] = []) throws -> Finished {
        try space.run(line.split(separator: " ").map(String.init) + flags)
    }

    /// A file whose third record is refused, and what its other records become.
    struct Example: Sendable, CustomTestStringConvertible {
        var flags: [String]
        var yaml: String
        var columns = "id integer PRIMARY KEY, n integer NOT NULL"
        var text: String
        var rows: [String]
        /// Those once the third record is mended.
        var mended: String
        var after: [String] = []

        var testDescription: String { flags.joined(separator: " ") }
    }

    static let examples = [
        Example(
            flags: ["--quoted-empty", "null"], yaml: "quoted_empty: null",
            columns: "id integer PRIMARY KEY, n integer, s text",
            text: "id,n,s\n1,\"\",\"\"\n2,3,\"x\"\n3,4\n4,\"5\",\n", rows: ["1|∅|∅", "2|3|x", "4|5|∅"], mended: "3|4|∅"),
        Example(
            flags: ["--skip-columns", "s,*_x"], yaml: "skip_columns: [s, '*_x']",
            text: "id,s,n,a_x\n1,a,2,u\n2,,3,\n3,4\n4,b,5,\n", rows: ["1|2", "2|3", "4|5"], mended: "3|4"),
        Example(
            flags: ["--new-columns", "ignore"], yaml: "new_columns: ignore",
            text: "s,id,n\na,1,2\n,2,3\n3,4\nb,4,5\n", rows: ["1|2", "2|3", "4|5"], mended: "3|4"),
        Example(
            flags: ["--new-columns", "add"], yaml: "new_columns: add",
            text: "id,s,n\n1,2024-01-31,2\n2,,3\n3,4\n4,2024-02-01,5\n",
            rows: ["1|2|2024-01-31", "2|3|∅", "4|5|2024-02-01"], mended: "3|4|∅"),
        Example(
            flags: ["--default-if-empty", "n,t"], yaml: "default_if_empty: [n, t]",
            columns: "id integer PRIMARY KEY, n integer NOT NULL DEFAULT 7, t text DEFAULT 'none'",
            text: "id,n,t\n1,,a\n2,3,\n3,4\n4,,\n", rows: ["1|7|a", "2|3|none", "4|7|none"], mended: "3|4|none"),
    ]

    private func rows(_ store: Store) throws -> [String] {
        try store.rows("SELECT * FROM t ORDER BY 1").map { row in
            row.split(separator: "|", omittingEmptySubsequences: false).map { $0.isEmpty || $0 == "NULL" ? "∅" : $0 }
                .joined(separator: "|")
        }
    }

    @Test(arguments: examples, Store.Kind.allCases)
    func anOptionHoldsOverResumeRepetitionResubmissionAndRollback(_ example: Example, _ kind: Store.Kind) throws {
        let store = try Store(kind, in: space)
        try store.execute("CREATE TABLE t (\(example.columns))")
        let definition = try store.definition(of: "t")
        try space.write(example.text, to: "f.csv")
        let base = "import f.csv --into \(store.into) --table t --key id"

        let trial = try run("\(base) --dry-run", example.flags)
        #expect(trial.status == 3 && trial.output.contains("3 inserted, 1 rejected"), "\(trial)")
        #expect(try rows(store).isEmpty)
        #expect(try store.definition(of: "t") == definition)

        let first = try run("\(base) --chunk-size 1 --on-error abort", example.flags)
        #expect(first.status == 1, "\(first)")
        #expect(try run("resume 1 --on-error continue").status == 3)
        #expect(try rows(store) == example.rows)
        #expect(try run("verify 1").status == 0)
        let again = try run(base, example.flags)
        #expect(
            example.flags.contains("ignore") || again.output.contains("already imported the same bytes into t"),
            "\(again)")

        #expect(try run("errors 1 --output bad.csv").status == 0)
        let bad = String(decoding: try space.read("bad.csv"), as: UTF8.self)
        let columns = example.text.prefix { $0 != "\n" }.split(separator: ",")
        let fields = columns.map { $0 == "id" ? "3" : $0 == "n" ? "4" : "" }.joined(separator: ",")
        try space.write(bad.replacing("\n3,4,", with: "\n\(fields),"), to: "mended.csv")
        let mended = try run("resubmit 1 mended.csv")
        #expect(mended.status == 0, "\(mended) \(bad)")
        #expect(try rows(store) == (example.rows + [example.mended]).sorted())

        let back = try run("rollback 1 2 --yes")
        #expect(back.status == 0, "\(back)")
        #expect(try rows(store).isEmpty)
        #expect(try store.definition(of: "t") == definition, "\(back)")

        try space.write("sources: {f: {match: f.csv, table: t, key: id, \(example.yaml)}}", to: "waybill.yaml")
        #expect(try run("import f.csv --into \(store.into) --force").status == 3)
        #expect(try rows(store) == example.rows)
    }

    /// So are those that marks add. If someone uses one, it stays, and it is said how to drop it.
    @Test(arguments: Store.Kind.allCases, [false, true])
    func columnsOfMarksComeAndGoAndItIsSaid(_ kind: Store.Kind, _ isUsed: Bool) throws {
        let store = try Store(kind, in: space)
        try space.write("id,n\n1,a\n2,b\n", to: "a.csv")
        try space.write("id\n1\n", to: "b.csv")
        #expect(try run("import a.csv --into \(store.into) --table t --key id").status == 0)
        let deleted = try run(
            "import b.csv --into \(store.into) --table t --key id --mode delete --mark-deleted gone=1")
        #expect(deleted.status == 0 && deleted.error.contains("table t gets the column gone (integer)"), "\(deleted)")
        if isUsed {
            try store.execute("CREATE INDEX i ON t (gone)")
            let kept = try run("rollback 2 --yes --no-backup")
            #expect(kept.status == 0 && kept.error.contains("column gone of table t stays"), "\(kept)")
            #expect(kept.error.contains("to drop it: ALTER TABLE t DROP COLUMN gone"))
            #expect(try rows(store) == ["1|a|∅", "2|b|∅"])
            return
        }
        let back = try run("rollback 2 --yes --no-backup")
        #expect(back.status == 0 && back.error.contains("column gone of table t dropped"), "\(back)")
        #expect(try rows(store) == ["1|a", "2|b"])
    }

    @Test(arguments: Store.Kind.allCases) func aTableLacksAColumnAndTheFlagsAreNamed(_ kind: Store.Kind) throws {
        let store = try Store(kind, in: space)
        try space.write("id,n\n1,a\n", to: "a.csv")
        try space.write("id,n,extra\n2,b,z\n", to: "b.csv")
        let options = "--into \(store.into) --table t --key id --mode upsert"
        #expect(try run("import a.csv \(options)").status == 0)
        let refused = try run("import b.csv \(options)")
        #expect(refused.status == 2 && refused.error.contains("--new-columns add"), "\(refused)")
        #expect(refused.error.contains("--new-columns ignore") && refused.error.contains("--skip-columns extra"))
        let ignored = try run("import b.csv \(options) --new-columns ignore")
        #expect(ignored.status == 0 && ignored.error.contains("does not have the column extra"), "\(ignored)")
        #expect(try run("rollback 2 --yes").status == 0)
        let added = try run("import b.csv \(options) --new-columns add")
        #expect(added.status == 0 && added.error.contains("table t gets the column extra (text)"), "\(added)")
        #expect(try rows(store) == ["1|a|∅", "2|b|z"])

        // As long as another import brings the column, it stays; a backup brings it back.
        try space.write("id,n,extra\n3,c,y\n", to: "c.csv")
        #expect(try run("import c.csv \(options)").status == 0)
        #expect(try !run("rollback 3 --yes").error.contains("column extra of table t dropped"))
        #expect(try rows(store) == ["1|a|∅", "3|c|y"])
        #expect(try run("rollback 4 --yes").error.contains("column extra of table t dropped"))
        #expect(try rows(store) == ["1|a"])
        let backups = try run("backup list --json").jsonArray()
        let last = try #require(backups.compactMap { $0["name"] as? String }.max())
        let restored = try run("backup restore \(last) --yes")
        #expect(restored.status == 0, "\(restored)")
        #expect(try rows(store) == ["1|a|∅", "3|c|y"])
        #expect(try run("verify 4").status == 0)
        #expect(try run("rollback 4 --yes").status == 0)
        let whole = try run("rollback 1 --yes")
        #expect(whole.error.contains("table t dropped"), "\(whole)")
        #expect(try store.tables().isEmpty)
    }

    @Test(arguments: [
        ("--quoted-empty maybe", "'maybe' is not a valid value for --quoted-empty"),
        ("--new-columns drop", "'drop' is not a valid value for --new-columns"),
        ("--new-columns add --mode delete --key id", "--new-columns does not apply to --mode delete"),
        (
            "--default-if-empty amount --mode versioned --key id",
            "--default-if-empty does not apply to --mode versioned"
        ),
        ("--default-if-empty amuont", "Did you mean 'amount'?"),
        ("--default-if-empty amount", "has no default for amount"),
        ("--skip-columns amont", "Did you mean 'amount'?"), ("--skip-columns *", "leaves no column"),
        ("--skip-columns id --key id", "the source has no key column id"),
    ])
    func whatAnOptionDoesNotTakeIsRefused(_ flags: String, _ words: String) throws {
        try space.write("id,amount\n1,2\n", to: "f.csv")
        let result = try run("import f.csv --into sqlite:t.db \(flags)")
        #expect(result.status == 2 && result.error.contains(words), "\(result)")
    }

    @Test func emptyTextsAreToldWithTheirFlag() throws {
        try space.write("\"id\",\"n\"\n\"1\",\"5\"\n\"2\",\"\"\n", to: "f.csv")
        let text = try run("import f.csv --into sqlite:a.db")
        #expect(
            text.error.contains("n: text because line 3 has ''; with --quoted-empty null it would be integer"),
            "\(text)")
        #expect(try run("inspect f.csv --quoted-empty null").output.contains("integer"))
        try space.write("[{\"id\":1,\"n\":5},{\"id\":2,\"n\":\"\"}]", to: "f.json")
        #expect(try run("import f.json --into sqlite:b.db --quoted-empty null").error.contains("n integer"))
        let store = try Store(.postgres, in: space)
        try store.execute("CREATE TABLE f (id int, n int)")
        let refused = try run("import f.csv --into \(store.into)")
        #expect(refused.status == 3 && refused.output.contains("1 of 2 records has \"\""), "\(refused)")
        #expect(refused.output.contains("import with --quoted-empty null"))
    }

    @Test func columnsOfOneSheetOfSeveralCanBeSkipped() throws {
        try space.tool(
            "python3", "-c",
            "import openpyxl; b = openpyxl.Workbook(); b.active.append(['id', 'x']); b.active.append([1, 2]); "
                + "s = b.create_sheet('two'); s.append(['id', 'y']); s.append([3, 4]); b.save('s.xlsx')")
        #expect(try run("import s.xlsx --into sqlite:a.db --skip-columns x").status == 0)
        #expect(
            try Table.rows(space.file("a.db"), "SELECT count(*) FROM pragma_table_info('two')").contains {
                $0.contains("2")
            })
        let unknown = try run("import s.xlsx --into sqlite:b.db --skip-columns z")
        #expect(unknown.status == 2 && unknown.error.contains("It has: id, x, id, y"), "\(unknown)")
    }
}
