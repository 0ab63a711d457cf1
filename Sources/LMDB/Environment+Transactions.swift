internal import CLMDB

extension Environment {
    /// Runs `body` on a snapshot: it sees one state, whatever is written meanwhile.
    ///
    /// Keep it short: pages that a snapshot can see are not used again while it lives.
    package func read<R>(_ body: (borrowing ReadTransaction) throws -> R) throws -> R {
        let snapshot = try beginRead()
        defer { gate.leave() }
        return try Self.run(snapshot, body)
    }

    /// Runs `body` in a write transaction and commits it when `body` returns; if it throws, nothing is written.
    ///
    /// When the map is full it is made larger and `body` runs again: it must have no other effect than its writes.
    package func write<R>(_ body: (borrowing WriteTransaction) throws -> R) throws -> R {
        while true {
            var size = 0
            do {
                return try writeOnce(mapSize: &size, body)
            } catch let error as LMDBError where error.code == .mapFull {
                try gate.whileIdle { try growMap(from: size) }
            }
        }
    }

    private func writeOnce<R>(mapSize size: inout Int, _ body: (borrowing WriteTransaction) throws -> R) throws -> R {
        let pointer = try begin(flags: 0, "begin a write")
        defer { gate.leave() }
        size = mapSize
        return try Self.run(WriteTransaction(pointer), body)
    }

    /// Whether this thread is inside a transaction of this environment.
    package var isInTransaction: Bool { gate.isInside }

    // A transaction must be over before its thread leaves the gate, so its lifetime is that of a call.

    private static func run<R>(
        _ transaction: consuming ReadTransaction, _ body: (borrowing ReadTransaction) throws -> R
    ) throws -> R {
        try body(transaction)
    }

    private static func run<R>(
        _ transaction: consuming WriteTransaction, _ body: (borrowing WriteTransaction) throws -> R
    ) throws -> R {
        let result = try body(transaction)
        try transaction.commit()
        return result
    }

    /// Enters the gate and begins a snapshot as of the commit of its number; ending it leaves the gate.
    private func beginRead() throws(LMDBError) -> ReadTransaction {
        while true {
            let snapshot = ReadTransaction(try begin(flags: UInt32(MDB_RDONLY), "begin a read"))
            if !snapshot.isOvertaken { return snapshot }
            _ = consume snapshot
            gate.leave()
        }
    }

    /// Enters the gate and begins a transaction; ending it leaves the gate.
    private func begin(flags: UInt32, _ operation: String) throws(LMDBError) -> OpaquePointer {
        while true {
            gate.enter(forWriting: flags & UInt32(MDB_RDONLY) == 0)
            var transaction: OpaquePointer?
            let code = mdb_txn_begin(handle, nil, flags, &transaction)
            if code == 0, let transaction { return transaction }
            gate.leave()
            try recover(from: code, operation)
        }
    }

    /// Does what makes a transaction that could not begin worth another try, or throws.
    private func recover(from code: Int32, _ operation: String) throws(LMDBError) {
        switch code {
        case MDB_MAP_RESIZED:
            // The map waits for this process's transactions, and here the thread has one itself.
            if gate.isInside { throw error(code, operation) }
            try gate.whileIdle { () throws(LMDBError) in try Self.coverFile(handle) }
        case MDB_READERS_FULL:
            var dead: Int32 = 0
            try check(mdb_reader_check(handle, &dead), "clear stale readers")
            if dead == 0 { throw error(code, operation) }
        default:
            throw error(code, operation)
        }
    }
}
