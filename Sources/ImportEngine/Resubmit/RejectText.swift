package import ImportLog
internal import Readers

/// What rejected records say, in the encoding that their import read them in.
package struct RejectText {
    private let encodings: [String: TextEncoding]

    package init(_ submitted: ImportSubmitted) {
        // Text of other formats was decoded before it was read.
        let isCSV = { (section: ImportSubmitted.Section) in section.reading.format == SourceFormat.csv.rawValue }
        encodings = Dictionary(
            submitted.sections.filter(isCSV).compactMap { section in
                TextEncoding(name: section.reading.encoding).map { (section.name, $0) }
            }
        ) { first, _ in first }
    }

    /// A record's first bytes as text; what means nothing in its encoding is U+FFFD.
    package func text(of reject: Reject, upTo bytes: Int) -> String {
        (encodings[reject.section] ?? .utf8).text(of: Array(reject.raw.prefix(bytes)))
    }
}
