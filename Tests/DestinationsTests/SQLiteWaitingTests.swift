import Destinations
import Foundation
import Records
import Synchronization
import Testing

@Suite struct SQLiteWaitingTests {
    @Test func whoWaitsForAnotherProcessIsTold() throws {
        let path = NSTemporaryDirectory() + "waiting-\(UUID().uuidString).db"
        defer { for suffix in ["", "-wal", "-shm"] { try? FileManager.default.removeItem(atPath: path + suffix) } }
        let said = Mutex<[String]>([])
        let holder = try SQLiteConnection(path: path, busyTimeout: .seconds(1))
        try holder.execute("CREATE TABLE t (v)")
        try holder.execute("BEGIN EXCLUSIVE")
        DestinationWait.tell { text in if text.contains(path) { said.withLock { $0.append(text) } } }
        let other = try SQLiteConnection(path: path, busyTimeout: .milliseconds(1_100))
        let error = #expect(throws: DataError.self) { try other.execute("INSERT INTO t VALUES (1)") }
        #expect(error?.code == .busy)
        #expect(said.withLock(\.self) == ["waiting for another process that is writing to \(path)"])
        // A short wait is none to speak of.
        try holder.execute("COMMIT")
        try other.execute("INSERT INTO t VALUES (1)")
        #expect(said.withLock(\.count) == 1)
    }
}
