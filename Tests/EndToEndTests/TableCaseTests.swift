import Foundation
import PostgreSQLTestSupport
import Testing

/// Tables whose names differ in the case of letters only.
@Suite struct TableCaseTests {
    let space: Workspace

    init() throws { space = try Workspace() }

    static let sources = [
        (
            "d.sql",
            """
            CREATE TABLE public."T" (id int);
            CREATE TABLE public.t (id int, v text);
            COPY public."T" (id) FROM stdin;
            1
            \\.
            COPY public.t (id, v) FROM stdin;
            2\ta
            \\.

            """
        ), ("d.json", #"{"T": [{"id": 1}], "t": [{"id": 2, "v": "a"}]}"#),
    ]

    @Test(arguments: sources)
    func eachIsATableOfItsOwnInPostgreSQL(name: String, text: String) throws {
        let url = try PostgreSQLServer.shared.get().makeDatabase()
        try space.write(text, to: name)
        for isThere in [false, true] {
            let run = try space.run(
                ["import", name, "--into", url, "--chunk-size", "1"] + (isThere ? ["--force"] : []))
            #expect(run.status == 0, "\(run)")
            #expect((run.output + run.error).split(separator: "(created)").count == (isThere ? 1 : 3), "\(run)")
            #expect(try PostgreSQLServer.rows(url, "SELECT DISTINCT id::int FROM \"T\"") == ["1"])
            #expect(try PostgreSQLServer.rows(url, "SELECT DISTINCT id::int, v FROM t") == ["2|a"])
        }
        #expect(try space.run("rollback 2 --yes").status == 0 && space.run("rollback 1 --yes").status == 0)
        #expect(
            try PostgreSQLServer.rows(url, "SELECT relname FROM pg_class WHERE relname IN ('t', 'T') AND relkind = 'r'")
                .allSatisfy { try PostgreSQLServer.rows(url, "SELECT 1 FROM \"\($0)\"").isEmpty })
    }

    @Test func oneIsMadeBesideTheOtherThatIsThere() throws {
        let url = try PostgreSQLServer.shared.get().makeDatabase()
        _ = try PostgreSQLServer.rows(url, "CREATE TABLE \"T\" (id bigint)")
        try space.write(Self.sources[0].1, to: "d.sql")
        #expect(try space.run(["import", "d.sql", "--into", url]).status == 0)
        #expect(try PostgreSQLServer.rows(url, "SELECT id::int FROM \"T\"") == ["1"])
        #expect(try PostgreSQLServer.rows(url, "SELECT id::int FROM t") == ["2"])
    }

    @Test(arguments: sources)
    func inSQLiteTheyAreRefusedUnlessTheyHaveOtherNames(name: String, text: String) throws {
        try space.write(text, to: name)
        let refused = try space.run("import \(name) --into sqlite:s.db")
        #expect(
            refused.status == 2 && refused.error.contains("T and t differ only in the case of letters"), "\(refused)")
        let section = name == "d.sql" ? "public.t" : "t"
        let one = try space.run("import \(name) --into sqlite:s.db --section \(section) --table u")
        #expect(one.status == 0 && one.output.contains("1 inserted"), "\(one)")
        try space.write(
            "sources: {d: {match: \(name), into: sqlite:r.db, sections: {\(section): {table: u}}}}\n",
            to: "waybill.yaml")
        let both = try space.run("import \(name)")
        #expect(both.status == 0, "\(both)")
    }

    @Test func oneNameInTwoSpellingsIsOneTable() throws {
        try space.write("CREATE TABLE t (id int);\nINSERT INTO T VALUES (1);\nINSERT INTO t VALUES (2);\n", to: "d.sql")
        let run = try space.run("import d.sql --into sqlite:s.db")
        #expect(run.status == 0, "\(run)")
    }
}
