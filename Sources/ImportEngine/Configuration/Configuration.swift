internal import FoundationEssentials
internal import Readers
internal import Records

/// What `waybill.yaml` says of the sources.
package struct Configuration: Sendable {
    /// The file's path, as messages name it.
    package let path: String
    let sources: [SourceConfiguration]
    /// The log's directory, from the file's own; nil where it does not say.
    private let log: String?

    /// The file that is read where it is there and no other is named.
    package static let defaultPath = "waybill.yaml"

    /// Reads a configuration file.
    ///
    /// - Parameter path: nil for `waybill.yaml` in the current directory, where there is one.
    /// - Throws: `DataError.notFound` or `unreadable` where a file that was named cannot be read, `unusableOption` with line and
    ///   setting for what it may not say.
    package static func read(_ path: String?) throws -> Configuration? {
        guard let bytes = FileManager.default.contents(atPath: path ?? defaultPath) else {
            guard let path else { return nil }
            let isMissing = !FileManager.default.fileExists(atPath: path)
            throw DataError(
                isMissing ? .notFound : .unreadable,
                isMissing ? "There is no configuration \(path)." : "The configuration \(path) cannot be read.",
                remedy: isMissing ? "Check the path." : "Check the file's permissions.")
        }
        return try Configuration(String(decoding: bytes, as: UTF8.self), path: path ?? defaultPath)
    }

    init(_ text: String, path: String) throws {
        self.path = path
        var sources: [SourceConfiguration] = []
        var log: String?
        if let document = try YAMLValue.document(text, file: path) {
            for (name, value) in try document.members() {
                if SourceConfiguration.names.contains(name) { throw Self.misplaced(name, value) }
            }
            for (name, value) in try document.members(known: ["sources", "log"]) {
                if name == "log" {
                    log = try value.text()
                    continue
                }
                sources += try value.members().map { try SourceConfiguration(name: $0.key, $0.value) }
            }
        }
        self.sources = sources
        self.log = log
    }

    /// A source's setting that stands at the top level.
    private static func misplaced(_ name: String, _ value: YAMLValue) -> DataError {
        DataError(
            .unusableOption, "\(value.origin): '\(name)' is a setting of a source, and not of the top level.",
            remedy: "Put it under a source, indented:\nsources:\n  NAME:\n    \(name): …")
    }

    /// The directory of the log that `waybill.yaml` in a directory names; nil where there is none, or it names none.
    package static func logDirectory(in directory: String) -> String? {
        // What is wrong with the file is said where it is read.
        let path = directory + "/" + defaultPath
        guard let log = (try? read(path))??.log, !log.isEmpty else { return nil }
        return log.hasPrefix("/") ? log : directory + "/" + log
    }

    /// What is said of a source: the one that was named, or else the first one whose pattern fits the file's name.
    func source(named name: String?, for source: String) throws -> SourceConfiguration? {
        if let name {
            guard let found = sources.first(where: { $0.name == name }) else {
                throw DataError(
                    .unusableOption, "\(path) has no source '\(name)'.",
                    remedy: sources.isEmpty
                        ? "It has none."
                        : NearestName.question(name, in: sources.map(\.name))
                            + "It has: \(sources.map(\.name).joined(separator: ", ")).")
            }
            return found
        }
        let path = HTTPLocation.isMeant(by: source) ? source.prefix { $0 != "?" && $0 != "#" } : source[...]
        let file = String(path.split(separator: "/").last ?? path)
        return sources.first { $0.match.contains { NamePattern($0).fits(file) } }
    }
}
