internal import Hashing
internal import LMDB

extension EventLog {
    /// The log's end.
    package func head() throws -> Head {
        try storage {
            let last = try environment.read { try $0.lastEvent(in: store) }
            return Head(logID: logID, position: last.position, hash: last.hash.hexadecimal)
        }
    }

    /// The head the log had at `position`, or nil if it has no such position.
    package func head(at position: UInt64) throws -> Head? {
        try storage {
            try environment.read { transaction in
                try transaction.withValue(at: position.key.span.bytes, in: store.events) { envelope in
                    let hash = envelope.withUnsafeBytes(Envelope.hash(of:))
                    return Head(logID: logID, position: position, hash: hash.hexadecimal)
                }
            }
        }
    }

    /// Up to `limit` events in log order, from `position` on.
    package func events(from position: UInt64, limit: Int) throws -> [RecordedEvent] {
        try storage {
            try environment.read { try $0.events(in: store, from: position, limit: limit, bytes: .max) }
        }
    }

    /// The next events from `position` on, as many as are good to have in memory at once.
    func page(from position: UInt64, limit: Int = 1_000) throws -> [RecordedEvent] {
        try storage { try environment.read { try $0.events(in: store, from: position, limit: limit) } }
    }

    /// Up to `limit` events before `position`, the last one first.
    package func events(before position: UInt64, limit: Int) throws -> [RecordedEvent] {
        try storage {
            try environment.read { transaction in
                try transaction.withCursor(store.events) { cursor in
                    var events: [RecordedEvent] = []
                    var found = try cursor.seek(toLastBefore: position.key.span.bytes)
                    while found && events.count < limit {
                        events.append(try cursor.withEntry { try decode($0, $1) })
                        found = try cursor.previous()
                    }
                    return events
                }
            }
        }
    }

    /// Up to `limit` events of a stream, from `version` on; backwards, those before `version`, the last one first.
    ///
    /// - Parameter version: nil for the stream's first event, backwards for its last.
    package func events(of stream: String, from version: UInt64? = nil, backwards: Bool = false, limit: Int) throws
        -> [RecordedEvent]
    {
        let version = version ?? (backwards ? .max : 1)
        let prefix = [UInt8](stream.utf8) + [0]
        return try storage {
            try environment.read { transaction in
                let index = View(transaction: transaction.borrowed, database: store.streams)
                var events: [RecordedEvent] = []
                try index.scan(prefix: prefix, from: StreamKey(stream, version).bytes, backwards: backwards) {
                    _, position in
                    guard events.count < limit else { return false }
                    let event = try transaction.withValue(at: position.span.bytes, in: store.events) {
                        try decode(position.span.bytes, $0)
                    }
                    guard let event else { throw EventLogError.damaged("The index of \(stream) names no event.") }
                    events.append(event)
                    return true
                }
                return events
            }
        }
    }

    /// How many events the stream has.
    package func version(of stream: String) throws -> UInt64 {
        try storage { try environment.read { try $0.version(of: stream, in: store) } }
    }

    /// Gives all events from `position` through `end`, in log order and in pages, each page from a snapshot of its own
    /// so that a long reading does not keep old pages alive. The body returns false to stop.
    package func forEachPage(
        from position: UInt64 = 1, through end: UInt64 = .max, pageSize: Int = 1_000,
        _ body: ([RecordedEvent]) throws -> Bool
    ) throws {
        var next = max(position, 1)
        while next <= end {
            let limit = Int(min(UInt64(pageSize), end - next + 1))
            let page = try page(from: next, limit: limit)
            guard let last = page.last, try body(page) else { return }
            next = last.position + 1
        }
    }

    /// The attachments of the event at `position`, in order, one at a time until the body returns false.
    ///
    /// They are read in pages, so that the body may take its time and use the log.
    package func forEachAttachment(of position: UInt64, _ body: ([UInt8]) throws -> Bool) throws {
        var next: UInt64 = 0
        while true {
            let page = try attachments(of: position, from: next)
            if page.isEmpty { return }
            for attachment in page where try !body(attachment) { return }
            next += UInt64(page.count)
        }
    }

    /// About a mebibyte of an event's attachments, at least one where there is one.
    private func attachments(of position: UInt64, from index: UInt64) throws -> [[UInt8]] {
        var page: [[UInt8]] = []
        var size = 0
        try storage {
            try environment.read { transaction in
                let view = View(transaction: transaction.borrowed, database: store.attachments)
                try view.scan(prefix: position.key, from: position.key + index.key) { _, attachment in
                    page.append(attachment)
                    size += attachment.count
                    return size < 1 << 20 && page.count < 1_000
                }
            }
        }
        return page
    }
}

extension Transaction where Self: ~Copyable {
    /// Up to `limit` events and about `bytes` bytes from `position` on; at least one where there is one.
    func events(in store: EventLog.Store, from position: UInt64, limit: Int, bytes: Int = 16 << 20) throws
        -> [RecordedEvent]
    {
        try withCursor(store.events) { cursor in
            var events: [RecordedEvent] = []
            var size = 0
            var found = try cursor.seek(toFirstFrom: position.key.span.bytes)
            while found && events.count < limit && size < bytes {
                try cursor.withEntry { key, envelope in
                    size += envelope.byteCount
                    events.append(try decode(key, envelope))
                }
                found = try cursor.next()
            }
            return events
        }
    }
}

private func decode(_ key: RawSpan, _ envelope: RawSpan) throws -> RecordedEvent {
    let position = try key.position()
    guard let decoded = envelope.withUnsafeBytes(Envelope.decode) else {
        throw EventLogError.damaged("The event at position \(position) cannot be read.")
    }
    guard decoded.position == position else {
        throw EventLogError.damaged("The event at position \(position) says it is at position \(decoded.position).")
    }
    return decoded
}

extension RawSpan {
    /// The position that a key of the events stands for.
    func position() throws -> UInt64 {
        guard byteCount == 8 else {
            throw EventLogError.damaged("There is a key of \(byteCount) bytes among the events.")
        }
        return UInt64(bigEndian: unsafeLoadUnaligned(as: UInt64.self))
    }
}
