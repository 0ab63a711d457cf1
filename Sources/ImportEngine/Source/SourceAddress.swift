internal import Readers

/// Where a source's bytes come from.
enum SourceAddress: Sendable {
    case file(SourceFile)
    case standardInput

    /// - Parameter text: a path, or `-` for standard input; as the user wrote it, or as it stands in the log.
    init(_ text: String) {
        self = text == "-" ? .standardInput : .file(SourceFile(path: AbsolutePath.of(text)))
    }

    /// As it stands in the log: the same from every directory, and without credentials.
    var description: String {
        switch self {
        case .file(let file): file.path
        case .standardInput: "-"
        }
    }

    /// As messages name it.
    var name: String {
        if case .standardInput = self { "standard input" } else { description }
    }

    /// The file, where the source is one.
    var file: SourceFile? {
        if case .file(let file) = self { file } else { nil }
    }
}
