import Foundation
import Testing

/// What a record does to a row with its key, as somebody sees it who runs the command.
@Suite struct ModeTests {
    private let space: Workspace

    init() throws {
        space = try Workspace()
        try space.write("k,v\n1,a\n2,b\n", to: "day1.csv")
        try space.write("k,v\n1,CHANGED\n2,b\n3,c\n", to: "day2.csv")
        try space.write("k,v\n2,bb\n9,z\n", to: "prices.csv")
    }

    private func importing(_ file: String, into store: Store, _ options: String) throws -> Finished {
        try space.run("import \(file) --into \(store.into) --table t --key k \(options)")
    }

    @Test(arguments: Store.Kind.allCases, ["--on-duplicate skip", "--config skip.yaml"])
    func aGrowingExportAddsItsNewRows(_ kind: Store.Kind, _ options: String) throws {
        try space.write("sources: {days: {match: '*', on_duplicate: skip}}", to: "skip.yaml")
        let store = try Store(kind, in: space)
        #expect(try importing("day1.csv", into: store, options).status == 0)
        let result = try importing("day2.csv", into: store, options)
        #expect(result.status == 0, "\(result)")
        #expect((result.output + result.error).contains("3 read: 1 inserted, 2 skipped"), "\(result)")
        #expect(try store.rows("SELECT v FROM t ORDER BY k") == ["a", "b", "c"])
        #expect(try space.run("status 2 --json").output.contains(#""on_duplicate" : "skip""#))
        #expect(try space.run("verify 2").status == 0)
        #expect(try space.run("rollback 2 --yes").status == 0)
        #expect(try store.rows("SELECT v FROM t ORDER BY k") == ["a", "b"])
    }

    /// What was rejected is sent again in the mode that the log has.
    @Test(arguments: Store.Kind.allCases) func aRecordWithoutARowIsSentAgainOnceThereIsOne(_ kind: Store.Kind) throws {
        let store = try Store(kind, in: space)
        #expect(try importing("day1.csv", into: store, "").status == 0)
        let dry = try importing("prices.csv", into: store, "--mode update --dry-run")
        #expect(dry.status == 3 && (dry.output + dry.error).contains("1 updated, 1 rejected"), "\(dry)")
        #expect(try store.rows("SELECT v FROM t ORDER BY k") == ["a", "b"])
        #expect(try importing("prices.csv", into: store, "--mode update").status == 3)
        #expect(try space.run("errors 2 --output bad.csv").status == 0)
        #expect(try importing("day2.csv", into: store, "--mode upsert").status == 0)
        try space.write("k,v\n9,y\n", to: "nine.csv")
        #expect(try importing("nine.csv", into: store, "").status == 0)
        #expect(try space.run("resubmit 2 bad.csv").status == 0)
        #expect(try store.rows("SELECT v FROM t ORDER BY k") == ["CHANGED", "b", "c", "z"])
    }
}
