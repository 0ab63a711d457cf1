internal import Synchronization

/// A source whose first bytes are read once and kept, for one where going back costs a new beginning, such as an archive's
/// entry: several looks at the beginning cost one, and a reader that goes beyond it reads on.
///
/// Copies share the underlying source; read only one of them at a time.
package struct HeadedSource: ByteSource {
    package var size: UInt64? { nil }
    package var isRepeatable: Bool { true }
    /// The first bytes, or all there are.
    package let head: [UInt8]
    /// Whether the head is all there is.
    package let isWhole: Bool

    private let rest: Rest
    private var offset: UInt64 = 0

    /// - Parameter count: how many of the first bytes are kept.
    package init(_ base: any ByteSource, keeping count: Int) throws {
        var base = base
        try base.seek(to: 0)
        head = try base.readHead(upTo: count)
        isWhole = head.count < count
        rest = Rest(base, at: UInt64(head.count))
    }

    package mutating func read(into buffer: UnsafeMutableRawBufferPointer) throws -> Int {
        if offset < head.count {
            let part = head[Int(offset)...].prefix(buffer.count)
            part.withUnsafeBytes { buffer.copyMemory(from: $0) }
            offset += UInt64(part.count)
            return part.count
        }
        if isWhole { return 0 }
        let count = try rest.read(at: offset, into: buffer)
        offset += UInt64(count)
        return count
    }

    package mutating func seek(to offset: UInt64) { self.offset = offset }

    /// What comes after the head, and where it stands.
    private final class Rest: Sendable {
        private let state: Mutex<(base: any ByteSource, offset: UInt64)>

        init(_ base: any ByteSource, at offset: UInt64) { state = Mutex((base, offset)) }

        func read(at offset: UInt64, into buffer: UnsafeMutableRawBufferPointer) throws -> Int {
            try state.withLock { state in
                if state.offset != offset { try state.base.seek(to: offset) }
                state.offset = offset
                let count = try state.base.read(into: buffer)
                state.offset += UInt64(count)
                return count
            }
        }
    }
}

extension ByteSource {
    /// The first bytes of a source that can be read from its beginning again.
    package func head(upTo most: Int) throws -> [UInt8] {
        var source = self
        try source.seek(to: 0)
        return try source.readHead(upTo: most)
    }

    /// Whether a source that can be read from its beginning again has no byte over 7F.
    package func isASCII() throws -> Bool {
        var source = self
        try source.seek(to: 0)
        while true {
            let piece = try source.readHead(upTo: 1 << 16)
            if piece.contains(where: { $0 >= 0x80 }) { return false }
            if piece.isEmpty { return true }
        }
    }

    /// The next `most` bytes, or all there are.
    mutating func readHead(upTo most: Int) throws -> [UInt8] {
        try [UInt8](unsafeUninitializedCapacity: most) { buffer, count in
            while count < most {
                let got = try read(into: .init(rebasing: UnsafeMutableRawBufferPointer(buffer)[count..<most]))
                if got == 0 { return }
                count += got
            }
        }
    }
}
