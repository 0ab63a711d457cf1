internal import CSQLite

extension SQLiteConnection {
    /// Runs `body` and gives the name of a table in which a trigger or a foreign key's action changed a row meanwhile.
    ///
    /// - Parameter ignored: tables whose changes do not count.
    func cascading(but ignored: Set<String>, _ body: () throws -> Void) throws -> String? {
        final class Seen {
            let ignored: Set<String>
            var table: String?
            init(_ ignored: Set<String>) { self.ignored = ignored }
        }
        let seen = Seen(ignored)
        try withExtendedLifetime(seen) {
            sqlite3_preupdate_hook(
                handle,
                { context, handle, _, _, table, _, _ in
                    guard let context, let table, sqlite3_preupdate_depth(handle) > 0 else { return }
                    let seen = Unmanaged<Seen>.fromOpaque(context).takeUnretainedValue()
                    let name = String(cString: table)
                    if !seen.ignored.contains(name) { seen.table = name }
                }, Unmanaged.passUnretained(seen).toOpaque())
            defer { sqlite3_preupdate_hook(handle, nil, nil) }
            try body()
        }
        return seen.table
    }

    /// Which triggers write to which tables when rows of a table change. Nothing is run to find out.
    func tablesWrittenByTriggers(of table: SQLiteTable) throws -> [(trigger: String, table: String)] {
        final class Seen { var writes: [(trigger: String, table: String)] = [] }
        let seen = Seen()
        let name = "main." + (try SQLiteIdentifier.quoted(table.name))
        let sets = try table.columns.filter { !$0.isGenerated }.map {
            let column = try SQLiteIdentifier.quoted($0.name)
            return "\(column) = \(column)"
        }
        try withExtendedLifetime(seen) {
            sqlite3_set_authorizer(
                handle,
                { context, action, table, _, _, trigger in
                    guard let context, let table, let trigger,
                        [SQLITE_INSERT, SQLITE_UPDATE, SQLITE_DELETE].contains(action)
                    else { return SQLITE_OK }
                    Unmanaged<Seen>.fromOpaque(context).takeUnretainedValue()
                        .writes.append((String(cString: trigger), String(cString: table)))
                    return SQLITE_OK
                }, Unmanaged.passUnretained(seen).toOpaque())
            defer { sqlite3_set_authorizer(handle, nil, nil) }
            _ = try prepare("DELETE FROM \(name)")
            _ = try prepare("INSERT INTO \(name) DEFAULT VALUES")
            _ = try prepare("UPDATE \(name) SET \(sets.joined(separator: ", "))")
        }
        return seen.writes
    }

    /// Runs `body` with no trigger firing.
    func withoutTriggers<T>(_ body: () throws -> T) throws -> T {
        waybill_sqlite_enable_triggers(handle, 0)
        defer { waybill_sqlite_enable_triggers(handle, 1) }
        return try body()
    }
}
