internal import EventLog
internal import SwiftProtobuf
internal import Synchronization

#if canImport(FoundationEssentials)
    internal import FoundationEssentials
#else
    internal import Foundation
#endif

/// The right to append to an import's events, which one process has at a time.
///
/// It is a lock that the kernel drops when the process dies, so that an import whose process is gone shows as
/// interrupted. It is given back when the last reference goes.
public final class ImportOwner: Sendable {
    public let importID: ImportID
    private let log: ImportLog
    private let lock: ProcessLock
    /// The version of the import's stream, counting the appends under way.
    private let version: Mutex<UInt64>

    init(importID: ImportID, log: ImportLog, lock: ProcessLock, version: UInt64) {
        self.importID = importID
        self.log = log
        self.lock = lock
        self.version = Mutex(version)
    }

    /// Appends an event and returns its position when it is on the disk.
    ///
    /// - Throws: `ImportLogError.invalid` where a chunk's records are not all accounted for.
    @discardableResult
    public func append(_ event: ImportEvent) async throws -> UInt64 {
        try Self.validate(event)
        let pending = try submit([event.encoded()])
        return try await withCheckedThrowingContinuation { continuation in
            pending.whenDone { continuation.resume(with: $0) }
        }
    }

    /// Queues events, all or none, and returns at once.
    package func submit(_ events: [ImportEvent]) throws -> PendingAppend {
        for event in events { try Self.validate(event) }
        return try submit(try events.map { try $0.encoded() })
    }

    /// Queues the event that a ledger row carries, with the note that it comes from there.
    package func submit(recovered entry: LedgerEntry) throws -> PendingAppend {
        try submit([entry.event, ImportEvent.chunkRecovered(chunk: entry.chunk.chunk).encoded()])
    }

    /// Queues the event that a ledger row carries.
    package func submit(_ entry: LedgerEntry) throws -> PendingAppend {
        try submit([entry.event])
    }

    private func submit(_ events: [NewEvent]) throws -> PendingAppend {
        // The lock is held while the append is queued, so that versions are given in queue order.
        try version.withLock { version in
            let ticket = try publicly {
                try log.events.submit(Append(events, to: ImportStream.name(importID), expecting: .exactly(version)))
            }
            version += UInt64(events.count)
            return PendingAppend(ticket: ticket)
        }
    }

    private static func validate(_ event: ImportEvent) throws {
        guard case .chunkCommitted(let chunk) = event else { return }
        guard chunk.counts.isConserved, chunk.counts.rejected == UInt64(chunk.rejects.count) else {
            throw ImportLogError(
                .invalid, "Chunk \(chunk.chunk) does not account for each of its \(chunk.counts.read) records once.")
        }
    }

    /// Gives the lock's file away with the lock: for an import that is over.
    package func removeLock() { lock.remove() }
}

extension ImportLog {
    /// Takes the right to append to the import's events.
    ///
    /// - Throws: `ImportLogError.conflict`, saying who has it, where another process or another part of this one does.
    public func own(_ id: ImportID) throws -> ImportOwner {
        try publicly {
            let run = ImportEvent.Run.current
            switch try ProcessLock.take(lockPath(id), owner: "process \(run.process) on \(run.host)") {
            case .taken(let lock):
                let version = try events.version(of: ImportStream.name(id))
                guard version > 0 else {
                    lock.remove()
                    throw notFound(id)
                }
                return ImportOwner(importID: id, log: self, lock: lock, version: version)
            case .held(let holder):
                throw ImportLogError(
                    .conflict, "Import \(id) is being run by \(holder).",
                    remedy: "Wait until it is done, or watch it: waybill status \(id) --watch")
            }
        }
    }

    func notFound(_ id: ImportID) -> ImportLogError {
        ImportLogError(
            .notFound, "There is no import \(id) in the log \(directory).", remedy: "See which there are: waybill list")
    }
}
