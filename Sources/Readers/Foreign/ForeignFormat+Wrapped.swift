internal import Records

/// JSON with something around it that JSON does not have, and what looks like JSON and is not.
extension ForeignFormat {
    static func wrapped(_ text: HeadText) -> ForeignFormat? {
        if text.beginsJSON { return nil }
        if text.starts(with: ["//", "/*", "#"]), behindComments(text).beginsJSON {
            return Self(
                "JSON after a comment",
                "Remove the comment; if it is the first line: tail -n +2 FILE | \(DataError.pipedImport)")
        }
        let unwrapped = behindComments(text)
        if let rest = behindGuard(unwrapped), rest.beginsJSON {
            return Self(
                "JSON after a prefix that keeps browsers from running it",
                "Remove the prefix: sed '1s/^[^[{]*//' FILE | \(DataError.pipedImport)")
        }
        if let name = identifier(unwrapped), unwrapped.dropping(name.utf8.count).beginning.hasPrefix("(") {
            let argument = unwrapped.dropping(name.utf8.count).dropping(1)
            if argument.beginsJSON {
                return Self(
                    "JSONP, a call around JSON",
                    "Remove the call: sed -E '1s/^[^(]*\\(//; $s/\\);?[[:space:]]*$//' FILE | \(DataError.pipedImport)")
            }
        }
        if isAssignment(unwrapped) {
            return Self(
                "JavaScript with JSON in it",
                "Remove what is around the JSON: sed -E '1s/^[^[{]*//; $s/;[[:space:]]*$//' FILE | \(DataError.pipedImport)"
            )
        }
        let status = text.beginning.drop { $0 != " " }.dropFirst().prefix { $0.isNumber }
        if text.starts(with: ["http/1.", "http/2 ", "http/3 "]), status.count == 3 {
            return Self("an HTTP response with its headers", "Fetch it again without headers: curl without -i.")
        }
        return behindWarning(text)
    }

    /// Objects and arrays in the spelling of a programming language.
    static func written(_ text: HeadText) -> ForeignFormat? {
        let first = text.beginning.filter { !$0.isWhitespace }.prefix(200)
        if first.hasPrefix("{'") || first.hasPrefix("[{'") {
            return Self(
                "a Python or JavaScript literal; JSON needs double quotes",
                "Write it as JSON, in Python with json.dump(ast.literal_eval(text), file).")
        }
        let key = first.drop { $0 == "{" || $0 == "[" }
        let name = key.prefix { $0.isLetter || $0.isNumber || $0 == "_" || $0 == "$" }
        if first.hasPrefix("{") || first.hasPrefix("[{"), !name.isEmpty, name.first?.isNumber == false,
            key.dropFirst(name.count).hasPrefix(":")
        {
            return Self(
                "a JavaScript literal (JSON5); JSON needs quoted keys",
                "Write it as JSON first, for example with json5 FILE | \(DataError.pipedImport)")
        }
        return nil
    }

    private static let mostComments = 1_000

    private static func behindComments(_ text: HeadText) -> HeadText {
        var rest = text
        for _ in 0..<mostComments {
            if rest.starts(with: ["//", "#"]) {
                rest = rest.behindLine
            } else if rest.beginning.hasPrefix("/*"), let behind = rest.behind("*/") {
                rest = behind
            } else {
                break
            }
        }
        return rest
    }

    private static func behindGuard(_ text: HeadText) -> HeadText? {
        for prefix in [")]}',", ")]}'", ")]}", "while(1);", "while (1);", "for(;;);", "for (;;);", "throw 1;", "{}&&"]
        where text.beginning.hasPrefix(prefix) {
            return text.dropping(prefix.utf8.count)
        }
        return nil
    }

    /// A name in JavaScript, dots included.
    private static func identifier(_ text: HeadText) -> String? {
        let name = text.beginning.prefix {
            $0.isASCII && ($0.isLetter || $0.isNumber || "_$.[]'\"".contains($0))
        }
        guard let first = name.first, first.isLetter || first == "_" || first == "$" else { return nil }
        return String(name)
    }

    private static func isAssignment(_ text: HeadText) -> Bool {
        var rest = text
        for word in ["export default ", "export const ", "export let ", "export var ", "var ", "let ", "const "]
        where rest.beginning.hasPrefix(word) {
            rest = rest.dropping(word.utf8.count)
            if word == "export default " { return rest.beginsObjects }
            break
        }
        guard let name = identifier(rest) else { return false }
        rest = rest.dropping(name.utf8.count)
        return rest.beginning.hasPrefix("=") && rest.dropping(1).beginsObjects
    }

    /// What a PHP script prints before its output.
    private static func behindWarning(_ text: HeadText) -> ForeignFormat? {
        let words = ["warning:", "notice:", "deprecated:", "fatal error:", "php warning:", "php notice:"]
        let plain = text.beginning.replacing("<br />", with: "").replacing("<br>", with: "").replacing("<b>", with: "")
            .replacing("</b>", with: "").drop { $0.isWhitespace }
        guard words.contains(where: plain.hasPrefix) else { return nil }
        var rest = text
        for _ in 0..<100 where !rest.bytes.isEmpty {
            rest = rest.behindLine
            if rest.beginsJSON {
                return Self(
                    "JSON after a warning from the program that wrote it",
                    "Remove the warning, or fetch the data again when the program is fixed.")
            }
        }
        return nil
    }
}
