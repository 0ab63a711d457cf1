/// A foreign key of a table whose rows change when a value that they refer to does: ON UPDATE CASCADE, SET NULL or SET
/// DEFAULT.
struct PostgreSQLFollowing {
    /// Quoted, with its schema.
    var table: String
    var columns: [String]
    var theirColumns: [String]
    /// Whether its rows take the new value: then they follow a rollback, too.
    var isCascade: Bool
    /// Whether the role cannot see all of its rows.
    var isHidden: Bool
    /// Whether it refers to its own table.
    var isToItself: Bool

    static func all(to table: PostgreSQLTable, in connection: PostgreSQLConnection) throws -> [PostgreSQLFollowing] {
        func names(_ numbers: String, of table: String) -> String {
            """
            array_to_json(ARRAY(SELECT attname FROM unnest(\(numbers)) WITH ORDINALITY k (number, place)
                JOIN pg_attribute ON attrelid = \(table) AND attnum = number ORDER BY place))
            """
        }
        // A part of a partitioned table has the table's own key again.
        return try connection.query(
            """
            SELECT n.nspname, c.relname, \(names("conkey", of: "conrelid")), \(names("confkey", of: "confrelid")),
                confupdtype = 'c', row_security_active(conrelid) OR NOT has_table_privilege(conrelid, 'SELECT'),
                conrelid = confrelid
            FROM pg_constraint k JOIN pg_class c ON c.oid = k.conrelid JOIN pg_namespace n ON n.oid = c.relnamespace
            WHERE confrelid = $1::oid AND contype = 'f' AND confupdtype IN ('c', 'n', 'd') AND conparentid = 0
            """, [table.oid]
        ).map { row in
            PostgreSQLFollowing(
                table: PostgreSQLIdentifier.quoted(row[0] ?? "") + "." + PostgreSQLIdentifier.quoted(row[1] ?? ""),
                columns: JSONTexts.list(row[2] ?? "[]"), theirColumns: JSONTexts.list(row[3] ?? "[]"),
                isCascade: row[4] == "t", isHidden: row[5] == "t", isToItself: row[6] == "t")
        }
    }

    /// Whether a row under `d` refers to the one under `t`.
    var refers: String { PostgreSQLIdentifier.refers(columns, to: theirColumns) }
}
