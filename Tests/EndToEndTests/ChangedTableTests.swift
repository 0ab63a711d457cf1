import Foundation
import Testing

/// What was changed under an import that did not end: the commands that are named work.
@Suite struct ChangedTableTests {
    private let space: Workspace

    init() throws { space = try Workspace() }

    private static let renamings: [(change: String, mending: String)] = [
        ("RENAME qty TO q2", "RENAME q2 TO qty"), ("DROP COLUMN qty", "ADD COLUMN qty integer"),
    ]

    @Test(arguments: Store.Kind.allCases, renamings)
    func aColumnThatIsAwayIsNamedWithWhatHelps(_ kind: Store.Kind, _ renaming: (change: String, mending: String)) throws
    {
        let store = try Store(kind, in: space)
        try store.execute("CREATE TABLE t (id integer PRIMARY KEY, qty integer)")
        try space.write("id,qty\n1,1\n2,x,y\n3,3\n4,4\n", to: "p.csv")
        let command = "import p.csv --into \(store.into) --table t --key id --mode upsert --chunk-size 2"
        try #require(try space.run("\(command) --on-error abort").status == 1)
        try store.execute("ALTER TABLE t \(renaming.change)")
        for attempt in ["resume 1 --on-error continue", "\(command) --on-error continue"] {
            let refused = try space.run(attempt)
            #expect(refused.status == 1 && refused.error.contains("no longer has the column qty"), "\(refused.error)")
            #expect(refused.error.contains("waybill resume 1") && refused.error.contains("waybill cancel 1"))
            #expect(!refused.error.contains("--new-columns") && !refused.error.contains("--skip-columns"))
        }
        try store.execute("ALTER TABLE t \(renaming.mending)")
        #expect(try space.run("resume 1 --on-error continue").status == 3)
        #expect(try store.rows("SELECT count(*) FROM t") == ["3"])
    }
}
