package import Records

/// What is in a zip or a tar, and how to read it.
package struct Archive: Sendable {
    /// What messages call the archive.
    package let name: String
    /// All entries in archive order, also those that are not files; where it is damaged, those before the damage.
    package let entries: [ArchiveEntry]
    /// What is wrong with the archive beyond the last entry that is listed; that entry's end may be missing, too.
    package let damage: DataError?

    private let limits: ExpansionLimits
    private let passes: ArchivePasses
    /// The entries that are files, by name.
    private let files: [String: Int]

    /// Lists the entries: of a zip by the table at its end; a tar is read through, and its compression's checksums are
    /// compared.
    ///
    /// Throws `DataError`: `.unreadable` if it cannot be read at all, or for a zip whose source cannot seek (spool it
    /// first); `.malformed` if it goes beyond the limits, has two files of one name, or a name that looks like an attack.
    package init(
        _ format: ArchiveFormat, compression: Compression? = nil, name: String,
        limits: ExpansionLimits = ExpansionLimits(), open: @escaping ByteSourceOpening
    ) throws {
        self.name = name
        self.limits = limits
        passes = ArchivePasses {
            let source: any ByteSource =
                if let compression {
                    CompressedSource(compression, name: name, limits: limits, open: open)
                } else {
                    try open()
                }
            if format == .zip && source.size == nil {
                throw DataError(
                    .unreadable, "cannot read \(name): a zip is read from its end, and this source cannot seek",
                    remedy: "Save it to a file first, and import that.")
            }
            return try ArchivePass(source, format: format, archive: name, limits: limits)
        }
        var source = try open()
        var listing = Listing(archive: name, limits: limits, size: source.size)
        // libarchive does not take a zip without entries for a zip.
        if try format == .tar
            || !ArchiveFormat.isEmptyZip(source.readHead(upTo: Container.headBytes), size: source.size)
        {
            try listing.read(try passes.take(before: 0), isTar: format == .tar)
            if format == .zip { try listing.checkTable(of: source) }
        }
        entries = listing.entries
        files = listing.files
        damage = listing.damage
    }

    /// The file of this name; nil if there is none.
    package func file(named name: String) -> ArchiveEntry? { files[name].map { entries[$0] } }

    /// The bytes of one of `entries`. Throws `DataError(.unreadable)` if it is not a file or encrypted.
    package func source(of entry: ArchiveEntry) throws -> ArchiveEntrySource {
        try entry.checkReadable(in: name)
        return ArchiveEntrySource(entry, archive: name, limits: limits, passes: passes)
    }
}

/// Collects the entries of an archive, as far as they keep to the limits.
private struct Listing {
    let archive: String
    let limits: ExpansionLimits
    /// The archive's own size in bytes, where it is known.
    let size: UInt64?
    var entries: [ArchiveEntry] = []
    var damage: DataError?
    /// Places in `entries`.
    private(set) var files: [String: Int] = [:]
    private var expanded: UInt64 = 0

    init(archive: String, limits: ExpansionLimits, size: UInt64?) {
        self.archive = archive
        self.limits = limits
        self.size = size
    }

    mutating func read(_ pass: ArchivePass, isTar: Bool) throws {
        do {
            while let entry = try pass.next() { try add(entry) }
            if isTar { try pass.checkTarEnd() }
        } catch let error as DataError where error.code == .unreadable && !entries.isEmpty {
            damage = error
        }
    }

    /// Compares a zip's table of contents with the zip.
    mutating func checkTable(of source: any ByteSource) throws {
        guard damage == nil, let size, let problem = try ZipTable.problem(of: source, size: size, entries: entries)
        else {
            return
        }
        damage = DataError(
            .unreadable, "cannot read all of the archive \(archive): \(problem)", remedy: DataError.fetchAgain)
    }

    private mutating func add(_ entry: ArchiveEntry) throws {
        if entries.count == limits.entries { throw limits.tooManyEntries(archive) }
        if entry.kind == .file, files.updateValue(entries.count, forKey: entry.name) != nil {
            throw DataError(
                .malformed, "\(archive) has two files named \(entry.name)",
                remedy: "Unpack it with its own tool, see which one is right, and import that.")
        }
        entries.append(entry)
        let (sum, overflow) = expanded.addingReportingOverflow(entry.size ?? 0)
        expanded = overflow ? .max : sum
        try limits.check(expanded: expanded, compressed: size ?? .max, of: archive)
    }
}
