/// Text that others made (names of columns, tables, files and batches, values), fit to be shown on a terminal.
///
/// What a terminal would act upon is shown as an escape: control characters, which move the cursor, set the window's title or
/// hide what was written, and the marks that turn the direction of writing around.
enum TerminalText {
    /// On one line: line ends and tabs are shown, too.
    static func line(_ text: String) -> String { escaped(text) { _ in false } }

    /// Line ends and tabs stay what they are.
    static func lines(_ text: String) -> String { escaped(text) { $0 == "\n" || $0 == "\t" } }

    private static func escaped(_ text: String, except isWanted: (Unicode.Scalar) -> Bool) -> String {
        guard text.unicodeScalars.contains(where: { isActedUpon($0) && !isWanted($0) }) else { return text }
        return text.unicodeScalars.map { scalar in
            if !isActedUpon(scalar) || isWanted(scalar) { return String(scalar) }
            switch scalar {
            case "\n": return "\\n"
            case "\r": return "\\r"
            case "\t": return "\\t"
            default: return scalar.asEscape
            }
        }.joined()
    }

    /// C0, DEL and C1; line and paragraph separators; the embeddings, overrides and isolates of bidirectional text.
    static func isActedUpon(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0x00...0x1F, 0x7F...0x9F, 0x200E, 0x200F, 0x2028...0x202E, 0x2066...0x2069, 0x061C: true
        default: false
        }
    }
}

extension Unicode.Scalar {
    /// As messages show a character that nobody sees: `\x1B`, `\u{202E}`.
    var asEscape: String {
        let digits = String(value, radix: 16, uppercase: true)
        return value < 0x80 ? "\\x\(digits.count == 1 ? "0" : "")\(digits)" : "\\u{\(digits)}"
    }
}
