internal import Records

/// How far an archive or a compressed file may expand before it is refused as a bomb.
///
/// What counts is what really comes out, whatever the headers say. The ratio asks for two things at once, because text
/// that repeats itself compresses very well, too: 200 to 1 is common, and a small file can do little harm.
package struct ExpansionLimits: Sendable, Equatable {
    /// The most entries in an archive, of whatever kind.
    package var entries = 10_000
    /// The most bytes that come out in all.
    package var expandedBytes: UInt64 = 1 << 40
    /// The most bytes that may come out for each compressed one, as soon as more than `ratioFreeBytes` are out.
    package var ratio: UInt64 = 1_000
    /// How many bytes may come out at any ratio.
    package var ratioFreeBytes: UInt64 = 1 << 30

    package init() {}

    /// How many bytes of a zip may be its table of contents, which libarchive keeps in memory: on average, a kilobyte
    /// for each entry.
    var contentsBytes: Int { (1 << 20) + min(entries, 1 << 30) << 10 }

    func tooManyEntries(_ archive: String) -> DataError {
        DataError(
            .malformed, "\(archive) has more than \(entries) entries, the limit",
            remedy: "Unpack it with its own tool, and import the files that you want.")
    }

    /// Throws `DataError(.malformed)` where so much must not come out of so little.
    func check(expanded: UInt64, compressed: UInt64, of name: @autoclosure () -> String) throws {
        if expanded > expandedBytes {
            throw DataError(
                .malformed, "\(name()) expands to more than \(expandedBytes) bytes, the limit", remedy: Self.remedy)
        }
        guard expanded > ratioFreeBytes else { return }
        let (most, isHuge) = compressed.multipliedReportingOverflow(by: ratio)
        if !isHuge && expanded > most {
            throw DataError(
                .malformed,
                "\(name()) expands to \(expanded) bytes and more from \(compressed): more than \(ratio) to 1, the limit",
                remedy: Self.remedy)
        }
    }

    private static let remedy =
        "It may be a decompression bomb. If you trust it, unpack it yourself and import the result."
}
