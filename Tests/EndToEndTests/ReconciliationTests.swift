import Foundation
import Testing

@Suite struct ReconciliationTests {
    private let space: Workspace
    private let whole: Uninterrupted
    /// In 120 chunks: on a slow disk one append takes the events of many, and a few appends must not be the whole import.
    private let importing =
        ["import", "catalogue-1.csv", "--into", "sqlite:shop.db", "--chunk-size", "25"] + Uninterrupted.arguments

    init() throws {
        space = try Workspace()
        try space.generate(3_000, bad: 1)
        whole = try Uninterrupted(space)
    }

    /// Kills a command when the log has so many more appends.
    private func kill(_ arguments: [String], afterAppends count: Int) throws {
        let result = try space.run(arguments, environment: ["WAYBILL_FAULT": "after-log-commit:\(count)"])
        try #require(result.status == -SIGKILL, "\(result.output) \(result.error)")
    }

    @Test func aDestinationRestoredFromACopyGetsItsLostChunksAgain() throws {
        try kill(importing, afterAppends: 4)
        try space.copyDatabase("shop.db", to: "backup.db")
        try kill(["resume", "1"], afterAppends: 5)
        try space.copyDatabase("backup.db", to: "shop.db")

        let resumed = try space.run("resume 1")
        #expect(resumed.status == 3, "\(resumed.error)")
        #expect(resumed.error.contains("lost by the database"))
        let chunks = try space.run("status 1 --json").json()["chunks"] as? [String: Int]
        #expect((chunks?["lost"] ?? 0) > 0)
        try whole.check(space)
    }

    @Test func aFinishedImportWhoseDestinationWasRestoredIsMadeWholeByResume() throws {
        try kill(importing, afterAppends: 6)
        try space.copyDatabase("shop.db", to: "backup.db")
        #expect(try space.run("resume 1").status == 3)
        #expect(try space.run("resume 1").status == 3, "an import that is whole is left alone")
        try space.copyDatabase("backup.db", to: "shop.db")
        #expect(try space.run("resume 1").status == 3)
        try whole.check(space)
    }

    @Test func aDestinationThatIsGoneIsFilledAgain() throws {
        try kill(importing, afterAppends: 6)
        for suffix in ["", "-wal", "-shm"] {
            try? FileManager.default.removeItem(atPath: space.file("shop.db" + suffix))
        }
        // It may only be away, so that nobody makes it but an import.
        #expect(try space.run("resume 1").status == 1)
        #expect(try space.run(importing).status == 3)
        try whole.check(space)
    }

    @Test func aTableThatWasDroppedMeanwhileStopsTheResume() throws {
        try kill(importing, afterAppends: 6)
        try Table.execute(space.file("shop.db"), "DROP TABLE catalogue")
        let resumed = try space.run("resume 1")
        #expect(resumed.status == 1, "\(resumed.output)")
        #expect(resumed.error.contains("no longer has the table catalogue"), "\(resumed.error)")
        #expect(try Table.rows(space.file("shop.db"), "SELECT 1 FROM sqlite_schema WHERE name = 'catalogue'") == [])
        #expect(try space.run(importing + ["--force"]).status == 3)
        expectSame(try Table.all(space.file("shop.db")), whole.rows)
    }

    @Test func aFinishedImportIsNotSkippedWhereItsDestinationIsGone() throws {
        #expect(try space.run(importing).status == 3)
        for suffix in ["", "-wal", "-shm"] {
            try? FileManager.default.removeItem(atPath: space.file("shop.db" + suffix))
        }
        #expect(try space.run(importing).status == 3)
        try whole.check(space)
    }

    @Test func aFinishedImportIsNotSkippedWhereItsTableWasDropped() throws {
        #expect(try space.run(importing).status == 3)
        try Table.execute(space.file("shop.db"), "DROP TABLE catalogue")
        #expect(try space.run(importing).status == 3)
        expectSame(try Table.all(space.file("shop.db")), whole.rows)
        #expect(try space.run("list --json").jsonArray().count == 2)
        #expect(try space.run(importing).output.contains("already imported the same bytes"))
    }

    @Test func aNumberThatARestoredLogGivesAgainTakesNoOtherTablesChunks() throws {
        try space.write("sku\nA\n", to: "items.csv")
        #expect(try space.run("import items.csv --into sqlite:shop.db").status == 0)
        try FileManager.default.copyItem(atPath: space.file(".waybill"), toPath: space.file("copy"))
        #expect(try space.run(importing + ["--log-dir", "copy", "--table", "first"]).status == 3)

        let refused = try space.run(importing + ["--table", "second"])
        #expect(refused.status == 1)
        #expect(refused.error.contains("is older than the destination"), "\(refused.error)")
        let resumed = try space.run("resume 2")
        #expect(resumed.status == 2, "\(resumed.output)")
        #expect(try Table.all(space.file("shop.db"), "second").isEmpty)
    }

    @Test func aLedgerThatSaysSomethingElseStopsTheResumeAndChangesNothing() throws {
        try kill(importing, afterAppends: 6)
        try Table.execute(space.file("shop.db"), "UPDATE _waybill_ledger SET entry = x'00' WHERE chunk = 2")
        let rows = try Table.all(space.file("shop.db"))
        let head = try space.run("log head").output
        let resumed = try space.run("resume 1")
        #expect(resumed.status == 1)
        #expect(resumed.error.contains("at chunk 2"), "\(resumed.error)")
        #expect(try Table.all(space.file("shop.db")) == rows)
        #expect(try space.run("log head").output == head)
    }

