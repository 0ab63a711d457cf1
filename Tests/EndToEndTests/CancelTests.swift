import Foundation
import Testing

/// What `cancel` says stays in the table is what the table has.
@Suite struct CancelTests {
    let space: Workspace

    init() throws {
        space = try Workspace()
        try space.write("id,v\n" + (1...100).map { "\($0),a\n" }.joined(), to: "a.csv")
    }

    private func importing(into store: Store) -> [String] {
        ["import", "a.csv", "--into", store.into, "--table", "t", "--key", "id", "--chunk-size", "10"]
    }

    @Test(
        arguments: Store.Kind.allCases, ["before-destination-commit", "after-destination-commit", "before-log-commit"])
    func whatWasWrittenAndNotLoggedIsCounted(_ kind: Store.Kind, _ point: String) throws {
        let store = try Store(kind, in: space)
        let killed = try space.run(importing(into: store), environment: ["WAYBILL_FAULT": "\(point):4"])
        #expect(killed.status == -SIGKILL, "\(killed.output) \(killed.error)")
        let cancelled = try space.run("cancel 1")
        #expect(cancelled.status == 0, "\(cancelled.output) \(cancelled.error)")
        let rows = try store.tables().contains("t") ? try store.all("t").count : 0
        #expect(
            cancelled.output.contains("\(rows) read: \(rows) inserted; rows already written stay in the table"),
            "\(cancelled.output)")
        let status = try space.run("status 1 --json").json()
        #expect((status["records"] as? [String: Any])?["inserted"] as? Int == rows)
        #expect(try space.run("verify 1").status == 0)
        #expect(try space.run("log verify").status == 0)
        #expect(try space.run("replay --check").status == 0)
        let undone = try space.run("rollback 1 --yes")
        #expect(undone.output.contains("import 1 rolled back: \(rows) changes undone"), "\(undone.output)")
    }

    @Test(arguments: Store.Kind.allCases)
    func anImportOfWhichARollbackTookAPartIsNotCancelled(_ kind: Store.Kind) throws {
        let store = try Store(kind, in: space)
        #expect(try space.run(importing(into: store)).status == 0)
        let killed = try space.run("rollback 1 --yes", environment: ["WAYBILL_FAULT": "after-reversal-commit:4"])
        #expect(killed.status == -SIGKILL, "\(killed.output) \(killed.error)")
        let refused = try space.run("cancel 1")
        #expect(refused.status == 2, "\(refused.output)")
        #expect(refused.error.contains("waybill rollback 1"), "\(refused.error)")
        #expect(try space.run("rollback 1 --yes").status == 0)
        #expect(try store.all("t").isEmpty)
    }

    @Test func aDatabaseThatCannotBeAskedIsSaidSo() throws {
        let store = try Store(.sqlite, in: space)
        let killed = try space.run(importing(into: store), environment: ["WAYBILL_FAULT": "after-destination-commit:4"])
        #expect(killed.status == -SIGKILL)
        for suffix in ["", "-wal", "-shm"] {
            try? FileManager.default.removeItem(atPath: space.file("shop.db" + suffix))
        }
        let cancelled = try space.run("cancel 1")
        #expect(cancelled.status == 0, "\(cancelled.output) \(cancelled.error)")
        #expect(cancelled.output.contains("the database could not be checked"), "\(cancelled.output)")
        let reason = try space.run("status 1 --json").json()["reason"] as? String
        #expect(reason?.contains("the database could not be checked") == true, "\(reason ?? "")")
    }

    @Test(arguments: Store.Kind.allCases)
    func whatARollbackOfSomeRowsTookIsNotSaidToStay(_ kind: Store.Kind) throws {
        let store = try Store(kind, in: space)
        let killed = try space.run(importing(into: store), environment: ["WAYBILL_FAULT": "after-destination-commit:4"])
        #expect(killed.status == -SIGKILL)
        #expect(try space.run("rollback --where id=3 --yes").status == 0)
        let cancelled = try space.run("cancel 1")
        #expect(
            cancelled.output.contains(
                "rows already written stay in the table, except for 1 change that a rollback undid"))
    }
}
