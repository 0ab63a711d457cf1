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
/// It is a lock that the kernel releases when the process dies, so that an import whose process is gone shows as
/// interrupted. It is released with the last reference.
public final class ImportOwner: Sendable {
    public let importID: ImportID
    private let log: ImportLog
    package var logDirectory: String { log.directory }
    private let lock: ProcessLock
    private let stream: Mutex<OwnedStream>

    init(importID: ImportID, log: ImportLog, lock: ProcessLock, stream: OwnedStream) {
        self.importID = importID
        self.log = log
        self.lock = lock
        self.stream = Mutex(stream)
    }

    /// Appends an event and returns its position when it is on disk.
    ///
    /// After an error nothing of the event is in the log, and it may be appended again.
    /// - Throws: `ImportLogError.invalid` if a chunk does not account for each of its records once, has another
    ///   number than the next one or ends before it begins, where a chunk is lost that was not committed, and for a
    ///   second submission.
    @discardableResult
    public func append(_ event: ImportEvent) async throws -> UInt64 {
        let pending = try submit([event])
        return try await withCheckedThrowingContinuation { continuation in
            pending.whenDone { continuation.resume(with: $0) }
        }
    }

    /// Queues events, all or none, and returns at once.
    package func submit(_ events: [ImportEvent]) throws -> PendingAppend {
        try submit(try events.map { try $0.encoded() }, that: events)
    }

    /// Queues the event that a ledger row carries, with the note that it comes from there.
    package func submit(recovered entry: LedgerEntry) throws -> PendingAppend {
        let note = ImportEvent.chunkRecovered(chunk: entry.chunk.chunk)
        return try submit([entry.event, note.encoded()], that: [.chunkCommitted(entry.chunk), note])
    }

    /// Queues the event that a ledger row carries.
    package func submit(_ entry: LedgerEntry) throws -> PendingAppend {
        try submit([entry.event], that: [.chunkCommitted(entry.chunk)])
    }

    /// Queues the event that a destination keeps of a chunk that it undid.
    package func submit(_ entry: ReversalEntry) throws -> PendingAppend {
        try submit([entry.event], that: [.chunkReversed(entry.chunk)])
    }

    /// Queues encoded events and notes what they say.
    private func submit(_ events: [NewEvent], that said: [ImportEvent]) throws -> PendingAppend {
        // The lock is held while the append is queued, so that versions are given in queue order.
        try stream.withLock { stream in
            if stream.isOutdated { stream = try log.ownedStream(importID, generation: stream.generation + 1) }
            var next = stream
            for (event, encoded) in zip(said, events) { try next.add(event, rejects: encoded.attachments.count) }
            let ticket = try publicly {
                try log.events.submit(
                    Append(events, to: ImportStream.name(importID), expecting: .exactly(stream.version)))
            }
            stream = next
            return PendingAppend(ticket: ticket) { [self, generation = stream.generation] in noteRefusal(generation) }
        }
    }

    /// What was queued behind a refused append is refused too; the next append begins from what the log has.
    private func noteRefusal(_ generation: UInt64) {
        stream.withLock { stream in
            if stream.generation == generation { stream.isOutdated = true }
        }
    }

    /// Appends that the import failed. Where the log is what failed, as on a full disk, the reason is left with the lock, so
    /// that `status` can tell it later.
    package func noteFailure(_ error: String) {
        do {
            _ = try submit([.failed(error: error)]).wait()
        } catch {
            lock.leaveWords("\(error)")
        }
    }

    /// Removes the lock's file with the lock: for an import that is over.
    package func removeLock() { lock.remove() }
}

extension ImportLog {
    /// Takes the right to append to the import's events, or refuses at once where somebody has it: nothing waits.
    ///
    /// - Throws: `ImportLogError.notFound` if there is no such import; `ImportLogError.conflict`, saying who has it,
    ///   where another process or another part of this one does.
    public func own(_ id: ImportID) throws -> ImportOwner {
        try publicly {
            let run = ImportEvent.Run.current
            switch try ProcessLock.take(lockPath(id), owner: "process \(run.process) on \(run.host)") {
            case .taken(let lock):
                let stream = try ownedStream(id, generation: 0)
                guard stream.version > 0 else {
                    lock.remove()
                    throw notFound(id)
                }
                return ImportOwner(importID: id, log: self, lock: lock, stream: stream)
            case .held(let holder):
                // It may not have written its description yet.
                let who = holder.isEmpty ? "another process" : holder
                throw ImportLogError(
                    .conflict, "Import \(id) is being run by \(who).",
                    remedy: .waitForOwner(id))
            }
        }
    }

    fileprivate func ownedStream(_ id: ImportID, generation: UInt64) throws -> OwnedStream {
        let chunks = try read(at: nil) { try $0.status(of: id)?.chunks.committed } ?? 0
        return OwnedStream(
            version: try events.version(of: ImportStream.name(id)), chunks: chunks, generation: generation)
    }

    /// - Parameter position: the one that was asked about; nil for now.
    func notFound(_ id: ImportID, at position: UInt64? = nil) -> ImportLogError {
        let message =
            position.map { "There was no import \(id) yet at position \($0) of the log \(directory)." }
            ?? "There is no import \(id) in the log \(directory)."
        return ImportLogError(.notFound, message, remedy: .listImports)
    }
}
