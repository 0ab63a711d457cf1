internal import CLMDB
internal import Glibc

/// How large the map is, and how it grows.
///
/// `mdb_env_set_mapsize` unmaps the file before it maps it again: where the new size is refused, no map is left and the
/// next access dies. So every growth is tried out first, and what cannot be had is asked for in smaller steps.
extension Environment {
    /// No growth is smaller than this.
    static let smallestStep = 1 << 20

    /// The map's size in bytes; only inside a transaction, or while this process has none.
    var mapSize: Int { Self.info(handle).mapSize }

    /// Makes the map larger than `size`, where no other thread has done so. Only while this process has no transaction.
    func growMap(from size: Int) throws(LMDBError) {
        if mapSize == size { try Self.enlargeMap(handle, by: size, atLeast: Self.smallestStep) }
    }

    /// Makes the map as large as the file, which another process made larger. Only while this process has no transaction.
    static func coverFile(_ handle: OpaquePointer) throws(LMDBError) {
        let (size, used) = info(handle)
        if used > size { try enlargeMap(handle, by: max(size, used - size), atLeast: used - size) }
    }

    /// Makes the map larger by `wanted` bytes, or by as much of it as there is address space for.
    static func enlargeMap(_ handle: OpaquePointer, by wanted: Int, atLeast least: Int) throws(LMDBError) {
        guard let step = affordable(wanted, atLeast: least) else { throw error(MDB_MAP_FULL, "make the map larger") }
        try check(mdb_env_set_mapsize(handle, info(handle).mapSize + step), "make the map larger")
    }

    /// As much of `wanted` bytes as there is address space for; where that is not all, no more than half of what is left,
    /// for the rest of the program needs some too. Nil if there is not even room for `least`.
    static func affordable(_ wanted: Int, atLeast least: Int) -> Int? {
        if isAddressSpaceLeft(wanted) { return wanted }
        var step = wanted
        while step > least {
            step = max(step / 2, least)
            if isAddressSpaceLeft(2 * step) { return step }
        }
        return isAddressSpaceLeft(least) ? least : nil
    }

    /// Raises the map of an environment that was just opened to `size`, or as near to it as address space allows.
    static func reserve(_ size: Int, for handle: OpaquePointer) throws(LMDBError) {
        let missing = size - info(handle).mapSize
        if missing <= 0 { return }
        do {
            try enlargeMap(handle, by: missing, atLeast: min(missing, smallestStep))
        } catch  where error.code == .mapFull {
            // The log works with the map it has, and says so when that is full.
        }
    }

    static func isAddressSpaceLeft(_ bytes: Int) -> Bool {
        let area = mmap(nil, bytes, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0)
        if area == MAP_FAILED { return false }
        munmap(area, bytes)
        return true
    }

    static func info(_ handle: OpaquePointer) -> (mapSize: Int, used: Int) {
        var info = MDB_envinfo()
        var status = MDB_stat()
        mdb_env_info(handle, &info)
        mdb_env_stat(handle, &status)
        return (info.me_mapsize, (info.me_last_pgno + 1) * Int(status.ms_psize))
    }

    /// What the environment is like at the moment.
    package func statistics() -> EnvironmentStatistics {
        // LMDB reads this from the map, which must not move meanwhile.
        gate.enter()
        defer { gate.leave() }
        let (size, used) = Self.info(handle)
        var info = MDB_envinfo()
        mdb_env_info(handle, &info)
        return EnvironmentStatistics(
            mapSize: size, usedBytes: used, readers: Int(info.me_numreaders), transactions: info.me_last_txnid)
    }
}

/// What an environment is like at some moment.
package struct EnvironmentStatistics: Sendable, Equatable {
    /// The reserved address space, in bytes.
    package let mapSize: Int
    /// The part of it that is used, pages that were freed included, in bytes.
    package let usedBytes: Int
    /// How many reader slots were ever in use at once; it falls only when the last process closes the environment.
    package let readers: Int
    /// How many write transactions were committed since the environment was made.
    package let transactions: Int
}
