internal import FoundationEssentials
internal import Readers
internal import Records

/// What `waybill.yaml` says of the sources.
package struct Configuration: Sendable {
    /// The file's path, as messages name it.
    package let path: String
    let sources: [SourceConfiguration]
    /// The file that is read where it is there and no other is named.
    package static let defaultPath = "waybill.yaml"
    /// What is named in place of a file to read none.
    package static let noPath = "none"

    /// Reads a configuration file.
    ///
    /// - Parameter path: nil for `waybill.yaml` in the current directory, where there is one; `none` for no file at all.
    /// - Throws: `DataError.notFound` or `unreadable` where a file that was named cannot be read, `unusableOption` with line and
    ///   setting for what it may not say.
    /// - Parameter environment: nil for the process's own.
    package static func read(_ path: String?, environment: [String: String]? = nil) throws -> Configuration? {
        if path == noPath { return nil }
        guard let bytes = FileManager.default.contents(atPath: path ?? defaultPath) else {
            guard let path else { return nil }
            let isMissing = !FileManager.default.fileExists(atPath: path)
            throw DataError(
                isMissing ? .notFound : .unreadable,
                isMissing ? "There is no configuration \(path)." : "The configuration \(path) cannot be read.",
                remedy: isMissing ? "Check the path." : "Check the file's permissions.")
        }
        return try Configuration(
            String(decoding: bytes, as: UTF8.self), path: path ?? defaultPath, environment: environment)
    }

    init(_ text: String, path: String, environment: [String: String]?) throws {
        self.path = path
        var sources: [SourceConfiguration] = []
        let variables = EnvironmentVariables(environment)
        if let document = try YAMLValue.document(text, file: path) {
            for (name, value) in try document.members() {
                if SourceConfiguration.names.contains(name) { throw Self.misplaced(name, value) }
            }
            for (name, value) in try document.members(known: ["sources", "log"]) {
                if name == "log" {
                    _ = try value.text()
                    continue
                }
                sources += try value.members().map { try Self.source(named: $0.key, $0.value, variables) }
            }
        }
        self.sources = sources
    }

    private static func source(
        named name: String, _ value: YAMLValue, _ variables: EnvironmentVariables
    ) throws -> SourceConfiguration {
        // Other sources, and commands that have no use for a setting, can do without its variables.
        let (settings, unset) = try value.expandedMembers(variables)
        if let error = unset["match"] { throw error }
        var source = try SourceConfiguration(name: name, settings)
        source.unset = unset
        return source
    }

    /// A source's setting that stands at the top level.
    private static func misplaced(_ name: String, _ value: YAMLValue) -> DataError {
        DataError(
            .unusableOption, "\(value.origin): '\(name)' belongs under a source, not at the top level.",
            remedy: "Indent it under the source:\nsources:\n  NAME:\n    \(name): …")
    }

    /// The directory of the log that `waybill.yaml` in a directory names; nil where there is none, or it names none.
    ///
    /// - Throws: `DataError.unusableOption` where that needs a variable of the environment that is not set.
    package static func logDirectory(in directory: String) throws -> String? {
        // What is wrong with the file otherwise is said where it is read.
        let path = directory + "/" + defaultPath
        guard let bytes = FileManager.default.contents(atPath: path),
            let document = try? YAMLValue.document(String(decoding: bytes, as: UTF8.self), file: path),
            let value = try? document.members().first(where: { $0.key == "log" })?.value, let text = try? value.text()
        else { return nil }
        let log: String
        do {
            log = try EnvironmentVariables().expand(text, at: value.origin)
        } catch let unset as EnvironmentVariables.Unset {
            throw unset.error
        }
        if log.isEmpty { return nil }
        return log.hasPrefix("/") ? log : directory + "/" + log
    }

    /// The name that patterns are about: without the path, and of a URL without the query.
    static func fileName(of source: String) -> String {
        let path = HTTPLocation.isMeant(by: source) ? source.prefix { $0 != "?" && $0 != "#" } : source[...]
        return String(path.split(separator: "/").last ?? path)
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
        let file = Self.fileName(of: source)
        return sources.first { $0.match.contains { NamePattern(TablePart($0)?.pattern ?? $0).fits(file) } }
    }
}
