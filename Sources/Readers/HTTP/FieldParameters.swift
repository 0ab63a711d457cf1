/// Parameters in a header field, such as `; filename="a.csv"; rel=next`.
enum FieldParameters {
    /// Takes parameters off the field's beginning up to a comma outside quotes, or the end. Names are in lower case;
    /// values have their quotes and escapes taken off.
    static func take(from field: inout Substring) -> [(name: String, value: String)] {
        var result: [(name: String, value: String)] = []
        while let first = field.first, first != "," {
            guard first != ";", !first.isWhitespace else {
                field.removeFirst()
                continue
            }
            let name = takeToken(from: &field, until: "=;,")
            guard field.first == "=" else { continue }
            field = field.dropFirst().drop(while: \.isWhitespace)
            let value = field.first == "\"" ? takeQuoted(from: &field) : takeToken(from: &field, until: ";,")
            result.append((name.lowercased(), value))
        }
        return result
    }

    private static func takeToken(from field: inout Substring, until ends: String) -> String {
        let token = field.prefix { !ends.contains($0) }
        field = field[token.endIndex...]
        return token.filter { !$0.isWhitespace }
    }

    private static func takeQuoted(from field: inout Substring) -> String {
        var value = ""
        field.removeFirst()
        while let character = field.popFirst(), character != "\"" {
            guard let kept = character == "\\" ? field.popFirst() : character else { break }
            value.append(kept)
        }
        return value
    }
}
