internal import Records

/// Turns text into a chunk's records and rejects. It reads nothing: it says when it needs more text.
///
/// What it makes of a file depends on the bytes alone, never on how many of them are there yet, so that the same file
/// gives the same records however it is read and cut into chunks.
struct JSONChunkBuilder: Sendable {
    let layout: JSONLayout
    private(set) var row: JSONRow
    /// The keys of records that cannot be used, as far as they could be read, while no record was found that can be: so
    /// that a table can be made for them.
    private(set) var keysOfRejects: [String] = []

    /// A record that is too large keeps this many of its first bytes.
    static let keptBytesOfTooLarge = 64 << 10
    /// A chunk holds no more fields than this, apart from one record's: records of few keys among many columns take
    /// more room than their bytes.
    private static let maximumFieldCount = 2 << 20

    /// What comes next in the text.
    enum State: Sendable {
        /// A line (lines).
        case line
        /// The rest of a line that is too large (lines).
        case restOfLine
        /// The array's opening bracket.
        case opening
        /// A record, after the opening bracket or a comma.
        case record(isFirst: Bool)
        /// A comma or the array's closing bracket.
        case separator
        /// The rest of a record that is too large.
        case restOfRecord(JSONSkim)
        /// The rest of the document after the array or the only record.
        case tail(JSONValidator)
        /// Nothing of interest.
        case rest
    }

    /// How much of the text has been used, counted from the chunk's start.
    struct Progress {
        var state: State
        var offset = 0
        var lines: UInt64 = 0
        /// How much white space stands before `offset`.
        var spaceBytes = 0
    }

    /// A chunk's limits, as offsets from the chunk's start.
    struct Bounds {
        var records: Int
        /// No record begins at or after this.
        var bytes: Int
        /// No record follows so many rejects.
        var rejects = Int.max
        /// Nothing at all is taken from here on: the end of a span that is read again.
        var end: Int?
        /// Whether what follows the array is left alone.
        var stopsBehindArray = false
    }

    /// What is expected at the data's start.
    var initialState: State {
        switch layout.form {
        case .lines: .line
        case .array, .arrays: .opening
        case .record, .member, .sequence: .record(isFirst: true)
        }
    }

    /// What is expected after the array or the only record.
    var tail: State { .tail(JSONValidator(restInside: layout.path.count, maxDepth: layout.maxDepth)) }

    enum Step { case needsText, isFull, isAtEnd }

    init(layout: JSONLayout, columns: [String], learnsColumns: Bool = false) {
        self.layout = layout
        row = JSONRow(columns: columns, learnsColumns: learnsColumns, flattens: layout.flattens)
    }

    /// Adds records until the chunk is full or the text used up.
    mutating func addRecords(
        from text: SourceText, to chunk: inout Chunk, progress: inout Progress, bounds: Bounds
    ) -> Step {
        while true {
            if bounds.stopsBehindArray, case .tail = progress.state { return .isAtEnd }
            if progress.offset == text.count {
                if !text.isFinal { return .needsText }
                rejectCutOff(text, progress: &progress, to: &chunk)
                return .isAtEnd
            }
            if progress.offset >= bounds.end ?? .max { return .isFull }
            let step: Step? =
                switch progress.state {
                case .line: addLine(text, to: &chunk, progress: &progress, bounds: bounds)
                case .restOfLine, .restOfRecord, .rest: skip(text, progress: &progress, bounds: bounds)
                case .tail(let validator):
                    addTail(validator, text, to: &chunk, progress: &progress, bounds: bounds)
                case .opening, .record, .separator:
                    addElement(text, to: &chunk, progress: &progress, bounds: bounds)
                }
            if let step { return step }
        }
    }

    func isFull(_ chunk: Chunk, _ progress: Progress, _ bounds: Bounds) -> Bool {
        let count = chunk.recordsRead
        return count > 0
            && (count >= bounds.records || progress.offset >= bounds.bytes
                || chunk.fields.count >= Self.maximumFieldCount || chunk.rejects.count >= bounds.rejects)
    }

    /// Adds the record that is in `range` to the chunk, its value at `start`, or says what is wrong with it. Returns
    /// the value's end. `isWhole` says that nothing else may be in `range`.
    @inline(__always)
    mutating func add(
        _ text: JSONScanner, from start: Int, recordStart: Int, isWhole: Bool, progress: Progress, to chunk: inout Chunk
    ) -> Result<Int, JSONProblem> {
        let decodedBytes = chunk.decoded.count
        let columnCount = row.columns.count
        do throws(JSONProblem) {
            let end = try read(text, from: start, isWhole: isWhole, decoded: &chunk.decoded)
            chunk.fields.append(contentsOf: row.fields)
            chunk.records.append(
                Chunk.Record(
                    offset: UInt32(recordStart), length: UInt32((isWhole ? text.end : end) - recordStart),
                    line: UInt32(progress.lines), number: UInt32(chunk.recordsRead)))
            return .success(end)
        } catch {
            chunk.decoded.removeSubrange(decodedBytes...)
            if columnCount == 0 { noteKeysOfReject() }
            row.cutColumns(to: columnCount)
            return .failure(error)
        }
    }

    private mutating func noteKeysOfReject() {
        guard row.learnsColumns, row.columns.count > keysOfRejects.count else { return }
        keysOfRejects += row.columns.names.filter { !keysOfRejects.contains($0) }
    }

    @inline(__always)
    private mutating func read(
        _ text: JSONScanner, from start: Int, isWhole: Bool, decoded: inout [UInt8]
    ) throws(JSONProblem) -> Int {
        row.begin()
        if layout.form == .member {
            let end = try row.readMember(text, from: start, decoded: &decoded)
            if let invalid = text.invalidUTF8(in: start..<end) { throw JSONProblem(.notUTF8, at: invalid) }
            return end
        }
        let isObject = try text.byte(at: start) == JSONByte.openBrace
        let end =
            isObject
            ? try row.read(text, from: start, decoded: &decoded) : try text.value(from: start, depth: 0)
        if isWhole {
            let next = text.skipSpace(from: end)
            if next < text.end { throw JSONProblem(.textAfterRecord, at: next) }
        }
        if !isObject { throw JSONProblem(.notAnObject, at: start) }
        if let invalid = text.invalidUTF8(in: start..<end) { throw JSONProblem(.notUTF8, at: invalid) }
        return end
    }

    /// Uses the text up to `end`, which is white space or not.
    func advance(_ text: SourceText, to end: Int, isSpace: Bool = false, progress: inout Progress) {
        progress.lines += UInt64(JSONByte.countLineFeeds(in: text.text, progress.offset..<end))
        progress.spaceBytes = isSpace ? progress.spaceBytes + end - progress.offset : 0
        progress.offset = end
    }
}
