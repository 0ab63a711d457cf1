import Destinations
import Foundation
import Records
import Testing

/// Chunks come to disk behind the writing.
@Suite struct SQLiteFlusherTests {
    private let database: TestDatabase

    init() throws {
        database = try TestDatabase()
        _ = try database.destination.prepare(.of(["sku", "text"], key: ["sku"]))
    }

    @Test func aChunkIsInTheDatabaseFileItselfOnceItIsDurable() throws {
        try database.write([["a", "x"]])
        try database.write([["b", "y"]])
        try database.destination.makeDurable()
        #expect(try database.destination.undurableChunks == 0)
        #expect(try rowsOfFileAlone() == "2")
    }

    @Test func aReaderKeepsNoChunkFromTheDisk() throws {
        let reader = try SQLiteConnection(path: database.path, busyTimeout: .zero)
        try reader.execute("BEGIN")
        _ = try reader.query("SELECT count(*) FROM products") { $0.integer(0) }
        for number in 0..<3 { try database.write([["a\(number)", "x"]]) }
        try database.destination.makeDurable()
        #expect(try database.destination.undurableChunks == 0)
        #expect(try reader.query("SELECT count(*) FROM products") { $0.integer(0) } == [0])
        try reader.execute("COMMIT")
        try database.write([["b", "x"]])
        try database.destination.makeDurable()
        #expect(try rowsOfFileAlone() == "4")
    }

    @Test func theWriteAheadLogIsBegunAnew() throws {
        var longest = 0
        for chunk in 0..<60 {
            try database.write((0..<100).map { ["\(chunk)/\($0)", String(repeating: "x", count: 10_000)] })
            let attributes = try FileManager.default.attributesOfItem(atPath: database.path + "-wal")
            longest = max(longest, attributes[.size] as? Int ?? 0)
        }
        #expect((1..<24 << 20).contains(longest), "\(longest) bytes of the 60 MB that were written")
    }

    @Test func whatIsNoChunkIsDurableWhenItIsCommitted() throws {
        let connection = try database.destination.connection
        func settings() throws -> [Int64] {
            try ["synchronous", "wal_autocheckpoint"].flatMap {
                try connection.query("PRAGMA \($0)") { $0.integer(0) }
            }
        }
        #expect(try settings() == [2, 1000])
        try database.write([["a", "x"]])
        #expect(try settings() == [1, 0])
        _ = try database.destination.prepare(.of(["sku", "text"], key: ["sku"]))
        #expect(try settings() == [2, 1000])
    }

    /// How many rows a copy of the database has to which its write-ahead log does not come.
    private func rowsOfFileAlone() throws -> String {
        let copy = database.path + "-copy"
        try? FileManager.default.removeItem(atPath: copy)
        try FileManager.default.copyItem(atPath: database.path, toPath: copy)
        defer { for suffix in ["", "-wal", "-shm"] { try? FileManager.default.removeItem(atPath: copy + suffix) } }
        let connection = try SQLiteConnection(path: copy, busyTimeout: .zero)
        return try connection.query("SELECT count(*) FROM products") { $0.text(0) }[0]
    }
}
