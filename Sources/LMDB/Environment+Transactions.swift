internal import CLMDB

extension Environment {
    /// Runs `body` on a snapshot: it sees one state, whatever is written meanwhile.
    ///
    /// Keep it short: pages that a snapshot can see are not used again while it lives.
    package func read<R>(_ body: (borrowing ReadTransaction) throws -> R) throws -> R {
        let pointer = try begin(flags: UInt32(MDB_RDONLY), "begin a read")
        defer { gate.leave() }
        return try Self.run(ReadTransaction(pointer), body)
    }

    /// Runs `body` in a write transaction and commits it when `body` returns; if it throws, nothing is written.
    ///
    /// When the map is full it is made larger and `body` runs again: it must have no other effect than its writes.
    package func write<R>(_ body: (borrowing WriteTransaction) throws -> R) throws -> R {
        gate.refuseNestedWrite()
        while true {
            do {
                return try writeOnce(body)
            } catch let error as LMDBError where error.code == .mapFull {
                try growMap()
            }
        }
    }

    private func writeOnce<R>(_ body: (borrowing WriteTransaction) throws -> R) throws -> R {
        let pointer = try begin(flags: 0, "begin a write")
        defer { gate.leave() }
        gate.setWriter(true)
        defer { gate.setWriter(false) }
        return try Self.run(WriteTransaction(pointer), body)
    }

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

    /// Enters the gate and begins a transaction; whoever ends it leaves the gate.
    private func begin(flags: UInt32, _ operation: String) throws(LMDBError) -> OpaquePointer {
        while true {
            gate.enter()
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
            let adopted = gate.whileIdle { mdb_env_set_mapsize(handle, 0) }
            try check(adopted, "adopt the map size that another process chose")
        case MDB_READERS_FULL:
            var dead: Int32 = 0
            try check(mdb_reader_check(handle, &dead), "clear stale readers")
            if dead == 0 { throw error(code, operation) }
        default:
            throw error(code, operation)
        }
    }

    private func growMap() throws(LMDBError) {
        let code = gate.whileIdle {
            var info = MDB_envinfo()
            mdb_env_info(handle, &info)
            return mdb_env_set_mapsize(handle, info.me_mapsize * 2)
        }
        if code != 0 { throw error(MDB_MAP_FULL, "make the map larger") }
    }

    /// The map's size, the part of it that is used, both in bytes, and the number of readers.
    package func statistics() -> (mapSize: Int, usedBytes: Int, readers: Int) {
        var info = MDB_envinfo()
        var status = MDB_stat()
        mdb_env_info(handle, &info)
        mdb_env_stat(handle, &status)
        return (info.me_mapsize, (info.me_last_pgno + 1) * Int(status.ms_psize), Int(info.me_numreaders))
    }
}
