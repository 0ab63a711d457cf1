import Foundation
import Testing

/// Feeds of a product catalogue: payloads that are parts of a batch, and limits for each source.
@Suite struct SystemBTests {
    let space: Workspace
    init() throws { space = try Workspace() }

    private func write(_ part: Int, of total: Int, items: Range<Int>, metadataLast: Bool = false) throws {
        let metadata =
            #""batch_id": "b-7", "batch_part": \#(part), "batch_total_parts": \#(total), "batch_total_items": 90, "#
            + #""timestamp": "2026-11-21T03:00:00Z""#
        let items = #""items": [\#(items.map { #"{"sku": "S\#($0)", "price": \#($0).10}"# }.joined(separator: ", "))]"#
        try space.write(
            "{\(metadataLast ? "\(items), \(metadata)" : "\(metadata), \(items)")}", to: "part-\(part).json")
    }

    private let into = "--into sqlite:shop.db --table products --key sku --mode upsert"

    @Test func thePartsOfABatchNeedNoFlagsAndMayComeInAnyOrder() throws {
        try write(3, of: 3, items: 60..<90, metadataLast: true)
        try write(1, of: 3, items: 0..<30)
        #expect(try space.run("import part-3.json \(into)").status == 0)
        #expect(try space.run("import part-1.json \(into)").status == 0)
        var group = try space.run("group status b-7 --json")
        #expect(group.status == 4)
        #expect(try group.json()["missing_parts"] as? [Int] == [2])
        #expect(try group.json()["total_items"] as? Int == 90)
        try write(2, of: 3, items: 30..<60)
        // The same part on standard input is the same part.
        #expect(
            try space.run(["import", "-"] + into.split(separator: " ").map(String.init), input: "part-2.json").status
                == 0)
        group = try space.run("group status b-7 --json")
        #expect(try group.json()["state"] as? String == "complete")
        #expect(try space.run("import part-2.json \(into)").status == 0)
        group = try space.run("group status b-7 --json")
        #expect(try group.json()["conflicting_parts"] as? [Int] == [], "the same bytes are no conflict")
        #expect(try Table.all(space.file("shop.db"), "products").count == 90)
    }

    @Test func aPartBeyondTheTotalIsRefused() throws {
        try write(4, of: 3, items: 0..<3)
        let refused = try space.run("import part-4.json \(into)")
        #expect(refused.status == 1)
        #expect(refused.error.contains("`batch_part` is 4, but `batch_total_parts` is 3"), "\(refused.error)")
        #expect(!FileManager.default.fileExists(atPath: space.file("shop.db")))
    }

    private func catalogue(_ count: Int) throws {
        try space.write("sku,price\n" + (0..<count).map { "S\($0),\($0).10\n" }.joined(), to: "feed.csv")
        try space.write(
            """
            sources:
              feed: {match: feed.csv, into: "sqlite:shop.db", table: products, max_records: 1000, warn_records: 500}
            """, to: "waybill.yaml")
    }

    @Test func aSourceOverItsLimitIsRefusedWithTheSettingInForceAndWhoSetIt() throws {
        try catalogue(1_001)
        let byFile = try space.run("import feed.csv")
        #expect(byFile.status == 2)
        #expect(byFile.error.contains("max_records is 1000 (set by waybill.yaml, line 2)"), "\(byFile.error)")
        let byEnvironment = try space.run("import feed.csv", environment: ["WAYBILL_MAX_RECORDS": "100"])
        #expect(byEnvironment.error.contains("max_records is 100 (set by WAYBILL_MAX_RECORDS)"))
        let byFlag = try space.run(
            "import feed.csv --max-records 10", environment: ["WAYBILL_MAX_RECORDS": "100"])
        #expect(byFlag.error.contains("max_records is 10 (set by --max-records)"), "\(byFlag.error)")
        #expect(byFlag.error.contains("--on-max-records split"))
        #expect(!FileManager.default.fileExists(atPath: space.file("shop.db")), "nothing was written")
        let enough = try space.run("import feed.csv --max-records 1001")
        #expect(enough.status == 0)
        #expect(enough.error.contains("warn_records is 500 (set by waybill.yaml, line 2)"), "\(enough.error)")
    }

    @Test(arguments: ["csv", "json", "sql"])
    func aSourceOverItsLimitIsSplitIntoPartsOfABatch(_ format: String) throws {
        let rows = (0..<2_500)
        switch format {
        case "json":
            try space.write("[\(rows.map { "{\"sku\": \"S\($0)\"}" }.joined(separator: ",\n"))]", to: "feed.json")
        case "sql":
            try space.write(
                "INSERT INTO t (sku) VALUES \(rows.map { "('S\($0)')" }.joined(separator: ",\n"));", to: "feed.sql")
        default: try space.write("sku\n" + rows.map { "S\($0)\n" }.joined(), to: "feed.csv")
        }
        let command =
            "import feed.\(format) --into sqlite:shop.db --table t --max-records 1000 --on-max-records split"
        // Killed in the second part, the same command goes on.
        let crashed = try space.run(
            command + " --chunk-size 300", environment: ["WAYBILL_FAULT": "after-destination-commit:6"])
        #expect(crashed.status == -SIGKILL)
        let again = try space.run(command + " --json")
        #expect(again.status == 0, "\(again.error)")
        let imports = try space.run("list --json").jsonArray().reversed()
        #expect(imports.map { ($0["records"] as? [String: Int])?["inserted"] } == [1_000, 1_000, 500])
        let groups = try space.run("group list --json").jsonArray()
        #expect(groups.first?["state"] as? String == "complete")
        #expect(groups.first?["total_parts"] as? Int == 3)
        #expect(try Table.all(space.file("shop.db"), "t") == rows.map { "3:S\($0)" })
        let third = try space.run(command + " --json")
        #expect(third.status == 0)
        #expect(try space.run("list --json").jsonArray().count == 3, "the parts are there already")
    }
}
