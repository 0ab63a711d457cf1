internal import Glibc
internal import Synchronization

/// A file or directory by what it is, not by the path that leads to it.
struct FileIdentity: Hashable, Sendable {
    let device: UInt
    let inode: UInt

    init(path: String) throws(LMDBError) {
        var status = stat()
        if stat(path, &status) != 0 { throw error(errno, "open \(path)") }
        device = status.st_dev
        inode = status.st_ino
    }
}

/// The environments that this process has open.
final class EnvironmentRegistry: Sendable {
    static let shared = EnvironmentRegistry()

    private struct Entry: @unchecked Sendable {
        // Only read and written while the registry's mutex is held.
        weak var environment: Environment?
    }

    private let entries = Mutex<[FileIdentity: Entry]>([:])

    /// Forgets an environment that was closed, unless another took its place.
    func forget(_ identity: FileIdentity) {
        entries.withLock { entries in
            if entries[identity]?.environment == nil { entries[identity] = nil }
        }
    }

    func environment(_ identity: FileIdentity, else make: () throws(LMDBError) -> Environment) throws(LMDBError)
        -> Environment
    {
        // Opening happens under the lock, so that two threads cannot open the same directory at once.
        try entries.withLock { entries throws(LMDBError) in
            if let open = entries[identity]?.environment { return open }
            let made = try make()
            entries[identity] = Entry(environment: made)
            return made
        }
    }
}

extension Environment {
    /// Opens the environment in `directory`, which must exist, with its named databases, making what is missing.
    ///
    /// Where this process has it open already, that one is returned; it must have been opened with the same databases.
    package static func open(at directory: String, databases: [String], options: EnvironmentOptions = .init())
        throws(LMDBError) -> Environment
    {
        let identity = try FileIdentity(path: directory)
        return try EnvironmentRegistry.shared.environment(identity) { () throws(LMDBError) in
            try Environment(directory: directory, identity: identity, databases: databases, options: options)
        }
    }
}
