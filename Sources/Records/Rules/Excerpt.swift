/// A value's beginning, fit to be in a message.
package enum Excerpt {
    private static let maximumCharacters = 60

    /// The text in quotes, cut where it is long, with what cannot be printed escaped.
    package static func of(_ text: String) -> String {
        let beginning = text.unicodeScalars.prefix(maximumCharacters)
        let isCut = beginning.endIndex < text.unicodeScalars.endIndex
        return "`\(beginning.map(printable).joined())\(isCut ? "…" : "")`"
    }

    private static func printable(_ scalar: Unicode.Scalar) -> String {
        switch scalar {
        case "\n": return "\\n"
        case "\r": return "\\r"
        case "\t": return "\\t"
        default: break
        }
        switch scalar.properties.generalCategory {
        case .control, .format, .lineSeparator, .paragraphSeparator, .surrogate, .unassigned, .privateUse:
            return "\\u{\(String(scalar.value, radix: 16, uppercase: true))}"
        default: return String(scalar)
        }
    }
}
