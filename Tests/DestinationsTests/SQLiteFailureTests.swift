import Destinations
import Glibc
import Records
import Testing

/// Failures that are not a record's fault.
@Suite struct SQLiteFailureTests {
    @Test func aMissingDirectoryIsAnErrorThatNamesIt() throws {
        let error = #expect(throws: DataError.self) { try SQLiteDestination(path: "/nowhere/at/all/shop.db") }
        #expect(error?.message.contains("the directory /nowhere/at/all does not exist") == true)
        #expect(error?.remedy != nil)
        #expect(access("/nowhere", F_OK) != 0)
    }

    @Test func aFileThatIsNoDatabaseIsLeftAlone() throws {
        let database = try TestDatabase()
        let file = fopen(database.path, "w")
        fputs(String(repeating: "sku,name\n", count: 200), file)
        fclose(file)
        let error = #expect(throws: DataError.self) { try SQLiteDestination(path: database.path) }
        #expect(error?.message.contains("is not an SQLite database") == true)
    }

    @Test func aDirectoryIsNoDatabase() throws {
        let error = #expect(throws: DataError.self) { try SQLiteDestination(path: "/tmp") }
        #expect(error?.message == "/tmp is a directory")
    }

    @Test(arguments: ["", ":memory:"]) func aDatabaseWithoutAFileIsRefused(_ path: String) {
        #expect(throws: DataError.self) { try SQLiteDestination(path: path) }
    }

    /// SQLite itself would continue the file that it has open, whose rows nobody would ever see.
    @Test(arguments: [false, true]) func aFileThatIsReplacedOrDeletedIsNotGoneOnWith(_ isReplaced: Bool) throws {
        let database = try TestDatabase()
        let destination = try database.destination
        _ = try destination.prepare(.of(["sku"]))
        try database.write([["a"]])
        try destination.makeDurable()
        rename(database.path, database.path + ".old")
        if isReplaced { fclose(fopen(database.path, "w")) }
        for work in [{ try database.write([["b"]]) }, { try destination.makeDurable() }] as [() throws -> Void] {
            let error = #expect(throws: DataError.self, performing: work)
            #expect(error?.code == .conflict && error?.message.contains("moved, replaced or deleted") == true)
        }
        rename(database.path + ".old", database.path)
        try database.write([["b"]])
        #expect(try database.values("sku") == ["a", "b"])
    }

    @Test func theSwitchToWALWaitsForWhoeverHasTheDatabase() throws {
        let database = try TestDatabase()
        let path = database.path
        let holder = try SQLiteConnection(path: path, busyTimeout: .zero)
        try holder.execute("PRAGMA journal_mode = DELETE")
        try holder.execute("BEGIN IMMEDIATE")
        let opening = Concurrently { _ = try SQLiteConnection(path: path, busyTimeout: .seconds(10)) }
        usleep(300_000)
        try holder.execute("COMMIT")
        try opening.result()
    }

    @Test func aDatabaseThatIsNotInWALModeIsSwitched() throws {
        let database = try TestDatabase()
        try database.run("CREATE TABLE a (x)", "PRAGMA journal_mode = DELETE")
        _ = try database.destination.prepare(.of(["sku"]))
        #expect(try database.destination.connection.query("PRAGMA journal_mode") { $0.text(0) } == ["wal"])
        #expect(try database.destination.connection.query("PRAGMA synchronous") { $0.integer(0) } == [2])
    }

    @Test func aSecondWriterIsToldThatTheDatabaseIsBusy() throws {
        let database = try TestDatabase()
        _ = try database.destination.prepare(.of(["sku"]))
        let other = try SQLiteConnection(path: database.path, busyTimeout: .zero)
        try other.execute("BEGIN IMMEDIATE")
        let error = #expect(throws: DataError.self) { try database.write([["a"]]) }
        #expect(error?.code == .busy)
        #expect(error?.remedy != nil)
        try other.execute("ROLLBACK")
        #expect(try database.write([["a"]]).inserted == 1)
    }

    @Test func aFullDiskLosesNothingAndWritingGoesOnAfterwards() throws {
        let database = try TestDatabase()
        _ = try database.destination.prepare(.of(["sku", "text"], key: ["sku"]))
        try database.write([["a", "x"]])
        let connection = try database.destination.connection
        let pages = try connection.query("PRAGMA page_count") { $0.integer(0) }[0]
        try connection.execute("PRAGMA max_page_count = \(pages + 2)")
        let big = (0..<100).map { ["k\($0)", String(repeating: "x", count: 1000)] as [String?] }
        let error = #expect(throws: DataError.self) { try database.write(big) }
        #expect(error?.code == .noSpace)
        #expect(error?.message.contains("disk full?") == true)
        #expect(try database.values("sku") == ["a"])
        #expect(try database.query("SELECT count(*) FROM _waybill_ledger") == ["1"])
        try connection.execute("PRAGMA max_page_count = 1000000")
        #expect(try database.write(big).inserted == 100)
    }

    @Test func aDiskThatFillsUpWhileAColumnIsWidenedLosesNothing() throws {
        let database = try TestDatabase()
        _ = try database.destination.prepare(.of(["sku", "n?integer"], key: ["sku"]))
        try database.write((0..<1000).map { ["key-number-\($0)", "\($0)"] })
        let connection = try database.destination.connection
        try connection.execute("PRAGMA max_page_count = 20")
        let error = #expect(throws: DataError.self) { try database.write([["b", "007"]]) }
        #expect(error?.code == .noSpace)
        try connection.execute("PRAGMA max_page_count = 1000000")
        #expect(try database.write([["b", "007"]]).widened.map(\.name) == ["n"])
        #expect(try database.query("SELECT count(*) FROM products") == ["1001"])
    }

    @Test func aTransactionThatWasNotCommittedLeavesNeitherRowsNorReceipt() throws {
        struct Killed: Error {}
        let database = try TestDatabase()
        _ = try database.destination.prepare(.of(["sku"]))
        #expect(throws: Killed.self) {
            let key = LedgerKey(logID: "log", importID: 1, chunk: 1)
            _ = try database.destination.write(.rows([["a"]]), key: key) { _ in
                let rows = try database.destination.connection.query("SELECT sku FROM products") { $0.text(0) }
                #expect(rows == ["a"])
                throw Killed()
            }
        }
        database.close()
        #expect(try database.values("sku").isEmpty)
        #expect(try database.destination.receipts(logID: "log", importID: 1).isEmpty)
    }

    @Test func aTableDroppedMeanwhileIsAnError() throws {
        let database = try TestDatabase()
        _ = try database.destination.prepare(.of(["sku"]))
        try database.write([["a"]])
        try database.run("DROP TABLE products")
        let error = #expect(throws: DataError.self) { try database.write([["b"]]) }
        #expect(error?.message.contains("no longer in \(database.path)") == true)
    }

    @Test func aColumnAddedMeanwhileDoesNotStopTheImport() throws {
        let database = try TestDatabase()
        _ = try database.destination.prepare(.of(["sku"]))
        try database.write([["a"]])
        try database.run("ALTER TABLE products ADD COLUMN note TEXT DEFAULT 'n'")
        try database.write([["b"]])
        #expect(try database.values("sku, note") == ["a|n", "b|n"])
    }

    @Test func aTooLongExcerptIsCut() throws {
        let database = try TestDatabase()
        _ = try database.destination.prepare(.of(["n:integer"]))
        let outcome = try database.write([[String(repeating: "x", count: 5000)]])
        #expect(outcome.rejects[0].message.utf8.count < 160)
        #expect(outcome.rejects[0].raw.count == 5001)
    }
}
