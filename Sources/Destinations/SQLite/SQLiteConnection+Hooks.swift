internal import CSQLite

extension SQLiteConnection {
    /// Runs `body` and gives the name of a table in which a trigger or a foreign key's action changed a row meanwhile.
    func cascading(_ body: () throws -> Void) throws -> String? {
        final class Seen { var table: String? }
        let seen = Seen()
        try withExtendedLifetime(seen) {
            sqlite3_preupdate_hook(
                handle,
                { context, handle, _, _, table, _, _ in
                    guard let context, let table, sqlite3_preupdate_depth(handle) > 0 else { return }
                    Unmanaged<Seen>.fromOpaque(context).takeUnretainedValue().table = String(cString: table)
                }, Unmanaged.passUnretained(seen).toOpaque())
            defer { sqlite3_preupdate_hook(handle, nil, nil) }
            try body()
        }
        return seen.table
    }

    /// Runs `body` with no trigger firing.
    func withoutTriggers<T>(_ body: () throws -> T) throws -> T {
        waybill_sqlite_enable_triggers(handle, 0)
        defer { waybill_sqlite_enable_triggers(handle, 1) }
        return try body()
    }
}
