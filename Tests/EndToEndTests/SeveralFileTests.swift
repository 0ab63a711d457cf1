import Foundation
import Testing

/// Several files in one command: where they go, what is said of each, and what becomes of those that cannot begin.
@Suite struct SeveralFileTests {
    let space: Workspace

    init() throws {
        space = try Workspace()
        try space.write("id,v\n1,a\n2,b\n", to: "prices-2024-01.csv")
        try space.write("v,id\nc,3\n", to: "prices-2024-02.csv")
        try space.write("id,v\n4,d\n5,e,f\n", to: "jan.csv")
        try space.write("id,w\n6,x\n", to: "other.csv")
        try space.write(#"[{"v":"j","id":7}]"#, to: "prices.json")
        try space.write("", to: "empty.csv")
        try Data((0..<400).map { _ in UInt8.random(in: 128...255) } + [0, 0, 0]).write(
            to: URL(fileURLWithPath: space.file("binary.csv")))
        try space.tool("gzip", "-k", "prices-2024-01.csv")
        try space.tool("zip", "-q", "z.zip", "other.csv", "jan.csv")
    }

    @Test(arguments: [
        // The columns agree, in any order and format.
        ("prices-2024-01.csv prices-2024-02.csv", 0, ["prices": 3]),
        ("prices-2024-01.csv.gz prices-2024-02.csv prices.json", 0, ["prices": 4]),
        ("jan.csv prices-2024-01.csv", 3, ["jan": 3]),
        // A file that is broken today does not change the name.
        ("prices-2024-01.csv prices-2024-03.csv", 1, ["prices": 2]),
        ("missing.csv jan.csv", 1, ["jan": 1]),
        // They differ, and somebody says where they go.
        ("other.csv jan.csv --yes", 3, ["other": 1, "jan": 1]),
        // An archive's tables are its own.
        ("prices-2024-01.csv z.zip", 3, ["prices-2024-01": 2, "other": 1, "jan": 1]),
    ])
    func filesGoIntoOneTableWhereTheirColumnsAgree(_ line: String, _ status: Int32, _ rows: [String: Int]) throws {
        let result = try space.run("import \(line) --into sqlite:t.db")
        #expect(result.status == status, "\(result)")
        var found: [String: Int] = [:]
        for table in try Table.tables(space.file("t.db")) {
            found[table] = try Table.all(space.file("t.db"), table).count
        }
        #expect(found == rows, "\(result)")
    }

    @Test(arguments: ["", "--json", "--dry-run", "--batch-id B", "--quiet"])
    func whereTheColumnsDifferNothingIsWritten(_ flags: String) throws {
        let result = try space.run("import jan.csv other.csv --into sqlite:t.db \(flags)")
        #expect(result.status == 2, "\(result)")
        #expect(result.error.contains("other.csv lacks v and has w, unlike jan.csv"), "\(result)")
        #expect(
            result.error.contains("--table NAME") && result.error.contains("a table of each file's own: --yes"),
            "\(result)")
        #expect(!FileManager.default.fileExists(atPath: space.file("t.db")))
        #expect(!FileManager.default.fileExists(atPath: space.file(".waybill")))
    }

    /// One table that is named is no question, whatever the columns are; nor are tables that waybill.yaml names.
    @Test func aNamedTableIsNoQuestion() throws {
        #expect(try space.run("import jan.csv other.csv --into sqlite:t.db --table t").status == 1)
        #expect(try Table.tables(space.file("t.db")) == ["t"])
        try space.write(
            "sources: {a: {match: jan.csv, table: a}, b: {match: other.csv, table: b}}", to: "waybill.yaml")
        let line = "import jan.csv other.csv --into sqlite:u.db --batch-id B"
        #expect(try space.run(line).status == 3)
        #expect(try Table.tables(space.file("u.db")) == ["a", "b"])
        #expect(try space.run("group status B --json").json()["received_parts"] as? Int == 2)
    }

