import Foundation
import Testing

/// The same bytes again: they are in the table only where their rows are.
@Suite struct SameBytesTests {
    private let space: Workspace
    private static let monday = "id,v\n1,x\n2,y\n3,z\n"
    private static let tuesday = "id,v\n1,xx\n2,y\n"

    init() throws {
        space = try Workspace()
        try space.write(Self.monday, to: "mon.csv")
        try space.write(Self.tuesday, to: "tue.csv")
    }

    private func importing(_ files: String..., into store: Store, _ options: String) throws -> Finished {
        let words = options.split(separator: " ").map(String.init)
        return try space.run(["import"] + files + ["--into", store.into, "--table", "t"] + words)
    }

    // MARK: A later import changed the rows

    @Test(arguments: Store.Kind.allCases, ["upsert", "upsert --no-undo", "versioned"])
    func aFeedThatReturnsToAnEarlierStateIsImportedAgain(_ kind: Store.Kind, _ mode: String) throws {
        let store = try Store(kind, in: space)
        let options = "--key id --mode \(mode)"
        for file in ["mon.csv", "tue.csv"] { #expect(try importing(file, into: store, options).status == 0) }
        try space.write(Self.monday, to: "wed.csv")
        let again = try importing("wed.csv", into: store, options)
        #expect(again.status == 0 && !again.output.contains("already"), "\(again.output)\(again.error)")
        #expect(again.error.contains("but import 2 changed rows of t since: importing again"), "\(again.error)")
        let current = mode == "versioned" ? (kind == .sqlite ? "WHERE is_current = 1" : "WHERE is_current") : ""
        #expect(try store.rows("SELECT v FROM t \(current) ORDER BY id") == ["x", "y", "z"])
        if mode == "versioned" { #expect(try store.rows("SELECT max(version) FROM t WHERE id = 1") == ["3"]) }
        // Now they are there.
        for file in ["wed.csv", "mon.csv"] {
            #expect(try importing(file, into: store, options).output.contains("already"), "\(file)")
        }
        #expect(try importing("tue.csv", into: store, options).status == 0)
        #expect(try store.rows("SELECT v FROM t \(current) ORDER BY id") == ["xx", "y", "z"])
    }

    @Test(arguments: Store.Kind.allCases) func rowsThatCameBackAreDeletedAgain(_ kind: Store.Kind) throws {
        let store = try Store(kind, in: space)
        #expect(try importing("mon.csv", into: store, "--key id --mode upsert").status == 0)
        try space.write("id\n1\n3\n", to: "gone.csv")
        #expect(try importing("gone.csv", into: store, "--key id --mode delete").status == 0)
        #expect(try importing("gone.csv", into: store, "--key id --mode delete").output.contains("already"))
        // One comes back.
        #expect(try importing("tue.csv", into: store, "--key id --mode upsert").status == 0)
        #expect(try importing("gone.csv", into: store, "--key id --mode delete").status == 0)
        #expect(try store.all("t", "id") == ["2"])
    }

    @Test(arguments: Store.Kind.allCases) func laterImportsOfOtherRowsChangeNothing(_ kind: Store.Kind) throws {
        let store = try Store(kind, in: space)
        try space.write("id,v\n7,a\n", to: "a.csv")
        try space.write("id,v\n7,b\n", to: "b.csv")
        for file in ["mon.csv", "a.csv", "b.csv"] {
            #expect(try importing(file, into: store, "--key id --mode upsert").status == 0)
        }
        #expect(try importing("mon.csv", into: store, "--key id --mode upsert").output.contains("already"))
        #expect(try space.run("rollback 3 --yes").status == 0)
        #expect(try importing("a.csv", into: store, "--key id --mode upsert").output.contains("already"))
    }

    @Test(arguments: Store.Kind.allCases) func theSameFilesOnceMoreAreSkipped(_ kind: Store.Kind) throws {
        let store = try Store(kind, in: space)
        for turn in 1...2 {
            let ended = try importing("mon.csv", "tue.csv", into: store, "--key id --mode versioned")
            #expect(ended.status == 0 && ended.output.contains("already") == (turn == 2), "\(ended.output)")
        }
        #expect(try space.run("list --json").jsonArray().count == 2)
        #expect(try store.rows("SELECT count(*) FROM t") == ["4"])
    }

    @Test(arguments: Store.Kind.allCases) func aPartThatComesTwiceIsOneDelivery(_ kind: Store.Kind) throws {
        let store = try Store(kind, in: space)
        func deliver(_ file: String, _ part: Int) throws -> Finished {
            try importing(file, into: store, "--key id --mode upsert --batch-id B --total-parts 2 --part \(part)")
        }
        #expect(try deliver("mon.csv", 1).status == 0 && deliver("tue.csv", 2).status == 0)
        #expect(try deliver("mon.csv", 1).output.contains("already"))
        #expect(try store.rows("SELECT v FROM t ORDER BY id") == ["xx", "y", "z"])
    }

    @Test(arguments: Store.Kind.allCases)
    func whatAnInterruptedImportChangedIsDecidedFirst(_ kind: Store.Kind) throws {
        let store = try Store(kind, in: space)
        let options = "--key id --mode upsert --chunk-size 1"
        #expect(try importing("mon.csv", into: store, options).status == 0)
        let killed = try space.run(
            "import tue.csv --into \(store.into) --table t \(options)",
            environment: ["WAYBILL_FAULT": "after-destination-commit:1"])
        try #require(killed.status == -SIGKILL, "\(killed)")
        let refused = try importing("mon.csv", into: store, options)
        #expect(refused.status == 1 && refused.error.contains("waybill resume 2"), "\(refused.output)\(refused.error)")
        // The same command as before continues it.
        #expect(try importing("mon.csv", "tue.csv", into: store, options).status == 0)
        #expect(try store.rows("SELECT v FROM t ORDER BY id") == ["xx", "y", "z"])
    }

    // MARK: A part was rolled back

    @Test(arguments: Store.Kind.allCases) func whatARollbackOfSomeRowsTookIsImportedAgain(_ kind: Store.Kind) throws {
        let store = try Store(kind, in: space)
        #expect(try importing("mon.csv", into: store, "--key id --mode upsert").status == 0)
        #expect(try space.run("rollback --where id=2 --yes").status == 0)
        let listed = try space.run("list").output
        #expect(listed.contains("rolled back") && listed.contains("in part"), "\(listed)")
        #expect(try space.run("status 1").output.contains("in part: 1 change undone"))
        let again = try importing("mon.csv", into: store, "--key id --mode upsert")
        #expect(again.status == 0 && again.error.contains("a part of it was rolled back"), "\(again.error)")
        #expect(try store.all("t", "id") == ["1", "2", "3"])
        #expect(try importing("mon.csv", into: store, "--key id --mode upsert").output.contains("already"))
    }

    @Test(arguments: Store.Kind.allCases) func rowsThatHaveNoKeyAreNotDoubledForThat(_ kind: Store.Kind) throws {
        let store = try Store(kind, in: space)
        #expect(try importing("mon.csv", into: store, "").status == 0)
        #expect(try space.run("rollback --where id=2 --yes").status == 0)
        let refused = try importing("mon.csv", into: store, "")
        #expect(
            refused.status == 1 && refused.error.contains("1 was rolled back"),
            "\(refused.output)\(refused.error)")
        #expect(try space.run("rollback 1 --yes").status == 0)
        #expect(try importing("mon.csv", into: store, "").status == 0)
        #expect(try store.all("t", "id") == ["1", "2", "3"])
        // Where nothing is left, others' rows are not the import's.
        try space.write("id,v\n8,x\n", to: "other.csv")
        #expect(try importing("other.csv", into: store, "").status == 0)
        for id in 1...3 { #expect(try space.run("rollback --where id=\(id) --yes --no-backup").status == 0) }
        #expect(try importing("mon.csv", into: store, "").status == 0)
        #expect(try store.all("t", "id") == ["1", "2", "3", "8"])
    }

    @Test func whatARestoreHadToLeaveOutIsImportedAgain() throws {
        let store = try Store(.postgres, in: space)
        #expect(try importing("mon.csv", into: store, "--key id --mode upsert").status == 0)
        #expect(try space.run("rollback 1 --yes").status == 0)
        try space.write("id,v\n2,other\n", to: "two.csv")
        #expect(try importing("two.csv", into: store, "--key id --mode upsert").status == 0)
        let name = try #require(try space.run("backup list --json").jsonArray().first?["name"] as? String)
        #expect(try space.run("backup restore \(name) --yes").status == 3)
        #expect(try space.run("verify 1").status == 0)
        #expect(try space.run("rollback 2 --yes --no-backup").status == 0)
        #expect(try store.all("t", "id") == ["1", "3"])
        let again = try importing("mon.csv", into: store, "--key id --mode upsert")
        #expect(again.status == 0 && !again.output.contains("already"), "\(again.output)")
        #expect(try store.all("t", "id") == ["1", "2", "3"])
    }
}
