internal import CLMDB
internal import Glibc

extension Environment {
    /// Throws if the data file was cut off.
    ///
    /// LMDB maps the file and looks at no page before it is needed. A file that ends before its last page need not be
    /// damaged: pages that were given away again in the transaction that took them are never written. So in that rare case
    /// all pages that are in use are read once. Where one of them is not in the file, that raises SIGBUS, now and not in
    /// the middle of someone's work; the program says what it means.
    static func requireAllPages(of directory: String, _ databases: [String: Database], _ handle: OpaquePointer)
        throws(LMDBError)
    {
        let used = info(handle).used
        var status = stat()
        guard stat(directory + "/data.mdb", &status) == 0, status.st_size < used else { return }
        var transaction: OpaquePointer?
        try check(mdb_txn_begin(handle, nil, UInt32(MDB_RDONLY), &transaction), "begin a read")
        defer { mdb_txn_abort(transaction) }
        // The pages that are free, and the names of the databases, stand in two databases of LMDB's own.
        for database in [0, 1] + databases.values.map(\.handle) { try readAll(database, in: transaction) }
    }

    private static func readAll(_ database: MDB_dbi, in transaction: OpaquePointer?) throws(LMDBError) {
        let operation = "read all of the data file, which is shorter than its pages"
        var cursor: OpaquePointer?
        try check(mdb_cursor_open(transaction, database, &cursor), operation)
        defer { mdb_cursor_close(cursor) }
        var (key, value) = (MDB_val(), MDB_val())
        while true {
            let code = mdb_cursor_get(cursor, &key, &value, MDB_NEXT)
            if code == MDB_NOTFOUND { return }
            try check(code, operation)
            // A large value has pages of its own, one after the other; the last one shows whether they are there.
            if let last = UnsafeRawBufferPointer(value).last { withExtendedLifetime(last) {} }
        }
    }
}
