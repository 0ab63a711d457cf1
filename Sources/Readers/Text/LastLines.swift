internal import Records

/// Finds where the last lines of a text begin. Empty lines do not count.
struct LastLines {
    private let count: Int
    private let unitBytes: Int
    private let isBigEndian: Bool

    init(_ count: Int, _ encoding: TextEncoding) {
        self.count = count
        unitBytes = encoding.unitBytes
        isBigEndian = encoding == .utf16be
    }

    /// The offset of the first of them; nil if there are fewer. What knows its size is read from its end, anything else
    /// as a whole.
    func start(in source: any ByteSource) throws -> UInt64? {
        guard let size = source.size else { return try start(in: source, from: 0, skipsFirst: false) }
        var window = Self.windowBytes
        while UInt64(window) < size {
            // Units are not cut in two.
            let from = (size - UInt64(window)) & ~1
            if let start = try start(in: source, from: from, skipsFirst: true) { return start }
            window *= 4
        }
        return try start(in: source, from: 0, skipsFirst: false)
    }

    private static let windowBytes = 64 << 10

    /// Nil if there are not enough lines.
    ///
    /// - Parameter skipsFirst: whether the first line may have begun before.
    private func start(in source: any ByteSource, from offset: UInt64, skipsFirst: Bool) throws -> UInt64? {
        var source = source
        try source.seek(to: offset)
        var starts: [UInt64] = []
        var next = 0
        var (position, lineStart) = (offset, offset)
        var (isBlank, isSkipped) = (true, skipsFirst)
        func endLine() {
            if !isBlank && !isSkipped {
                if starts.count < count { starts.append(lineStart) } else { starts[next] = lineStart }
                next = (next + 1) % count
            }
            isSkipped = false
            isBlank = true
        }
        var rest: [UInt8] = []
        while true {
            let bytes = rest + (try source.readHead(upTo: Self.windowBytes))
            if bytes.count == rest.count { break }
            var index = 0
            while index + unitBytes <= bytes.count {
                let high = unitBytes == 1 ? 0 : bytes[index + (isBigEndian ? 0 : 1)]
                let low = bytes[index + (isBigEndian ? unitBytes - 1 : 0)]
                position += UInt64(unitBytes)
                index += unitBytes
                if high == 0 && LineByte.isEnd(low) {
                    endLine()
                    lineStart = position
                } else {
                    isBlank = false
                }
            }
            rest = Array(bytes[index...])
        }
        endLine()
        return starts.count < count ? nil : starts[next]
    }
}
