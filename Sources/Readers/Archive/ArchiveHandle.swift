internal import CArchive
internal import Glibc
internal import Records

/// The door to libarchive: one pass over an archive, or over a compressed stream as an archive of one entry.
///
/// Used by one thread at a time.
final class ArchiveHandle {
    enum Kind {
        case archive(ArchiveFormat)
        case stream(Compression)
    }

    /// What libarchive says is wrong.
    struct Failure: Error {
        let reason: String
        /// Whether the bytes may be sound, and libarchive cannot unpack them.
        var isUnsupported = false
    }

    private let handle: OpaquePointer
    private let feed: ArchiveFeed
    private var block = UnsafeRawBufferPointer(start: nil, count: 0)
    /// Bytes of the entry before `block` that are not stored, because they are zeros.
    private var gap: UInt64 = 0
    private var position: UInt64 = 0
    private var isAtEntryEnd = true

    /// Opens it with only what `kind` takes enabled. Of a zip, no more than `contentsLimit` is read to learn what is in
    /// it. Throws `Failure`, or what the source throws.
    init(_ source: any ByteSource, _ kind: Kind, contentsLimit: (bytes: Int, error: DataError)? = nil) throws {
        guard let handle = archive_read_new() else { throw Failure(reason: "out of memory") }
        self.handle = handle
        feed = ArchiveFeed(source)
        switch kind {
        case .archive(.zip):
            archive_read_support_format_zip_seekable(handle)
            feed.allowance = contentsLimit
        case .archive(.tar): archive_read_support_format_tar(handle)
        case .stream(let compression):
            // Not left to recognition, which would expand a stream inside a stream, too.
            archive_read_append_filter(handle, compression.filter)
            archive_read_support_format_raw(handle)
            archive_read_support_format_empty(handle)
        }
        try UTF8Locale.with { try check(feed.open(handle)) }
        // The beginning of a stream was expanded already, and damage there would pass for the end of an empty one.
        if archive_errno(handle) != 0 { throw failure() }
    }

    deinit { archive_read_free(handle) }

    /// How many of the source's bytes have been used up; where the source can seek, where in it that is.
    var consumed: UInt64 { UInt64(max(0, archive_filter_bytes(handle, -1))) }

    /// True if the source has more bytes than were used up.
    func hasBytesLeft() throws -> Bool { try feed.hasBytes(after: consumed) }

    /// Reads a tar's source to its end, so that a checksum there is compared, too. Throws `Failure` where the tar has no
    /// end mark, which is a block of zeros, or where other bytes follow it. Zeros at the end of the last entry pass for
    /// the mark.
    func checkTarEnd() throws {
        let end = consumed
        let (isZeros, zerosBefore) = try feed.drain(from: end)
        if !isZeros { throw Failure(reason: "other bytes follow its end at byte \(end)") }
        if zerosBefore < 512 { throw Failure(reason: "it ends at byte \(end) without an end marker") }
    }

    /// Goes on to the next entry; nil at the end. Other warnings are skipped here: they are of things that are not
    /// used, such as dates and rights.
    func nextEntry() throws -> OpaquePointer? {
        block = .init(start: nil, count: 0)
        (gap, position) = (0, 0)
        var entry: OpaquePointer?
        let result = UTF8Locale.with { archive_read_next_header(handle, &entry) }
        feed.allowance = nil
        isAtEntryEnd = result == ARCHIVE_EOF
        if result == ARCHIVE_EOF {
            if let failure = feed.failure { throw failure }
            return nil
        }
        if result != ARCHIVE_WARN { try check(result) }
        // Two checksums of the same bytes: one of them is wrong.
        if result == ARCHIVE_WARN, reason.hasPrefix("Inconsistent CRC32") { throw failure() }
        return entry
    }

    /// Reads the entry's next bytes: at least one, or 0 at its end. Here a warning is a failure, because it says that
    /// the bytes are not what the entry's header said.
    func read(into buffer: UnsafeMutableRawBufferPointer) throws -> Int {
        while block.isEmpty && gap == 0 {
            if isAtEntryEnd { return 0 }
            try nextBlock()
        }
        let count: Int
        if gap > 0 {
            count = Int(min(gap, UInt64(buffer.count)))
            UnsafeMutableRawBufferPointer(rebasing: buffer[..<count]).initializeMemory(as: UInt8.self, repeating: 0)
            gap -= UInt64(count)
        } else {
            count = min(block.count, buffer.count)
            buffer.copyMemory(from: .init(rebasing: block[..<count]))
            block = .init(rebasing: block[count...])
        }
        position += UInt64(count)
        return count
    }

    private func nextBlock() throws {
        var bytes: UnsafeRawPointer?
        var count = 0
        var offset = Int64(clamping: position)
        let result = archive_read_data_block(handle, &bytes, &count, &offset)
        isAtEntryEnd = result == ARCHIVE_EOF
        // EILSEQ is what libarchive calls an error of the format; damage has another number, or ends everything.
        if result == ARCHIVE_FAILED, position == 0, archive_errno(handle) == EILSEQ, feed.failure == nil {
            throw Failure(reason: reason, isUnsupported: true)
        }
        if !isAtEntryEnd { try check(result) }
        block = .init(start: bytes, count: isAtEntryEnd ? 0 : count)
        gap = UInt64(max(0, offset)) - min(UInt64(max(0, offset)), position)
    }

    private func check(_ result: Int32) throws {
        if result != ARCHIVE_OK { throw failure() }
    }

    private func failure() -> any Error { feed.failure ?? Failure(reason: reason) }

    private var reason: String { archive_error_string(handle).map { String(cString: $0) } ?? "it is damaged" }
}

extension Compression {
    fileprivate var filter: Int32 {
        switch self {
        case .gzip: ARCHIVE_FILTER_GZIP
        case .zstd: ARCHIVE_FILTER_ZSTD
        case .bzip2: ARCHIVE_FILTER_BZIP2
        case .xz: ARCHIVE_FILTER_XZ
        }
    }
}
