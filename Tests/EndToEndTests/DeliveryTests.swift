import Foundation
import Testing

/// What people do with deliveries that come again and again: versions, deletions, checks, mended records, closing SQL.
@Suite struct DeliveryTests {
    let space: Workspace

    init() throws { space = try Workspace() }

    @Test(arguments: Store.Kind.allCases)
    func threeDeliveriesGiveTheHistoryThatSQLWouldGive(_ kind: Store.Kind) throws {
        let store = try Store(kind, in: space)
        // Some rows stay, some change, some change back, and some come twice in one delivery.
        let deliveries = (1...3).map { day in
            (0..<400).filter { ($0 * 7 + day) % 5 > 0 }.map { n in
                ("k\(n)", "\(n % 4 == 0 ? day % 2 : n % 3 == 0 ? day : 0)")
            }
                + [("k1", "x\(day)"), ("k2", "0"), ("k2", "y\(day)"), ("k2", "0")]
        }
        for (day, rows) in deliveries.enumerated() {
            try space.write("id,value\n" + rows.map { "\($0.0),\($0.1)\n" }.joined(), to: "day\(day).csv")
            let result = try space.run([
                "import", "day\(day).csv", "--into", store.into, "--table", "facts", "--key", "id", "--mode",
                "versioned",
                "--types", "text", "--chunk-size", "37",
            ])
            #expect(result.status == 0, "\(result.output) \(result.error)")
        }
        // The same by hand: of each delivery the last record of a key, and a version where it differs from the one before.
        var expected: [String] = []
        var versions: [String: [String]] = [:]
        for rows in deliveries {
            for (key, value) in Dictionary(rows, uniquingKeysWith: { $1 }) where versions[key]?.last != value {
                versions[key, default: []].append(value)
            }
        }
        for (key, values) in versions {
            for (index, value) in values.enumerated() {
                expected.append("\(key)|\(value)|\(index + 1)|\(index + 1 == values.count)")
            }
        }
        let current = kind == .sqlite ? "is_current = 1" : "is_current"
        let found = try store.rows(
            "SELECT id, value, version, CASE WHEN \(current) THEN 'true' ELSE 'false' END FROM facts")
        expectSame(found.sorted(), expected.sorted())
        // Each version ends when the next one begins.
        #expect(
            try store.rows(
                """
                SELECT count(*) FROM facts a JOIN facts b ON b.id = a.id AND b.version = a.version + 1
                WHERE a.valid_to IS NULL OR a.valid_to <> b.valid_from
                """) == ["0"])
        #expect(try store.rows("SELECT count(*) FROM facts WHERE \(current) AND valid_to IS NOT NULL") == ["0"])

