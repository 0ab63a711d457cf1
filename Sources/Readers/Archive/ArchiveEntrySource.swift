internal import Records

/// The bytes of one entry of an archive.
///
/// Seeking fast-forwards: forward by reading on, back by beginning again at the archive's start. Entries that are read one
/// after the other, in archive order and each to its end, share one pass over the archive. A copy reads on independently,
/// with a pass of its own. Reads throw `DataError`: `.unreadable` where the entry is damaged, after all bytes that could be
/// had before the damage, and `.malformed` where it expands beyond the limits.
package struct ArchiveEntrySource: ByteSource {
    package let entry: ArchiveEntry
    /// Nil, although `entry.size` is known: a size would say that seeking is cheap.
    package var size: UInt64? { nil }
    package var isRepeatable: Bool { true }

    private var stream: RestartingStream

    init(_ entry: ArchiveEntry, archive: String, limits: ExpansionLimits, passes: ArchivePasses) {
        self.entry = entry
        stream = RestartingStream { try EntryStream(entry, archive: archive, limits: limits, passes: passes) }
    }

    package mutating func read(into buffer: UnsafeMutableRawBufferPointer) throws -> Int {
        try stream.read(into: buffer)
    }

    package mutating func seek(to offset: UInt64) { stream.seek(to: offset) }
}

/// Reads one entry, once.
private final class EntryStream: ByteStream {
    private let entry: ArchiveEntry
    private let archive: String
    private let limits: ExpansionLimits
    private let passes: ArchivePasses
    /// Nil after the entry's end.
    private var pass: ArchivePass?
    private var expanded: UInt64 = 0

    init(_ entry: ArchiveEntry, archive: String, limits: ExpansionLimits, passes: ArchivePasses) throws {
        self.entry = entry
        self.archive = archive
        self.limits = limits
        self.passes = passes
        let pass = try passes.take(before: entry.index)
        while let next = try pass.next(), next.index < entry.index {}
        guard pass.entry == entry else {
            throw DataError(
                .unreadable, "cannot read \(entry.name) in \(archive): the archive changed while it was read",
                remedy:
                    "Put the original file back, then resume. Import a file only once it is complete."
            )
        }
        self.pass = pass
    }

    deinit { pass.map(passes.put) }

    func read(into buffer: UnsafeMutableRawBufferPointer) throws -> Int {
        guard let pass else { return 0 }
        let count = try pass.read(into: buffer, at: expanded)
        if count == 0 {
            self.pass = nil
            passes.put(pass)
            return 0
        }
        expanded += UInt64(count)
        if let size = entry.size, expanded > size {
            throw DataError(
                .malformed, "\(entry.name) in \(archive) has more than the \(size) bytes that its header says",
                remedy: "Such an archive is damaged or malicious. Fetch it again from a source you trust.")
        }
        try limits.check(expanded: expanded, compressed: pass.consumed, of: "\(entry.name) in \(archive)")
        return count
    }
}
