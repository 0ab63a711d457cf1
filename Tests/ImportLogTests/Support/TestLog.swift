import EventLog
import Foundation
import ImportLog
import Synchronization

/// A log in a directory of its own, whose clock stands still until it is told.
final class TestLog: Sendable {
    /// 2026-11-21T03:00:00Z.
    static let start = Timestamp(microsecondsSince1970: 1_795_230_000 * 1_000_000)

    let log: ImportLog
    let directory: String
    private let clock: Clock
    private let owners = Mutex<[ImportID: ImportOwner]>([:])

    private final class Clock: Sendable {
        let now = Mutex(TestLog.start)
    }

    init() throws {
        directory = NSTemporaryDirectory() + "waybill-import-log-" + UUID().uuidString
        clock = Clock()
        log = try Self.open(directory, clock, create: true)
    }

    deinit { try? FileManager.default.removeItem(atPath: directory) }

    private static func open(_ directory: String, _ clock: Clock, create: Bool) throws -> ImportLog {
        var options = EventLog.Options()
        options.mapSize = 64 << 20
        options.clock = { clock.now.withLock { $0.microsecondsSince1970 } }
        return try ImportLog(directory: directory, create: create, options: options)
    }

    /// The same log, opened again.
    func another() throws -> ImportLog { try Self.open(directory, clock, create: false) }

    /// Sets the clock, in seconds since the log's beginning.
    func setClock(_ seconds: Double) { setClock(to: Self.start.advanced(by: UInt64(seconds * 1e6))) }

    func setClock(to time: Timestamp) { clock.now.withLock { $0 = time } }

    func submit(_ submission: ImportSubmitted = .feed()) throws -> ImportID { try log.submitAndWait(submission) }

    /// The owner, which stays at work until `die`.
    func owner(_ id: ImportID) throws -> ImportOwner {
        if let owner = owners.withLock({ $0[id] }) { return owner }
        let owner = try log.own(id)
        owners.withLock { $0[id] = owner }
        return owner
    }

    func die(_ id: ImportID) { owners.withLock { $0[id] = nil } }

    func append(_ events: ImportEvent..., to id: ImportID) throws {
        for event in events { try owner(id).submit([event]).wait() }
    }

    /// Appends an event that no owner would.
    @discardableResult
    func append(raw event: NewEvent, to stream: String) throws -> UInt64 {
        try log.events.submit(Append([event], to: stream, expecting: .any)).wait().position
    }

    /// What is in the log as the import's events.
    func recorded(_ id: ImportID) throws -> [RecordedEvent] {
        try log.events.events(of: "import-\(id)", limit: .max)
    }

    func rejects(of id: ImportID, at position: UInt64? = nil) throws -> [RejectedRecord] {
        var found: [RejectedRecord] = []
        try log.rejects(of: id, at: position) {
            found.append($0)
            return true
        }
        return found
    }
}
