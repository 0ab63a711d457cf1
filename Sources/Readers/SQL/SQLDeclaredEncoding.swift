internal import Records

/// The encoding that a script says it is in, with `SET NAMES gbk`, `SET client_encoding = 'GBK'` or psql's `\encoding`.
package struct SQLDeclaredEncoding {
    /// As the script writes it.
    package let name: String
    private let dialect: SQLDialect

    /// What is in force where the first rows stand; nil for UTF-8, for names that say nothing of the text, and where the file
    /// begins with a byte order mark.
    ///
    /// - Parameter head: the script's beginning.
    package init?(head: [UInt8]) {
        let (marked, markBytes) = TextEncoding.detect(head: head, given: nil)
        if markBytes > 0 || marked.isUTF16 || head.prefix(4).contains(0) { return nil }
        let found = head.withUnsafeBytes { bytes in
            let text = SourceText(text: bytes, bytes: bytes, encoding: .utf8, isFinal: false)
            let dialect = SQLDialect.found(in: text).dialect
            return (SQLChunkBuilder.inventory(of: text, dialect)?.encoding, dialect)
        }
        guard let name = found.0, !Self.isUTF8(name.uppercased()) else { return nil }
        (self.name, dialect) = (name, found.1)
    }

    /// Nil for one that is not known here.
    package var encoding: TextEncoding? {
        guard let encoding = TextEncoding(name: name), !encoding.isUTF16 else { return nil }
        // MySQL's latin1 is Windows-1252.
        return encoding == .latin1 && dialect == .mysql ? .windows1252 : encoding
    }

    /// Whether two names mean the same, as far as they are known.
    static func areSame(_ name: String, _ other: String) -> Bool {
        let (name, other) = (name.uppercased(), other.uppercased())
        if name == other || isUTF8(name) && isUTF8(other) { return true }
        return TextEncoding(name: name).map { $0 == TextEncoding(name: other) } ?? false
    }

    private static func isUTF8(_ name: String) -> Bool {
        name.hasPrefix("UTF") || names.contains(name.filter { $0.isLetter || $0.isNumber })
    }

    private static let names: Set = [
        "UNICODE", "UNICODEFSS", "ASCII", "USASCII", "SQLASCII", "BINARY", "DEFAULT", "NONE", "AUTO",
    ]
}

extension SQLChunkBuilder {
    /// What the beginning of a script has.
    static func inventory(of head: SourceText, _ dialect: SQLDialect) -> SQLInventory? {
        var builder = SQLChunkBuilder(
            layout: SQLLayout(dialect: dialect, table: "", unlistedColumns: 0), columns: [])
        builder.inventory = SQLInventory(dialect: dialect)
        var (chunk, progress) = (Chunk(), SQLChunkBuilder.Progress())
        chunk.reset(at: RecordLocation(byteOffset: 0), columnCount: 0)
        let bounds = SQLChunkBuilder.Bounds(records: .max, bytes: 1 << 30, end: .max)
        _ = builder.addRecords(from: head, to: &chunk, progress: &progress, bounds: bounds)
        return builder.inventory
    }
}

extension SQLEffect {
    /// The encoding that a SET names.
    static func encoding(setting tokens: ArraySlice<SQLWords.Token>) -> String? {
        let setting = tokens.drop { $0.isWord(in: ["SESSION", "LOCAL"]) }
        let rest: ArraySlice<SQLWords.Token>
        if setting.first.isWord(in: ["NAMES", "CHARSET", "CLIENT_ENCODING"]) {
            rest = setting.dropFirst()
        } else if setting.first.isWord("CHARACTER"), setting.dropFirst().first.isWord("SET") {
            rest = setting.dropFirst(2)
        } else {
            return nil
        }
        let value = rest.drop { $0.isWord("TO") || $0.symbol == UInt8(ascii: "=") }.first
        return value?.text ?? value?.name
    }
}
