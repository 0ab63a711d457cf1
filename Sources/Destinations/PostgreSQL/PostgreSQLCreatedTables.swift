internal import Records

/// The tables that imports created, each with the statement that made it and a description of all that can be changed of it,
/// so that one which nobody needs any more can go with its import, and come back with a backup.
struct PostgreSQLCreatedTables {
    let connection: PostgreSQLConnection

    /// Notes a table that has just been created.
    func add(_ table: PostgreSQLTable, by logID: String?, definition: String) throws {
        guard try exists() else { return }
        try connection.query(
            """
            INSERT INTO _waybill.created_tables (table_id, table_name, log_id, definition, state)
            VALUES ($1::oid, $2, $3, $4, \(Self.state(of: table.oid)))
            ON CONFLICT (table_name) DO UPDATE SET table_id = excluded.table_id, log_id = excluded.log_id,
                definition = excluded.definition, state = excluded.state
            """, [table.oid, table.quotedName, logID ?? "", definition])
    }

    private func exists() throws -> Bool {
        try PostgreSQLSchema(connection).exists()
            && connection.query(
                """
                SELECT EXISTS (SELECT FROM pg_class WHERE relnamespace = '_waybill'::regnamespace
                    AND relname = 'created_tables' AND has_table_privilege(oid, 'SELECT'))
                """)[0][0] == "t"
    }

    /// What there is of a table that somebody may have changed: names, rights, columns, constraints, indexes, triggers,
    /// policies, rules, comments, and what depends on it, as views and foreign keys do.
    private static func state(of oid: String) -> String {
        func list(_ row: String, _ from: String) -> String {
            "(SELECT coalesce(string_agg(x, ';' ORDER BY x), '') FROM (SELECT (\(row))::text AS x FROM \(from)) x)"
        }
        let own = "SELECT \(oid)::oid UNION ALL SELECT indexrelid FROM pg_index WHERE indrelid = \(oid)"
        return """
            md5(concat_ws('|', \(
                [
                    list(
                        """
                        c.relname, c.relnamespace, c.relowner, c.relacl, c.reloptions, c.relpersistence, c.relkind,
                        c.reltablespace, c.relrowsecurity, c.relforcerowsecurity, c.relreplident, c.relispartition, c.relam
                        """, "pg_class c WHERE oid = \(oid)"),
                    list(
                        """
                        attnum, attname, atttypid, atttypmod, attnotnull, atthasdef, attidentity, attgenerated, attisdropped,
                        attcollation, attacl, attoptions, attstorage, attstattarget
                        """, "pg_attribute WHERE attrelid = \(oid) AND attnum > 0"),
                    list(
                        "conname, conrelid, contype, pg_get_constraintdef(oid)",
                        "pg_constraint WHERE conrelid = \(oid) OR confrelid = \(oid)"),
                    list("pg_get_indexdef(indexrelid), indisclustered", "pg_index WHERE indrelid = \(oid)"),
                    list("pg_get_triggerdef(oid), tgenabled", "pg_trigger WHERE tgrelid = \(oid) AND NOT tgisinternal"),
                    list("polname, polcmd", "pg_policy WHERE polrelid = \(oid)"),
                    list("rulename", "pg_rewrite WHERE ev_class = \(oid)"),
                    list("objsubid, description", "pg_description WHERE objoid IN (\(own))"),
                    list("provider, label", "pg_seclabel WHERE objoid IN (\(own))"),
                    list(
                        "classid, deptype, refobjsubid",
                        "pg_depend WHERE refclassid = 'pg_class'::regclass AND refobjid = \(oid)"),
                    list("inhrelid", "pg_inherits WHERE inhparent = \(oid) OR inhrelid = \(oid)"),
                ].joined(separator: ", "))))
            """
    }

    /// Changes a table's columns; if it was as it had been created, it counts so afterwards.
    func keeping(_ table: PostgreSQLTable, _ change: () throws -> Void) throws {
        let isNoted = try exists()
        let isAsCreated =
            try isNoted
            && !connection.query(
                "SELECT 1 FROM _waybill.created_tables WHERE table_id = $1::oid AND state = \(Self.state(of: table.oid))",
                [table.oid]
            ).isEmpty
        try change()
        guard isAsCreated else { return }
        try connection.query(
            "UPDATE _waybill.created_tables SET state = \(Self.state(of: table.oid)) WHERE table_id = $1::oid",
            [table.oid])
    }

    /// Drops a table that a log created, if it is as it was then, has no row, and no import has chunks in it that are not taken
    /// back. Somebody who is at work on it keeps it.
    func remove(_ name: String, by logID: String) throws -> Bool {
        guard try exists(), let table = try PostgreSQLTable.find(name, in: connection), !table.mayHideRows else {
            return false
        }
        struct Needed: Error {}
        do {
            try connection.savepoint {
                // A session that was killed may still be at its last statement.
                connection.announce("SELECT set_config('lock_timeout', '3s', true)")
                connection.announce("LOCK TABLE \(table.quotedName) IN ACCESS EXCLUSIVE MODE")
                let row = try connection.query(
                    """
                    SELECT EXISTS (SELECT FROM _waybill.created_tables
                            WHERE table_id = $1::oid AND log_id = $2 AND state = \(Self.state(of: table.oid))),
                        EXISTS (SELECT FROM \(table.quotedName)),
                        EXISTS (SELECT FROM _waybill.ledger l WHERE lower(table_name) IN (lower($3), lower($4))
                            AND NOT EXISTS (SELECT FROM _waybill.reversals r
                                WHERE r.log_id = l.log_id AND r.import = l.import AND r.chunk = l.chunk)),
                        EXISTS (SELECT FROM _waybill.undo_tables t WHERE t.table_name = $5 AND (
                            EXISTS (SELECT FROM _waybill.undo u WHERE u.table_id = t.id)
                            OR EXISTS (SELECT FROM _waybill.undo_packs p WHERE p.table_id = t.id)))
                    """, [table.oid, logID, table.name, "\(table.schema).\(table.name)", table.quotedName])[0]
                guard row == ["t", "f", "f", "f"] else { throw Needed() }
                try connection.execute("DROP TABLE \(table.quotedName)")
            }
            return true
        } catch is Needed {
            return false
        } catch let error as PostgreSQLError where !error.isOfServer {
            return false
        }
    }

    /// Creates a table again that went with its import; false where none of this name did.
    func recreate(_ quotedName: String) throws -> Bool {
        guard try exists(),
            let row = try connection.query(
                "SELECT table_id, log_id, definition FROM _waybill.created_tables WHERE table_name = $1", [quotedName]
            ).first, let former = row[0], let definition = row[2]
        else { return false }
        try connection.execute(definition)
        guard let table = try PostgreSQLTable.find(quoted: quotedName, in: connection) else { return false }
        try connection.query(
            "UPDATE _waybill.inferred SET table_id = $1::oid WHERE table_id = $2::oid", [table.oid, former])
        try add(table, by: row[1], definition: definition)
        return true
    }
}

extension PostgreSQLDestination {
    package func removeCreated(_ table: String, logID: String) throws -> Bool {
        try transaction { try PostgreSQLCreatedTables(connection: $0).remove(table, by: logID) }
    }
}
