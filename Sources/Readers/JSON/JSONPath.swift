/// The keys that lead to a place in a document, in the two ways that people write them.
package enum JSONPath {
    /// The keys of `data.items` or, by RFC 6901, of `/data/items`, in which `~1` is a slash and `~0` a tilde; none of an
    /// empty text, which is the document itself.
    package static func keys(_ text: String) -> [String] {
        if text.isEmpty { return [] }
        guard text.hasPrefix("/") else { return split(text, at: ".") }
        return split(text.dropFirst(), at: "/").map {
            $0.replacing("~1", with: "/").replacing("~0", with: "~")
        }
    }

    /// A text whose keys these are: with dots, unless a key has a dot itself or the text would be taken for the other kind.
    package static func name(_ keys: [String]) -> String {
        let dotted = keys.joined(separator: ".")
        if self.keys(dotted) == keys { return dotted }
        return keys.map { "/" + $0.replacing("~", with: "~0").replacing("/", with: "~1") }.joined()
    }

    /// The same place as jq writes it: `.data."a.b"`.
    package static func filter(_ keys: [String]) -> String {
        keys.map { key in
            let isPlain = key.utf8.allSatisfy { byte in
                let letter = byte | 0x20
                return (0x61...0x7A).contains(letter) || byte == UInt8(ascii: "_") || JSONByte.isDigit(byte)
            }
            if isPlain, let first = key.utf8.first, !JSONByte.isDigit(first) { return ".\(key)" }
            let escaped = key.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"").replacing("'", with: "'\\''")
            return ".\"\(escaped)\""
        }.joined()
    }

    private static func split(_ text: some Collection<Character>, at separator: Character) -> [String] {
        text.split(separator: separator, omittingEmptySubsequences: false).map { String($0) }
    }
}
