internal import LMDB

extension ChainWalk {
    /// Looks whether the streams' index leads to each event, and to one before it for the version before.
    struct StreamIndexCheck {
        /// The stream's bytes in the last event, and the index's key for that event.
        private var stream: [UInt8] = []
        private var key = StreamKey("", 0)

        mutating func problem(with event: EnvelopeParts, _ streams: inout Cursor) throws -> String? {
            if !stream.withUnsafeBytes(event.stream.hasSameBytes) {
                stream = [UInt8](event.stream)
                key = StreamKey(name, 0)
            }
            key.version = event.version
            let isIndexed =
                try streams.seek(to: key.bytes.span.bytes) && streams.withEntry { $1.bigEndian } == event.position
            guard isIndexed else {
                return "the index of the stream \(name) does not lead from version \(event.version) to the event"
            }
            if event.version <= 1 { return nil }
            // The version before stands right before it in the index.
            key.version = event.version - 1
            let hasBefore =
                try streams.previous()
                && streams.withEntry { before, position in
                    before.withUnsafeBytes { key.bytes.withUnsafeBytes($0.hasSameBytes) }
                        && (position.bigEndian ?? .max) < event.position
                }
            return hasBefore ? nil : "the stream \(name) has no version \(event.version - 1) before it"
        }

        private var name: String { String(decoding: stream, as: UTF8.self) }
    }

    /// Looks whether each event's attachments are those it was appended with.
    struct AttachmentCheck {
        /// How many the events so far have.
        private(set) var count = 0
        /// No event before this position has one; 0 where that is not known. So most events need not be looked for.
        private var next: UInt64 = 0

        /// What is there may be another in a later snapshot.
        mutating func forgetNext() { next = 0 }

        mutating func problem(with event: EnvelopeParts, _ attachments: borrowing View) throws -> String? {
            count += event.attachmentCount
            if event.attachmentCount == 0 && event.position < next { return nil }
            var found = AttachmentDigest()
            try attachments.scan(prefix: event.position.key) {
                found.add($1)
                return true
            }
            guard found.count == event.attachmentCount else {
                return "the event has \(event.attachmentCount) attachments, but \(found.count) are there"
            }
            guard event.attachmentDigest.elementsEqual(found.bytes) else {
                return "the event's attachments are not those it was appended with"
            }
            next = .max
            try attachments.scan(prefix: [], from: (event.position + 1).key) { key, _ in
                next = key.count >= 8 ? UInt64(bigEndian: key.prefix(8)) : 0
                return false
            }
            return nil
        }
    }
}

extension RawSpan {
    /// The number that these bytes are, or nil if there are not eight.
    fileprivate var bigEndian: UInt64? {
        byteCount == 8 ? UInt64(bigEndian: unsafeLoadUnaligned(as: UInt64.self)) : nil
    }
}
