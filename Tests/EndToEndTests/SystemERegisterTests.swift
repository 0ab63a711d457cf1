import Foundation
import Testing

/// The mapping of docs/examples/system-e-register.yaml: a screenful for a register's daily update.
@Suite struct SystemERegisterTests {
    let space: Workspace
    static let example = ArchitectureTests.root.appendingPathComponent("docs/examples/system-e-register.yaml")

    static let meta = "\"Variable\",\"Value\"\n\"SnapshotDate\",\"01-05-2024\"\n\"ExtractNumber\",\"140\"\n"
    static let files = [
        "meta.csv": meta, "enterprise_delete.csv": "\"EnterpriseNumber\"\n\"0200.000.009\"\n",
        "enterprise_insert.csv":
            "\"EnterpriseNumber\",\"Status\",\"StartDate\"\n\"0200.000.001\",\"AC\",\"09-08-1960\"\n",
        "activity_delete.csv": "\"EntityNumber\"\n\"0200.000.009\"\n",
        "activity_insert.csv":
            "\"EntityNumber\",\"ActivityGroup\",\"NaceCode\"\n\"0200.000.001\",\"001\",\"0111\"\n\"0200.000.009\",\"001\",\"0112\"\n",
        "denomination_delete.csv": "\"EntityNumber\"\n\"0200.000.009\"\n",
        "denomination_insert.csv":
            "\"EntityNumber\",\"Language\",\"TypeOfDenomination\",\"Denomination\"\n\"0200.000.001\",\"2\",\"001\",\"Acme\"\n",
    ]

    init() throws {
        space = try Workspace()
        try FileManager.default.copyItem(atPath: Self.example.path, toPath: space.file("waybill.yaml"))
        try pack(Self.files)
        let more = "_snapshot_date text, _extract_number text, _is_current integer, _deleted_at text"
        try Table.execute(
            space.file("register.db"),
            """
            CREATE TABLE enterprise (enterprise_number text PRIMARY KEY, status text, start_date text, \(more));
            CREATE TABLE activities (id text PRIMARY KEY, entity_number text, activity_group text, nace_code text, \(more));
            CREATE INDEX activities_of ON activities (entity_number);
            CREATE TABLE denomination (id text PRIMARY KEY, entity_number text, language text, kind text, name text, \(more));
            CREATE INDEX denominations_of ON denomination (entity_number);
            INSERT INTO enterprise (enterprise_number, _is_current) VALUES ('0200.000.009', 1);
            INSERT INTO activities (id, entity_number, _is_current) VALUES ('a', '0200.000.009', 1), ('b', '0200.000.009', 1);
            """)
    }

    private func pack(_ files: [String: String], as archive: String = "update.zip") throws {
        let folder = space.file("day")
        try? FileManager.default.removeItem(atPath: folder)
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        for (name, text) in files { try space.write(text, to: "day/\(name)") }
        try space.tool("zip", "-q", "-r", "-j", archive, "day")
    }

    private func rows(_ table: String, _ columns: String) throws -> [String] {
        try Table.rows(space.file("register.db"), "SELECT \(columns) FROM \(table)").map { row in
            row.split(separator: "|").map { $0.dropFirst(2) }.filter { $0 != "NULL" }.joined(separator: "|")
        }.sorted()
    }

    @Test func theMappingIsAScreenful() throws {
        let lines = try String(contentsOf: Self.example, encoding: .utf8).split(separator: "\n")
        #expect(lines.count <= 45)
    }

