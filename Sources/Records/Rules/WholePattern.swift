/// A regular expression that a whole value must match.
///
/// Swift's Regex tries one way after the other and cannot be stopped. Two limits keep a match short: a group that repeats
/// without bound may not hold something that does so, too (`(a+)*`), and a value over `maximumBytes` never matches. They
/// do not catch everything: `(a|aa)+` still takes twice as long for each character.
package struct WholePattern: Sendable {
    /// As it was written.
    package let pattern: String
    private let regex: CompiledRegex

    /// Longer values never match.
    package static let maximumBytes = 1024

    /// Throws `DataError(.unusableOption)` if the pattern does not compile or could take forever.
    package init(_ pattern: String) throws {
        guard !NestedRepetition.isIn(pattern) else {
            throw DataError(
                .unusableOption,
                "the pattern \(Excerpt.of(pattern)) repeats a group that itself repeats without bound, "
                    + "which can run almost forever on some values.",
                remedy: "Make the inner repetition possessive ([a-z]++) or the group atomic: (?>…).")
        }
        do {
            regex = CompiledRegex(try Regex(pattern))
        } catch {
            throw DataError(
                .unusableOption, "the pattern \(Excerpt.of(pattern)) is not a regular expression: \(error).",
                remedy: "In single quotes, backslashes stay as they are: '\\d{4}'.")
        }
        self.pattern = pattern
    }

    /// Whether the whole value matches.
    package func matches(_ value: UnsafeRawBufferPointer) -> Bool {
        guard value.count <= Self.maximumBytes else { return false }
        return (try? regex.regex.wholeMatch(in: String(decoding: value, as: UTF8.self))) != nil
    }
}

/// Holds what the library does not call Sendable. It is safe: it is a `let` that nobody changes after it was compiled.
private struct CompiledRegex: @unchecked Sendable {
    let regex: Regex<AnyRegexOutput>

    init(_ regex: Regex<AnyRegexOutput>) { self.regex = regex }
}
