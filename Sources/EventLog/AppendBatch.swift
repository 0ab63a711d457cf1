internal import LMDB

/// Appends inside one write transaction: gives positions and versions, chains the hashes, folds the views.
struct AppendBatch {
    private let store: EventLog.Store
    private let recordedAt: UInt64
    /// The log's last position so far, and its envelope; nil until the first append reads them.
    private var last: (position: UInt64, envelope: EnvelopeWriter)?
    /// The versions so far of the streams that were appended to.
    private var versions: [String: UInt64] = [:]
    private var appended: [RecordedEvent] = []

    /// - Parameter count: how many events will be appended.
    init(store: EventLog.Store, clock recordedAt: UInt64, count: Int) {
        self.store = store
        self.recordedAt = recordedAt
        appended.reserveCapacity(count)
    }

    /// Appends the events of the requests; nothing is written of one that is in conflict.
    mutating func append(_ requests: [Append], in transaction: borrowing WriteTransaction) throws
        -> [Result<Appended, any Error>]
    {
        // Each event comes near the last one in both databases, which a cursor stands at.
        try transaction.withCursor(store.events) { events in
            try transaction.withCursor(store.streams) { streams in
                var results: [Result<Appended, any Error>] = []
                for request in requests {
                    do {
                        results.append(.success(try append(request, in: transaction, &events, &streams)))
                    } catch let error as EventLogError where error.code == .conflict {
                        results.append(.failure(error))
                    }
                }
                return results
            }
        }
    }

    private mutating func append(
        _ request: Append, in transaction: borrowing WriteTransaction, _ events: inout Cursor, _ streams: inout Cursor
    ) throws -> Appended {
        var version = try versions[request.stream] ?? transaction.version(of: request.stream, in: store)
        if case .exactly(let expected) = request.expected, expected != version {
            throw EventLogError(
                .conflict, "The stream \(request.stream) has version \(version), not \(expected).",
                remedy: "Another process appended to it first; read it again, then retry.")
        }
        var (position, envelope) = try takeLast(transaction)
        var streamKey = StreamKey(request.stream, version)
        for event in request.events {
            position += 1
            version += 1
            streamKey.version = version
            let recorded = RecordedEvent(
                position: position, recordedAt: recordedAt, stream: request.stream, version: version,
                type: event.type, payload: event.payload, attachmentCount: event.attachments.count)
            envelope.write(recorded, attachmentDigest: Envelope.digest(ofAttachments: event.attachments))
            try position.withKey { key in
                try envelope.withEnvelope { try events.append($0, at: key) }
                try streams.put(key, at: streamKey.bytes.span.bytes)
            }
            for (index, attachment) in event.attachments.enumerated() {
                let key = position.key + UInt64(index).key
                try transaction.append(attachment.span.bytes, at: key.span.bytes, in: store.attachments)
            }
            appended.append(recorded)
        }
        last = (position, envelope)
        versions[request.stream] = version
        return Appended(position: position, version: version)
    }

    /// Gives `last` away, so that its buffer is not copied when it is written to.
    private mutating func takeLast(_ transaction: borrowing WriteTransaction) throws -> (UInt64, EnvelopeWriter) {
        if let last {
            self.last = nil
            return last
        }
        let (position, hash) = try transaction.lastEvent(in: store)
        return (position, EnvelopeWriter(after: hash))
    }

    /// Folds what was appended into the live views.
    func fold(in transaction: borrowing WriteTransaction) throws {
        guard let first = appended.first, let last = appended.last else { return }
        FaultPoint.beforeFold.reached()
        for view in store.views {
            var state = try transaction.state(of: view, in: store)
            try state.requireVersion(of: view.projection)
            // A program that does not know this view may have appended meanwhile.
            while state.checkpoint < first.position - 1 {
                try transaction.catchUp(view, &state, through: first.position - 1, in: store)
            }
            guard state.checkpoint == first.position - 1 else {
                throw EventLogError(
                    .corrupted,
                    "The view \(view.projection.name) is current only up to position \(state.checkpoint), "
                        + "but the log was at \(first.position - 1).", remedy: .rebuildViews)
            }
            try transaction.fold(appended, into: view, state.live)
            state.checkpoint = last.position
            try transaction.put(state.encoded.span.bytes, at: view.metaKey.span.bytes, in: store.meta)
        }
        FaultPoint.beforeLogCommit.reached()
    }
}

/// The key of an event in the `streams` database: the stream's name, a NUL, the version.
struct StreamKey {
    private(set) var bytes: [UInt8]

    init(_ stream: String, _ version: UInt64) {
        bytes = [UInt8](stream.utf8) + [0] + version.key
    }

    var version: UInt64 {
        get { UInt64(bigEndian: bytes.suffix(8)) }
        set {
            bytes.withUnsafeMutableBytes {
                $0.storeBytes(of: newValue.bigEndian, toByteOffset: $0.count - 8, as: UInt64.self)
            }
        }
    }

    static let longestName = 200

    /// A stream's name is 1 to 200 bytes without NUL.
    static func isValid(_ stream: String) -> Bool {
        (1...longestName).contains(stream.utf8.count) && !stream.utf8.contains(0)
    }
}

extension Transaction where Self: ~Copyable {
    /// How many events the stream has.
    func version(of stream: String, in store: EventLog.Store) throws -> UInt64 {
        let prefix = [UInt8](stream.utf8) + [0]
        return try withCursor(store.streams) { cursor in
            guard try cursor.seek(toLastBefore: ([UInt8](stream.utf8) + [1]).span.bytes) else { return 0 }
            return cursor.withEntry { key, _ in
                let key = [UInt8](key)
                guard key.count == prefix.count + 8, key.starts(with: prefix) else { return 0 }
                return UInt64(bigEndian: key.suffix(8))
            }
        }
    }

    /// The position and hash of the last event; 0 and 32 zero bytes where there is none.
    func lastEvent(in store: EventLog.Store) throws -> (position: UInt64, hash: [UInt8]) {
        try withCursor(store.events) { cursor in
            guard try cursor.last() else { return (0, [UInt8](repeating: 0, count: Envelope.hashLength)) }
            return try cursor.withEntry { key, value in
                (try key.position(), value.withUnsafeBytes(Envelope.hash(of:)))
            }
        }
    }

    func state(of view: EventLog.ViewSlots, in store: EventLog.Store) throws -> ViewState {
        guard let bytes = try value(at: view.metaKey, in: store.meta) else {
            return ViewState(version: 0)
        }
        guard let state = ViewState(bytes) else {
            throw EventLogError(.corrupted, "The log's record of the view \(view.projection.name) cannot be read.")
        }
        return state
    }
}

extension UInt64 {
    init(bigEndian bytes: some Sequence<UInt8>) {
        self = bytes.reduce(0) { $0 << 8 | UInt64($1) }
    }
}

extension ViewState {
    /// Throws if the view was folded by another version than `projection`'s.
    func requireVersion(of projection: any Projection) throws {
        try refuseOlder(projection)
        if version == projection.version { return }
        throw EventLogError(
            .corrupted,
            "The view \(projection.name) was built by version \(version) of its projection; this program has "
                + "version \(projection.version).",
            remedy: .stopOlderVersion)
    }

    /// Throws if the view was folded by a newer version than `projection`'s.
    func refuseOlder(_ projection: any Projection) throws {
        if version <= projection.version { return }
        throw EventLogError(
            .newerViews,
            "The view \(projection.name) was built by version \(version) of its projection; this program has "
                + "version \(projection.version).",
            remedy: "A newer version maintains this log. Use that version instead of this one.")
    }
}
