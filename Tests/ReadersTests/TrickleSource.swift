import Readers
import Records

/// Bytes in memory that come a few at a time.
struct TrickleSource: ByteSource {
    let bytes: [UInt8]
    let step: Int
    var offset = 0

    init(_ bytes: [UInt8], step: Int = .max) {
        self.bytes = bytes
        self.step = step
    }

    var size: UInt64? { UInt64(bytes.count) }

    mutating func read(into buffer: UnsafeMutableRawBufferPointer) throws -> Int {
        let count = min(step, buffer.count, bytes.count - offset)
        buffer.copyBytes(from: bytes[offset..<(offset + count)])
        offset += count
        return count
    }

    mutating func seek(to offset: UInt64) throws { self.offset = min(Int(offset), bytes.count) }
}

/// A source that makes its bytes up, for sizes that should not be in memory.
struct GeneratedSource: ByteSource {
    /// Runs of one and the same byte, each this often.
    let runs: [(byte: UInt8, count: Int)]
    var offset = 0

    init(_ runs: [(byte: UInt8, count: Int)]) { self.runs = runs }

    static func text(_ text: String) -> [(byte: UInt8, count: Int)] { text.utf8.map { ($0, 1) } }

    var size: UInt64? { UInt64(runs.reduce(0) { $0 + $1.count }) }

    mutating func read(into buffer: UnsafeMutableRawBufferPointer) throws -> Int {
        var runStart = 0
        for run in runs {
            if offset < runStart + run.count {
                let count = min(buffer.count, runStart + run.count - offset)
                UnsafeMutableRawBufferPointer(rebasing: buffer[..<count]).initializeMemory(
                    as: UInt8.self, repeating: run.byte)
                offset += count
                return count
            }
            runStart += run.count
        }
        return 0
    }

    mutating func seek(to offset: UInt64) throws { self.offset = Int(offset) }
}

/// Bytes that can be read only once, like a pipe's.
final class PipeSource: ByteSource, @unchecked Sendable {
    /// Read by one reader at a time.
    private var trickle: TrickleSource

    init(_ bytes: [UInt8], step: Int = .max) { trickle = TrickleSource(bytes, step: step) }

    var size: UInt64? { nil }

    func read(into buffer: UnsafeMutableRawBufferPointer) throws -> Int { try trickle.read(into: buffer) }

    func seek(to offset: UInt64) throws {
        if offset != UInt64(trickle.offset) { throw DataError(.unreadable, "a pipe cannot seek") }
    }
}
