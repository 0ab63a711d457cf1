internal import Records

package enum SQLiteIdentifier {
    /// The name as one identifier of an SQL statement, whatever characters it has. The only place where a name becomes
    /// part of SQL text.
    static func quoted(_ name: String) throws -> String {
        guard !name.utf8.contains(0) else {
            throw DataError(
                .unusableOption,
                "the name \"\(name.prefix { $0 != "\0" })…\" has a NUL character, which no SQL name can hold",
                remedy: "Give the table or column another name.")
        }
        guard !name.isEmpty else {
            throw DataError(
                .unusableOption, "a table or column has an empty name", remedy: "Give every table and column a name.")
        }
        var quoted = "\""
        for character in name.unicodeScalars {
            if character == "\"" { quoted.unicodeScalars.append("\"") }
            quoted.unicodeScalars.append(character)
        }
        return quoted + "\""
    }

    /// A value as an SQL literal. The only place where one becomes part of SQL text.
    static func literal(_ value: String?) -> String {
        guard let value else { return "NULL" }
        var quoted = "'"
        for character in value.unicodeScalars where character != "\0" {
            if character == "'" { quoted.unicodeScalars.append("'") }
            quoted.unicodeScalars.append(character)
        }
        return quoted + "'"
    }

    static func list(_ names: [String]) throws -> String {
        try names.map(quoted).joined(separator: ", ")
    }

    /// Names that differ only in the case of ASCII letters are one name to SQLite.
    package static func folded(_ name: String) -> String {
        String(decoding: name.utf8.map(fold), as: UTF8.self)
    }

    /// The name in a spelling like `"t"`; nil for any other.
    static func unquoted(_ spelling: String) -> String? {
        guard spelling.count > 2, spelling.hasPrefix("\""), spelling.hasSuffix("\"") else { return nil }
        let inner = spelling.dropFirst().dropLast().replacing("\"\"", with: "\0")
        return inner.contains("\"") ? nil : String(inner.replacing("\0", with: "\""))
    }

    static func isSame(_ left: String, _ right: String) -> Bool {
        left.utf8.elementsEqual(right.utf8) { fold($0) == fold($1) }
    }

    static func fold(_ byte: UInt8) -> UInt8 { (65...90).contains(byte) ? byte + 32 : byte }
}
