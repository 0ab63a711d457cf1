internal import CLMDB
internal import Glibc

/// What LMDB or the system refused, in which operation, and what to do now.
package struct LMDBError: Error, Sendable, CustomStringConvertible {
    package enum Code: Sendable, Equatable {
        case notFound, keyExists, corrupted, versionMismatch, invalidFile
        /// The map is full: the environment grows it and tries again.
        case mapFull
        /// Another process made the map larger: the environment adopts the size and tries again.
        case mapResized
        case readersFull
        /// A failed write of the meta page: the environment must be closed and opened again.
        case panic
        /// The disk is full, as far as can be told.
        case noSpace
        case permission
        case missing
        case badSize
        case other
    }

    package let code: Code
    /// The LMDB or system code behind `code`.
    package let rawCode: Int32
    /// What was tried, such as "commit" or "open /var/lib/feed/.waybill".
    package let operation: String

    package var description: String {
        remedy.map { "\(operation): \(reason). \($0)" } ?? "\(operation): \(reason)"
    }

    /// What is wrong with the log, as a clause; of what the system refuses, its own words.
    package var reason: String {
        switch code {
        case .notFound: "an entry is missing"
        case .keyExists: "an entry exists already"
        case .badSize: "an entry has an impossible size"
        case .corrupted: "its data file is damaged"
        case .invalidFile: "its data file is damaged or belongs to another program"
        case .versionMismatch: "its data file was written by an incompatible version of LMDB"
        case .mapFull: "no address space is left for it"
        case .mapResized: "another process enlarged it"
        case .readersFull: "too many processes read it at once"
        case .panic: "an earlier write failed halfway"
        case .other where rawCode < 0: "its database refused that (LMDB error \(rawCode))"
        case .noSpace, .permission, .missing, .other: String(cString: mdb_strerror(rawCode))
        }
    }

    /// Whether the environment as a whole refused, so that the next transaction will fare no better.
    package var concernsEnvironment: Bool {
        switch code {
        case .corrupted, .versionMismatch, .invalidFile, .mapFull, .mapResized, .readersFull, .panic, .noSpace,
            .permission,
            .missing:
            true
        case .notFound, .keyExists, .badSize, .other: false
        }
    }

    /// What to do now, where it is known.
    package var remedy: String? {
        switch code {
        case .corrupted:
            "Restore the log's directory from a backup."
        case .invalidFile: "Restore the log's directory from a backup, or use another directory."
        case .versionMismatch: "Use the version that wrote it."
        case .mapFull: "Free address space or memory, then try again."
        case .readersFull: "End some of them, then try again."
        case .panic: "What was committed is safe. End this process and start it again."
        case .noSpace: "The disk may be full. Free some space, then try again; what was committed is safe."
        case .permission: "Check the permissions of the directory."
        case .missing: "Check the path."
        case .mapResized: "Wait a moment, then try again."
        case .notFound, .keyExists, .badSize, .other: nil
        }
    }
}

/// Turns a return code into an error; the only place that knows LMDB's codes.
@inline(__always)
func check(_ code: Int32, _ operation: @autoclosure () -> String) throws(LMDBError) {
    if code != 0 { throw error(code, operation()) }
}

@inline(never)
func error(_ raw: Int32, _ operation: String) -> LMDBError {
    LMDBError(rawCode: raw, operation: operation)
}

extension LMDBError {
    package init(rawCode raw: Int32, operation: String) {
        let code: Code =
            switch raw {
            case MDB_NOTFOUND: .notFound
            case MDB_KEYEXIST: .keyExists
            case MDB_CORRUPTED, MDB_PAGE_NOTFOUND: .corrupted
            case MDB_VERSION_MISMATCH, MDB_INCOMPATIBLE: .versionMismatch
            case MDB_INVALID: .invalidFile
            case MDB_MAP_FULL: .mapFull
            case MDB_MAP_RESIZED: .mapResized
            case MDB_READERS_FULL: .readersFull
            case MDB_PANIC: .panic
            // A short write comes back as EIO: LMDB cannot tell a full disk from a failing one.
            case ENOSPC, EIO, EDQUOT: .noSpace
            case EACCES, EPERM, EROFS: .permission
            case ENOENT: .missing
            case MDB_BAD_VALSIZE: .badSize
            default: .other
            }
        self.init(code: code, rawCode: raw, operation: operation)
    }
}
