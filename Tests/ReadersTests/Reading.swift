import Readers
import Records
import Testing

/// All that a reader gave for a file.
struct Reading: Equatable {
    struct Row: Equatable {
        var values: [String?]
        var location: RecordLocation
        var raw: [UInt8]
    }

    var columns: [String] = []
    var rows: [Row] = []
    var rejects: [RejectedRecord] = []
    var end = RecordLocation()

    /// Values as they are meant to be read: NULL is `∅`, fields are separated by `|`.
    var lines: [String] { rows.map { $0.values.map { $0 ?? "∅" }.joined(separator: "|") } }
}

enum Reopening { case never, beforeEachChunk }

/// Reads a whole file and checks that its chunks are what chunks must be.
func read(
    _ bytes: [UInt8], options: CSVOptions = CSVOptions(), step: Int = .max, limit: ChunkLimit = ChunkLimit(),
    reopening: Reopening = .never, sourceLocation: SourceLocation = #_sourceLocation
) throws -> Reading {
    var reader = try CSVReader(source: TrickleSource(bytes, step: step), options: options)
    var reading = Reading(columns: reader.columns, end: reader.dataStart)
    var chunk = Chunk()
    var chunkCount = 0
    while true {
        if reopening == .beforeEachChunk {
            let location = reader.location
            reader = try CSVReader(
                source: TrickleSource(bytes, step: step), dialect: reader.dialect, columns: reader.columns,
                dataStart: reader.dataStart)
            try reader.seek(to: location)
        }
        guard try reader.fill(&chunk, limit: limit) else { break }
        chunkCount += 1
        try #require(chunkCount <= bytes.count, "a chunk has bytes", sourceLocation: sourceLocation)
        check(chunk, of: bytes, after: reading.end, limit: limit, sourceLocation: sourceLocation)
        reading.append(chunk)
        if chunk.end != reader.location { Issue.record("the reader is elsewhere", sourceLocation: sourceLocation) }
    }
    if reading.end.byteOffset != UInt64(bytes.count) {
        Issue.record("the chunks end at \(reading.end.byteOffset), not at the end", sourceLocation: sourceLocation)
    }
    return reading
}

/// Checks a chunk's span. Plain conditions, because this runs very often.
private func check(
    _ chunk: Chunk, of bytes: [UInt8], after end: RecordLocation, limit: ChunkLimit, sourceLocation: SourceLocation
) {
    func require(_ condition: Bool, _ fact: String) {
        if !condition { Issue.record("\(fact): \(chunk.start) to \(chunk.end)", sourceLocation: sourceLocation) }
    }
    let span = Int(chunk.start.byteOffset)..<Int(chunk.end.byteOffset)
    require(chunk.start == end, "a chunk begins where the one before it ended")
    require(chunk.bytes.elementsEqual(bytes[span]), "a chunk has the bytes of its span")
    require(chunk.end.record == chunk.start.record + UInt64(chunk.recordsRead), "records are numbered without gaps")
    require(chunk.recordsRead <= max(1, limit.records), "a chunk keeps to its record limit")
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

extension Reading {
    mutating func append(_ chunk: Chunk) {
        chunk.withValues { values in
            for index in chunk.records.indices {
                rows.append(
                    Row(
                        values: (0..<chunk.columnCount).map { values.text(record: index, column: $0) },
                        location: chunk.location(ofRecord: index), raw: chunk.raw(ofRecord: index)))
            }
        }
        rejects += chunk.rejects
        end = chunk.end
    }
}

extension ChunkLimit {
    /// Limits that cut a small file in every way that matters.
    static let cuts = [
        ChunkLimit(records: 1), ChunkLimit(records: 2), ChunkLimit(records: 3), ChunkLimit(bytes: 1),
        ChunkLimit(bytes: 9), ChunkLimit(),
    ]
}

extension String {
    func encoded(_ encoding: TextEncoding, mark: Bool = false) -> [UInt8] {
        switch encoding {
        case .utf8: (mark ? [0xEF, 0xBB, 0xBF] : []) + Array(utf8)
        case .latin1, .windows1252: unicodeScalars.map { UInt8($0.value) }
        case .utf16, .utf16le:
            ((mark ? "\u{FEFF}" : "") + self).utf16.flatMap { [UInt8($0 & 0xFF), UInt8($0 >> 8)] }
        case .utf16be: ((mark ? "\u{FEFF}" : "") + self).utf16.flatMap { [UInt8($0 >> 8), UInt8($0 & 0xFF)] }
        }
    }
}
