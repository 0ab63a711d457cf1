internal import CLMDB

/// A transaction that may write, alive for the time of a closure and on one thread.
package struct WriteTransaction: WritingTransaction, ~Copyable {
    package let pointer: OpaquePointer

    init(_ pointer: OpaquePointer) { self.pointer = pointer }

    deinit { mdb_txn_abort(pointer) }

    consuming func commit() throws(LMDBError) {
        // LMDB frees the transaction whether or not the commit succeeds, so it must not be aborted any more.
        let pointer = self.pointer
        discard self
        try check(mdb_txn_commit(pointer), "commit")
    }
}

/// What can be written in a transaction.
package protocol WritingTransaction: Transaction, ~Copyable {}

extension WritingTransaction where Self: ~Copyable {
    /// Writes `value` at `key`, replacing what is there.
    @inline(__always)
    package func put(_ value: RawSpan, at key: RawSpan, in database: Database) throws {
        try put(value, at: key, in: database, flags: 0)
    }

    /// Writes `value` at `key`, which must come after every key that is there: anything else is an error.
    @inline(__always)
    package func append(_ value: RawSpan, at key: RawSpan, in database: Database) throws {
        try put(value, at: key, in: database, flags: UInt32(MDB_APPEND))
    }

    @inline(__always)
    private func put(_ value: RawSpan, at key: RawSpan, in database: Database, flags: UInt32) throws {
        let code = key.withUnsafeBytes { key in
            value.withUnsafeBytes { value in
                var key = MDB_val(key)
                var value = MDB_val(value)
                return mdb_put(pointer, database.handle, &key, &value, flags)
            }
        }
        try check(code, "write to \(database.name)")
    }

    /// Deletes the entry at `key`; returns false if there is none.
    @discardableResult
    package func delete(_ key: RawSpan, in database: Database) throws -> Bool {
        let code = key.withUnsafeBytes { key in
            var key = MDB_val(key)
            return mdb_del(pointer, database.handle, &key, nil)
        }
        if code == MDB_NOTFOUND { return false }
        try check(code, "delete from \(database.name)")
        return true
    }

    /// Deletes all entries.
    package func empty(_ database: Database) throws(LMDBError) {
        try check(mdb_drop(pointer, database.handle, 0), "empty \(database.name)")
    }
}
