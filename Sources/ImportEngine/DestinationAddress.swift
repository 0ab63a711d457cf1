internal import Destinations
internal import Glibc
internal import Records

/// Where rows go, as the user writes it: `sqlite:PATH` or a `postgres://` URL.
package struct DestinationAddress: Sendable, Equatable, CustomStringConvertible {
    private enum Kind: Equatable {
        case sqlite(path: String)
        /// As it was written, perhaps with a password.
        case postgreSQL(url: String)
    }

    private let kind: Kind
    /// The address as it appears in the log: without credentials, and the same from every directory.
    package let description: String

    /// - Throws: `DataError.unusableOption` if the text is not an address of a known kind.
    package init(_ text: String) throws {
        let prefix = "sqlite:"
        if text.hasPrefix("postgres://") || text.hasPrefix("postgresql://") {
            kind = .postgreSQL(url: text)
            description = try PostgreSQLAddress.withoutSecrets(text)
        } else if text.hasPrefix(prefix), text.count > prefix.count {
            let written = String(text.dropFirst(prefix.count))
            guard !written.hasPrefix("//") else { throw Self.url(written) }
            let path = AbsolutePath.of(written)
            kind = .sqlite(path: path)
            description = prefix + path
        } else {
            throw Self.unknown(text)
        }
    }

    /// An SQLite file written as a URL, which programs understand in different ways.
    private static func url(_ written: String) -> DataError {
        let name = written.drop { $0 == "/" }
        let (here, above) = (ShellWord.quoted("sqlite:\(name)"), ShellWord.quoted("sqlite:/\(name)"))
        return DataError(
            .unusableOption, "sqlite:// is not a destination.",
            remedy: "A file is written without //: \(here) in the current directory, or \(above).")
    }

    /// Names no more of it than its scheme: behind that, there may be a password.
    private static func unknown(_ text: String) -> DataError {
        let form = "Write it as sqlite:PATH, as in sqlite:shop.db, or as postgres://USER@HOST:PORT/DATABASE."
        let scheme = String(text.prefix { $0 != ":" })
        if scheme == text || ["sqlite", "postgres", "postgresql"].contains(scheme.lowercased()) {
            return DataError(.unusableOption, "'\(scheme)' is not a destination.", remedy: form)
        }
        return DataError(
            .unusableOption, "\(scheme) is not supported; sqlite: and postgres:// are.", remedy: form)
    }

    /// - Parameters:
    ///   - isTrial: whether to keep nothing of what is written.
    ///   - creates: whether an SQLite file is made where it is missing.
    /// - Throws: `DataError.destination` if it is missing and is not to be made.
    func open(isTrial: Bool = false, creates: Bool = true) throws -> any Destination {
        if !creates, isMissing {
            throw DataError(
                .destination, "There is no database \(path ?? "").",
                remedy: "Check the path; if its disk is not mounted, mount it first.")
        }
        return switch kind {
        case .sqlite(let path): try SQLiteDestination(path: path, isTrial: isTrial, creates: creates)
        case .postgreSQL(let url): try PostgreSQLDestination(url: url, isTrial: isTrial)
        }
    }

    /// What the database behind it is known by, whatever the address: a server says it; a file is known by its path, without
    /// the links that lead to it today.
    func place(of opened: any Destination) throws -> String { try opened.identity() ?? place }

    /// The same, of what is not opened.
    var place: String { path.map { "sqlite:" + AbsolutePath.of($0) } ?? description }

    /// The longest name that it keeps whole, in bytes; nil if there is no such limit.
    var longestName: Int? { isServer ? 63 : nil }

    /// Whether it is a file that is not there.
    var isMissing: Bool { path.map { access($0, F_OK) != 0 } ?? false }

    /// Whether a server has it.
    package var isServer: Bool { path == nil }

    /// The SQLite file's path; nil for a server.
    var path: String? {
        if case .sqlite(let path) = kind { return path }
        return nil
    }

    /// The directory that rows take space in; nil for a server's.
    var directory: String? { path.map { path in path.lastIndex(of: "/").map { String(path[...$0]) } ?? "." } }
}
