/// Bytes that are appended, and then read anywhere: in memory up to a limit, and beyond it in a temporary file.
struct SpillingBytes: Sendable {
    private(set) var count: UInt64 = 0
    private let memoryLimit: Int
    /// All of the bytes, or those that are not in the file yet.
    private var memory: [UInt8] = []
    private var file: TemporaryFile?
    private var fileBytes: UInt64 = 0

    private static let writeBytes = 256 << 10

    init(memoryLimit: Int) { self.memoryLimit = memoryLimit }

    mutating func append(_ bytes: UnsafeRawBufferPointer) throws {
        count += UInt64(bytes.count)
        let most = file == nil ? memoryLimit : Self.writeBytes
        if bytes.count > Self.writeBytes && memory.count + bytes.count > most {
            // Not copied first: a text may be as large as all that is kept in memory.
            try spill()
            try write(bytes)
            return
        }
        memory.append(contentsOf: bytes)
        if memory.count > most { try spill() }
    }

    /// Makes all bytes readable; none may be appended after it.
    mutating func finish() throws {
        if file != nil { try spill() }
    }

    private mutating func spill() throws {
        try memory.withUnsafeBytes { try write($0) }
        memory = []
    }

    private mutating func write(_ bytes: UnsafeRawBufferPointer) throws {
        let file = try self.file ?? TemporaryFile()
        try file.write(bytes, at: fileBytes)
        fileBytes += UInt64(bytes.count)
        self.file = file
    }

    /// Gives the bytes of a range piece by piece. `cache` is the caller's, for these bytes alone.
    @inline(__always)
    func read(_ range: Range<UInt64>, cache: inout PageCache, _ body: (UnsafeRawBufferPointer) -> Void) throws {
        guard let file else {
            return memory.withUnsafeBytes { body(.init(rebasing: $0[Int(range.lowerBound)..<Int(range.upperBound)])) }
        }
        try cache.read(range, of: file, body)
    }
}

/// The pages of a file that were read last.
struct PageCache: Sendable {
    private static let pageBytes: UInt64 = 16 << 10
    private static let pageCount: UInt64 = 64

    private var pages: [(number: UInt64, bytes: [UInt8])] = []

    mutating func read(
        _ range: Range<UInt64>, of file: TemporaryFile, _ body: (UnsafeRawBufferPointer) -> Void
    ) throws {
        if pages.isEmpty { pages = Array(repeating: (.max, []), count: Int(Self.pageCount)) }
        var position = range.lowerBound
        while position < range.upperBound {
            let number = position / Self.pageBytes
            let slot = Int(number % Self.pageCount)
            if pages[slot].number != number {
                pages[slot].number = .max
                if pages[slot].bytes.isEmpty { pages[slot].bytes = Array(repeating: 0, count: Int(Self.pageBytes)) }
                _ = try pages[slot].bytes.withUnsafeMutableBytes {
                    try file.read(into: $0, at: number * Self.pageBytes)
                }
                pages[slot].number = number
            }
            let pageStart = number * Self.pageBytes
            let end = min(range.upperBound, pageStart + Self.pageBytes)
            pages[slot].bytes.withUnsafeBytes {
                body(.init(rebasing: $0[Int(position - pageStart)..<Int(end - pageStart)]))
            }
            position = end
        }
    }
}
