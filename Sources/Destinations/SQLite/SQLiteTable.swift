internal import Glibc
internal import Records

/// A table as it appears in the database.
struct SQLiteTable {
    struct Column {
        var name: String
        var declaredType: String
        /// Whether it takes nothing but values of its type.
        var isStrict: Bool
        var isNotNull: Bool
        /// The default as SQL; nil if there is none.
        var defaultValue: String?
        var hasDefault: Bool { defaultValue != nil }
        /// Its place in the primary key, from 1; 0 if it is not in it.
        var keyPosition: Int64
        var isGenerated: Bool
        /// Whether it is computed when it is read, and stored nowhere.
        var isVirtual: Bool
    }

    struct ForeignKey {
        var parent: String
        var columns: [String]
        /// Empty if the key refers to the parent's primary key without naming it.
        var parentColumns: [String]
    }

    var name: String
    /// The CREATE TABLE statement.
    var sql: String
    var hasRowID: Bool
    var columns: [Column]
    /// The columns of the primary key and of every unique index that holds for all rows, in index order.
    var uniqueKeys: [[String]]
    /// The columns of every index that holds for all rows, in index order, the unique keys included.
    var indexes: [[String]]
    /// The unique indexes, partial ones and those on expressions included, and the primary key.
    var uniqueIndexes: [UniqueIndex]
    var foreignKeys: [ForeignKey]
    /// The CREATE TRIGGER statements.
    var triggers: [String]

    /// The primary key's column where it is the rowid itself: SQLite numbers the rows by it.
    var rowIDAlias: String?

    /// A name of the rowid that no column hides; nil if columns have all three.
    var rowIDName: String? { ["rowid", "_rowid_", "oid"].first { column($0) == nil } }

    /// Whether the definition declares a column as a table created for an import does. A user's own table of the same name
    /// keeps its types.
    func declaresAsCreated(_ column: Column) throws -> Bool {
        let declaration = "\(try SQLiteIdentifier.quoted(column.name)) \(column.declaredType)"
        // Swift's own search takes long in the definition of a wide table.
        return sql.withCString { strstr($0, declaration) != nil }
    }

    func column(_ name: String) -> Column? { columns.first { SQLiteIdentifier.isSame($0.name, name) } }

    /// The columns by their folded names, to look up many of them.
    var columnsByName: [String: Column] {
        Dictionary(columns.map { (SQLiteIdentifier.folded($0.name), $0) }) { first, _ in first }
    }

    /// The unique key on exactly these columns, in any order.
    func uniqueKey(on names: [String]) -> [String]? {
        let wanted = Set(names.map(SQLiteIdentifier.folded))
        return uniqueKeys.first { Set($0.map(SQLiteIdentifier.folded)) == wanted }
    }

    var primaryKey: [String] {
        columns.filter { $0.keyPosition > 0 }.sorted { $0.keyPosition < $1.keyPosition }.map(\.name)
    }

    /// True if a constraint may have its own way of handling a conflict, such as ON CONFLICT REPLACE, which would
    /// delete rows.
    var mayHandleConflicts: Bool { sql.uppercased().contains("CONFLICT") }

    /// True if a trigger may end with RAISE(FAIL) or OR FAIL, which leave behind what was done so far.
    var mayFailHalfway: Bool { triggers.contains { $0.uppercased().contains("FAIL") } }
}

extension SQLiteTable.Column {
    /// The type that values are stored with, by SQLite's rules for declared types.
    var type: ColumnType {
        let declared = declaredType.uppercased()
        func has(_ word: String) -> Bool { declared.contains(word) }
        if has("INT") { return .integer }
        if has("CHAR") || has("CLOB") || has("TEXT") { return .text }
        if declared.isEmpty || has("BLOB") || isStrict && declared == "ANY" { return .text }
        if has("REAL") || has("FLOA") || has("DOUB") { return .real }
        return .numeric
    }

    /// Whether `true` and `false` are 1 and 0 in it: so SQL reads them, and no other text is a boolean to it. A STRICT table has
    /// no other type for them than that of integers.
    var holdsBooleans: Bool {
        ["BOOLEAN", "BOOL"].contains(declaredType.uppercased()) || isStrict && type == .integer
    }

    /// The type that SQLite knows by name only, where its name is just what a table is made with.
    var nominalType: ColumnType? { Self.nominalType(declaredType) }

    static func nominalType(_ declared: String) -> ColumnType? {
        guard let type = ColumnType(rawValue: declared.lowercased()), type.declaration == declared, type.isNominal
        else { return nil }
        return type
    }

    /// Whether the type is one that a guess is declared with; any other was written by someone else since.
    var mayBeGuess: Bool { Self.mayBeGuess(declaredType) }

    static func mayBeGuess(_ declared: String) -> Bool {
        ["INTEGER", "INT", "REAL", "NUMERIC"].contains(declared) || nominalType(declared) != nil
    }
}
