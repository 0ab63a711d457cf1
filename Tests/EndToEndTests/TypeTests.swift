import Foundation
import Testing

/// Types that tables get, why, and how a wrong guess is mended.
@Suite struct TypeTests {
    let space: Workspace

    init() throws { space = try Workspace() }

    private static let ndjson = """
        {"id":1,"at":"2024-01-05T10:20:30Z","day":"2024-01-05","paid":true,"tags":["a"],"price":19.90,"u":"f81d4fae-7dec-11d0-a765-00a0c91e6bf6"}
        {"id":2,"at":"2024-07-05T10:20:30Z","day":"2024-01-06","paid":false,"tags":[],"price":5.00,"u":null}

        """

    @Test func postgreSQLGetsTheTypesThatValuesHave() throws {
        let store = try Store(.postgres, in: space)
        try space.write(Self.ndjson, to: "n.ndjson")
        let command = ["import", "n.ndjson", "--into", store.into, "--key", "id", "--mode", "upsert"]
        try #require(space.run(command).status == 0)
        let types = try store.rows(
            "SELECT string_agg(format_type(atttypid, atttypmod), ',' ORDER BY attnum) FROM pg_attribute "
                + "WHERE attrelid = 'n'::regclass AND attnum > 0")
        #expect(types == ["bigint,timestamp with time zone,date,boolean,jsonb,numeric,uuid"])
        let again = try space.run(command + ["--force"])
        #expect(again.output.contains("2 unchanged"), "\(again.output)")
        #expect(try space.run("verify 1").status == 0)
    }

