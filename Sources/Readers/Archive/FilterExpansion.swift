internal import Records

/// Expands a `.zst`, `.bz2` or `.xz` with all its frames or streams, by libarchive.
///
/// Of a damaged stream, up to 128 KiB before the damage can be missing: libarchive gives only whole buffers.
final class FilterExpansion: Expansion {
    private let handle: ArchiveHandle
    private let name: String
    private let compression: Compression
    private var expanded: UInt64 = 0

    init(_ source: any ByteSource, _ compression: Compression, name: String) throws {
        self.name = name
        self.compression = compression
        var source = source
        if compression == .zstd {
            // A pipe is not read twice.
            let headed = try HeadedSource(source, keeping: Container.headBytes)
            try ZstdWindow.requireAllowed(byHead: headed.head, name: name)
            source = headed
        }
        do {
            handle = try ArchiveHandle(source, .stream(compression))
            _ = try handle.nextEntry()
        } catch let failure as ArchiveHandle.Failure {
            throw DataError.damaged(name, at: 0, failure.reason(of: compression))
        }
    }

    var consumed: UInt64 { handle.consumed }

    func read(into buffer: UnsafeMutableRawBufferPointer) throws -> Int {
        do {
            let count = try handle.read(into: buffer)
            expanded += UInt64(count)
            if try count == 0 && handle.hasBytesLeft() {
                throw ArchiveHandle.Failure(reason: "other bytes follow its end at compressed byte \(consumed)")
            }
            return count
        } catch let failure as ArchiveHandle.Failure {
            throw DataError.damaged(name, at: expanded, failure.reason(of: compression))
        }
    }
}

extension ArchiveHandle.Failure {
    fileprivate func reason(of compression: Compression) -> String {
        "its \(compression.rawValue) data is damaged (\(reason))"
    }
}
