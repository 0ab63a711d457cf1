internal import CLMDB

/// What can be read in a transaction of either kind.
package protocol Transaction: ~Copyable {
    /// The LMDB transaction; its lifetime is that of the value.
    var pointer: OpaquePointer { get }
}

/// A snapshot of the environment, alive for the time of a closure.
package struct ReadTransaction: Transaction, ~Copyable {
    package let pointer: OpaquePointer

    init(_ pointer: OpaquePointer) { self.pointer = pointer }

    deinit { mdb_txn_abort(pointer) }

    /// Whether a second commit since this snapshot's has begun to replace its description.
    ///
    /// LMDB begins a snapshot with the newest commit's number, and reads what the commit left after that, from one of two
    /// places that commits write by turns. A thread that is held up in between finds a later commit there, which need not
    /// be durable yet and which the next snapshot may not have. Asked right after the beginning, false means that it was
    /// not so.
    package var isOvertaken: Bool {
        var info = MDB_envinfo()
        mdb_env_info(mdb_txn_env(pointer), &info)
        return info.me_last_txnid > mdb_txn_id(pointer) + 1
    }
}

extension Transaction where Self: ~Copyable {
    /// Gives the value at `key`, or returns nil if there is none. The span is valid inside the closure only.
    @inline(__always)
    package func withValue<R>(at key: RawSpan, in database: Database, _ body: (RawSpan) throws -> R) throws -> R? {
        var value = MDB_val()
        let code = key.withUnsafeBytes { key in
            var key = MDB_val(key)
            return mdb_get(pointer, database.handle, &key, &value)
        }
        if code == MDB_NOTFOUND { return nil }
        try check(code, "read from \(database.name)")
        return try body(UnsafeRawBufferPointer(value).bytes)
    }

    /// A copy of the value at `key`, or nil if there is none.
    package func value(at key: [UInt8], in database: Database) throws -> [UInt8]? {
        try withValue(at: key.span.bytes, in: database) { [UInt8]($0) }
    }

    /// How many entries the database has.
    package func count(of database: Database) throws(LMDBError) -> Int {
        var status = MDB_stat()
        try check(mdb_stat(pointer, database.handle, &status), "count \(database.name)")
        return status.ms_entries
    }

    /// Gives a cursor over the database, alive for the time of the closure.
    package func withCursor<R>(_ database: Database, _ body: (inout Cursor) throws -> R) throws -> R {
        var handle: OpaquePointer?
        try check(mdb_cursor_open(pointer, database.handle, &handle), "open a cursor on \(database.name)")
        guard let handle else { fatalError("LMDB returned no cursor and no error.") }
        var cursor = Cursor(handle, database: database)
        return try body(&cursor)
    }
}

extension MDB_val {
    @inline(__always)
    init(_ buffer: UnsafeRawBufferPointer) {
        self.init(mv_size: buffer.count, mv_data: UnsafeMutableRawPointer(mutating: buffer.baseAddress))
    }
}

extension UnsafeRawBufferPointer {
    @inline(__always)
    init(_ value: MDB_val) {
        self.init(start: value.mv_data, count: value.mv_size)
    }
}

extension [UInt8] {
    /// Copies the bytes of a span.
    package init(_ span: RawSpan) {
        self = span.withUnsafeBytes { [UInt8]($0) }
    }
}
