internal import CSQLite
internal import Glibc
internal import Records

extension DataError {
    /// What an SQLite result code means to the user of the database at `path`.
    static func sqlite(_ code: Int32, connection: OpaquePointer?, path: String) -> DataError {
        let words = connection.map { String(cString: sqlite3_errmsg($0)) } ?? String(cString: sqlite3_errstr(code))
        let systemError = connection.map { sqlite3_system_errno($0) } ?? 0
        switch code & 0xff {
        case SQLITE_BUSY, SQLITE_LOCKED:
            return DataError(
                .busy, "\(path) is being written by another process: \(words)",
                remedy: "Wait until the other process is done, or stop it, and run this again.")
        case SQLITE_FULL:
            return noSpace(path, words)
        case SQLITE_IOERR where systemError == ENOSPC || systemError == EDQUOT:
            return noSpace(path, words)
        case SQLITE_NOTADB:
            return DataError(
                .destination, "\(path) is not an SQLite database (or it is encrypted)",
                remedy: "Give the path of an SQLite database, or of a new file.")
        case SQLITE_CORRUPT:
            return DataError(
                .destination, "\(path) is damaged: \(words)",
                remedy: "Run sqlite3's \"PRAGMA integrity_check\" on it, and restore it from a backup.")
        case SQLITE_CANTOPEN:
            return cannotOpen(path, words, systemError)
        case SQLITE_READONLY, SQLITE_PERM, SQLITE_AUTH:
            return DataError(
                .destination, "\(path) cannot be written to: \(words == "not an error" ? "it is read-only" : words)",
                remedy: "Check the permissions of the file and of its directory: both must be writable.")
        case SQLITE_IOERR:
            let cause = systemError == 0 ? "" : " (\(String(cString: strerror(systemError))))"
            return DataError(
                .destination, "\(path) cannot be read or written: \(words)\(cause)",
                remedy: "Check the disk and the file system that \(path) is on.")
        default:
            return DataError(.destination, "\(path): \(words)")
        }
    }

    private static func noSpace(_ path: String, _ words: String) -> DataError {
        DataError(
            .noSpace, "no space left for \(path): \(words) (disk full?)",
            remedy: "Free some space on its file system, and resume; nothing of this chunk was written.")
    }

    private static func cannotOpen(_ path: String, _ words: String, _ systemError: Int32) -> DataError {
        let directory = path.lastIndex(of: "/").map { $0 == path.startIndex ? "/" : String(path[..<$0]) } ?? "."
        if isDirectory(path) {
            return DataError(.destination, "\(path) is a directory", remedy: "Give the path of a file.")
        }
        if !isDirectory(directory) {
            return DataError(
                .destination, "\(path) cannot be opened: the directory \(directory) does not exist",
                remedy: "Create the directory first (mkdir -p), or correct the path.")
        }
        if access(directory, W_OK) != 0 {
            return DataError(
                .destination, "\(path) cannot be opened: the directory \(directory) is not writable",
                remedy: "SQLite keeps two more files next to the database: make the directory writable.")
        }
        let cause = systemError == 0 ? words : "\(words) (\(String(cString: strerror(systemError))))"
        return DataError(
            .destination, "\(path) cannot be opened: \(cause)", remedy: "Check the path and the file's permissions.")
    }

    private static func isDirectory(_ path: String) -> Bool {
        var status = stat()
        return stat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFDIR
    }
}

/// A result code that concerns the record being written and nothing else.
extension RejectCode {
    /// Nil for a failure that is not the record's: it stops the chunk.
    init?(sqlite code: Int32) {
        switch (code & 0xff, code) {
        case (_, SQLiteExtendedCode.datatype), (SQLITE_MISMATCH, _): self = .type
        case (SQLITE_CONSTRAINT, _): self = .constraint
        case (SQLITE_TOOBIG, _): self = .tooLarge
        // An expression of the table (an index, a CHECK, a trigger) that fails on the record's values.
        case (SQLITE_ERROR, _): self = .constraint
        default: return nil
        }
    }
}

/// Extended result codes, which the C header writes as expressions that Swift does not import.
enum SQLiteExtendedCode {
    static let foreignKey = SQLITE_CONSTRAINT | 3 << 8
    static let notNull = SQLITE_CONSTRAINT | 5 << 8
    static let primaryKey = SQLITE_CONSTRAINT | 6 << 8
    /// A trigger; ON DELETE RESTRICT is one of SQLite's own.
    static let trigger = SQLITE_CONSTRAINT | 7 << 8
    static let unique = SQLITE_CONSTRAINT | 8 << 8
    static let rowID = SQLITE_CONSTRAINT | 10 << 8
    static let datatype = SQLITE_CONSTRAINT | 12 << 8

    static func isUnique(_ code: Int32) -> Bool { code == primaryKey || code == unique || code == rowID }
}
