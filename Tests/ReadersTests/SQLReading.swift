import Readers
import Records
import Testing

/// Reads a table of an SQL file whole and checks that its chunks are what chunks must be.
func readSQL(
    _ bytes: [UInt8], options: SQLOptions = SQLOptions(), step: Int = .max, limit: ChunkLimit = ChunkLimit(),
    reopening: Reopening = .never, sourceLocation: SourceLocation = #_sourceLocation
) throws -> Reading {
    let reader = try SQLReader(source: TrickleSource(bytes), options: options)
    return try readSQL(
        bytes, layout: reader.layout, columns: reader.columns, dataStart: reader.dataStart, step: step, limit: limit,
        reopening: reopening, sourceLocation: sourceLocation)
}

func readSQL(
    _ bytes: [UInt8], layout: SQLLayout, columns: [String], dataStart: RecordLocation, step: Int,
    limit: ChunkLimit, reopening: Reopening, sourceLocation: SourceLocation = #_sourceLocation
) throws -> Reading {
    func open() throws -> SQLReader {
        try SQLReader(
            source: TrickleSource(bytes, step: step), layout: layout, columns: columns, dataStart: dataStart)
    }
    var reader = try open()
    var reading = Reading(columns: reader.columns, end: reader.dataStart)
    var chunk = Chunk()
    var chunkCount = 0
    while true {
        if reopening == .beforeEachChunk {
            let location = reader.location
            reader = try open()
            try reader.seek(to: location)
        }
        guard try reader.fill(&chunk, limit: limit) else { break }
        chunkCount += 1
        try #require(chunkCount <= bytes.count, "a chunk has bytes", sourceLocation: sourceLocation)
        checkSQL(chunk, of: bytes, after: reading.end, limit: limit, sourceLocation: sourceLocation)
        reading.append(chunk)
        if chunk.end != reader.location { Issue.record("the reader is elsewhere", sourceLocation: sourceLocation) }
    }
    if reading.end.byteOffset != layout.end ?? UInt64(bytes.count) {
        Issue.record("the chunks end at \(reading.end.byteOffset), not at the end", sourceLocation: sourceLocation)
    }
    return reading
}

/// Checks a chunk's span. Plain conditions, because this runs very often.
private func checkSQL(
    _ chunk: Chunk, of bytes: [UInt8], after end: RecordLocation, limit: ChunkLimit, sourceLocation: SourceLocation
) {
    func require(_ condition: Bool, _ fact: String) {
        if !condition { Issue.record("\(fact): \(chunk.start) to \(chunk.end)", sourceLocation: sourceLocation) }
    }
    let span = Int(chunk.start.byteOffset)..<Int(chunk.end.byteOffset)
    require(chunk.start == end, "a chunk begins where the one before it ended")
    require(chunk.bytes.elementsEqual(bytes[span]), "a chunk has the bytes of its span")
    require(chunk.end.record == chunk.start.record + UInt64(chunk.recordsRead), "records are numbered without gaps")
    let isCutOff = chunk.rejects.last?.raw.isEmpty == true
    require(chunk.recordsRead <= max(1, limit.records) + (isCutOff ? 1 : 0), "a chunk keeps to its record limit")
    require(chunk.fields.count == chunk.records.count * chunk.columnCount, "each record has a field per column")
    let numbers =
        chunk.records.map { UInt64($0.number) + chunk.start.record } + chunk.rejects.map(\.location.record)
    require(numbers.sorted().elementsEqual(chunk.start.record..<chunk.end.record), "each number is given once")
    for reject in chunk.rejects {
        let start = Int(reject.location.byteOffset)
        require(bytes[start...].starts(with: reject.raw), "a reject keeps its own bytes")
        require(reject.code == .tooLarge || start + reject.raw.count <= span.upperBound, "a reject is in its chunk")
    }
}
