internal import CLMDB

/// A place in a database's key order, alive for the time of a closure.
package struct Cursor: ~Copyable {
    private let pointer: OpaquePointer
    private let database: Database
    private var key = MDB_val()
    private var value = MDB_val()

    init(_ pointer: OpaquePointer, database: Database) {
        self.pointer = pointer
        self.database = database
    }

    deinit { mdb_cursor_close(pointer) }

    /// Each move returns false if there is no such entry.
    package mutating func first() throws -> Bool { try move(MDB_FIRST) }
    package mutating func last() throws -> Bool { try move(MDB_LAST) }
    package mutating func next() throws -> Bool { try move(MDB_NEXT) }
    package mutating func previous() throws -> Bool { try move(MDB_PREV) }

    /// Moves to the entry whose key is `target`. It costs little where that is near the last place.
    package mutating func seek(to target: RawSpan) throws -> Bool {
        try target.withUnsafeBytes { target in
            key = MDB_val(target)
            return try move(MDB_SET_KEY)
        }
    }

    /// Moves to the first entry whose key is `target` or comes after it.
    package mutating func seek(toFirstFrom target: RawSpan) throws -> Bool {
        try target.withUnsafeBytes { target in
            key = MDB_val(target)
            return try move(MDB_SET_RANGE)
        }
    }

    /// Moves to the last entry whose key comes before `target`.
    package mutating func seek(toLastBefore target: RawSpan) throws -> Bool {
        try seek(toFirstFrom: target) ? previous() : last()
    }

    /// Writes `value` at `key` and moves there; only in a transaction that may write. It costs less than a write without
    /// a cursor where that is near the last place.
    package mutating func put(_ value: RawSpan, at key: RawSpan) throws { try put(value, at: key, flags: 0) }

    /// The same for a key that must come after every key that is there: anything else is an error.
    package mutating func append(_ value: RawSpan, at key: RawSpan) throws {
        try put(value, at: key, flags: UInt32(MDB_APPEND))
    }

    private mutating func put(_ value: RawSpan, at key: RawSpan, flags: UInt32) throws {
        let code = key.withUnsafeBytes { key in
            value.withUnsafeBytes { value in
                var key = MDB_val(key)
                var value = MDB_val(value)
                return mdb_cursor_put(pointer, &key, &value, flags)
            }
        }
        try check(code, "write to \(database.name)")
    }

    /// Gives the entry the cursor stands at, after a move that returned true.
    @inline(__always)
    package func withEntry<R>(_ body: (_ key: RawSpan, _ value: RawSpan) throws -> R) rethrows -> R {
        try body(UnsafeRawBufferPointer(key).bytes, UnsafeRawBufferPointer(value).bytes)
    }

    @inline(__always)
    private mutating func move(_ operation: MDB_cursor_op) throws -> Bool {
        let code = mdb_cursor_get(pointer, &key, &value, operation)
        if code == MDB_NOTFOUND { return false }
        try check(code, "move in \(database.name)")
        return true
    }
}
