internal import Records

/// One pass over an archive, from entry to entry and never back.
///
/// Unchecked, because it is in one place at a time: with the entry that is read, or in an `ArchivePasses`.
final class ArchivePass: @unchecked Sendable {
    private let handle: ArchiveHandle
    private let archive: String
    /// The entry that it is in; nil before the first.
    private(set) var entry: ArchiveEntry?
    private var consumedBefore: UInt64 = 0
    /// True after an error: it cannot go on.
    private(set) var isBroken = false

    init(_ source: any ByteSource, format: ArchiveFormat, archive: String, limits: ExpansionLimits) throws {
        self.archive = archive
        do {
            let contentsLimit = (limits.contentsBytes, limits.tooManyEntries(archive))
            handle = try ArchiveHandle(source, .archive(format), contentsLimit: contentsLimit)
        } catch let failure as ArchiveHandle.Failure {
            throw Self.damaged(archive, after: nil, failure)
        }
    }

    /// How many of the source's bytes the entry took up to now.
    var consumed: UInt64 { handle.consumed - min(handle.consumed, consumedBefore) }

    /// Goes on to the next entry; nil at the end. Throws `DataError`: `.unreadable` for damage, `.malformed` for a name
    /// that looks like an attack.
    func next() throws -> ArchiveEntry? {
        try throwing {
            Self.damaged(archive, after: entry, $0)
        } in: {
            guard let header = try handle.nextEntry() else { return nil }
            consumedBefore = handle.consumed
            // Where backslashes became slashes, the name is converted only when it is asked for.
            entry = try UTF8Locale.with {
                try ArchiveEntry(header: header, index: entry.map { $0.index + 1 } ?? 0, archive: archive)
            }
            return entry
        }
    }

    /// Reads the next bytes of the entry that it is in, of which `offset` have been read.
    func read(into buffer: UnsafeMutableRawBufferPointer, at offset: UInt64) throws -> Int {
        try throwing {
            let name = "\(entry?.name ?? "") in \(archive)"
            return $0.isUnsupported ? .unsupported(name, $0.reason) : .damaged(name, at: offset, $0.reason)
        } in: {
            try handle.read(into: buffer)
        }
    }

    /// After a tar's last entry, reads on to the source's end. Throws `DataError(.unreadable)` where that is damaged.
    func checkTarEnd() throws {
        try throwing {
            Self.damaged(archive, after: entry, $0)
        } in: {
            try handle.checkTarEnd()
        }
    }

    private func throwing<R>(_ error: (ArchiveHandle.Failure) -> DataError, in body: () throws -> R) throws -> R {
        do {
            return try body()
        } catch let failure as ArchiveHandle.Failure {
            isBroken = true
            throw error(failure)
        } catch {
            isBroken = true
            throw error
        }
    }

    private static func damaged(
        _ archive: String, after entry: ArchiveEntry?, _ failure: ArchiveHandle.Failure
    ) -> DataError {
        let place = entry.map { "after or in its entry \($0.name)" } ?? "at its beginning"
        return DataError(
            .unreadable, "cannot read the archive \(archive) \(place): \(failure.reason)", remedy: DataError.fetchAgain)
    }
}
