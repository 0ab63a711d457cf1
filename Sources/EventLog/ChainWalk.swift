internal import Hashing
internal import LMDB

/// A walk along the hash chain, with a look at what the indexes say of each event.
struct ChainWalk {
    private let store: EventLog.Store
    private let logID: String
    private let oldHead: Head?
    /// The last position that was found right, and its hash.
    private(set) var position: UInt64 = 0
    private(set) var hash = [UInt8](repeating: 0, count: Envelope.hashLength)
    private(set) var broken: (UInt64, String)?
    private var index = StreamIndexCheck()
    private var attachments = AttachmentCheck()

    init(store: EventLog.Store, logID: String, oldHead: Head?) {
        self.store = store
        self.logID = logID
        self.oldHead = oldHead
    }

    /// Checks the next events; returns false if the log ends or is broken.
    ///
    /// - Parameter progress: is told each position before it is read.
    mutating func checkPage(
        in transaction: borrowing ReadTransaction, limit: Int, _ progress: (UInt64) -> Void = { _ in }
    ) throws -> Bool {
        let store = store
        let borrowed = transaction.borrowed
        attachments.forgetNext()
        progress(position + 1)
        return try borrowed.withCursor(store.streams) { streams in
            try borrowed.withCursor(store.events) { events in
                var found = try events.seek(toFirstFrom: (position + 1).key.span.bytes)
                if position == 0 && !found { found = try events.first() }
                var checked = 0
                while found {
                    if checked == limit { return true }
                    let reason = try events.withEntry { key, envelope in
                        try key.withUnsafeBytes { key in
                            try envelope.withUnsafeBytes { envelope in
                                try problem(key, envelope, &streams, borrowed)
                            }
                        }
                    }
                    position += 1
                    if let reason {
                        broken = (position, reason)
                        return false
                    }
                    checked += 1
                    progress(position + 1)
                    found = try events.next()
                }
                broken = try problemAtEnd(borrowed)
                return false
            }
        }
    }

    /// What is wrong with the event after `position`; where nothing is, its hash becomes the chain's.
    private mutating func problem(
        _ key: UnsafeRawBufferPointer, _ envelope: UnsafeRawBufferPointer, _ streams: inout Cursor,
        _ transaction: BorrowedTransaction
    ) throws -> String? {
        let expected = position + 1
        guard key.count == 8 else { return "there is no event here, but a key of \(key.count) bytes" }
        let found = UInt64(bigEndian: key.loadUnaligned(as: UInt64.self))
        guard found == expected else { return "there is no event at this position; the next one is at \(found)" }
        guard let event = EnvelopeParts(envelope) else { return "the bytes are not an event" }
        guard event.position == expected else { return "the event says it is at position \(event.position)" }
        guard Envelope.isHashRight(event, after: hash) else {
            return "the hash does not follow from the event and the one before it"
        }
        hash.withUnsafeMutableBytes { $0.copyMemory(from: event.hash) }
        return try index.problem(with: event, &streams)
            ?? attachments.problem(with: event, View(transaction: transaction, database: store.attachments))
            ?? problem(against: event)
    }

    private func problem(against event: EnvelopeParts) -> String? {
        if event.position == 1 {
            guard event.type.elementsEqual(EventLog.genesisType.utf8), event.payload.hexadecimal == logID else {
                return "the first event does not name this log, \(logID)"
            }
        }
        if let oldHead, oldHead.position == event.position, oldHead.hash != hash.hexadecimal {
            return "the event does not match the given head: it or an earlier one was rewritten"
        }
        return nil
    }

    private func problemAtEnd(_ transaction: BorrowedTransaction) throws -> (UInt64, String)? {
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
        if attached != attachments.count {
            return (position + 1, "there are \(attached) attachments, but the events have \(attachments.count)")
        }
        return nil
    }
}
