internal import Records

enum PostgreSQLIdentifier {
    /// The longest name that a server keeps whole, in bytes.
    static let longest = 63

    /// A name as one identifier of an SQL statement. The only place where a name becomes part of SQL text.
    static func quoted(_ name: String) -> String {
        var quoted = "\""
        for character in name.unicodeScalars where character != "\0" {
            if character == "\"" { quoted.unicodeScalars.append("\"") }
            quoted.unicodeScalars.append(character)
        }
        return quoted + "\""
    }

    /// Whether columns of the row under `d`, of a foreign key, are those of the row under `t` that they refer to.
    static func refers(_ columns: [String], to theirColumns: [String]) -> String {
        zip(columns, theirColumns).map { "d.\(quoted($0)) = t.\(quoted($1))" }.joined(separator: " AND ")
    }

    /// The names in a spelling like `"t"` or `"s"."t"`; nil for any other, which is a name as it is.
    static func parts(ofQuoted spelling: String) -> [String]? {
        var parts: [String] = []
        var rest = Substring(spelling)
        while rest.first == "\"" {
            rest = rest.dropFirst()
            var name = ""
            while let quote = rest.firstIndex(of: "\"") {
                name += rest[..<quote]
                rest = rest[rest.index(after: quote)...]
                guard rest.first == "\"" else { break }
                name += "\""
                rest = rest.dropFirst()
                if !rest.contains("\"") { return nil }
            }
            if name.isEmpty { return nil }
            parts.append(name)
            if rest.isEmpty { return parts.count <= 2 ? parts : nil }
            guard rest.first == "." else { return nil }
            rest = rest.dropFirst()
        }
        return nil
    }

    /// A spelling that means this table, nil for the current schema, and is quoted only where it has to be.
    static func shortest(_ schema: String?, _ table: String) -> String {
        let isPlain = [schema ?? "", table].allSatisfy { !$0.contains(".") && !$0.hasPrefix("\"") }
        guard let schema else { return isPlain ? table : quoted(table) }
        return isPlain ? "\(schema).\(table)" : "\(quoted(schema)).\(quoted(table))"
    }

    static func list(_ names: [String]) -> String { names.map(quoted).joined(separator: ", ") }

    /// A value as a literal, whatever the server's settings are. The only place where one becomes part of SQL text.
    static func literal(_ value: String?) -> String {
        guard let value else { return "NULL" }
        var quoted = "E'"
        for character in value.unicodeScalars where character != "\0" {
            if character == "'" || character == "\\" { quoted.unicodeScalars.append(character) }
            quoted.unicodeScalars.append(character)
        }
        return quoted + "'"
    }

    /// The names that each table has already.
    private static let systemColumns: Set = ["tableoid", "xmin", "cmin", "xmax", "cmax", "ctid"]

    /// How a column gets another name.
    private static let renaming =
        "Rename it in the file, with --columns (all names in their order), or with 'to' under "
        + "'columns' in waybill.yaml."

    /// Throws if a name cannot be a column's.
    static func checkColumn(_ name: String) throws {
        try check(name, remedy: renaming)
        guard !systemColumns.contains(name) else {
            throw DataError(
                .unusableOption, "the column \(name) cannot be created: PostgreSQL has a system column of that name",
                remedy: renaming)
        }
    }

    /// Throws if a name cannot be one.
    static func check(_ name: String, remedy: String = "Name the table with --table.") throws {
        guard !name.isEmpty, !name.utf8.contains(0) else {
            throw DataError(
                .unusableOption,
                name.isEmpty
                    ? "a table or column has an empty name"
                    : "the name \"\(name.prefix { $0 != "\0" })…\" has a NUL character, which no SQL name can hold",
                remedy: remedy)
        }
        guard name.utf8.count <= longest else {
            throw DataError(
                .unusableOption, "the name \"\(name)\" has \(name.utf8.count) bytes; PostgreSQL keeps \(longest)",
                remedy: "Use a shorter one. \(remedy)")
        }
    }

    static func folded(_ name: String) -> String { name.lowercased() }
}
