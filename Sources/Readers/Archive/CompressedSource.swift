internal import Records
internal import Synchronization

/// The expanded bytes of one compressed stream: all members of a `.gz`, all frames of a `.zst`, all streams of a `.bz2`
/// or `.xz`.
///
/// Seeking fast-forwards: forward by reading on, back by beginning again. A copy reads on independently; it begins again,
/// too. Reads throw `DataError`: `.unreadable` where the stream is damaged, after all bytes that could be had before the
/// damage, and `.malformed` where it expands beyond the limits.
package struct CompressedSource: ByteSource {
    /// Nil: how much comes out is known only at the end.
    package var size: UInt64? { nil }
    package var isRepeatable: Bool { true }
    /// How much of the compressed bytes has been used up.
    package let consumed = ByteCounter()

    private var stream: RestartingStream

    /// `name` is what messages call the source. Nothing is opened before the first read.
    package init(
        _ compression: Compression, name: String, limits: ExpansionLimits = ExpansionLimits(),
        open: @escaping ByteSourceOpening
    ) {
        stream = RestartingStream { [consumed] in
            let source = try open()
            let expansion: any Expansion =
                switch compression {
                case .gzip: try GzipExpansion(source, name: name)
                case .zstd, .bzip2, .xz: try FilterExpansion(source, compression, name: name)
                }
            return LimitedExpansion(expansion, name: name, limits: limits, consumed: consumed)
        }
    }

    package mutating func read(into buffer: UnsafeMutableRawBufferPointer) throws -> Int {
        try stream.read(into: buffer)
    }

    package mutating func seek(to offset: UInt64) { stream.seek(to: offset) }
}

/// A count of bytes that any thread may look at while another one reads.
///
/// Copies of a source share it, and it says where the one stands that read last.
package final class ByteCounter: Sendable {
    private let count = Atomic<UInt64>(0)

    package var value: UInt64 {
        get { count.load(ordering: .relaxed) }
        set { count.store(newValue, ordering: .relaxed) }
    }
}

/// The bytes that come out of a compressed stream.
protocol Expansion: ByteStream {
    /// How many compressed bytes have been used up.
    var consumed: UInt64 { get }
}

/// Watches how far a stream expands.
private final class LimitedExpansion: ByteStream {
    private let expansion: any Expansion
    private let name: String
    private let limits: ExpansionLimits
    private let consumed: ByteCounter
    private var expanded: UInt64 = 0

    init(_ expansion: any Expansion, name: String, limits: ExpansionLimits, consumed: ByteCounter) {
        self.expansion = expansion
        self.name = name
        self.limits = limits
        self.consumed = consumed
    }

    func read(into buffer: UnsafeMutableRawBufferPointer) throws -> Int {
        let count = try expansion.read(into: buffer)
        expanded += UInt64(count)
        consumed.value = expansion.consumed
        try limits.check(expanded: expanded, compressed: expansion.consumed, of: name)
        return count
    }
}
