import Destinations
import Foundation
import Records
import Testing

/// SQLite gives rows without a key of their own other numbers when it rewrites a table; what an import wrote stays known.
@Suite struct RowNumberTests {
    /// What gives all rows of `t` other rowids.
    enum Rewriting: String, CaseIterable, CustomTestStringConvertible {
        case vacuum, dump, migration
        var testDescription: String { rawValue }
    }

    private let database: TestDatabase
    private let plan = TablePlan.of(["a", "b"], table: "t")

    init() throws { database = try TestDatabase() }

    private func rewrite(_ rewriting: Rewriting) throws {
        switch rewriting {
        case .vacuum:
            database.close()
            try sqlite("VACUUM")
        case .dump:
            database.close()
            let other = database.directory + "/dumped"
            try shell(
                "sqlite3 '\(database.path)' .dump | sqlite3 '\(other)' && rm -f '\(database.path)'* && mv '\(other)' '\(database.path)'"
            )
        case .migration:
            try sqlite(
                "BEGIN; CREATE TABLE n (a text, b text); INSERT INTO n SELECT * FROM t ORDER BY b DESC; DROP TABLE t; "
                    + "ALTER TABLE n RENAME TO t; COMMIT")
        }
    }

    private func sqlite(_ sql: String) throws { try shell("sqlite3 '\(database.path)' \"\(sql)\"") }

    private func shell(_ line: String) throws {
        let process = Process()
        process.executableURL = URL(filePath: "/bin/sh")
        process.arguments = ["-c", line]
        try process.run()
        process.waitUntilExit()
        try #require(process.terminationStatus == 0, "\(line)")
    }

    private func rows() throws -> [String] {
        try SQLiteConnection(path: database.path, busyTimeout: .seconds(1))
            .query("SELECT a || b FROM t ORDER BY 1") { $0.text(0) }
    }

    private func write(_ rows: [[String?]], _ importID: UInt64) throws {
        _ = try database.destination.prepare(plan)
        _ = try database.destination.write(.rows(rows), key: LedgerKey(logID: "log", importID: importID, chunk: 1)) {
            _ in
            [7]
        }
    }

    private func reverse(_ importID: UInt64, overwritesEdited: Bool = false) throws -> ChunkReversal {
        var outcome = ChunkReversal()
        _ = try database.destination.reverse(
            LedgerKey(logID: "log", importID: importID, chunk: 1), overwritesEdited: overwritesEdited, only: nil,
            versioned: []
        ) {
            outcome = $0
            return [7]
        }
        return outcome
    }

    @Test(arguments: Rewriting.allCases)
    func rowsAreFoundAgain(_ rewriting: Rewriting) throws {
        try sqlite("CREATE TABLE t (a text, b text); INSERT INTO t VALUES ('h', 1), ('h', 2), ('h', 3), ('h', 4)")
        try write([["i", "1"], ["i", "2"], ["h", "4"]], 1)
        try sqlite("DELETE FROM t WHERE b = '1' AND a = 'h' OR b = '3'")
        try rewrite(rewriting)
        #expect(try database.destination.compareRows(logID: "log", importID: 1).asWritten == 3)
        try write([["i", "5"]], 2)
        try sqlite("DELETE FROM t WHERE b = '2' AND a = 'h'")
        try rewrite(rewriting)
        #expect(try reverse(1).kept.isEmpty)
        #expect(try rows() == ["h4", "i5"])
        try rewrite(rewriting)
        #expect(try reverse(2).reversed == 1)
        #expect(try rows() == ["h4"])
    }

    @Test("a row that was changed as well is told, and so is one that may be gone", arguments: Rewriting.allCases)
    func rowsThatChangedAreKept(_ rewriting: Rewriting) throws {
        try sqlite("CREATE TABLE t (a text, b text); INSERT INTO t VALUES ('h', 1), ('h', 2)")
        try write([["i", "1"], ["i", "2"], ["i", "3"]], 1)
        try sqlite("DELETE FROM t WHERE a = 'h' AND b = '1'; UPDATE t SET b = 'x' WHERE a || b = 'i2'")
        try rewrite(rewriting)
        let outcome = try reverse(1)
        #expect(outcome.reversed == 2 && outcome.kept.map(\.reason) == [.unclear], "\(outcome)")
        #expect(outcome.kept.allSatisfy { $0.message.contains("renumbered") && $0.key == "a row" }, "\(outcome.kept)")
        #expect(try rows() == ["h2", "ix"])
        // A row of someone else may come to stand where one of the import's was.
        try write([["j", "1"], ["j", "2"]], 2)
        #expect(try reverse(1).kept.count == 1)
        #expect(try rows() == ["h2", "ix", "j1", "j2"])
        #expect(try reverse(1, overwritesEdited: true).kept.count == 1)
        #expect(try rows() == ["h2", "ix", "j1", "j2"])
    }

    @Test("where all rows that are there are known, the others are gone", arguments: Rewriting.allCases)
    func rowsThatAreGoneAreGone(_ rewriting: Rewriting) throws {
        try sqlite("CREATE TABLE t (a text, b text)")
        try write([["i", "1"], ["i", "2"], ["i", "3"]], 1)
        try sqlite("DELETE FROM t WHERE b = '1'")
        try rewrite(rewriting)
        let outcome = try reverse(1)
        #expect(outcome.reversed == 2 && outcome.kept.isEmpty, "\(outcome)")
        #expect(try rows().isEmpty)
    }

    @Test("rows of a table with a key are found by what they hold, and nobody else's are touched")
    func keysAreNotRowids() throws {
        try sqlite(
            "CREATE TABLE t (a text, b text, PRIMARY KEY (a)); INSERT INTO t VALUES ('h1', ''), ('h2', ''), ('h3', '')")
        try sqlite("DELETE FROM t WHERE a = 'h1'")
        var upsert = TablePlan.of(["a", "b"], key: ["a"], mode: .upsert, table: "t")
        upsert.keepsUndo = true
        _ = try database.destination.prepare(upsert)
        _ = try database.destination.write(
            .rows([["h2", "new"], ["i1", "1"]]), key: LedgerKey(logID: "log", importID: 1, chunk: 1)
        ) { _ in [7] }
        try sqlite("INSERT INTO t VALUES ('mine', '')")
        try rewrite(.dump)
        let outcome = try reverse(1, overwritesEdited: true)
        #expect(outcome.reversed == 2 && outcome.kept.isEmpty, "\(outcome)")
        #expect(try rows() == ["h2", "h3", "mine"])
    }

    @Test("a run of rows is cut where its rows are no longer one after the other")
    func runsAreCut() throws {
        try sqlite("CREATE TABLE t (a text, b text)")
        let records = (0..<2500).map { ["i", "\($0)"] as [String?] }
        try write(records, 1)
        try sqlite("INSERT INTO t VALUES ('h', '')")
        try sqlite(
            "BEGIN; CREATE TABLE n (a text, b text); INSERT INTO n SELECT * FROM t ORDER BY b % 3, b; DROP TABLE t; "
                + "ALTER TABLE n RENAME TO t; COMMIT")
        #expect(try database.destination.compareRows(logID: "log", importID: 1).asWritten == 2500)
        #expect(try reverse(1).reversed == 2500)
        #expect(try rows() == ["h"])
    }
}