    @Test func deletedRowsAreMarkedAndInsertedOnesHaveTheExtractsConstants() throws {
        let result = try space.run("import update.zip --json")
        #expect(result.status == 0, "\(result)")
        let sections = try #require(try result.json()["sections"] as? [[String: Any]])
        let order = sections.compactMap { $0["section"] as? String }
        for table in ["enterprise", "activity", "denomination"] {
            let delete = try #require(order.firstIndex(of: "\(table)_delete.csv"))
            #expect(try delete < #require(order.firstIndex(of: "\(table)_insert.csv")))
        }
        #expect(!order.contains("meta.csv"))
        let marks = "_snapshot_date, _extract_number, _is_current, _deleted_at"
        #expect(
            try rows("enterprise", "enterprise_number, status, start_date, \(marks)")
                == ["0200.000.001|AC|1960-08-09|2024-05-01|140|1", "0200.000.009|0|140"])
        #expect(
            try rows("activities", "id, \(marks)") == [
                "0200.000.001_001_0111|2024-05-01|140|1", "0200.000.009_001_0112|2024-05-01|140|1", "a|0|140",
                "b|0|140",
            ])
        #expect(try rows("denomination", "id, name, _extract_number") == ["0200.000.001_2_001|Acme|140"])
        #expect(try space.run("verify 1").status == 0)
        #expect(try space.run("rollback 1 --yes --no-backup").status == 0)
        #expect(try rows("activities", "id, \(marks)") == ["a|1", "b|1"])
        #expect(try rows("enterprise", "enterprise_number, \(marks)") == ["0200.000.009|1"])
    }

    /// What was read from elsewhere stands in the log.
    @Test func aResumeNeedsNeitherTheConfigurationNorTheFileOfConstants() throws {
        try pack(Self.files.filter { $0.key != "meta.csv" }, as: "bare.zip")
        try space.write(Self.meta, to: "meta.csv")
        let stopped = try space.run(
            "import bare.zip --chunk-size 1", environment: ["WAYBILL_FAULT": "after-destination-commit:3"])
        #expect(stopped.status != 0, "\(stopped)")
        for name in ["meta.csv", "waybill.yaml"] { try FileManager.default.removeItem(atPath: space.file(name)) }
        #expect(try space.run("resume 1").status == 0)
        #expect(try rows("activities", "_extract_number, _deleted_at") == ["140", "140", "140", "140"])
    }

    @Test(arguments: [
        ("activity_insert.csv", nil, 1, "activity_insert.csv"), ("meta.csv", nil, 1, "has no such section"),
        ("meta.csv", "a,b,c\n1,2,3\n4,5,6\n", 1, "2 rows and 3 columns"),
        ("meta.csv", "Variable,Value\nSnapshotDate,01-05-2024\n", 1, "has no ExtractNumber"),
        ("meta.csv", "SnapshotDate,ExtractNumber\n2024-05-01,140\n", 1, "is not a date like dd-MM-yyyy"),
        ("contact_delete.csv", "EntityNumber\n1\n", 2, "entity_number"),
    ])
    func whatIsMissingIsRefusedBeforeTheFirstRow(
        _ name: String, _ text: String?, _ status: Int32, _ words: String
    ) throws {
        var files = Self.files
        files[name] = text
        try pack(files, as: "bad.zip")
        let result = try space.run("import bad.zip")
        #expect(result.status == status && result.error.contains(words), "\(result)")
        #expect(try rows("enterprise", "enterprise_number, _is_current") == ["0200.000.009|1"])
    }

    @Test(arguments: [
        "SnapshotDate,ExtractNumber,More\n01-05-2024,140,x\n", "SnapshotDate,ExtractNumber\n01-05-2024,140\n",
        "SnapshotDate,01-05-2024\nExtractNumber,140\n", "k,v\nExtractNumber,140\nSnapshotDate,01-05-2024\n",
    ])
    func constantsAreOneRowOrPairs(_ meta: String) throws {
        var files = Self.files
        files["meta.csv"] = meta
        try pack(files, as: "other.zip")
        let result = try space.run("import other.zip")
        #expect(result.status == 0, "\(result)")
        #expect(try rows("denomination", "_snapshot_date, _extract_number") == ["2024-05-01|140"])
    }

    /// Files on their own, whose names match; all constants under their own names; an entry for a table of another name.
    @Test func partsOfNamesWorkForFilesToo() throws {
        try space.write(
            """
            sources:
              all:
                match: ["{table}_insert.csv", "{table}_delete.csv"]
                into: sqlite:files.db
                constants_from: facts.csv
                sections: {"{table}_delete.csv": {mode: delete}}
                tables: {unit: {table: units, key: id}}
            """, to: "waybill.yaml")
        try space.write("day,run\n2024-01-02,x\n", to: "facts.csv")
        try space.write("id,v\n1,a\n2,b\n", to: "unit_insert.csv")
        try space.write("id\n1\n", to: "unit_delete.csv")
        try space.write("n\n5\n", to: "free_insert.csv")
        for file in ["unit_insert.csv", "unit_delete.csv", "free_insert.csv"] {
            let result = try space.run("import \(file)")
            #expect(result.status == 0, "\(result)")
        }
        #expect(try Table.tables(space.file("files.db")) == ["free", "units"])
        #expect(try Table.rows(space.file("files.db"), "SELECT id, day, run FROM units").count == 1)
    }

    /// What the table lacks is left out beside constants, too.
    @Test func newColumnsAreIgnoredBesideConstants() throws {
        try space.write(
            "sources: {all: {match: unit.csv, into: 'sqlite:files.db', constants_from: facts.csv, new_columns: ignore}}",
            to: "waybill.yaml")
        try space.write("day\n2024-01-02\n", to: "facts.csv")
        try space.write("id,more,v\n1,x,a\n", to: "unit.csv")
        try Table.execute(space.file("files.db"), "CREATE TABLE unit (id int, v text, day text)")
        let result = try space.run("import unit.csv")
        #expect(result.status == 0 && result.error.contains("does not have the column more"), "\(result)")
        #expect(try Table.rows(space.file("files.db"), "SELECT id, v, day FROM unit").count == 1)
    }
}
