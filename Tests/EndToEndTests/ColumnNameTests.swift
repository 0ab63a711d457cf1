import Foundation
import Testing

/// A column goes into the one that has its name, wherever it stands in a file and whatever stands beside it.
@Suite struct ColumnNameTests {
    let space: Workspace

    init() throws { space = try Workspace() }

    private func run(_ file: String, _ store: Store, _ flags: String...) throws -> Finished {
        try space.run(["import", file, "--into", store.into, "--table", "t"] + flags)
    }

    @Test func aShortenedNameDependsOnTheWholeOne() throws {
        let store = try Store(.postgres, in: space)
        let question = "Wie zufrieden sind Sie mit unserem Angebot insgesamt im Vergleich zum "
        let (one, two) = (question + "Vorjahr", question + "Wettbewerb")
        try space.write("id,\(one),\(two)\n1,10,20\n", to: "a.csv")
        try space.write("id,\(two),\(one)\n2,20,10\n", to: "b.csv")
        try space.write("id,\(two.uppercased())\n3,20\n", to: "c.csv")
        try space.write("id,\(one)\n4,10\n", to: "d.csv")
        for file in ["a.csv", "b.csv", "c.csv", "d.csv"] {
            let result = try run(file, store)
            #expect(result.status == 0 && result.error.contains("PostgreSQL keeps 63 bytes"), "\(result)")
        }
        #expect(try store.all("t") == ["1|10|20", "2|10|20", "3||20", "4|10|"])
        let names = try store.definition(of: "t").map { $0.prefix { $0 != "|" } }
        #expect(names.count == 3 && names.dropFirst().allSatisfy { $0.utf8.count == 63 }, "\(names)")
    }

    /// A table that has the name as PostgreSQL cuts it off may mean another one.
    @Test func aNameThatPostgreSQLCutIsNotTakenForTheWholeOne() throws {
        let store = try Store(.postgres, in: space)
        let name = String(repeating: "ä", count: 40)
        try store.execute("CREATE TABLE t (id int, \"\(String(repeating: "ä", count: 31))\" int)")
        try space.write("id,\(name)\n1,2\n", to: "a.csv")
        let refused = try run("a.csv", store)
        #expect(refused.status == 2 && refused.error.contains("has no column"), "\(refused)")
        try space.write(
            "sources: {a: {match: a.csv, columns: {\(name): {to: \(String(repeating: "ä", count: 31))}}}}",
            to: "waybill.yaml")
        let renamed = try run("a.csv", store)
        #expect(renamed.status == 0 && !renamed.error.contains("63 bytes"), "\(renamed)")
        #expect(try store.all("t") == ["1|2"])
    }

    @Test func namesInFullAreTakenForTheShortOnes() throws {
        let store = try Store(.postgres, in: space)
        let (key, value) = (String(repeating: "k", count: 70), String(repeating: "v", count: 70))
        try space.write("\(key),\(value)\n1,2\n", to: "a.csv")
        let result = try run("a.csv", store, "--types", "\(value)=numeric", "--key", key, "--mode", "upsert")
        #expect(result.status == 0, "\(result)")
        #expect(try store.definition(of: "t").last?.hasSuffix("|numeric") == true)
        #expect(
            try store.rows("SELECT count(*) FROM pg_index WHERE indrelid = 't'::regclass AND indisprimary") == ["1"])
    }

    /// Each with what the table has then; nil where it is refused.
    static let later: [(text: String, row: String?)] = [
        ("k,Name,NAME\n2,a,b\n", "2|a|b"), ("k,Name\n2,a\n", "2|a|"), ("k,name\n2,a\n", "2|a|"),
        ("k,NAME_2\n2,b\n", "2||b"), ("k,NAME,Name\n2,b,a\n", nil), ("k,NAME\n2,b\n", nil),
        ("k,name,NAME\n2,a,b\n", "2|a|b"),
    ]

    @Test(arguments: Store.Kind.allCases, later)
    func ofNamesThatDifferInCaseNoneIsTakenForAnother(_ kind: Store.Kind, _ later: (text: String, row: String?)) throws
    {
        let store = try Store(kind, in: space)
        try space.write("k,Name,NAME\n1,full,short\n", to: "a.csv")
        #expect(try run("a.csv", store).status == 0)
        try space.write(later.text, to: "b.csv")
        for flags in [[], ["--new-columns", "ignore"], ["--new-columns", "add"]] where later.row == nil {
            let refused = try space.run(["import", "b.csv", "--into", store.into, "--table", "t"] + flags)
            #expect(refused.status == 2 && refused.error.contains("{NAME: {to: NAME_2}"), "\(refused)")
            #expect(try store.all("t").count == 1)
        }
        guard let row = later.row else {
            let isBoth = later.text.contains("Name")
            try space.write(
                "sources: {b: {match: b.csv, columns: {NAME: {to: NAME_2}\(isBoth ? ", Name_2: {to: Name}" : "")}}}",
                to: "waybill.yaml")
            #expect(try run("b.csv", store).status == 0)
            #expect(try store.rows("SELECT \"NAME_2\" FROM t WHERE k = 2") == ["b"])
            return
        }
        #expect(try run("b.csv", store).status == 0)
        let rows = try store.all("t").map { $0.replacing("NULL", with: "") }
        #expect(rows.contains(row), "\(rows)")
    }

    @Test(arguments: Store.Kind.allCases)
    func aColumnThatIsAddedIsNotTheOtherOne(_ kind: Store.Kind) throws {
        let store = try Store(kind, in: space)
        try space.write("k,Name\n1,full\n", to: "a.csv")
        try space.write("k,NAME,Name\n2,short,full\n", to: "b.csv")
        #expect(try run("a.csv", store).status == 0)
        let refused = try run("b.csv", store, "--new-columns", "add")
        #expect(
            refused.status == 2 && refused.error.contains("columns: {NAME: {to: NAME_2}, Name_2: {to: Name}}"),
            "\(refused)")
        try space.write(
            "sources: {b: {match: b.csv, columns: {NAME: {to: NAME_2}, Name_2: {to: Name}}}}", to: "waybill.yaml")
        #expect(try run("b.csv", store, "--new-columns", "add").status == 0)
        #expect(try store.rows("SELECT \"Name\", \"NAME_2\" FROM t WHERE k = 2") == ["full|short"])
    }
}
