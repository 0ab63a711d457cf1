internal import ImportLog
internal import Readers

/// What the log keeps of how a file or a sheet is read, as far as that is not the usual way.
extension ImportSubmitted.Reading {
    /// The settings that a user chooses.
    static let chosenSettings = [
        "header_row", "skip_lines", "skip_footer", "comment", "quote", "escape", "short_rows", "skip_initial_space",
        "skip_empty_rows",
    ]

    var syntax: CSVSyntax {
        get {
            var syntax = CSVSyntax()
            if let quote = self[setting: "quote"] {
                syntax.quote = quote == "none" ? nil : quote.utf8.first
                syntax.isQuoteGiven = true
            }
            syntax.escape = self[setting: "escape"]?.utf8.first
            syntax.comment = self[setting: "comment"]?.utf8.first
            syntax.padsShortRows = self[setting: "short_rows"] == "null"
            syntax.skipsInitialSpace = self[setting: "skip_initial_space"] == "true"
            syntax.skipsEmptyRows = self[setting: "skip_empty_rows"] == "true"
            syntax.trimsNulls = self[setting: "trim_null"] == "true"
            return syntax
        }
        set {
            let text = { (byte: UInt8) in String(UnicodeScalar(byte)) }
            self[setting: "quote"] = newValue.isQuoteGiven ? newValue.quote.map(text) ?? "none" : nil
            self[setting: "escape"] = newValue.escape.map(text)
            self[setting: "comment"] = newValue.comment.map(text)
            self[setting: "short_rows"] = newValue.padsShortRows ? "null" : nil
            self[setting: "skip_initial_space"] = newValue.skipsInitialSpace ? "true" : nil
            self[setting: "trim_null"] = newValue.trimsNulls ? "true" : nil
            self[setting: "skip_empty_rows"] = newValue.skipsEmptyRows ? "true" : nil
        }
    }

    /// Notes where records begin and end, as far as someone said so or the header was found.
    mutating func note(_ options: CSVOptions) {
        if let first = options.firstLine {
            if options.isHeaderInFirstLine {
                self[setting: "header_row"] = String(first)
            } else {
                self[setting: "skip_lines"] = String(first - 1)
            }
        }
        if options.footerLines > 0 { self[setting: "skip_footer"] = String(options.footerLines) }
    }

    /// A setting that is a number.
    func number(_ name: String) -> UInt64? { self[setting: name].flatMap { UInt64($0) } }
}