        #expect(try space.run("rollback 3 2 1 --yes --no-backup").status == 0)
        #expect(try store.all("facts").isEmpty)
    }

    /// Also when the file of mended records is called otherwise than its source.
    @Test(arguments: [true, false]) func mendedRecordsAreClosedByTheSQLThatWasCorrected(_ ranBefore: Bool) throws {
        let store = try Store(.sqlite, in: space)
        func configure(_ statement: String) throws {
            try space.write(
                """
                sources:
                  o:
                    match: "p*.csv"
                    table: o
                    key: id
                    types: id=integer,total=integer
                    finalize: ["\(statement)"]
                """, to: "waybill.yaml")
        }
        try configure("UPDATE nosuch SET a = 1")
        try space.write("id,total\n21,bad\n22,3\n", to: "p1.csv")
        _ = try space.run("import p1.csv --into \(store.into) --batch-id B --part 1 --total-parts 1")
        try configure("UPDATE o SET total = total + 100 WHERE total < 100")
        if ranBefore { #expect(try space.run("group finalize B").status == 0) }
        #expect(try space.run("rejects 1 --output m.csv").status == 0)
        let mended = try String(contentsOfFile: space.file("m.csv"), encoding: .utf8)
        try space.write(mended.replacing("bad", with: "7"), to: "m.csv")
        let resubmitted = try space.run("resubmit 1 m.csv")
        #expect(resubmitted.status == (ranBefore ? 0 : 1), "\(resubmitted.output) \(resubmitted.error)")
        if !ranBefore { #expect(try space.run("group finalize B").status == 0) }
        #expect(try store.all("o") == ["21|107", "22|103"])
    }

    @Test func theTableOfABatchMayStandInTheConfiguration() throws {
        try space.write("id,v\n1,a\n", to: "p1.csv")
        try space.write("id,v\n2,b\n", to: "p2.csv")
        let line = "import p1.csv p2.csv --into sqlite:c.db --batch-id B --part 1 --total-parts 2"
        try space.write("sources:\n  o:\n    match: \"p*.csv\"\n    table: o\n", to: "waybill.yaml")
        let done = try space.run(line)
        #expect(done.status == 0, "\(done.output) \(done.error)")
        #expect(try Table.rows(space.file("c.db"), "SELECT count(*) FROM o") == ["1:2"])
    }

    @Test(arguments: Store.Kind.allCases)
    func aDeletionMarksTheCurrentRowsAndARollbackUnmarksThem(_ kind: Store.Kind) throws {
        let store = try Store(kind, in: space)
        try space.write("id,name\n1,a\n2,b\n3,c\n", to: "insert.csv")
        try space.write("id\n2\n3\n9\n", to: "delete.csv")
        let inserted = try space.run([
            "import", "insert.csv", "--into", store.into, "--table", "units", "--key", "id,extract", "--set",
            "extract=139",
            "--set", "current=true", "--set", "deleted_at=", "--types", "text",
        ])
        #expect(inserted.status == 0, "\(inserted.output) \(inserted.error)")
        let before = try store.all("units")
        let marked = try space.run([
            "import", "delete.csv", "--into", store.into, "--table", "units", "--key", "id", "--mode", "delete",
            "--mark-deleted", "current=false", "--mark-deleted", "deleted_at=140", "--json",
        ])
        #expect(marked.status == 0, "\(marked.output) \(marked.error)")
        let records = try marked.json()["records"] as? [String: Int]
        #expect(records?["updated"] == 2 && records?["unchanged"] == 1)
        #expect(
            try store.rows("SELECT id FROM units WHERE current = 'false' AND deleted_at = '140' ORDER BY id") == [
                "2", "3",
            ])
        #expect(try space.run("rollback 2 --yes").status == 0)
        expectSame(try store.all("units"), before)
    }

    /// A register's daily update: rows that are deleted stay as history, and others come in with the extract's number.
    @Test(arguments: Store.Kind.allCases)
    func aDailyUpdateMarksWhatIsDeletedAndAddsWhatIsNew(_ kind: Store.Kind) throws {
        let store = try Store(kind, in: space)
        for extract in [140, 141] {
            try space.write(
                """
                sources:
                  update:
                    match: update*.zip
                    sections:
                      unit_delete.csv:
                        table: units
                        mode: delete
                        key: id
                        mark_deleted: {_is_current: false, _deleted_at_extract: \(extract)}
                      unit_insert.csv:
                        table: units
                        key: [id, _extract_number]
                        after: unit_delete.csv
                        constants: {_extract_number: "\(extract)", _is_current: true}
                """, to: "waybill.yaml")
            try space.write("id\n" + (extract == 140 ? "9\n" : "2\n3\n"), to: "unit_delete.csv")
            try space.write(
                "id,name\n" + (extract == 140 ? "1,a\n2,b\n3,c\n" : "3,c again\n4,d\n"), to: "unit_insert.csv")
            try space.tool("zip", "-q", "update-\(extract).zip", "unit_delete.csv", "unit_insert.csv")
            let tried = try space.run(["import", "update-\(extract).zip", "--into", store.into, "--dry-run"])
            #expect(tried.status == 0, "\(tried.output) \(tried.error)")
            let result = try space.run(["import", "update-\(extract).zip", "--into", store.into])
            #expect(result.status == 0, "\(result.output) \(result.error)")
        }
        let columns = "id, name, _extract_number, _is_current, coalesce(_deleted_at_extract, 0)"
        #expect(
            try store.all("units", columns) == [
                "1|a|140|true|0", "2|b|140|false|141", "3|c again|141|true|0", "3|c|140|false|141", "4|d|141|true|0",
            ])
        #expect(try space.run("verify 2").status == 0)
        #expect(try space.run("rollback 2 --yes --no-backup").status == 0)
        #expect(try store.all("units", columns) == ["1|a|140|true|0", "2|b|140|true|0", "3|c|140|true|0"])
    }

    @Test(arguments: Store.Kind.allCases)
    func checksOfTheConfigurationAreMadeAndTheirResultIsAnEvent(_ kind: Store.Kind) throws {
        let store = try Store(kind, in: space)
        try space.write("id,tier,email\n1,free,a@x.org\n2,gold,b@x.org\n3,free,nobody\n", to: "people.csv")
        try space.write(
            """
            sources:
              people:
                match: people.csv
                checks:
                  - rows: {min: 3}
                  - one_of: {column: tier, values: [free, gold]}
                  - format: {column: email, as: email}
                  - sql: "SELECT count(*) FROM people WHERE tier = 'gold'"
                    expect: 1
            """, to: "waybill.yaml")
        #expect(try space.run(["import", "people.csv", "--into", store.into, "--key", "id"]).status == 0)
        let result = try space.run("verify 1 --json")
        #expect(result.status == 1, "\(result.error)")
        let checks = try #require(try result.json()["checks"] as? [[String: Any]])
        #expect(checks.filter { $0["outcome"] as? String == "failed" }.count == 1)
        #expect(checks.filter { $0["outcome"] as? String == "passed" }.count == checks.count - 1)
        try store.execute("UPDATE people SET email = 'c@x.org' WHERE id = 3")
        let edited = try space.run("verify 1")
        #expect(edited.status == 1)
        #expect(edited.output.contains("1 changed since"))
        try store.execute("DELETE FROM people WHERE id = 1")
        #expect(try space.run("verify 1").output.contains("1 missing"))
        #expect(try space.run("log show --import 1 --json").output.contains("ImportVerified"))
    }

    @Test(arguments: Store.Kind.allCases)
    func mendedRecordsComeInAndLeadBackToTheirRejects(_ kind: Store.Kind) throws {
        let store = try Store(kind, in: space)
        try space.write(
            "sku,name,price\nA1,\"Chair, red\",10\nA2,=SUM(A1),abc\n,No key,5\nA4,\"x \"\"y\"\"\",nope\nA6,ok,7\n",
            to: "p.csv")
        let first = try space.run(["import", "p.csv", "--into", store.into, "--key", "sku", "--types", "price=real"])
        #expect(first.status == 3)
        #expect(try space.run("rejects 1 --output r.csv").status == 0)
        #expect(try space.run("rejects 1 --output r.csv").status == 2, "existing files are not overwritten")
        let file = String(decoding: try space.read("r.csv"), as: UTF8.self)
        let lines = file.split(separator: "\n").map(String.init)
        #expect(lines[0].hasPrefix("sku,name,price,_waybill_import,_waybill_record,"))
        #expect(lines[1].hasPrefix("A2,=SUM(A1),abc,1,2,3,type,price,'abc' is not a number"))
        #expect(lines[2].hasPrefix(",No key,5,1,3,4,key_missing,sku,"))
        #expect(lines[3].hasPrefix("A4,\"x \"\"y\"\"\",nope,1,4,5,type,"))
        try space.write(
            file.replacingOccurrences(of: ",abc,", with: ",11,").replacingOccurrences(
                of: "\n,No key", with: "\nA3,No key"),
            to: "r2.csv")
        #expect(try space.run("resubmit 1 r2.csv").status == 3)
        #expect(try store.all("p", "sku") == ["A1", "A2", "A3", "A6"])
        #expect(try space.run("status 1 --json").json()["mended"] as? Int == 2)
        #expect(try space.run("rejects 1").output.contains("fixed by import 2, record 1"))
        #expect(try space.run("rejects 1 --output r3.csv").output.contains("1 record"))
        #expect(try space.run("status 2 --json").json()["resubmits"] as? Int == 1)
        #expect(try space.run("replay --check").status == 0)
    }

    @Test(arguments: ["csv", "json", "ndjson"])
    func aRejectThatWasRejectedAgainIsMendedWhereverItWasRejected(_ format: String) throws {
        let store = try Store(.sqlite, in: space)
        try store.execute("CREATE TABLE p (id integer PRIMARY KEY, n integer CHECK (n > 0))")
        let records = [(1, 5), (2, -2), (3, -3), (4, -4)]
        let csv = "id,n\n" + records.map { "\($0),\($1)\n" }.joined()
        let objects = records.map { #"{"id": \#($0), "n": \#($1)}"# }
        let ndjson = objects.joined(separator: "\n") + "\n"
        let json = "[" + objects.joined(separator: ",\n") + "]"
        try space.write(format == "csv" ? csv : format == "json" ? json : ndjson, to: "p.\(format)")
        #expect(try space.run("import p.\(format) --into \(store.into) --table p --key id --mode upsert").status == 3)

        /// Resubmits an import's open rejects, of which one is mended.
        func mend(_ id: Int, _ value: Int, expecting status: Int32) throws {
            let name = "\(id)-\(value).\(format)"
            #expect(try space.run("rejects \(id) --output \(name)").status == 0)
            let text = String(decoding: try space.read(name), as: UTF8.self)
            try space.write(text.replacing("-\(value)", with: "\(value)"), to: "m" + name)
            let result = try space.run("resubmit \(id) m\(name)")
            #expect(result.status == status, "\(result.output) \(result.error)")
        }
        func mended() throws -> [Int?] {
            try space.run("list --json").jsonArray().reversed().map { $0["mended"] as? Int }
        }
        try mend(1, 2, expecting: 3)
        #expect(try mended() == [1, 0])
        try mend(2, 3, expecting: 3)
        #expect(try mended() == [2, 1, 0])
        #expect(try space.run("rejects 2").output.contains("fixed by import 3, record 1"))
        // By way of the first import, those in between are mended, too.
        try mend(1, 4, expecting: 0)
        #expect(try mended() == [3, 2, 1, 0])
        #expect(try space.run("rejects 2 --output none.\(format)").output.contains("No file was written"))
        #expect(try store.all("p") == ["1|5", "2|2", "3|3", "4|4"])
        #expect(try space.run("replay --check").status == 0)
    }

    @Test func rejectsOfAWorkbookAreMendedAsCSV() throws {
        let store = try Store(.sqlite, in: space)
        try space.tool(
            "/usr/bin/python3", "-c",
            """
            import openpyxl
            book = openpyxl.Workbook()
            for row in [["sku", "name", "price"], ["A1", "x, y", 1], ["A2", 'say "hi"', "abc"]]:
                book.active.append(row)
            book.save("p.xlsx")
            """)
        let arguments = [
            "import", "p.xlsx", "--into", store.into, "--table", "p", "--key", "sku", "--types", "price=real",
        ]
        #expect(try space.run(arguments).status == 3)
        #expect(try space.run("rejects 1 --output r.csv").status == 0)
        let file = String(decoding: try space.read("r.csv"), as: UTF8.self)
        #expect(file.contains("A2,\"say \"\"hi\"\"\",abc,1,2,3,type,price,"))
        try space.write(file.replacingOccurrences(of: ",abc,", with: ",2.5,"), to: "mended.csv")
        let result = try space.run("resubmit 1 mended.csv")
        #expect(result.status == 0, "\(result.output) \(result.error)")
        #expect(try store.all("p") == ["A1|x, y|1.0", "A2|say \"hi\"|2.5"])
        #expect(try space.run("status 1 --json").json()["mended"] as? Int == 1)
    }

    @Test(arguments: Store.Kind.allCases)
    func closingSQLRunsOnceWhenAllPartsAreThere(_ kind: Store.Kind) throws {
        let store = try Store(kind, in: space)
        for part in 1...3 { try space.write("id,n\n\(part),\(part)\n", to: "part\(part).csv") }
        try space.write(
            """
            sources:
              parts:
                match: part*.csv
                table: units
                key: id
                finalize:
                  - UPDATE units SET n = n + 100
            """, to: "waybill.yaml")
        func deliver(_ part: Int) throws {
            let result = try space.run([
                "import", "part\(part).csv", "--into", store.into, "--batch-id", "B", "--part", "\(part)",
                "--total-parts", "3",
            ])
            #expect(result.status == 0, "\(result.output) \(result.error)")
        }
        try deliver(1)
        try deliver(3)
        #expect(try space.run("group finalize B").status == 4)
        #expect(try store.all("units", "n") == ["1", "3"])
        try deliver(2)
        #expect(try store.all("units", "n") == ["101", "102", "103"])
        #expect(try space.run("group finalize B").output.contains("is already finalized"))
        #expect(try store.all("units", "n") == ["101", "102", "103"])
        #expect(try space.run("log show --import 3 --json").output.contains("GroupFinalized"))
    }

    @Test(arguments: Store.Kind.allCases)
    func namesAndValuesAreNeverReadAsSQL(_ kind: Store.Kind) throws {
        let store = try Store(kind, in: space)
        let name = "x'); DROP TABLE victims; --"
        try store.execute("CREATE TABLE victims (id text)")
        try space.write(
            "\"\(name)\",\"a\"\"b\"\n'; DELETE FROM victims; --,1\n\\'); DROP TABLE victims; --,2\n", to: "evil.csv")
        let arguments = [
            "import", "evil.csv", "--into", store.into, "--table", "t\"; DROP TABLE victims", "--key", name,
        ]
        #expect(try space.run(arguments).status == 0)
        #expect(try space.run(arguments + ["--mode", "upsert", "--force"]).status == 0)
        let traced = try space.run([
            "trace", "--into", store.into, "--table", "t\"; DROP TABLE victims", "--key",
            "\(name)='; DELETE FROM victims; --",
        ])
        #expect(traced.output.contains("inserted by import 1"), "\(traced.error)")
        #expect(try space.run(["rollback", "--where", "\(name)=' OR 1=1; --", "--yes"]).status == 0)
        #expect(try space.run("rollback --all --yes").status == 0)
        #expect(try store.all("victims").isEmpty)
        #expect(try store.all("\"t\"\"; DROP TABLE victims\"").isEmpty)
    }

    @Test(arguments: Store.Kind.allCases)
    func aPartThatCameAgainIsNotThereOnceItsRowsAreTakenBack(_ kind: Store.Kind) throws {
        let store = try Store(kind, in: space)
        try space.write("k,v\n1,a\n", to: "a.csv")
        let line = "import a.csv --into \(store.into) --table t --key k --part 1 --total-parts 1 --batch-id"
        func states() throws -> [String] {
            #expect(try space.run("replay --check").status == 0)
            return try space.run("group list --json").jsonArray().map { "\($0["batch_id"] ?? "") \($0["state"] ?? "")" }
                .sorted()
        }
        for batch in ["B", "B", "C"] { #expect(try space.run("\(line) \(batch)").status == 0) }
        #expect(try states() == ["B complete", "C complete"])
        #expect(try space.run("rollback 1 --yes").status == 0)
        #expect(try states().allSatisfy { !$0.contains("complete") || $0.contains("incomplete") })
        let backup = try #require(try space.run("backup list --json").jsonArray().first?["name"] as? String)
        #expect(try space.run("backup restore \(backup) --yes").status == 0)
        #expect(try states() == ["B complete", "C complete"])
        #expect(try space.run("rollback 1 --yes").status == 0)
        #expect(try space.run("\(line) B").status == 0)
        #expect(try states().first == "B complete")
    }
}
