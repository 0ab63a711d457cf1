internal import Records

/// What is found out about a section's records, from one place of the document to another.
struct JSONScan: Sendable {
    private(set) var cursor: JSONCursor
    private(set) var count: UInt64 = 0
    private(set) var hasUsableRecords = false
    private(set) var firstReject: RejectedRecord?
    private var builder: JSONChunkBuilder
    private var state: JSONChunkBuilder.State
    private var step = JSONChunkBuilder.Step.isFull

    /// How much of a section is in memory at a time: its chunks are dropped as soon as they are counted.
    private static let chunkBytes = 256 << 10

    /// Begins at the section's beginning, or else where its next record begins.
    init(from cursor: JSONCursor, layout: JSONLayout, isFirst: Bool = true) {
        self.cursor = cursor
        builder = JSONChunkBuilder(layout: layout, columns: [], learnsColumns: true)
        state = isFirst || layout.form == .lines ? builder.initialState : .record(isFirst: false)
    }

    /// The records' keys in the order in which they first occur.
    var columns: [String] { builder.row.columns.names }

    /// The keys of records that cannot be used, where none can.
    var keysOfRejects: [String] { builder.keysOfRejects }

    var hasTooManyColumns: Bool { builder.row.hasTooManyColumns }

    /// Whether the section's end was seen.
    var isWhole: Bool { step == .isAtEnd }

    /// Whether the array was closed.
    var isClosed: Bool { if case .tail = state { true } else { false } }

    /// Whether a record begins here that is not the section's first.
    private var isBetweenRecords: Bool {
        switch state {
        case .line, .record(isFirst: false): step == .isFull
        default: false
        }
    }

    /// Goes on up to the section's end, or to the first place at or after `end` where something new begins.
    mutating func go(to end: UInt64 = .max, stopsAtReject: Bool = false) throws {
        var chunk = Chunk()
        while step == .isFull, cursor.location.byteOffset < end, firstReject == nil || !stopsAtReject {
            let bounds = JSONChunkBuilder.Bounds(
                records: .max, bytes: Self.chunkBytes, end: Int(clamping: end - cursor.location.byteOffset),
                stopsBehindArray: true)
            step = try cursor.addRecords(&builder, to: &chunk, state: &state, bounds: bounds)
            count += UInt64(chunk.recordsRead)
            hasUsableRecords = hasUsableRecords || !chunk.records.isEmpty
            firstReject = firstReject ?? chunk.rejects.first
        }
    }

    /// Goes on where another one has come to, with what it found, if it began at `start` and this one has come there. False,
    /// and nothing has happened, where it must be found again.
    mutating func join(_ next: JSONScan, from start: UInt64) -> Bool {
        guard isBetweenRecords, cursor.location.byteOffset == start else { return false }
        let known = Set(columns)
        let columns = columns + next.columns.filter { !known.contains($0) }
        if hasTooManyColumns || next.hasTooManyColumns || columns.count > JSONColumns.maximumCount { return false }
        // Without a record that can be used, the place of the first reject is told, and only this one knows its line.
        if !hasUsableRecords { return false }
        builder = JSONChunkBuilder(layout: builder.layout, columns: columns, learnsColumns: true)
        count += next.count
        cursor = next.cursor.reached(from: cursor.location)
        (state, step) = (next.state, next.step)
        return true
    }
}