    @Test func eachFileHasALineAndTheSummaryHasTheFailures() throws {
        let files = "prices-2024-01.csv empty.csv jan.csv missing.csv prices-2024-02.csv"
        let result = try space.run("import \(files) --into sqlite:t.db --table t")
        #expect(result.status == 1)
        #expect(
            result.output.hasPrefix(
                """
                import 1: prices-2024-01.csv succeeded, 2 read: 2 inserted
                import 3: jan.csv partially succeeded, 2 read: 1 inserted, 1 rejected
                import 5: prices-2024-02.csv succeeded, 1 read: 1 inserted
                5 files: 3 imported, 2 failed
                  5 read: 4 inserted, 1 rejected
                  failed: empty.csv (import 2): the file is empty: it has no header
                  failed: missing.csv (import 4): Cannot open \(space.real("missing.csv")): No such file or directory.
                  see why: waybill
                """), "\(result.output)")
        let again = try space.run("import \(files) --into sqlite:t.db --table t")
        #expect(again.status == 1 && again.output.contains("5 files: 3 skipped, 2 failed"), "\(again)")
        #expect(try Table.all(space.file("t.db"), "t").count == 4)
        let trial = try space.run("import \(files) --into sqlite:n.db --table t --dry-run")
        #expect(trial.status == 1 && trial.output.contains("5 files: 3 tried, 2 failed"), "\(trial)")
    }

    @Test func whatCannotBeginIsInTheLogAsFailed() throws {
        let files = "prices-2024-01.csv empty.csv binary.csv missing.csv other.csv prices-2024-02.csv"
        let result = try space.run("import \(files) --into sqlite:t.db --table t --batch-id B --json")
        #expect(result.status == 1)
        #expect(try result.jsonArray().map { $0["import"] as? Int } == [1, 2, 3, 4, 5, 6])
        let list = try space.run("list --json").jsonArray()
        #expect(
            list.reversed().map { $0["state"] as? String } == ["succeeded"] + Array(repeating: "failed", count: 4) + [
                "succeeded"
            ])
        #expect(list.allSatisfy { ($0["state"] as? String == "failed") == !($0["reason"] is NSNull) }, "\(list)")
        let group = try space.run("group status B --json").json()
        #expect(group["failed_parts"] as? [Int] == [2, 3, 4, 5] && group["missing_parts"] as? [Int] == [], "\(group)")
        #expect(try space.run("status 4").status == 1)
        for command in ["resume 4", "rollback 4 --yes", "verify 4"] {
            let refused = try space.run(command)
            #expect(refused.status == 2 && refused.error.contains("could not start"), "\(command): \(refused)")
        }
        #expect(try space.run("replay --check").status == 0)
        #expect(try space.run("rollback --last --yes --no-backup").output.contains("import 6 rolled back"))
        // The same file, mended, is no import that goes on.
        try space.write("id,v\n9,z\n", to: "empty.csv")
        let mended = try space.run(
            "import empty.csv --into sqlite:t.db --table t --batch-id B --part 2 --total-parts 6")
        #expect(mended.status == 0 && mended.error.contains("import 7:"), "\(mended)")
        #expect(try space.run("group status B --json").json()["failed_parts"] as? [Int] == [3, 4, 5])
    }

    /// One file alone leaves a trace only where a batch waits for it.
    @Test func aSingleFileThatCannotBeginIsNotedForItsBatchOnly() throws {
        #expect(try space.run("import empty.csv --into sqlite:t.db").status == 1)
        #expect(try space.run("list --json").jsonArray().isEmpty)
        let part = try space.run("import empty.csv --into sqlite:t.db --batch-id B --part 1 --total-parts 2")
        #expect(part.status == 1 && part.error.contains("recorded as import 1"), "\(part)")
        #expect(try space.run("group status B --json").json()["failed_parts"] as? [Int] == [1])
    }

    /// What another try may mend is not the file's: it is in no log.
    @Test func aDestinationThatIsAwayFailsNoFile() throws {
        let result = try space.run("import jan.csv prices-2024-01.csv --into postgres://u@127.0.0.1:1/d --table t")
        #expect(result.status == 1, "\(result)")
        #expect(try space.run("list --json").jsonArray().isEmpty)
    }
}

extension Workspace {
    /// A file's path as the binary sees it.
    fileprivate func real(_ name: String) -> String {
        URL(fileURLWithPath: path).resolvingSymlinksInPath().path + "/" + name
    }
}
