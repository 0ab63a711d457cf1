import Foundation
import Testing

/// The daily update of a company register: a zip with a metadata file and CSVs for each table, as `_delete` and `_insert`.
@Suite struct SystemETests {
    let space: Workspace
    static let activities = 3_000

    init() throws {
        space = try Workspace()
        try space.write(
            #"""
            sources:
              update:
                match: "*.zip"
                into: sqlite:register.db
                constants: {_snapshot_date: "2024-05-01", _extract_number: "140"}
                sections:
                  meta.csv: {table: meta}
                  enterprise_insert.csv: {table: enterprises, mode: upsert, key: EnterpriseNumber}
                  activity_insert.csv:
                    table: activities
                    mode: upsert
                    key: id
                    after: enterprise_insert.csv
                    columns:
                      EntityNumber: {to: entity_number, required: true, pattern: '\d{4}\.\d{3}\.\d{3}'}
                      ActivityGroup: activity_group
                      NaceCode: {to: nace_code, type: text}
                      StartDate: {to: start_date, format: dd-MM-yyyy}
                    compose:
                      - id: "{entity_number}_{activity_group}_{nace_code}"
            """#, to: "waybill.yaml")
        try Self.packUpdate(in: space)
    }

    /// The zip of a day.
    static func packUpdate(in space: Workspace) throws {
        try FileManager.default.createDirectory(atPath: space.file("day"), withIntermediateDirectories: true)
        try space.write(
            "\"Variable\",\"Value\"\n\"SnapshotDate\",\"01-05-2024\"\n\"ExtractNumber\",\"140\"\n", to: "day/meta.csv")
        try space.write("\"EnterpriseNumber\"\n\"0200.065.765\"\n", to: "day/enterprise_delete.csv")
        try space.write(
            "\"EnterpriseNumber\",\"Status\"\n" + (0..<500).map { "\"\(number($0))\",\"AC\"\n" }.joined(),
            to: "day/enterprise_insert.csv")
        try space.write("\"EntityNumber\"\n\"0200.065.765\"\n", to: "day/activity_delete.csv")
        try space.write(
            "\"EntityNumber\",\"ActivityGroup\",\"NaceCode\",\"StartDate\"\n"
                + (0..<activities).map { index in
                    let date = index == 1_234 ? "31-02-2024" : "09-08-1960"
                    return "\"\(number(index % 500))\",\"001\",\"\(10_000 + index)\",\"\(date)\"\n"
                }.joined(), to: "day/activity_insert.csv")
        try space.tool("zip", "-q", "-r", "-j", "update-140.zip", "day")
    }

    private static func number(_ index: Int) -> String {
        let digits = String(100_000 + index)
        return "0200.\(digits.prefix(3)).\(digits.suffix(3))"
    }

    @Test func anUpdateGoesIntoItsTablesAndOneBadRowCostsItselfOnly() throws {
        let result = try space.run("import update-140.zip --json")
        #expect(result.status == 3, "\(result.output) \(result.error)")
        let sections = try #require(try result.json()["sections"] as? [[String: Any]])
        let tables = Dictionary(
            uniqueKeysWithValues: sections.map {
                ($0["table"] as? String ?? "", ($0["records"] as? [String: Int])?["inserted"])
            })
        #expect(
            tables == [
                "meta": 2, "enterprises": 500, "activities": Self.activities - 1, "enterprise_delete": 1,
                "activity_delete": 1,
            ])
        let reject = try #require(try space.run("rejects 1 --json").jsonArray().first)
        #expect(reject["section"] as? String == "activity_insert.csv")
        #expect(reject["line"] as? Int == 1_236)
        #expect(reject["code"] as? String == "format" && reject["field"] as? String == "StartDate")
        #expect((reject["message"] as? String)?.contains("31-02-2024") == true)
        let row = try Table.rows(
            space.file("register.db"),
            "SELECT id, start_date, _snapshot_date, _extract_number FROM activities WHERE nace_code = '10007'")
        #expect(row == ["3:0200.100.007_001_10007|3:1960-08-09|3:2024-05-01|3:140"])
    }

    @Test func theSameUpdateIsTriedFirstAndGivesTheSameCounts() throws {
        let trial = try space.run("import update-140.zip --dry-run --json")
        #expect(trial.status == 3)
        #expect(!FileManager.default.fileExists(atPath: space.file("register.db")))
        #expect(!FileManager.default.fileExists(atPath: space.file(".waybill")))
        let real = try space.run("import update-140.zip --json")
        #expect(try trial.json()["records"] as? [String: Int] == real.json()["records"] as? [String: Int])
    }
}
