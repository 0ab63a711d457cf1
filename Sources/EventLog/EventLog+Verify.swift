internal import LMDB

/// What an examination of the whole log found.
package enum Verification: Sendable, Equatable {
    /// Every event is in its place and the chain is whole up to this head.
    case intact(Head)
    /// The first position at which something is wrong, and what.
    case broken(position: UInt64, reason: String)
}

extension EventLog {
    /// Reads every event and checks its place, its hash, its stream's index and its attachments.
    ///
    /// The chain alone cannot show that its end was cut off or that all of it was written anew: a head that was kept
    /// outside can.
    /// - Parameters:
    ///   - oldHead: a head this log had at some time; the log must begin with what it stands for.
    ///   - progress: is told the position up to which the log is intact.
    package func verify(against oldHead: Head? = nil, progress: (UInt64) -> Void = { _ in }) throws -> Verification {
        if let oldHead, oldHead.logID != logID {
            return .broken(
                position: 1, reason: "this is log \(logID), but the head is of log \(oldHead.logID)")
        }
        var chain = Chain(store: store, logID: logID, oldHead: oldHead)
        return try storage {
            while true {
                // A page per snapshot, so that a long examination does not keep old pages alive.
                let hasMore = try environment.read { try chain.checkPage(in: $0, limit: 10_000) }
                if let (position, reason) = chain.broken { return .broken(position: position, reason: reason) }
                progress(chain.position)
                if !hasMore { break }
            }
            return .intact(Head(logID: logID, position: chain.position, hash: chain.hash.hexadecimal))
        }
    }
}

/// A walk along the hash chain.
private struct Chain {
    let store: EventLog.Store
    let logID: String
    let oldHead: Head?
    var position: UInt64 = 0
    var hash = [UInt8](repeating: 0, count: Envelope.hashLength)
    var broken: (UInt64, String)?
    private var hasAttachments = false
    private var attachments = 0

    init(store: EventLog.Store, logID: String, oldHead: Head?) {
        self.store = store
        self.logID = logID
        self.oldHead = oldHead
    }

    /// Checks the next events; returns false where the log ends or is broken.
    mutating func checkPage(in transaction: borrowing ReadTransaction, limit: Int) throws -> Bool {
        let store = store
        // Where the log has none at all, they need not be looked for with each event.
        hasAttachments = try transaction.count(of: store.attachments) > 0
        return try transaction.withCursor(store.events) { cursor in
            var found = try cursor.seek(toFirstFrom: (position + 1).key.span.bytes)
            if position == 0 && !found { found = try cursor.first() }
            var checked = 0
            while found {
                if checked == limit { return true }
                let reason = try cursor.withEntry { key, value in
                    try problem(key: [UInt8](key), envelope: value, transaction)
                }
                position += 1
                if let reason {
                    broken = (position, reason)
                    return false
                }
                checked += 1
                found = try cursor.next()
            }
            broken = try problemAtEnd(transaction)
            return false
        }
    }

    /// What is wrong with the event after `position`; where nothing is, its hash becomes the chain's.
    private mutating func problem(key: [UInt8], envelope: RawSpan, _ transaction: borrowing ReadTransaction) throws
        -> String?
    {
        let expected = position + 1
        guard key == expected.key else {
            return key.count == 8
                ? "there is no event at this position; the next one is at \(UInt64(bigEndian: key))"
                : "a key of \(key.count) bytes stands where the event should be"
        }
        let previous = hash
        let (decoded, isHashRight, ownHash) = envelope.withUnsafeBytes { bytes in
            (Envelope.decode(bytes), Envelope.isHashRight(bytes, after: previous), Envelope.hash(of: bytes))
        }
        guard let decoded else { return "the bytes are not an event" }
        guard decoded.event.position == expected else {
            return "the event says it is at position \(decoded.event.position)"
        }
        guard isHashRight else { return "the hash does not follow from the event and the one before it" }
        hash = ownHash
        return try problem(inIndexesOf: decoded.event, attachmentDigest: decoded.attachmentDigest, transaction)
            ?? problem(against: decoded.event)
    }

    private mutating func problem(
        inIndexesOf event: RecordedEvent, attachmentDigest: [UInt8], _ transaction: borrowing ReadTransaction
    ) throws -> String? {
        let indexed = try transaction.value(at: StreamKey(event.stream, event.version).bytes, in: store.streams)
        guard indexed == event.position.key else {
            return "the index of the stream \(event.stream) does not lead from version \(event.version) to the event"
        }
        if event.version > 1 {
            let before = try transaction.value(at: StreamKey(event.stream, event.version - 1).bytes, in: store.streams)
            guard let before, before.lexicographicallyPrecedes(event.position.key) else {
                return "the stream \(event.stream) has no version \(event.version - 1) before it"
            }
        }
        attachments += event.attachmentCount
        return try problem(inAttachmentsOf: event, digest: attachmentDigest, transaction)
    }

    private func problem(
        inAttachmentsOf event: RecordedEvent, digest: [UInt8], _ transaction: borrowing ReadTransaction
    ) throws -> String? {
        if !hasAttachments { return event.attachmentCount == 0 ? nil : "the event's attachments are gone" }
        var found = AttachmentDigest()
        try View(transaction: transaction.borrowed, database: store.attachments).scan(prefix: event.position.key) {
            found.add($1)
            return true
        }
        guard found.count == event.attachmentCount else {
            return "the event has \(event.attachmentCount) attachments, but \(found.count) are there"
        }
        guard found.bytes == digest else { return "the event's attachments are not those it was appended with" }
        return nil
    }

    private func problem(against event: RecordedEvent) -> String? {
        if event.position == 1 {
            guard event.type == EventLog.genesisType, event.payload.hexadecimal == logID else {
                return "the first event does not name this log, \(logID)"
            }
        }
        if let oldHead, oldHead.position == event.position, oldHead.hash != hash.hexadecimal {
            return "the event is not the one the old head stands for: it or one before it was written anew"
        }
        return nil
    }

    private func problemAtEnd(_ transaction: borrowing ReadTransaction) throws -> (UInt64, String)? {
        if let oldHead, oldHead.position > position {
            return (
                position + 1,
                "the log ends at position \(position), but it had \(oldHead.position): its end was cut off"
            )
        }
        let stored = try transaction.count(of: store.events)
        if stored != Int(position) { return (1, "there are \(stored) events, but the last one is at \(position)") }
        let indexed = try transaction.count(of: store.streams)
        if indexed != Int(position) {
            return (position + 1, "the streams' index has \(indexed) entries for \(position) events")
        }
        let attached = try transaction.count(of: store.attachments)
        if attached != attachments {
            return (position + 1, "there are \(attached) attachments, but the events have \(attachments)")
        }
        return nil
    }
}
