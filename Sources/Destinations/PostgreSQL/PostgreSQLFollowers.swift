internal import Records

/// The rows of other tables that change with the records' rows, because they refer to values that an upsert changes.
///
/// The server tells nobody what a foreign key did. So these rows are read before records are written, and noted as the
/// chunk's changes once all are in.
struct PostgreSQLFollowers {
    private let connection: PostgreSQLConnection
    /// The foreign keys, and how undo data describes the rows that have them; nil if it cannot.
    private let keys: [(following: PostgreSQLFollowing, format: PostgreSQLUndoFormat?)]
    /// What each of the rows was before the chunk.
    private let found: String

    /// The numbers of these changes, which come after all of the chunk's own.
    static let firstNumber = 1 << 29

    /// Nil where an update changes nothing that others would follow.
    init?(of target: PostgreSQLTarget, staging: PostgreSQLStaging, _ connection: PostgreSQLConnection) throws {
        guard target.plan.updatesRows, target.plan.keepsUndo else { return nil }
        let key = Set(target.keyPlaces.map { target.columns[$0].name })
        let written = Set(target.columns.map(\.name)).subtracting(key)
        let followings = try PostgreSQLFollowing.all(to: target.table, in: connection).filter {
            !written.isDisjoint(with: $0.theirColumns)
        }
        if followings.isEmpty { return nil }
        keys = try followings.map { ($0, try Self.format(of: $0, in: connection)) }
        self.connection = connection
        found = "\(staging.name)_followers"
    }

    /// A row must be found again by a key that does not change, and must not be followed by others itself.
    private static func format(
        of following: PostgreSQLFollowing, in connection: PostgreSQLConnection
    ) throws -> PostgreSQLUndoFormat? {
        guard !following.isHidden, !following.isToItself,
            let table = try PostgreSQLTable.find(quoted: following.table, in: connection),
            !table.identity.isEmpty, Set(table.identity).isDisjoint(with: following.columns),
            try PostgreSQLFollowing.all(to: table, in: connection).allSatisfy({
                Set($0.theirColumns).isDisjoint(with: following.columns)
            })
        else { return nil }
        return try PostgreSQLUndoFormat(table, key: [], in: connection)
    }

    /// Reads the rows that are going to change with these staged records.
    ///
    /// - Throws: where that could not be undone.
    func look(_ range: String, _ writer: PostgreSQLWriter) throws {
        try connection.execute(
            """
            CREATE TEMP TABLE IF NOT EXISTS \(found) (table_id int, key text[], before text[], print bigint, record int,
                followed text[], PRIMARY KEY (table_id, key)) ON COMMIT DROP
            """)
        for (following, format) in keys {
            let columns = writer.target.columns
            let changes = following.theirColumns.compactMap { name in
                columns.firstIndex { $0.name == name }.map {
                    "t.\(PostgreSQLIdentifier.quoted(name)) IS DISTINCT FROM s.\(PostgreSQLTarget.staged($0))"
                }
            }.joined(separator: " OR ")
            let changed = "\(writer.staging.keyed) s JOIN \(writer.keyedRows) t ON \(writer.sameKey())"
            guard let format else {
                // Rows that take the new value are found by the rollback, too, which leaves what they refer to.
                if !following.isCascade { try requireNone(following, changed, "s.\(range) AND (\(changes))") }
                continue
            }
            try connection.execute(
                """
                INSERT INTO \(found) SELECT \(format.tableID), \(format.keyTexts("d")), \(format.image("d")),
                    \(format.fingerprint("d")), s._n, \(writer.format.keyTexts("t"))
                FROM \(changed) JOIN \(format.table.ownRows) d ON \(following.refers) WHERE s.\(range) AND (\(changes))
                ON CONFLICT DO NOTHING
                """)
        }
    }

    private func requireNone(_ following: PostgreSQLFollowing, _ changed: String, _ condition: String) throws {
        let others = following.isHidden ? "" : " JOIN \(following.table) d ON \(following.refers)"
        let isAny = try connection.query("SELECT EXISTS (SELECT FROM \(changed)\(others) WHERE \(condition))")
        guard isAny[0][0] == "t" else { return }
        throw PostgreSQLError(
            state: "23503",
            message:
                "rows of \(following.table) \(following.isHidden ? "may " : "")refer to it and would change with it, "
                + "which no rollback could undo; change them first, or import with --no-undo")
    }

    /// Notes what became of the rows, once all records are in: as the work of the record that the change of the row which they
    /// follow is noted with, so that they go where that goes.
    func note(chunkID: String, followed tableID: String) throws {
        guard try connection.query("SELECT to_regclass('pg_temp.\(found)')")[0][0] != nil else { return }
        var number = Self.firstNumber
        var done: Set<String> = []
        for case let format? in keys.map(\.format) where done.insert(format.tableID).inserted {
            let now = format.fingerprint("d")
            number += try connection.execute(
                """
                INSERT INTO _waybill.undo (chunk_id, n, table_id, kind, record, key, before, before_print, after_print)
                SELECT \(chunkID), \(number) + row_number() OVER (ORDER BY f.key), f.table_id, 'u', coalesce((
                        SELECT u.record FROM _waybill.undo u WHERE u.chunk_id = \(chunkID) AND u.table_id = \(tableID)
                        AND u.key = f.followed AND u.kind <> 'w' ORDER BY u.n DESC LIMIT 1), f.record), f.key,
                    f.before, f.print, \(now)
                FROM \(found) f JOIN \(format.table.ownRows) d ON \(format.hasKey("d", "f.key"))
                WHERE f.table_id = \(format.tableID) AND \(now) <> f.print
                """)
        }
    }
}
