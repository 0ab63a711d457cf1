/// How dates are written: a pattern of Unicode's date letters, `dd-MM-yyyy`.
///
/// Two equal letters want exactly two digits, one wants one or two. Text in single quotes and all that is not a letter
/// stands for itself; what is in square brackets may be missing.
///
/// | letters | |
/// |---|---|
/// | `yyyy` `uuuu`, `yy` `uu` | year; of two digits, 69 to 99 are 1969 to 1999, and the others 2000 to 2068 |
/// | `M` `MM`, `MMM`, `MMMM` | month; English, three letters or in full, in any case |
/// | `d` `dd` | day of the month |
/// | `H` `HH`, `h` `hh` with `a` | hour from 0 to 23, from 1 to 12 with AM or PM |
/// | `m` `mm`, `s` `ss` | minute, second |
/// | `S`, `SS` … | fraction of a second: one to nine digits, exactly so many |
/// | `X` `XX` `XXX` | offset: `Z`, or `+01` `+0130`, `+0130`, `+01:30` |
/// | `x` `xx` `xxx` | the same without `Z` |
package struct DateFormat: Sendable {
    /// As it was written.
    package let pattern: String
    let items: [Item]

    indirect enum Item: Sendable, Equatable {
        case literal(UInt8)
        case digits(Part, least: Int, most: Int)
        case monthName(isShort: Bool)
        case amOrPM
        case offset(letters: Int, allowsZ: Bool)
        case optional([Item])
    }

    /// What a run of digits says.
    enum Part: Sendable { case year, shortYear, month, day, hour, hourOf12, minute, second, fraction }

    /// ISO 8601, for columns of a type without a format; the first that fits counts.
    static let isoDates = formats(["yyyy-MM-dd"])
    static let isoTimestamps = formats([
        "yyyy-MM-dd'T'HH:mm[:ss[.S]][XXX]", "yyyy-MM-dd HH:mm[:ss[.S]][XXX]", "yyyy-MM-dd",
    ])

    private static func formats(_ patterns: [String]) -> [DateFormat] { patterns.compactMap { try? DateFormat($0) } }
}
