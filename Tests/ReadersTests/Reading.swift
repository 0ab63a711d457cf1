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

/// Reads a whole CSV file and checks that its chunks are what chunks must be.
func read(
    _ bytes: [UInt8], options: CSVOptions = CSVOptions(), step: Int = .max, limit: ChunkLimit = ChunkLimit(),
    reopening: Reopening = .never, sourceLocation: SourceLocation = #_sourceLocation
) throws -> Reading {
    try ReaderLaws(example: .csv(bytes, options: options), sourceLocation: sourceLocation)
        .read(step: step, limit: limit, reopening: reopening)
}

/// Reads a whole JSON document that has one section, and checks the same.
func readJSON(
    _ bytes: [UInt8], options: JSONOptions = JSONOptions(), step: Int = .max, limit: ChunkLimit = ChunkLimit(),
    reopening: Reopening = .never, sourceLocation: SourceLocation = #_sourceLocation
) throws -> Reading {
    try ReaderLaws(example: .json(bytes, options: options), sourceLocation: sourceLocation)
        .read(step: step, limit: limit, reopening: reopening)
}

/// Reads all that a reader has.
func readAll(_ reader: some Reader, limit: ChunkLimit = ChunkLimit()) throws -> Reading {
    var reader = reader
    var reading = Reading(columns: reader.columns, end: reader.location)
    var chunk = Chunk()
    while try reader.fill(&chunk, limit: limit) { reading.append(chunk) }
    return reading
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
        default: encoding.bytes(of: self)
        }
    }
}
