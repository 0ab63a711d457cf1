import Readers
import Records
import Testing

/// Reads a whole JSON file and checks that its chunks are what chunks must be.
func readJSON(
    _ bytes: [UInt8], options: JSONOptions = JSONOptions(), step: Int = .max, limit: ChunkLimit = ChunkLimit(),
    reopening: Reopening = .never, sourceLocation: SourceLocation = #_sourceLocation
) throws -> Reading {
    try readJSON(
        bytes, with: { try JSONReader(source: TrickleSource(bytes, step: $0), options: options) }, step: step,
        limit: limit, reopening: reopening, sourceLocation: sourceLocation)
}

func readJSON(
    _ bytes: [UInt8], with open: (_ step: Int) throws -> JSONReader, step: Int, limit: ChunkLimit = ChunkLimit(),
    reopening: Reopening = .never, sourceLocation: SourceLocation = #_sourceLocation
) throws -> Reading {
    var reader = try open(step)
    var reading = Reading(columns: reader.columns, end: reader.dataStart)
    var chunk = Chunk()
    var chunkCount = 0
    while true {
        if reopening == .beforeEachChunk {
            let location = reader.location
            reader = try JSONReader(
                source: TrickleSource(bytes, step: step), layout: reader.layout, columns: reader.columns,
                dataStart: reader.dataStart)
            try reader.seek(to: location)
        }
        guard try reader.fill(&chunk, limit: limit) else { break }
        chunkCount += 1
        try #require(chunkCount <= bytes.count, "a chunk has bytes", sourceLocation: sourceLocation)
        checkJSON(chunk, of: bytes, after: reading.end, limit: limit, sourceLocation: sourceLocation)
        reading.append(chunk)
        if chunk.end != reader.location { Issue.record("the reader is elsewhere", sourceLocation: sourceLocation) }
    }
    if reading.end.byteOffset != UInt64(bytes.count) {
        Issue.record("the chunks end at \(reading.end.byteOffset), not at the end", sourceLocation: sourceLocation)
    }
    return reading
}

/// Checks a chunk's span. Plain conditions, because this runs very often.
private func checkJSON(
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
        require(reject.location.line == line(at: start, in: bytes), "a reject knows its line")
    }
    for index in chunk.records.indices {
        let location = chunk.location(ofRecord: index)
        require(location.line == line(at: Int(location.byteOffset), in: bytes), "a record knows its line")
    }
}

func line(at offset: Int, in bytes: [UInt8]) -> UInt64 {
    1 + UInt64(bytes[..<offset].count { $0 == UInt8(ascii: "\n") })
}

/// Reads a file in every way that must make no difference.
func checkSplitting(
    _ bytes: [UInt8], options: JSONOptions = JSONOptions(), steps: some Sequence<Int>,
    sourceLocation: SourceLocation = #_sourceLocation
) throws {
    let whole = try readJSON(bytes, options: options, sourceLocation: sourceLocation)
    for step in steps {
        for limit in ChunkLimit.cuts {
            for reopening in [Reopening.never, .beforeEachChunk] {
                let reading = try readJSON(
                    bytes, options: options, step: step, limit: limit, reopening: reopening,
                    sourceLocation: sourceLocation)
                if reading != whole {
                    #expect(
                        reading == whole,
                        "\(String(decoding: bytes, as: UTF8.self)): \(step) at a time, \(limit), \(reopening)",
                        sourceLocation: sourceLocation)
                }
            }
        }
    }
}
