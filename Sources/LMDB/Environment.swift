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
    let identity: FileIdentity
    package let directory: String
    private let databases: [String: Database]

    init(directory: String, identity: FileIdentity, databases names: [String], options: EnvironmentOptions)
        throws(LMDBError)
    {
        var handle: OpaquePointer?
        try check(mdb_env_create(&handle), "create an environment")
        guard let handle else { preconditionFailure("LMDB made no environment and said nothing.") }
        do throws(LMDBError) {
            databases = try Self.prepare(handle, directory: directory, databases: names, options: options)
        } catch {
            mdb_env_close(handle)
            throw error
        }
        self.handle = handle
        self.identity = identity
        self.directory = directory
    }

    deinit {
        mdb_env_close(handle)
        EnvironmentRegistry.shared.forget(identity)
    }

    private static func prepare(
        _ handle: OpaquePointer, directory: String, databases names: [String], options: EnvironmentOptions
    ) throws(LMDBError) -> [String: Database] {
        try check(mdb_env_set_maxdbs(handle, UInt32(names.count)), "set the number of databases")
        try check(mdb_env_set_maxreaders(handle, options.maximumReaders), "set the number of readers")
        var flags = UInt32(MDB_NOTLS)
        if options.durability == .none { flags |= UInt32(MDB_NOSYNC) }
        try check(mdb_env_open(handle, directory, flags, 0o644), "open \(directory)")
        // A process that died left its slot behind, which would keep old pages from being used again.
        try check(mdb_reader_check(handle, nil), "clear stale readers")
        // An existing file knows its map size; a smaller one given here would win, so it is only ever raised.
        var info = MDB_envinfo()
        try check(mdb_env_info(handle, &info), "read the map size")
        if info.me_mapsize < options.mapSize {
            try check(mdb_env_set_mapsize(handle, options.mapSize), "reserve \(options.mapSize) bytes for the map")
        }
        return try openDatabases(names, of: handle)
    }

    /// Opens all named databases in one transaction: LMDB does not allow it to happen concurrently.
    private static func openDatabases(_ names: [String], of handle: OpaquePointer) throws(LMDBError) -> [String: Database]
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
        var transaction: OpaquePointer?
        var code = mdb_txn_begin(handle, nil, beginFlags, &transaction)
        if code == MDB_MAP_RESIZED {
            try check(mdb_env_set_mapsize(handle, 0), "adopt the map size")
            code = mdb_txn_begin(handle, nil, beginFlags, &transaction)
        }
        try check(code, "begin a transaction")
        var opened: [String: Database] = [:]
        for name in names {
            var database = MDB_dbi()
            let code = mdb_dbi_open(transaction, name, flags, &database)
            if code != 0 {
                mdb_txn_abort(transaction)
                if code == MDB_NOTFOUND { return nil }
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
            preconditionFailure("The database \(name) was not named when \(directory) was opened.")
        }
        return database
    }
}
