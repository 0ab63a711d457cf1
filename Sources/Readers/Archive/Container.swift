/// What a source's bytes are packed in, as their beginning tells; the name plays no part.
package enum Container: Sendable, Hashable {
    /// Neither compressed nor an archive.
    case plain
    /// One compressed stream: `.gz`, `.zst`, `.bz2`, `.xz`.
    case compressed(Compression)
    /// Several entries, all of them in one compressed stream for a `.tar.gz` and its like.
    case archive(ArchiveFormat, Compression?)

    /// How many of the first bytes it takes to tell.
    package static let headBytes = 512

    /// Recognises the first `headBytes` bytes, or all there are. Never gives an archive that is compressed as a whole:
    /// that takes a look inside (`detect(name:open:)`).
    package static func detect(head: [UInt8]) -> Container {
        if let compression = Compression(head: head) { return .compressed(compression) }
        return ArchiveFormat(head: head).map { .archive($0, nil) } ?? .plain
    }

    /// Opens a source and recognises it, looking inside where it is compressed. Throws `DataError(.unreadable)`.
    package static func detect(name: String, open: @escaping ByteSourceOpening) throws -> Container {
        var source = try open()
        let container = detect(head: try source.readHead(upTo: headBytes))
        guard case .compressed(let compression) = container else { return container }
        var expanded = CompressedSource(compression, name: name, open: open)
        guard case .archive(.tar, nil) = detect(head: try expanded.readHead(upTo: headBytes)) else { return container }
        return .archive(.tar, compression)
    }
}

/// Opens a source at its first byte, each time it is called.
package typealias ByteSourceOpening = @Sendable () throws -> any ByteSource

/// A way to compress one stream of bytes.
package enum Compression: String, Sendable, CaseIterable {
    case gzip, zstd, bzip2, xz

    init?(head: [UInt8]) {
        if head.starts(with: [0x1F, 0x8B, 0x08]) {
            self = .gzip
        } else if head.starts(with: [0x28, 0xB5, 0x2F, 0xFD]) || Self.isSkippableFrame(head) {
            self = .zstd
        } else if head.starts(with: [0xFD] + Array("7zXZ\0".utf8)) {
            self = .xz
        } else if Self.isBzip2(head) {
            self = .bzip2
        } else {
            return nil
        }
    }

    /// Files that were compressed in parallel begin with a frame that says how long the first one is.
    private static func isSkippableFrame(_ head: [UInt8]) -> Bool {
        head.count > 4 && head[0] & 0xF0 == 0x50 && head[1...].starts(with: [0x2A, 0x4D, 0x18])
    }

    /// `BZh9` may begin a text, too: what follows is a block or the end of an empty stream.
    private static func isBzip2(_ head: [UInt8]) -> Bool {
        guard head.count >= 10, head.starts(with: Array("BZh".utf8)), (0x31...0x39).contains(head[3]) else {
            return false
        }
        return [[0x31, 0x41, 0x59, 0x26, 0x53, 0x59], [0x17, 0x72, 0x45, 0x38, 0x50, 0x90]].contains(head[4..<10])
    }
}

/// A way to put several files into one.
package enum ArchiveFormat: String, Sendable {
    case zip, tar

    init?(head: [UInt8]) {
        if head.starts(with: Array("PK\u{3}\u{4}".utf8)) || head.starts(with: Self.zipEnd) {
            self = .zip
        } else if Self.isTarHeader(head) {
            self = .tar
        } else {
            return nil
        }
    }

    /// The record at a zip's end; a zip without entries is nothing else.
    private static let zipEnd = Array("PK\u{5}\u{6}".utf8)

    static func isEmptyZip(_ head: [UInt8], size: UInt64?) -> Bool {
        guard head.count >= 22, head.starts(with: zipEnd) else { return false }
        let commentBytes = UInt64(head[20]) | UInt64(head[21]) << 8
        return size == 22 + commentBytes
    }

    /// Old tars have no magic, but each header has the sum of its own bytes, the eight of the sum counted as spaces.
    private static func isTarHeader(_ head: [UInt8]) -> Bool {
        guard head.count >= 512 else { return false }
        let digits = head[148..<156].drop { $0 == UInt8(ascii: " ") }.prefix { (0x30...0x37).contains($0) }
        guard let stated = Int(String(decoding: digits, as: UTF8.self), radix: 8) else { return false }
        let sum = head[..<148].reduce(0) { $0 + Int($1) } + 8 * 0x20 + head[156..<512].reduce(0) { $0 + Int($1) }
        return sum == stated
    }
}
