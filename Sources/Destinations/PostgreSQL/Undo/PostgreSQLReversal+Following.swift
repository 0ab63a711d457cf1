internal import Records

extension PostgreSQLReversal {
    /// A change of a row would change others that refer to it, by ON UPDATE CASCADE or the like. Where these are not
    /// the chunk's as well, as it left them, the row stays.
    func keepFollowed(_ format: PostgreSQLUndoFormat, _ these: String) throws {
        for following in try PostgreSQLFollowing.all(to: format.table, in: connection) {
            let changes = following.theirColumns.compactMap { name -> String? in
                guard let place = format.columns.firstIndex(where: { $0.name == name }) else { return nil }
                let before = "(r.before)[\(place + 1)]::\(format.columns[place].type)"
                return "t.\(PostgreSQLIdentifier.quoted(name)) IS DISTINCT FROM \(before)"
            }.joined(separator: " OR ")
            if changes.isEmpty { continue }
            var isOthers = "EXISTS (SELECT FROM \(following.table) d WHERE \(following.refers)"
            for row in try connection.query(
                """
                SELECT DISTINCT w.table_id FROM \(work) w JOIN _waybill.undo_tables o ON o.id = w.table_id
                WHERE w.state IS NULL AND o.table_name = $1
                """, [following.table])
            {
                guard let tableID = row[0], let its = try undo.format(ofTable: tableID).format else { continue }
                let goesBack = zip(following.columns, following.theirColumns).compactMap { column, name -> String? in
                    guard let place = its.columns.firstIndex(where: { $0.name == column }),
                        let theirs = format.columns.firstIndex(where: { $0.name == name })
                    else { return nil }
                    return "w.before[\(place + 1)] IS NOT DISTINCT FROM r.before[\(theirs + 1)]"
                }.joined(separator: " AND ")
                isOthers += """
                     AND NOT EXISTS (SELECT FROM \(work) w WHERE w.table_id = \(tableID) AND w.state IS NULL
                        AND w.key = \(its.keyTexts("d")) AND w.after_print = \(its.fingerprint("d")) AND \(goesBack))
                    """
            }
            let message =
                "rows of \(following.table) \(following.isHidden ? "may " : "")refer to it and would change with it"
            try connection.execute(
                """
                UPDATE \(work) r SET state = 'f', message = \(PostgreSQLIdentifier.literal(message))
                FROM \(format.table.ownRows) t WHERE \(these) AND r.kind <> 'i' AND r.before IS NOT NULL
                    AND \(format.hasKey("t", "r.key")) AND (\(changes))
                    AND \(following.isHidden ? "true" : isOthers + ")")
                """)
        }
    }
}
