import Foundation
import Testing

/// A CSV file that is read without any error and most likely not as it is meant.
@Suite struct MisreadTests {
    let space: Workspace

    init() throws { space = try Workspace() }

    @Test func aDoubtIsOnTheScreenInTheLogAndInTheExitCode() throws {
        try space.write("1,a,2.5\n2,b,3.5\n3,c,4.5\n", to: "n.csv")
        let quiet = try space.run("import n.csv --into sqlite:o.db -q")
        #expect(quiet.status == 3 && quiet.output.contains("probably misread: the first line"), "\(quiet)")
        #expect(try space.run("status 1").output.contains("misread"))
        let leftOut = try #require(try space.run("status 1 --json").json()["left_out"] as? [[String: Any]])
        #expect(leftOut.map { $0["kind"] as? String } == ["misread"])
        #expect(try space.run("import n.csv --into sqlite:p.db --dry-run").status == 3)
        #expect(try space.run("inspect n.csv").output.contains("--no-header"))
        #expect(try space.run("import n.csv --into sqlite:q.db --no-header").status == 0)
    }

    @Test(arguments: Store.Kind.allCases)
    func theTableThatAnImportLeftEmptyIsRefusedWithTheStatementThatDropsIt(_ kind: Store.Kind) throws {
        let store = try Store(kind, in: space)
        try space.write("id~v\n1~a\n", to: "r.csv")
        #expect(try space.run(["import", "r.csv", "--into", store.into, "--table", "r"]).status == 3)
        #expect(try space.run("rollback 1 --yes --no-backup").status == 0)
        let refused = try space.run(["import", "r.csv", "--into", store.into, "--table", "r", "--delimiter", "~"])
        #expect(refused.status == 2)
        #expect(refused.error.contains("import 1 created it") && refused.error.contains("DROP TABLE r;"), "\(refused)")
    }
}
