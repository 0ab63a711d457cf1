internal import Mapping
internal import Records
internal import Yams

extension SectionMapping {
    /// The settings of a source or a section that are about its mapping.
    static let names = Key.allCases.map(\.stringValue)

    /// This mapping, and the other where it says more: what both say of one column, the other says.
    func overridden(by other: SectionMapping) -> SectionMapping {
        var result = self
        result.columns.merge(other.columns) { $1 }
        let replaced = Set(other.compose.map(\.name))
        result.compose = compose.filter { !replaced.contains($0.name) } + other.compose
        result.constants.merge(other.constants) { $1 }
        if !other.null.isEmpty { result.null = other.null }
        if other.trim { result.trim = true }
        if other.unlisted != .keep { result.unlisted = other.unlisted }
        return result
    }
}

extension YAMLValue {
    /// The mapping among the members of a source or a section, of which `others` are someone else's.
    func mapping(besides others: [String]) throws -> SectionMapping {
        guard isMapping else { return SectionMapping() }
        do {
            let besides = Set(others).subtracting(SectionMapping.names)
            return try YAMLDecoder().decode(MappingMembers.self, from: node, userInfo: [.others: besides]).mapping
        } catch let error as DecodingError {
            throw DataError(.unusableOption, "\(origin): \(error.words(under: path))", remedy: "See docs/mapping.md.")
        }
    }
}

/// Reads a mapping from an object that has other members, too.
private struct MappingMembers: Decodable {
    let mapping: SectionMapping

    init(from decoder: any Decoder) throws {
        let others = decoder.userInfo[.others] as? Set<String> ?? []
        mapping = try SectionMapping(from: decoder, besides: others)
    }
}

extension CodingUserInfoKey {
    fileprivate static let others = CodingUserInfoKey(rawValue: "others")!
}

extension DecodingError {
    /// What is wrong, and with which setting.
    func words(under path: String) -> String {
        let context: Context
        switch self {
        case .typeMismatch(_, let found), .valueNotFound(_, let found), .dataCorrupted(let found): context = found
        case .keyNotFound(let key, let found):
            context = Context(codingPath: found.codingPath, debugDescription: "\(key.stringValue) is missing")
        @unknown default: return "\(path): \(self)"
        }
        let place = ([path] + context.codingPath.map(\.stringValue)).joined(separator: ".")
        return "\(place): \(context.debugDescription)"
    }
}
