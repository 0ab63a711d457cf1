internal import FoundationEssentials
internal import Readers
internal import Records
internal import Yams

/// The environment's variables in a configuration file: `${NAME}`, or `${NAME:-text}` with a text for where it is unset or
/// empty. `$${` means `${`; any other `$` means itself.
struct EnvironmentVariables {
    private let values: [String: String]

    /// - Parameter values: nil for the process's own.
    init(_ values: [String: String]? = nil) { self.values = values ?? ProcessInfo.processInfo.environment }

    /// A variable without a value.
    struct Unset: Error {
        let error: DataError
    }

    /// - Parameter origin: where the text stands, for messages.
    /// - Throws: `Unset`; `DataError.unusableOption` for what is not a variable's name.
    func expand(_ text: String, at origin: String) throws -> String {
        guard text.contains("${") else { return text }
        var result = ""
        var rest = text[...]
        while let start = rest.firstRange(of: "${") {
            if start.lowerBound > rest.startIndex, rest[rest.index(before: start.lowerBound)] == "$" {
                result += rest[..<rest.index(before: start.lowerBound)] + "${"
                rest = rest[start.upperBound...]
                continue
            }
            result += rest[..<start.lowerBound]
            let end = rest[start.upperBound...].firstIndex(of: "}") ?? rest.endIndex
            let value = try value(of: rest[start.upperBound..<end], isClosed: end < rest.endIndex, origin)
            rest = end < rest.endIndex ? rest[rest.index(after: end)...] : rest[end...]
            result += Self.isPassword(between: result, and: rest) ? PercentEncoding.encoded(value) : value
        }
        return result + rest
    }

    private func value(of words: Substring, isClosed: Bool, _ origin: String) throws -> String {
        let split = words.firstRange(of: ":-")
        let name = String(split.map { words[..<$0.lowerBound] } ?? words)
        guard isClosed, name.wholeMatch(of: /[A-Za-z_][A-Za-z0-9_]*/) != nil else {
            throw DataError(
                .unusableOption, "\(origin): ${\(words)\(isClosed ? "}" : "") is not an environment variable.",
                remedy: "Write ${NAME} or ${NAME:-default}; for the text itself, $${\(words)\(isClosed ? "}" : "").")
        }
        if let value = values[name], !value.isEmpty || split == nil { return value }
        if let split { return String(words[split.upperBound...]) }
        throw Unset(
            error: DataError(
                .unusableOption, "\(origin): the environment variable \(name) is not set.",
                remedy: "Set it, or write a default: ${\(name):-VALUE}. For the text itself, write $${\(name)}."))
    }

    /// Whether what stands between is the password of a URL, or a part of one. There, a value stands for itself: `@` and `/`
    /// in it must not end the password.
    private static func isPassword(between before: String, and after: Substring) -> Bool {
        guard let scheme = before.firstRange(of: "://") else { return false }
        let user = before[scheme.upperBound...]
        guard user.contains(":"), !user.contains(where: { "@/?#".contains($0) }) else { return false }
        return after.prefix { !"/?#".contains($0) }.contains("@")
    }
}

extension YAMLValue {
    /// The same with the variables put in, without the members that need one which has no value, and why.
    func expandedMembers(_ variables: EnvironmentVariables) throws -> (value: YAMLValue, unset: [String: DataError]) {
        guard case .mapping(let mapping) = node else { return (self, [:]) }
        var (pairs, unset) = ([(Node, Node)](), [String: DataError]())
        for (key, value) in mapping {
            do {
                let expanded = try expanded(value, variables)
                if expanded.scalar?.string == "", let text = value.scalar?.string, !text.isEmpty {
                    let origin = YAMLValue(file: file, path: path, node: value).origin
                    throw EnvironmentVariables.Unset(
                        error: DataError(
                            .unusableOption, "\(origin): \(text) is empty in the environment.",
                            remedy: "Give the variable a value, or write a default: ${NAME:-VALUE}."))
                }
                pairs.append((key, expanded))
            } catch let error as EnvironmentVariables.Unset {
                unset[key.scalar?.string ?? ""] = error.error
            }
        }
        let rest = Node.Mapping(pairs, mapping.tag, mapping.style, mapping.mark)
        return (YAMLValue(file: file, path: path, node: .mapping(rest)), unset)
    }

    /// The same with the environment's variables put in; keys stay as they are.
    func expanded(_ variables: EnvironmentVariables) throws -> YAMLValue {
        YAMLValue(file: file, path: path, node: try expanded(node, variables))
    }

    private func expanded(_ node: Node, _ variables: EnvironmentVariables) throws -> Node {
        switch node {
        case .scalar(var scalar):
            let origin = YAMLValue(file: file, path: path, node: node).origin
            let text = try variables.expand(scalar.string, at: origin)
            if text != scalar.string { scalar.string = text }
            return .scalar(scalar)
        case .mapping(let mapping):
            let pairs = try mapping.map { ($0.key, try expanded($0.value, variables)) }
            return .mapping(Node.Mapping(pairs, mapping.tag, mapping.style, mapping.mark))
        case .sequence(let sequence):
            let items = try sequence.map { try expanded($0, variables) }
            return .sequence(Node.Sequence(items, sequence.tag, sequence.style, sequence.mark))
        case .alias: return node
        }
    }
}
