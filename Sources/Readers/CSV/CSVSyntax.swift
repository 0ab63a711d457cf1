internal import Records

/// What of a CSV file is written, or to be read, otherwise than RFC 4180 has it.
package struct CSVSyntax: Sendable, Hashable {
    /// Stands around values; nil if nothing does.
    package var quote: UInt8? = CSVByte.quote
    /// Takes from the delimiter, quote, line end or escape after it what it means. Before anything else it is itself.
    package var escape: UInt8?
    /// Lines that begin with it are not records.
    package var comment: UInt8?
    /// Spaces before a value are not part of it, and so a quote after them is one; nor are those after a closing quote.
    package var skipsInitialSpace = false
    /// Fields that are missing at a record's end are NULL.
    package var padsShortRows = false
    /// White space around a text that means NULL does not count.
    package var trimsNulls = false
    /// Lines with nothing but delimiters and spaces are not records.
    package var skipsEmptyRows = false

    /// Whether the user said what the quote is: then what stands between two is a value, whatever it looks like.
    package var isQuoteGiven = false

    package init() {}

    /// Whether values are quoted as in RFC 4180.
    package var hasStandardQuotes: Bool { quote == CSVByte.quote && escape == nil && !skipsInitialSpace }

    /// Throws `DataError(.unusableOption)` where one character means two things.
    func check(_ delimiter: UInt8) throws {
        let marks = [quote, escape, comment].compactMap(\.self)
        for mark in marks where mark >= 0x80 || mark == 0 || LineByte.isEnd(mark) {
            throw DataError(
                .unusableOption, "byte \(hex(mark)) cannot be a quote, an escape or the beginning of a comment",
                remedy: "Give one ASCII character.")
        }
        guard Set(marks + [delimiter]).count == marks.count + 1 else {
            throw DataError(
                .unusableOption, "Delimiter, quote, escape and comment must be different characters.",
                remedy: "Change --delimiter, --quote, --escape or --comment.")
        }
    }
}
