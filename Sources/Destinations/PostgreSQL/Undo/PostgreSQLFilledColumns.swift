/// The columns that records bring no value for. In a new row the server fills them in, by their defaults; in one that is
/// there, they stay as they are.
struct PostgreSQLFilledColumns {
    let columns: [PostgreSQLTable.Column]
    /// The columns with a default, by their places among `columns`.
    let given: [Int]
    /// Whether the server can be asked for the defaults beforehand, and gives what it would give with the rows. See decision 80.
    let areForeseeable: Bool
    /// For each column its default as SQL; empty for none.
    private let defaults: [String]
    private let format: PostgreSQLUndoFormat

    init(_ columns: [PostgreSQLTable.Column], _ format: PostgreSQLUndoFormat, in connection: PostgreSQLConnection)
        throws
    {
        self.columns = columns
        self.format = format
        given = columns.indices.filter { columns[$0].hasDefault }
        var defaults = [String](repeating: "", count: columns.count)
        // A domain may have a default of its own.
        var areForeseeable = !columns.contains { $0.baseType != nil || $0.isGenerated }
        for place in given {
            let expression = try Self.foreseeable(columns[place], of: format.table, in: connection)
            defaults[place] = expression ?? ""
            areForeseeable = areForeseeable && expression != nil
        }
        self.defaults = defaults
        self.areForeseeable = areForeseeable
    }

    var isEmpty: Bool { columns.isEmpty }

    var names: [String] { columns.map(\.name) }

    /// The default of a column, where it depends on nothing but sequences: a function of the user's own might look at the rows
    /// that are there. A type with a length is cut by a cast, and refused by an insertion.
    private static func foreseeable(
        _ column: PostgreSQLTable.Column, of table: PostgreSQLTable, in connection: PostgreSQLConnection
    ) throws -> String? {
        guard !column.type.contains("("), column.spelled("") == nil else { return nil }
        return try connection.query(
            """
            SELECT coalesce(pg_get_expr(d.adbin, d.adrelid), 'nextval(' || quote_literal(s) || '::regclass)')
            FROM pg_attribute a LEFT JOIN pg_attrdef d ON d.adrelid = a.attrelid AND d.adnum = a.attnum,
                pg_get_serial_sequence($1, a.attname) s
            WHERE a.attrelid = $2::oid AND a.attname = $3 AND has_column_privilege(a.attrelid, a.attnum, 'INSERT')
                AND (s IS NULL OR has_sequence_privilege(s, 'USAGE, UPDATE'))
                AND NOT EXISTS (SELECT FROM pg_depend p LEFT JOIN pg_class c ON p.refclassid = 'pg_class'::regclass AND c.oid = p.refobjid
                    WHERE p.classid = 'pg_attrdef'::regclass AND p.objid = d.oid
                    AND c.relkind IS DISTINCT FROM 'S' AND c.oid IS DISTINCT FROM a.attrelid)
            """, [table.quotedName, table.oid, column.name]
        ).first?[0]
    }

    /// Selects what so many new rows get.
    func values(count: Int) -> String {
        let texts = columns.indices.map { place in
            defaults[place].isEmpty ? "NULL" : format.text("d.d\(place)", columns[place])
        }
        let values = given.map { "(\(defaults[$0]))::\(columns[$0].type) AS d\($0)" }
        // OFFSET: each is computed once, in the order of the rows.
        return """
            SELECT \(texts.joined(separator: ", "))
            FROM (SELECT \(values.joined(separator: ", ")) FROM generate_series(1, \(count)) OFFSET 0) d
            """
    }

    /// The values of the row under an alias, as texts.
    func texts(_ alias: String) -> [String] {
        columns.map { format.text("\(alias).\(PostgreSQLIdentifier.quoted($0.name))", $0) }
    }
}

/// The values that the server gave for the filled columns of one row.
struct PostgreSQLFilling {
    private let rows: PostgreSQLRows?
    private let row: Int
    private let first: Int

    /// - Parameters:
    ///   - rows: nil where all are NULL.
    ///   - first: the number of the first filled column among those of the result.
    init(_ rows: PostgreSQLRows?, row: Int, first: Int = 0) {
        self.rows = rows
        self.row = row
        self.first = first
    }

    static var none: PostgreSQLFilling { PostgreSQLFilling(nil, row: 0) }

    /// The text of a value; nil if it is NULL.
    subscript(place: Int) -> UnsafeRawBufferPointer? { rows?[row, first + place] }
}
