/// How many records were read and what became of them.
public struct Counts: Sendable, Equatable, Encodable {
    public var read: UInt64
    public var inserted: UInt64
    public var updated: UInt64
    public var unchanged: UInt64
    public var skipped: UInt64
    public var rejected: UInt64

    public init(
        read: UInt64 = 0, inserted: UInt64 = 0, updated: UInt64 = 0, unchanged: UInt64 = 0, skipped: UInt64 = 0,
        rejected: UInt64 = 0
    ) {
        self.read = read
        self.inserted = inserted
        self.updated = updated
        self.unchanged = unchanged
        self.skipped = skipped
        self.rejected = rejected
    }

    /// Whether each record read is accounted for exactly once.
    public var isConserved: Bool {
        var rest = read
        for count in [inserted, updated, unchanged, skipped, rejected] {
            guard count <= rest else { return false }
            rest -= count
        }
        return rest == 0
    }

    /// Adds each count, saturating at the largest number.
    public static func += (left: inout Counts, right: Counts) {
        left.change(by: right) { $0.addingToLimit($1) }
    }

    /// Subtracts each count, saturating at 0.
    public static func -= (left: inout Counts, right: Counts) {
        left.change(by: right) { $0 - min($0, $1) }
    }

    private mutating func change(by other: Counts, _ change: (UInt64, UInt64) -> UInt64) {
        read = change(read, other.read)
        inserted = change(inserted, other.inserted)
        updated = change(updated, other.updated)
        unchanged = change(unchanged, other.unchanged)
        skipped = change(skipped, other.skipped)
        rejected = change(rejected, other.rejected)
    }
}

extension UInt64 {
    /// The sum, or the largest number. A fold takes whatever events say and must not trap.
    func addingToLimit(_ other: UInt64) -> UInt64 {
        let (sum, isTooLarge) = addingReportingOverflow(other)
        return isTooLarge ? .max : sum
    }
}

/// The part of a section that a chunk was read from.
public struct Span: Sendable, Equatable {
    /// A place between two records.
    public struct Place: Sendable, Equatable {
        public var byteOffset: UInt64
        /// From 1.
        public var line: UInt64
        /// The number of the record that begins here, from 1.
        public var record: UInt64

        public init(byteOffset: UInt64, line: UInt64, record: UInt64) {
            self.byteOffset = byteOffset
            self.line = line
            self.record = record
        }
    }

    /// Empty if the source is one section.
    public var section: String
    public var start: Place
    /// Where the next chunk begins.
    public var end: Place

    public init(section: String = "", start: Place, end: Place) {
        self.section = section
        self.start = start
        self.end = end
    }

    /// The bytes between start and end; 0 if the end is before the start.
    public var byteCount: UInt64 { end.byteOffset - min(start.byteOffset, end.byteOffset) }
}

/// A chunk's rows are in the destination.
public struct ChunkCommitted: Sendable, Equatable {
    /// From 1, without gaps.
    public var chunk: UInt64
    public var span: Span
    public var counts: Counts
    /// The source digest of all bytes before the span's end (32 bytes), and its chain value at the last whole block.
    public var digest: [UInt8]
    public var digestChain: [UInt8]
    /// The chunk's rejects, in source order. They are attached to the event; an event read from the log has none here:
    /// ask `ImportLog.rejects`.
    public var rejects: [Reject] {
        didSet { rejectCodes = CodeCount.counting(rejects.map(\.code)) }
    }
    /// How many rejects there are by code, sorted by code. An event read from the log has them too.
    public internal(set) var rejectCodes: [CodeCount]
    /// Columns whose guessed type was changed because a value of this chunk did not fit it.
    public var widened: [WidenedColumn]
    /// The time spent on reading, and on writing up to the commit, in microseconds.
    public var readMicroseconds: UInt64
    public var writeMicroseconds: UInt64
    /// The process's resident memory after the chunk.
    public var residentBytes: UInt64
    /// The sum, modulo 2⁶⁴, of the fingerprints of the row versions that the chunk left; nil without undo data.
    public var rowsDigest: UInt64?
    /// The most records and bytes that the chunk could hold when it was read; 0 if that was not recorded.
    public var limitRecords: UInt64
    public var limitBytes: UInt64
    /// What the bytes beyond ASCII are, where that tells for or against the encoding: "utf-8" or "other"; empty if that was
    /// not noted.
    public var text: String

