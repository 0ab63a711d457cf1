internal import Readers
internal import Records

/// Where a source's bytes come from.
enum SourceAddress: Sendable {
    case file(SourceFile)
    case standardInput
    case url(HTTPLocation)

    /// - Parameter text: a path, a URL, or `-` for standard input.
    /// - Throws: `DataError.unusableOption` for a URL that is none.
    init(_ text: String) throws {
        if text == "-" {
            self = .standardInput
        } else if HTTPLocation.isMeant(by: text) {
            self = .url(try HTTPLocation(text))
        } else {
            self = .file(SourceFile(path: AbsolutePath.of(text)))
        }
    }

    /// As it stands in the log: the same from every directory, and without credentials.
    var description: String {
        switch self {
        case .file(let file): file.path
        case .standardInput: "-"
        case .url(let location): location.description
        }
    }

    /// As messages name it.
    var name: String { description == "-" ? "standard input" : description }

    /// The file, where the source is one.
    var file: SourceFile? {
        if case .file(let file) = self { file } else { nil }
    }
}
