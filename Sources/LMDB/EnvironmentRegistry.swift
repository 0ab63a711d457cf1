internal import Glibc
internal import Synchronization

/// A directory by what it is, not by the path that leads to it.
struct DirectoryIdentity: Hashable, Sendable {
    let device: UInt
    let inode: UInt
}

/// Holds a directory, so that its identity goes to no other one, even when it is deleted.
final class DirectoryHandle: Sendable {
    let identity: DirectoryIdentity
    private let descriptor: Int32

    init(path: String) throws(LMDBError) {
        let descriptor = Glibc.open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        if descriptor < 0 { throw error(errno, "open \(path)") }
        var status = stat()
        if fstat(descriptor, &status) != 0 {
            let reason = errno
            Glibc.close(descriptor)
            throw error(reason, "open \(path)")
        }
        self.descriptor = descriptor
        identity = DirectoryIdentity(device: status.st_dev, inode: status.st_ino)
    }

    deinit { close(descriptor) }
}

/// The environments that this process has open.
final class EnvironmentRegistry: Sendable {
    static let shared = EnvironmentRegistry()

    private struct Entry: @unchecked Sendable {
        // Only read and written while the registry's mutex is held.
        weak var environment: Environment?
    }

    private let entries = Mutex<[DirectoryIdentity: Entry]>([:])

    /// Closes an environment that nobody refers to any more.
    func close(_ identity: DirectoryIdentity, _ close: () -> Void) {
        entries.withLock { entries in
            close()
            entries[identity] = nil
        }
    }

    func environment(_ identity: DirectoryIdentity, else make: () throws(LMDBError) -> Environment) throws(LMDBError)
        -> Environment
    {
        while true {
            // Opening happens under the lock, so that two threads cannot open the same directory at once.
            let open = try entries.withLock { entries throws(LMDBError) -> Environment? in
                if let entry = entries[identity] { return entry.environment }
                let made = try make()
                entries[identity] = Entry(environment: made)
                return made
            }
            if let open { return open }
            // Its last owner has let go and is about to close it; closing after us would drop our locks.
            usleep(100)
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
        let location = try DirectoryHandle(path: directory)
        return try EnvironmentRegistry.shared.environment(location.identity) { () throws(LMDBError) in
            try Environment(directory: directory, location: location, databases: databases, options: options)
        }
    }
}