    /// The text of a chunk whose bytes beyond ASCII are UTF-8.
    package static let utf8Text = "utf-8"
    package static let otherText = "other"

    public init(
        chunk: UInt64, span: Span, counts: Counts, digest: [UInt8] = [], digestChain: [UInt8] = [],
        rejects: [Reject] = [], widened: [WidenedColumn] = [], readMicroseconds: UInt64 = 0,
        writeMicroseconds: UInt64 = 0, residentBytes: UInt64 = 0,
        rowsDigest: UInt64? = nil, limitRecords: UInt64 = 0, limitBytes: UInt64 = 0, text: String = ""
    ) {
        self.chunk = chunk
        self.text = text
        self.span = span
        self.counts = counts
        self.digest = digest
        self.digestChain = digestChain
        self.rejects = rejects
        self.rejectCodes = CodeCount.counting(rejects.map(\.code))
        self.widened = widened
        self.readMicroseconds = readMicroseconds
        self.writeMicroseconds = writeMicroseconds
        self.residentBytes = residentBytes
        self.rowsDigest = rowsDigest
        self.limitRecords = limitRecords
        self.limitBytes = limitBytes
    }

    /// The same as it is read back from the log.
    var withoutRejects: ChunkCommitted {
        var result = self
        result.rejects = []
        result.rejectCodes = rejectCodes
        return result
    }
}

/// A column that got another type because a value did not fit the guessed one.
public struct WidenedColumn: Sendable, Equatable {
    public var column: String
    /// The types, as the destination calls them. In older logs, the former one is missing and empty here.
    public var from: String
    public var to: String
    /// The line of the first such value, from 1; 0 in older logs.
    public var line: UInt64
    /// The value, or its beginning where it is long.
    public var value: String

    public init(column: String, from: String = "", to: String = "text", line: UInt64 = 0, value: String = "") {
        self.column = column
        self.from = from
        self.to = to
        self.line = line
        self.value = value
    }
}

/// How often a reject code occurs.
public struct CodeCount: Sendable, Equatable, Encodable {
    public var code: String
    public var count: UInt64

    public init(code: String, count: UInt64) {
        self.code = code
        self.count = count
    }

    static func counting(_ codes: [String]) -> [CodeCount] {
        var counts: [String: UInt64] = [:]
        for code in codes { counts[code, default: 0] += 1 }
        return counts.sorted { $0.key < $1.key }.map { CodeCount(code: $0.key, count: $0.value) }
    }
}

/// A chunk was in the log but not in the destination, which lost the commit.
public struct ChunkLost: Sendable, Equatable {
    public var chunk: UInt64
    public var span: Span
    /// The chunk's counts, which no longer count.
    public var counts: Counts

    public init(chunk: UInt64, span: Span, counts: Counts) {
        self.chunk = chunk
        self.span = span
        self.counts = counts
    }
}

/// An attempt to write a chunk failed; nothing of it is in the destination.
public struct ChunkFailed: Sendable, Equatable {
    public var chunk: UInt64
    /// From 1.
    public var attempt: UInt32
    public var error: String
    public var willRetry: Bool

    public init(chunk: UInt64, attempt: UInt32, error: String, willRetry: Bool) {
        self.chunk = chunk
        self.attempt = attempt
        self.error = error
        self.willRetry = willRetry
    }
}

/// All records of the source were read.
public struct ImportCompleted: Sendable, Equatable {
    /// The source digest of the whole source, 32 bytes.
    public var digest: [UInt8]
    /// The source's size in bytes.
    public var bytes: UInt64
    /// Of all chunks together.
    public var counts: Counts
    /// Parts of the source that may hold records and were left out without being asked for.
    public var passedOver: UInt64
    /// The earlier import of the same bytes, because of which nothing was written.
    public var sameAs: ImportID?
    /// Sections that are probably misread, as was seen only at their end. `passedOver` counts them.
    public var misread: [LeftOutPart]

    public init(
        digest: [UInt8], bytes: UInt64, counts: Counts, passedOver: UInt64 = 0, sameAs: ImportID? = nil,
        misread: [LeftOutPart] = []
    ) {
        self.misread = misread
        self.digest = digest
        self.bytes = bytes
        self.counts = counts
        self.passedOver = passedOver
        self.sameAs = sameAs
    }
}