    @Test func aHoleInTheLedgerStopsTheResume() throws {
        try kill(importing, afterAppends: 6)
        try Table.execute(space.file("shop.db"), "DELETE FROM _waybill_ledger WHERE chunk = 1")
        let resumed = try space.run("resume 1")
        #expect(resumed.status == 1)
        #expect(resumed.error.contains("chunk 1"), "\(resumed.error)")
    }

    @Test func withTheLogGoneTheSameSourceIsRefusedBecauseTheLedgerKnowsIt() throws {
        try kill(importing, afterAppends: 6)
        try FileManager.default.removeItem(atPath: space.file(".waybill"))
        let rows = try Table.all(space.file("shop.db"))
        let again = try space.run(importing)
        #expect(again.status == 1)
        #expect(again.error.contains("another log"), "\(again.error)")
        #expect(try Table.all(space.file("shop.db")) == rows)
        #expect(try space.run("resume 1").status == 2)
        let forced = try space.run(importing + ["--force"])
        #expect(forced.status == 3, "\(forced.error)")
        expectSame(try Table.all(space.file("shop.db")), whole.rows)
    }

    @Test func ofTwoThatResumeOneWinsAndTheOtherSaysWhoHasIt() throws {
        try kill(importing, afterAppends: 4)
        // One record to a chunk, so that the winner is surely at work when the other comes.
        let winner = try space.start(["resume", "1", "--chunk-size", "1"])
        while winner.isRunning, try space.run("status 1 --json").json()["state"] as? String != "running" {
            usleep(1_000)
        }
        let loser = try space.run("resume 1")
        #expect(loser.status == 1)
        #expect(loser.error.contains("Import 1 is being run by process \(winner.processID) on "), "\(loser.error)")
        #expect(winner.wait().status == 3)
        try whole.check(space)
    }

    @Test func ofManyThatImportTheSameSourceAtOnceOnlyOneDoes() throws {
        let runs = try (0..<6).map { _ in try space.start(importing) }
        for end in runs.map({ $0.wait() }) {
            let isDone =
                end.output.contains("already imported the same bytes")
                || end.output.contains("import 1 partially succeeded")
            #expect(isDone || end.error.contains("Import 1 is being run by process"), "\(end)")
        }
        #expect(try space.run("list --json").jsonArray().count == 1)
        try whole.check(space)
    }

    @Test func theSameCommandAgainGoesOnWithTheInterruptedImport() throws {
        try kill(importing, afterAppends: 5)
        let again = try space.run(importing)
        #expect(again.status == 3)
        #expect(again.error.contains("import 1: catalogue-1.csv continues"), "\(again.error)")
        try whole.check(space)
        let once = try space.run(importing)
        #expect(once.status == 3, "as the import that did it")
        #expect(once.output.contains("to import it again: add --force"))
        #expect(try space.run("list --json").jsonArray().count == 1)
    }

    @Test func anInterruptedImportIsNotGoneOnWithInAnotherWay() throws {
        try kill(importing, afterAppends: 5)
        let otherwise = ["import", "catalogue-1.csv", "--into", "sqlite:shop.db", "--table", "catalogue"]
        let withoutKey = try space.run(otherwise)
        #expect(withoutKey.status == 1)
        #expect(withoutKey.error.contains("started with --mode upsert --key sku"), "\(withoutKey.error)")
    }

    @Test func aLogThatIsOlderThanItsDestinationIsNamedAsTheCause() throws {
        try FileManager.default.createDirectory(atPath: space.file("old"), withIntermediateDirectories: true)
        try space.write("sku\nA\n", to: "first.csv")
        try #require(try space.run("import first.csv --into sqlite:shop.db --table items").status == 0)
        try FileManager.default.removeItem(atPath: space.file("old"))
        try FileManager.default.copyItem(atPath: space.file(".waybill"), toPath: space.file("old"))
        try space.write("sku\nB\n", to: "second.csv")
        try #require(try space.run("import second.csv --into sqlite:shop.db --table items").status == 0)
        try space.write("sku\nC\n", to: "third.csv")
        let third = ["import", "third.csv", "--into", "sqlite:shop.db", "--table", "items", "--log-dir", "old"]
        let refused = try space.run(third)
        #expect(refused.status == 1)
        #expect(refused.error.contains("the log in") && refused.error.contains("is older than the destination"))
        #expect(try Table.all(space.file("shop.db"), "items") == ["3:A", "3:B"])
        #expect(try space.run(third).status == 0, "the next number is free")
        #expect(try Table.all(space.file("shop.db"), "items") == ["3:A", "3:B", "3:C"])
    }

    @Test func anInterruptedImportGoesOnFromWhereItsSourceWasMovedTo() throws {
        try kill(importing, afterAppends: 5)
        try FileManager.default.moveItem(atPath: space.file("catalogue-1.csv"), toPath: space.file("moved.csv"))
        let moved = try space.run(["import", "moved.csv", "--into", "sqlite:shop.db"] + Uninterrupted.arguments)
        #expect(moved.status == 3)
        #expect(moved.error.contains("import 1: moved.csv continues"), "\(moved.error)")
        try whole.check(space)
    }
}
