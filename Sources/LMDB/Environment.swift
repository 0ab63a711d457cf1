internal import CLMDB
internal import Glibc

/// One LMDB environment: a directory with a data file and a lock file.
///
/// A process has at most one `Environment` for a directory, whatever path leads to it: `open` returns the one that is
/// open already. (POSIX locks are per process: a second one would drop the locks of the first.)
package final class Environment: @unchecked Sendable {
    // The handle is thread-safe by LMDB's own locks, except for the map's size, which `gate` guards.
    let handle: OpaquePointer
    let gate = TransactionGate()
    private let location: DirectoryHandle
    package let directory: String
    private let databases: [String: Database]

    init(directory: String, location: DirectoryHandle, databases names: [String], options: EnvironmentOptions)
        throws(LMDBError)
    {
        try Self.allocateLockFile(directory, readers: options.maximumReaders)
        let handle = try Self.open(directory, databases: names.count, options: options)
        do throws(LMDBError) {
            // A process that died left its slot behind, which would keep old pages from being used again.
            try check(mdb_reader_check(handle, nil), "clear stale readers")
            // An existing file knows its map size; a smaller one given here would win, so it is only ever raised.
            try Self.reserve(options.mapSize, for: handle)
            databases = try Self.openDatabases(names, of: handle)
            try Self.requireAllPages(of: directory, databases, handle)
        } catch {
            mdb_env_close(handle)
            throw error
        }
        self.handle = handle
        self.location = location
        self.directory = directory
    }

    deinit {
        let handle = handle
        EnvironmentRegistry.shared.close(location.identity) { mdb_env_close(handle) }
    }

    /// Gives the lock file its blocks. LMDB maps it with holes: a reader that is put into one on a full disk would die of
    /// SIGBUS. This process has no lock in it yet, so it may be opened and closed.
    private static func allocateLockFile(_ directory: String, readers: UInt32) throws(LMDBError) {
        let cacheLine = 64
        let size = off_t(readers) * off_t(cacheLine) + 4096
        let descriptor = Glibc.open(directory + "/lock.mdb", O_RDWR | O_CREAT | O_CLOEXEC, 0o644)
        if descriptor < 0 { throw error(errno, "open \(directory)/lock.mdb") }
        defer { Glibc.close(descriptor) }
        if lseek(descriptor, 0, SEEK_END) >= size { return }
        let code = posix_fallocate(descriptor, 0, size)
        if code == ENOSPC || code == EDQUOT { throw error(code, "make \(directory)/lock.mdb") }
    }

    /// Opens the file with the map size it has; where address space does not allow that, with a smaller one.
    private static func open(_ directory: String, databases: Int, options: EnvironmentOptions) throws(LMDBError)
        -> OpaquePointer
    {
        do throws(LMDBError) {
            return try open(directory, mapSize: 0, databases: databases, options: options)
        } catch  where error.rawCode == ENOMEM {
            // LMDB raises what is less than the file's content.
            guard let mapSize = affordable(options.mapSize, atLeast: smallestStep) else { throw error }
            return try open(directory, mapSize: mapSize, databases: databases, options: options)
        }
    }

    /// - Parameter mapSize: 0 for what the file says.
    private static func open(_ directory: String, mapSize: Int, databases: Int, options: EnvironmentOptions)
        throws(LMDBError) -> OpaquePointer
    {
        var handle: OpaquePointer?
        try check(mdb_env_create(&handle), "create an environment")
        guard let handle else { fatalError("LMDB returned no environment and no error.") }
        do throws(LMDBError) {
            try check(mdb_env_set_maxdbs(handle, UInt32(databases)), "set the number of databases")
            try check(mdb_env_set_maxreaders(handle, options.maximumReaders), "set the number of readers")
            if mapSize != 0 { try check(mdb_env_set_mapsize(handle, mapSize), "set the map size") }
            var flags = UInt32(MDB_NOTLS)
            if options.durability == .none { flags |= UInt32(MDB_NOSYNC) }
            try check(mdb_env_open(handle, directory, flags, 0o644), "open \(directory)")
            return handle
        } catch {
            mdb_env_close(handle)
            throw error
        }
    }

    /// Opens all named databases in one transaction: LMDB does not allow it to happen concurrently.
    private static func openDatabases(_ names: [String], of handle: OpaquePointer) throws(LMDBError) -> [String:
        Database]
    {
        // Where all are there already, a read transaction will do: it waits for no writer.
        if let found = try openDatabases(names, of: handle, beginFlags: UInt32(MDB_RDONLY), flags: 0) { return found }
        guard let made = try openDatabases(names, of: handle, beginFlags: 0, flags: UInt32(MDB_CREATE)) else {
            throw error(MDB_NOTFOUND, "create the databases")
        }
        return made
    }

    private static func openDatabases(_ names: [String], of handle: OpaquePointer, beginFlags: UInt32, flags: UInt32)
        throws(LMDBError) -> [String: Database]?
    {
        while true {
            do throws(LMDBError) {
                return try openDatabasesOnce(names, of: handle, beginFlags: beginFlags, flags: flags)
            } catch  where error.code == .notFound {
                return nil
            } catch  where error.code == .mapResized {
                try coverFile(handle)
            } catch  where error.code == .mapFull {
                try enlargeMap(handle, by: smallestStep, atLeast: smallestStep)
            }
        }
    }

    private static func openDatabasesOnce(
        _ names: [String], of handle: OpaquePointer, beginFlags: UInt32, flags: UInt32
    ) throws(LMDBError) -> [String: Database] {
        var transaction: OpaquePointer?
        try check(mdb_txn_begin(handle, nil, beginFlags, &transaction), "begin a transaction")
        var opened: [String: Database] = [:]
        for name in names {
            var database = MDB_dbi()
            let code = mdb_dbi_open(transaction, name, flags, &database)
            if code != 0 {
                mdb_txn_abort(transaction)
                throw error(code, "open database \(name)")
            }
            opened[name] = Database(handle: database, name: name)
        }
        try check(mdb_txn_commit(transaction), "open the databases")
        return opened
    }

    /// A database that was named when the environment was opened.
    package func database(_ name: String) -> Database {
        guard let database = databases[name] else {
            fatalError("The database \(name) was not named when \(directory) was opened.")
        }
        return database
    }
}
