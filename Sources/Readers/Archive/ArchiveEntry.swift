internal import CArchive
internal import Glibc
internal import Records

/// One entry of an archive, as its header tells.
package struct ArchiveEntry: Sendable, Hashable {
    package enum Kind: Sendable {
        case file, directory
        /// A symbolic or hard link; its target is not followed.
        case link
        /// A device, a named pipe or a socket.
        case special
    }

    /// The entry's path, fit to be printed; no two files of an archive have the same.
    package let name: String
    /// The entry's place among all entries, from 0.
    package let index: Int
    package let kind: Kind
    /// How many bytes its header says it has; it never gives more. Nil if the header does not tell.
    package let size: UInt64?
    package let isEncrypted: Bool

    /// Takes the header that libarchive has just read. Throws `DataError(.malformed)` for a name that looks like an
    /// attack.
    init(header: OpaquePointer, index: Int, archive: String) throws {
        let path = archive_entry_pathname(header).map { Array(UnsafeRawBufferPointer(start: $0, count: strlen($0))) }
        name = EntryName.text(path ?? [])
        self.index = index
        kind = Kind(header: header)
        size = archive_entry_size_is_set(header) != 0 ? UInt64(max(0, archive_entry_size(header))) : nil
        isEncrypted = archive_entry_is_encrypted(header) != 0
        if let danger = EntryName.danger(in: path ?? []) {
            throw DataError(
                .malformed, "\(archive): the name of entry \(index + 1), `\(name.prefix(60))`, \(danger)",
                remedy: "Such a name may be an attack. Unpack the archive in a safe place and check it.")
        }
    }

    /// Throws `DataError` where the entry cannot be read: a directory, a link, an encrypted file.
    func checkReadable(in archive: String) throws {
        if kind != .file {
            throw DataError(.unreadable, "\(archive): \(name) is \(kind.words), not a file", remedy: "Leave it out.")
        }
        if isEncrypted {
            throw DataError(
                .unreadable, "\(archive): \(name) is encrypted",
                remedy: "Unpack the archive with its password, and import the file.")
        }
    }

    /// Throws `DataError(.malformed)` if the entry, whose first bytes are `head`, is itself an archive: one inside
    /// another is not opened.
    package func refuseNestedArchive(head: [UInt8], in archive: String) throws {
        guard case .archive = Container.detect(head: head) else { return }
        throw DataError(
            .malformed, "\(archive): \(name) is an archive, and an archive inside an archive is not opened",
            remedy: "Unpack the outer one, and import the inner one.")
    }
}

extension ArchiveEntry.Kind {
    fileprivate init(header: OpaquePointer) {
        let type = archive_entry_filetype(header)
        if archive_entry_hardlink(header) != nil || type == S_IFLNK {
            self = .link
        } else if type == S_IFDIR {
            self = .directory
        } else {
            self = type == S_IFREG ? .file : .special
        }
    }

    package var words: String {
        switch self {
        case .file: "a file"
        case .directory: "a directory"
        case .link: "a link"
        case .special: "a device, a pipe or a socket"
        }
    }
}
