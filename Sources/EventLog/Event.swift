/// A fact that is about to be appended.
package struct NewEvent: Sendable, Equatable {
    /// What kind of fact it is, at most 255 bytes.
    package var type: String
    package var payload: [UInt8]
    /// Bytes that belong to the event and are too large for it; the chain covers them by their digest.
    package var attachments: [[UInt8]]

    package init(type: String, payload: [UInt8], attachments: [[UInt8]] = []) {
        self.type = type
        self.payload = payload
        self.attachments = attachments
    }
}

/// A fact that was appended; it never changes.
package struct RecordedEvent: Sendable, Equatable {
    /// The event's place in the whole log: 1, 2, 3 … without gaps.
    package var position: UInt64
    /// Microseconds since 1970-01-01 UTC, by the clock of the machine that appended it.
    package var recordedAt: UInt64
    package var stream: String
    /// The event's place in its stream: 1, 2, 3 … without gaps.
    package var version: UInt64
    package var type: String
    package var payload: [UInt8]
    package var attachmentCount: Int

    package init(
        position: UInt64, recordedAt: UInt64, stream: String, version: UInt64, type: String, payload: [UInt8],
        attachmentCount: Int = 0
    ) {
        self.position = position
        self.recordedAt = recordedAt
        self.stream = stream
        self.version = version
        self.type = type
        self.payload = payload
        self.attachmentCount = attachmentCount
    }
}

/// Which version a stream must have for an append to be taken.
package enum ExpectedVersion: Sendable, Equatable {
    case any
    /// The number of events that the stream has; 0 for a stream that must not be there yet.
    case exactly(UInt64)
}

/// Events for one stream, appended all or none.
package struct Append: Sendable {
    package var stream: String
    package var expected: ExpectedVersion
    package var events: [NewEvent]

    package init(_ events: [NewEvent], to stream: String, expecting expected: ExpectedVersion) {
        self.events = events
        self.stream = stream
        self.expected = expected
    }
}

/// Where appended events came to stand.
package struct Appended: Sendable, Equatable {
    /// The position of the last of them.
    package var position: UInt64
    /// The stream's version after them.
    package var version: UInt64

    package init(position: UInt64, version: UInt64) {
        self.position = position
        self.version = version
    }
}
