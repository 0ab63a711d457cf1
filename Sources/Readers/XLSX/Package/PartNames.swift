internal import Records

/// Finds the parts of a package among the names of an archive's entries.
///
/// The conventions of packages do not tell upper from lower case, names in them are percent-encoded as in URLs, and programs
/// for Windows have written backslashes.
package struct PartNames: Sendable {
    private let places: [String: Int]

    /// - Parameter entries: the names of the archive's files.
    package init(_ entries: some Sequence<String>) {
        places = Dictionary(entries.enumerated().map { (Self.folded($1), $0) }) { first, _ in first }
    }

    /// The place of a part among the names; nil if there is none.
    package func place(of part: String) -> Int? { places[Self.folded(part)] }

    package func has(_ part: String) -> Bool { place(of: part) != nil }

    private static func folded(_ name: String) -> String {
        PercentEncoding.decoded(name).replacing("\\", with: "/").lowercased()
    }
}
