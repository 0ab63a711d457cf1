internal import Records

/// Whose SQL is spoken.
package enum SQLDialect: Sendable {
    case sqlite, postgres
}

/// The only place where names and values become part of SQL text.
extension SQLDialect {
    /// A name as one identifier, whatever characters it has.
    func name(_ name: String) throws -> String {
        guard !name.isEmpty, !name.utf8.contains(0) else {
            throw DataError(.unusableOption, "\(Excerpt.of(name)) is not the name of a table or column.")
        }
        return "\"\(name.doubling("\""))\""
    }

    /// A column with its table. SQLite takes a lone name that is not a column's for a text.
    func column(_ column: String, of table: String) throws -> String { "\(try name(table)).\(try name(column))" }

    /// A text as a literal.
    func literal(_ text: String) throws -> String {
        switch self {
        case .sqlite where text.utf8.contains(0):
            let digits = text.utf8.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }
            return "CAST(x'\(digits.joined())' AS TEXT)"
        case .postgres where text.utf8.contains(0):
            throw DataError(.unusableOption, "\(Excerpt.of(text)) has a NUL, which PostgreSQL text cannot contain.")
        case .postgres where text.utf8.contains(UInt8(ascii: "\\")):
            // What a backslash means in a plain literal is a setting of the server's.
            return "E'\(text.doubling("\\").doubling("'"))'"
        case .sqlite, .postgres:
            return "'\(text.doubling("'"))'"
        }
    }

    /// The beginning of an expression's text, so that a large value does not fill the memory.
    func beginning(of expression: String, characters: Int) -> String {
        "substr(CAST(\(expression) AS TEXT), 1, \(characters))"
    }

    /// The name after an expression that makes its texts compare by their bytes.
    var byteOrder: String {
        switch self {
        case .sqlite: " COLLATE BINARY"
        case .postgres: " COLLATE \"C\""
        }
    }
}

extension String {
    /// By code points: a mark that combines with the quote does not hide it.
    fileprivate func doubling(_ quote: Unicode.Scalar) -> String {
        var result = String.UnicodeScalarView()
        for scalar in unicodeScalars {
            if scalar == quote { result.append(quote) }
            result.append(scalar)
        }
        return String(result)
    }
}
