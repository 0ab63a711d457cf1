internal import Glibc
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
            try Self.requirePath(text)
            self = .file(SourceFile(path: AbsolutePath.of(text)))
        }
    }

    /// Throws for an empty text, and for a URL that nothing here can fetch, unless there is a file of that name.
    private static func requirePath(_ text: String) throws {
        if text.isEmpty {
            throw DataError(
                .unusableOption, "The source's name is empty.", remedy: "Give a path, a URL, or - for standard input.")
        }
        guard let colon = text.firstRange(of: "://"), access(text, F_OK) != 0 else { return }
        let scheme = text[..<colon.lowerBound]
        guard !scheme.isEmpty, scheme.allSatisfy({ $0.isASCII && ($0.isLetter || $0.isNumber || "+-.".contains($0)) })
        else { return }
        throw DataError(
            .unusableOption, "\(scheme) is not supported; http:// and https:// are.",
            remedy: scheme.lowercased() == "file"
                ? "Give the file's path." : "Fetch the file with a tool for \(scheme), then import that.")
    }

    /// As it is in the log: the same from every directory, and without credentials.
    var description: String {
        switch self {
        case .file(let file): file.path
        case .standardInput: "-"
        case .url(let location): location.description
        }
    }

    /// As messages name it.
    var name: String { description == "-" ? "standard input" : description }

    /// As messages begin with it.
    var title: String { description == "-" ? "Standard input" : description }

    /// The file, where the source is one.
    var file: SourceFile? {
        if case .file(let file) = self { file } else { nil }
    }
}
