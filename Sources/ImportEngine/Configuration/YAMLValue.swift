internal import Records
internal import Yams

/// A value in a configuration file, and where it stands, for messages.
struct YAMLValue {
    let file: String
    /// The keys that lead to it, with dots between.
    let path: String
    let node: Node

    /// The one document of a file.
    ///
    /// - Throws: `DataError.unusableOption` with the line and column, like all the others here.
    static func document(_ text: String, file: String) throws -> YAMLValue? {
        do {
            return try compose(yaml: text, resolver).map { YAMLValue(file: file, path: "", node: $0) }
        } catch YamlError.duplicatedKeysInMapping(let names, let context) {
            throw DataError(
                .unusableOption,
                "\(file), line \(context.mark.line): \(names.joined(separator: ", ")) stands there more than once.",
                remedy: "Put what belongs to it in one place.")
        } catch let error as YamlError {
            throw DataError(
                .unusableOption, "\(file) is not valid YAML: \(error)", remedy: remedy(for: error, in: text))
        }
    }

    /// Names are what they are in the file, also those that YAML would take for numbers, booleans or null.
    private static let resolver = Resolver.basic.appending(.merge)

    private static func remedy(for error: YamlError, in text: String) -> String {
        let mark: Mark
        switch error {
        case .scanner(_, _, let place, _), .parser(_, _, let place, _), .composer(_, _, let place, _): mark = place
        default: return "Correct the file; indent with spaces only."
        }
        let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
        // YAML takes these for its own signs where a value begins with one.
        if lines.indices.contains(mark.line - 1),
            let value = lines[mark.line - 1].firstMatch(of: /(?:^|[:\-\[,]|\s)\s*([*&!%@`][^\s,\]#]*)/)
        {
            return "A value that begins with \(value.1.prefix(1)) needs quotes: \"\(value.1)\""
        }
        return "Correct the file; indent with spaces only."
    }

    /// `waybill.yaml, line 7`.
    var origin: String { node.mark.map { "\(file), line \($0.line)" } ?? file }

    /// The members in the order of the file; each key is one of `known`.
    ///
    /// - Parameter former: names that are understood and not suggested.
    func members(known: [String], former: [String] = []) throws -> [(key: String, value: YAMLValue)] {
        let members = try members()
        for (key, value) in members where !known.contains(key) && !former.contains(key) {
            throw DataError(
                .unusableOption, "\(value.origin): \(path.isEmpty ? "the top level" : path) has no setting '\(key)'.",
                remedy: NearestName.of(key, in: known).map {
                    "Did you mean '\($0)'? All settings: docs/configuration.md"
                }
                    ?? "Settings there: \(known.joined(separator: ", ")).")
        }
        return members
    }

    /// The members in the order of the file, whatever their keys are.
    func members() throws -> [(key: String, value: YAMLValue)] {
        if isNull { return [] }
        guard let mapping = node.mapping else { throw unusable("settings, one per line: NAME: VALUE") }
        return try mapping.map { key, value in
            guard let name = key.scalar?.string else { throw unusable("names that are words") }
            return (name, YAMLValue(file: file, path: path.isEmpty ? name : "\(path).\(name)", node: value))
        }
    }

    var isNull: Bool { node.scalar.map { $0.style == .plain && ["", "~", "null"].contains($0.string) } ?? false }
    var isMapping: Bool { node.mapping != nil }

    /// A scalar's text as it appears in the file, so that `007` stays what it is.
    func text() throws -> String {
        guard let scalar = node.scalar, !isNull else { throw unusable("one value") }
        return scalar.string
    }

    /// One of these values.
    func choice(_ known: [String]) throws -> String {
        let text = try text()
        guard known.contains(text) else { throw unusable(known.joined(separator: ", ")) }
        return text
    }

    /// A list, or one value in place of a list of one.
    func texts() throws -> [String] {
        guard let sequence = node.sequence else { return [try text()] }
        return try sequence.map { try YAMLValue(file: file, path: path, node: $0).text() }
    }

    /// A list, or names with commas between.
    func names() throws -> [String] {
        node.sequence == nil ? ImportOptions.names(try text()) : try texts()
    }

    func number() throws -> Int {
        guard let number = Int(try text()) else { throw unusable("a number") }
        return number
    }

    func flag() throws -> Bool {
        switch try text().lowercased() {
        case "true", "yes", "on": return true
        case "false", "no", "off": return false
        default: throw unusable("true or false")
        }
    }

    func unusable(_ taken: String) -> DataError {
        let given = node.scalar.map { "'\($0.string)'" } ?? "this"
        return DataError(
            .unusableOption, "\(origin): \(given) is not a valid value for \(path).", remedy: "Use \(taken).")
    }
}
