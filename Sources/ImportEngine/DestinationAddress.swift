internal import Destinations
internal import Records

/// Where rows go, as the user writes it: `sqlite:PATH`.
package struct DestinationAddress: Sendable, Equatable, CustomStringConvertible {
    /// The database file's absolute path.
    package let path: String

    /// - Throws: `DataError.unusableOption` where the text is not an address of a known kind.
    package init(_ text: String) throws {
        let prefix = "sqlite:"
        guard text.hasPrefix(prefix), text.count > prefix.count else {
            throw DataError(
                .unusableOption, "'\(text)' is not a destination.",
                remedy: "Write it as sqlite:PATH, as in sqlite:shop.db.")
        }
        path = AbsolutePath.of(String(text.dropFirst(prefix.count)))
    }

    /// The address as it stands in the log: without credentials, and the same from every directory.
    package var description: String { "sqlite:" + path }

    /// - Parameter isTrial: whether nothing that is written is to be kept.
    func open(isTrial: Bool = false) throws -> any Destination {
        try SQLiteDestination(path: path, isTrial: isTrial)
    }

    /// The directory that rows take space in.
    var directory: String { path.lastIndex(of: "/").map { String(path[...$0]) } ?? "." }
}
