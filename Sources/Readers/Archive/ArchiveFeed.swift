internal import CArchive
internal import Glibc
internal import Records

/// Gives a source's bytes to libarchive, which asks for them by callbacks.
final class ArchiveFeed {
    private var source: any ByteSource
    private let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 256 << 10, alignment: 16)
    private let size: UInt64?
    private var offset: UInt64 = 0
    /// How many zeros there are at the end of what was read.
    private var zerosAtEnd: UInt64 = 0
    /// What the source threw: libarchive is only told that there was an error.
    private(set) var failure: (any Error)?
    /// How many more bytes may be read, and what is thrown otherwise; nil for any number.
    var allowance: (bytes: Int, error: DataError)?

    init(_ source: any ByteSource) {
        self.source = source
        size = source.size
    }

    deinit { buffer.deallocate() }

    /// True if the source has a byte after the first `offset`, of those that were asked for or the next ones.
    func hasBytes(after offset: UInt64) throws -> Bool { try self.offset > offset || read() > 0 }

    /// Reads to the source's end, and tells whether all from `offset` on are zeros, and how many were before it.
    func drain(from offset: UInt64) throws -> (isZeros: Bool, zerosBefore: UInt64) {
        while try read() > 0 {}
        let rest = self.offset - min(self.offset, offset)
        return (zerosAtEnd >= rest, zerosAtEnd - min(zerosAtEnd, rest))
    }

    /// Opens `handle` on this feed, which must stay as long as it.
    func open(_ handle: OpaquePointer) -> Int32 {
        if size != nil {
            archive_read_set_seek_callback(handle) { _, feed, offset, whence in
                ArchiveFeed.from(feed).answer { try $0.seek(by: offset, from: whence) }
            }
            archive_read_set_skip_callback(handle) { _, feed, count in
                ArchiveFeed.from(feed).answer { try $0.skip(count) }
            }
        }
        archive_read_set_read_callback(handle) { _, feed, bytes in
            let feed = ArchiveFeed.from(feed)
            bytes?.pointee = UnsafeRawPointer(feed.buffer.baseAddress)
            return Int(feed.answer { Int64(try $0.read()) })
        }
        archive_read_set_callback_data(handle, Unmanaged.passUnretained(self).toOpaque())
        return archive_read_open1(handle)
    }

    private static func from(_ data: UnsafeMutableRawPointer?) -> ArchiveFeed {
        Unmanaged<ArchiveFeed>.fromOpaque(data!).takeUnretainedValue()
    }

    private func answer(_ body: (ArchiveFeed) throws -> Int64) -> Int64 {
        do {
            return try body(self)
        } catch {
            failure = failure ?? error
            return Int64(ARCHIVE_FATAL)
        }
    }

    private func read() throws -> Int {
        if let allowance, allowance.bytes <= 0 { throw allowance.error }
        let count = try source.read(into: buffer)
        offset += UInt64(count)
        allowance?.bytes -= count
        let zeros = buffer[..<count].reversed().prefix { $0 == 0 }.count
        zerosAtEnd = zeros == count ? zerosAtEnd + UInt64(zeros) : UInt64(zeros)
        return count
    }

    /// Skips no further than the source has bytes: libarchive finds out by reading that there are fewer.
    private func skip(_ count: Int64) throws -> Int64 {
        guard let size, count > 0 else { return 0 }
        let skipped = min(UInt64(count), size - min(size, offset))
        try source.seek(to: offset + skipped)
        offset += skipped
        zerosAtEnd = 0
        return Int64(skipped)
    }

    private func seek(by distance: Int64, from whence: Int32) throws -> Int64 {
        let size = Int64(size ?? 0)
        let base: Int64 =
            switch whence {
            case SEEK_SET: 0
            case SEEK_CUR: Int64(offset)
            default: size
            }
        let (target, overflow) = base.addingReportingOverflow(distance)
        guard !overflow, (0...size).contains(target) else { return Int64(ARCHIVE_FATAL) }
        try source.seek(to: UInt64(target))
        offset = UInt64(target)
        return target
    }
}