    @Test func sqliteGetsThemByName() throws {
        try space.write(Self.ndjson, to: "n.ndjson")
        try #require(space.run("import n.ndjson --into sqlite:shop.db --key id --mode upsert").status == 0)
        let store = try Store(.sqlite, in: space)
        #expect(
            try store.rows("SELECT group_concat(type) FROM pragma_table_info('n')")
                == ["INT,TIMESTAMPTZ,DATE,BOOLEAN,JSONB,REAL,UUID"])
        #expect(try store.rows("SELECT id FROM n WHERE paid") == ["1"])
        #expect(try store.rows("SELECT strftime('%Y-%m', at) FROM n WHERE id = 2") == ["2024-07"])
        let again = try space.run("import n.ndjson --into sqlite:shop.db --key id --mode upsert --force")
        #expect(again.output.contains("2 unchanged"), "\(again.output)")
        #expect(try space.run("verify 1").status == 0)
    }

    @Test func whatSpokeAgainstATypeIsSaidAndMended() throws {
        try space.write("id,delay\n1,5\n2,7\n3,NA\n4,9\n", to: "f.csv")
        let why = "delay: text because line 4 has 'NA'; with --null NA it would be integer"
        #expect(try space.run("inspect f.csv").output.contains(why))
        let first = try space.run("import f.csv --into sqlite:shop.db")
        #expect(first.status == 0 && first.error.contains(why), "\(first.error)")
        let back = try space.run("rollback 1 --yes")
        #expect(
            back.error.contains("table f dropped: import 1 created it, and it is empty and unchanged"), "\(back.error)")
        try #require(space.run("import f.csv --into sqlite:shop.db --null NA").status == 0)
        let store = try Store(.sqlite, in: space)
        #expect(try store.rows("SELECT sum(delay) || typeof(delay) FROM f WHERE id < 3") == ["12integer"])
    }

    @Test func numbersThatAreTextForTheirSpellingAreMendedAsIsSaid() throws {
        try space.write("id,p\n1,1.5\n2,NA\n3,1e3\n4,2.5\n", to: "f.csv")
        let first = try space.run("import f.csv --into sqlite:shop.db")
        let why = "p: text because line 4 has '1e3'; to store numbers: --null NA --types p=real"
        #expect(first.status == 0 && first.error.contains(why), "\(first.error)")
        try #require(space.run("rollback 1 --yes").status == 0)
        let second = try space.run("import f.csv --into sqlite:shop.db --null NA --types p=real")
        #expect(second.status == 0 && !second.error.contains("text because"), "\(second.error)")
        #expect(try Store(.sqlite, in: space).rows("SELECT count(*) FROM f WHERE p > 2") == ["2"])
    }

    @Test func aNumberThatMakesAColumnTextComesWithTheWayToKeepIt() throws {
        try space.write("id,p\n1,1.20\n2,12.20\n", to: "1.csv")
        try space.write("id,p\n3,13.5\n", to: "2.csv")
        try #require(space.run("import 1.csv --into sqlite:shop.db -t w").status == 0)
        let second = try space.run("import 2.csv --into sqlite:shop.db -t w")
        let way = "If that is a number like the others, roll back, then import with --types p=real."
        #expect(second.status == 0 && second.error.contains("line 2 has '13.5'. \(way)"), "\(second.error)")
        try #require(space.run("rollback 2 --yes").status == 0)
        let third = try space.run("import 2.csv --into sqlite:shop.db -t w --types p=real")
        #expect(third.status == 0 && !third.error.contains("changed from"), "\(third.error)")
        #expect(try Store(.sqlite, in: space).rows("SELECT count(*) FROM w WHERE p > 5") == ["2"])
    }

    @Test func aColumnOfTwoTypesInPostgreSQLComesWithTheOptionForOne() throws {
        let store = try Store(.postgres, in: space)
        try space.write("stop_id,name\nA1,x\n", to: "stops.csv")
        try space.write("stop_id,time\n7,10:00\n", to: "times.csv")
        let result = try space.run(["import", "stops.csv", "times.csv", "--into", store.into, "--yes"])
        #expect(
            result.output.contains(
                """
                  column stop_id is integer in times and text in stops
                  PostgreSQL does not compare the two; to join by them, roll these imports back, then import with \
                --types stop_id=text

                """), "\(result)")
    }

    @Test func postgreSQLTakesWhatItsFloatsAndDecimalsHaveBesidesNumbers() throws {
        let store = try Store(.postgres, in: space)
        try space.write("id,v,n\n1,NaN,1\n2,inf,nan\n3,-Infinity,2\n4,+INF,NaN\n5,nano,3\n6,1,--inf\n", to: "f.csv")
        let result = try space.run(
            ["import", "f.csv", "--into", store.into, "--table", "t", "--types", "v=real,n=numeric"])
        #expect(result.status == 3 && result.output.contains("4 inserted, 2 rejected"), "\(result)")
        #expect(try store.all("t") == ["1|NaN|1", "2|Infinity|NaN", "3|-Infinity|2", "4|Infinity|NaN"])
        #expect(try space.run("verify 1").status == 0 && space.run("rollback 1 --yes").status == 0)
    }

    @Test(arguments: Store.Kind.allCases) func aColumnsOwnTypeGoesBeforeTextForAll(_ kind: Store.Kind) throws {
        let store = try Store(kind, in: space)
        try space.write("id,c\n1,2024-01-01\n", to: "f.csv")
        try space.write("sources: {f: {match: f.csv, types: text, columns: {c: {type: date}}}}", to: "waybill.yaml")
        #expect(try space.run(["import", "f.csv", "--into", store.into]).status == 0)
        #expect(try store.definition(of: "f").map { $0.lowercased() } == ["id|text", "c|date"])
    }

    @Test func aTypeIsForTheSourcesNameOrTheTables() throws {
        try space.write("a,b\n1,2\n", to: "f.csv")
        try space.write("sources: {f: {match: f.csv, columns: {a: b, b: a}}}", to: "waybill.yaml")
        #expect(try space.run("import f.csv --into sqlite:shop.db --types a=text").status == 0)
        #expect(try Store(.sqlite, in: space).definition(of: "f") == ["b|INTEGER", "a|TEXT"])
        try space.write("sources: {f: {match: f.csv, table: g, types: a=text, columns: {a: new}}}", to: "waybill.yaml")
        #expect(try space.run("import f.csv --into sqlite:shop.db --force").status == 0)
        #expect(try Store(.sqlite, in: space).definition(of: "g") == ["new|TEXT", "b|INTEGER"])
    }

    @Test func aTypeIsForTheSectionsThatHaveTheColumn() throws {
        try space.write("id,x\n1,2\n", to: "a.csv")
        try space.write("id,stop\n1,7\n", to: "b.csv")
        try space.tool("zip", "-q", "m.zip", "a.csv", "b.csv")
        #expect(try space.run("import m.zip --into sqlite:shop.db --types stop=text").status == 0)
        #expect(try Store(.sqlite, in: space).definition(of: "b") == ["id|INTEGER", "stop|TEXT"])
        let refused = try space.run("import m.zip --into sqlite:o.db --types stops=text,x=text")
        #expect(
            refused.status == 2 && refused.error.contains("does not have: stops.\nDid you mean 'stop'?"), "\(refused)")
        #expect(try space.run("import m.zip --into sqlite:o.db --types x=text --section b.csv").status == 2)
    }

    @Test(arguments: Store.Kind.allCases) func aRestoreBringsATableBack(_ kind: Store.Kind) throws {
        let store = try Store(kind, in: space)
        try space.write("id,paid,at\n1,TRUE,2024-01-05T10:20:30Z\n2,FALSE,2024-01-05T10:20:31Z\n", to: "f.csv")
        try #require(space.run(["import", "f.csv", "--into", store.into, "--key", "id", "--table", "t"]).status == 0)
        let before = try store.all("t")
        for round in 1...2 {
            try #require(space.run("rollback 1 --yes").status == 0)
            #expect(try !store.tables().contains("t"))
            let backup = try #require(try space.run("backup list --json").jsonArray().first?["name"] as? String)
            let restored = try space.run("backup restore \(backup) --yes")
            #expect(restored.status == 0, "round \(round): \(restored.output) \(restored.error)")
            #expect(try store.all("t") == before)
            #expect(try space.run("status 1 --json").json()["state"] as? String == "succeeded")
            #expect(try space.run("verify 1").status == 0)
        }
        // Its guesses are what they were.
        try space.write("id,paid,at\n3,maybe,never\n", to: "g.csv")
        let widened = try space.run(["import", "g.csv", "--into", store.into, "--key", "id", "--table", "t"])
        #expect(widened.error.contains("Column paid of t changed from"), "\(widened.error)")
        #expect(try store.all("t").contains { $0.contains("TRUE") && $0.contains("2024-01-05T10:20:30Z") })
        #expect(try space.run("verify 1").status == 0)
    }

    @Test(arguments: Store.Kind.allCases) func aTableGoesWithTheLastImportIntoItAfterItsMaker(_ kind: Store.Kind) throws
    {
        let store = try Store(kind, in: space)
        for name in ["a", "b", "c"] {
            try space.write("id,day\n\(name),2024-01-05\n", to: "\(name).csv")
            try #require(space.run(["import", "\(name).csv", "--into", store.into, "--table", "t"]).status == 0)
        }
        for id in [1, 3] {
            try #require(space.run("rollback \(id) --yes").status == 0)
            #expect(try store.tables().contains("t"))
        }
        let last = try space.run("rollback 2 --yes")
        #expect(last.error.contains("table t dropped: import 1 created it"), "\(last.error)")
        #expect(try !store.tables().contains("t"))
        // The next one stays as long as the import stands that created it, even one without records.
        try space.write("id,day\n", to: "none.csv")
        for name in ["none", "a"] {
            try #require(
                space.run(["import", "\(name).csv", "--into", store.into, "--table", "t", "--force"]).status == 0)
        }
        try #require(space.run("rollback 5 --yes").status == 0)
        #expect(try store.tables().contains("t"))
    }
}
