internal import Mapping
internal import Records

/// What was said of how a section goes into its table; what is nil was not said.
package struct SectionSettings: Sendable, Equatable {
    package var table: String?
    package var key: [String]?
    package var mode: String?
    package var types: String?
    /// The columns' names in source order.
    package var columns: [String]?
    /// The sections that are written before this one.
    package var after: [String]?
    /// Whether the section is left out.
    package var skip: Bool?
    /// What happens to the columns and their values.
    var mapping = SectionMapping()

    package init() {}

    static let names = ["table", "key", "mode", "types", "after", "skip"]

    /// Takes a setting from a configuration file; returns false where it is none of a section.
    mutating func set(_ name: String, _ value: YAMLValue) throws -> Bool {
        switch name {
        case "table": table = try value.text()
        case "key": key = try value.names()
        case "mode": mode = try value.text()
        case "types": types = try value.text()
        case "after": after = try value.names()
        case "skip": skip = try value.flag()
        default: return false
        }
        return true
    }

    /// These settings, and the others where they say more.
    func overridden(by others: SectionSettings) -> SectionSettings {
        var result = self
        result.table = others.table ?? table
        result.key = others.key ?? key
        result.mode = others.mode ?? mode
        result.types = others.types ?? types
        result.columns = others.columns ?? columns
        result.after = others.after ?? after
        result.skip = others.skip ?? skip
        result.mapping = mapping.overridden(by: others.mapping)
        return result
    }
}
