/// What the progress of an import takes from a chunk.
package struct ChunkTally: Equatable {
    package var section: String
    package var counts: Counts
    package var byteCount: UInt64

    package init(_ chunk: ChunkCommitted) {
        section = chunk.span.section
        counts = chunk.counts
        byteCount = chunk.span.byteCount
    }

    /// Reads it from an event's bytes, in a twentieth of the time in which the whole message is decoded: nearly all
    /// events are chunks, and a replay or a large append would do little else.
    ///
    /// Nil for anything but an ordinary chunk as this program writes it: no reject codes, no widened columns, known
    /// fields only, each once and in order. What to make of the others, and of bytes that are not a message, is for the
    /// decoder to say.
    package init?(payload: [UInt8]) {
        var span = Span(start: .init(byteOffset: 0, line: 0, record: 0), end: .init(byteOffset: 0, line: 0, record: 0))
        var counts = Counts()
        let isPlain = payload.withUnsafeBytes { bytes in
            WireReader.read(bytes) { tag, fields in
                switch tag {
                case .bytes(2): fields.message { span.take($0, &$1) }
                case .bytes(3): fields.message { counts.take($0, &$1) }
                case .number(1), .number(8), .number(9), .number(10), .number(12), .number(13): fields.number() != nil
                case .bytes(4), .bytes(5): fields.bytes() != nil
                case .fixed64(11): fields.skip(8)
                default: false
                }
            }
        }
        guard isPlain else { return nil }
        section = span.section
        self.counts = counts
        byteCount = span.byteCount
    }
}

extension Span {
    /// Takes a field of a `Span` message.
    fileprivate mutating func take(_ tag: WireReader.Tag, _ fields: inout WireReader) -> Bool {
        switch tag {
        case .bytes(1): fields.text(into: &section)
        case .bytes(2): fields.message { start.take($0, &$1) }
        case .bytes(3): fields.message { end.take($0, &$1) }
        default: false
        }
    }
}

extension Span.Place {
    fileprivate mutating func take(_ tag: WireReader.Tag, _ fields: inout WireReader) -> Bool {
        switch tag {
        case .number(1): fields.number(into: &byteOffset)
        case .number(2): fields.number(into: &line)
        case .number(3): fields.number(into: &record)
        default: false
        }
    }
}

extension Counts {
    fileprivate mutating func take(_ tag: WireReader.Tag, _ fields: inout WireReader) -> Bool {
        switch tag {
        case .number(1): fields.number(into: &read)
        case .number(2): fields.number(into: &inserted)
        case .number(3): fields.number(into: &updated)
        case .number(4): fields.number(into: &unchanged)
        case .number(5): fields.number(into: &skipped)
        case .number(6): fields.number(into: &rejected)
        default: false
        }
    }
}
