internal import Checks
internal import Mapping
internal import Records

/// What a configuration file says of one source.
struct SourceConfiguration: Sendable {
    var name: String
    /// Patterns of file names that this is about, with `*` and `?`.
    var match: [String] = []
    var destination: String?
    /// For all sections.
    var section = SectionSettings()
    /// For the sections whose names fit a pattern, in the order of the file.
    var sections: [(pattern: String, settings: SectionSettings)] = []
    /// For tables, by the name that stands in a section's or a file's, in the order of the file.
    var tables: [(name: String, settings: SectionSettings)] = []
    /// Where constants of all sections come from.
    var constantsFrom: ConstantsFrom?
    var reading = ReadingSettings()
    var limits = LimitSettings()
    /// What is checked when an import of the source is verified.
    var checks: [Check] = []
    /// The SQL that is run once all parts of a batch are there.
    var finalize: [String] = []
    /// The settings that cannot be used, because a variable of the environment has no value.
    var unset: [String: DataError] = [:]

    static let names =
        ["match", "into", "sections", "checks", "finalize"] + SectionSettings.names + SectionMapping.names
        + ReadingSettings.names
        + limitNames + ["tables", "constants_from"]
    private static let limitNames = LimitName.allCases.map(\.rawValue)

    init(name: String) { self.name = name }

    init(name: String, _ value: YAMLValue) throws {
        self.name = name
        let former = LimitName.allCases.compactMap(\.formerName)
        let members = try value.members(known: Self.names, former: former)
        section.mapping = try value.mapping(besides: Self.names + former)
        for (key, value) in members {
            if SectionMapping.names.contains(key) { continue }
            if try section.set(key, value) || reading.set(key, value) { continue }
            if Self.limitNames.contains(key) || former.contains(key) {
                limits.set(key, try value.text(), in: value.origin)
                continue
            }
            switch key {
            case "match": match = try value.names()
            case "into": destination = try value.text()
            case "checks": checks = try value.checks()
            case "finalize": finalize = try value.texts()
            case "constants_from": constantsFrom = try ConstantsFrom(value)
            case "tables": tables = try value.members().map { ($0.key, try Self.section($0.value, besides: [])) }
            default: sections = try value.members().map { ($0.key, try Self.section($0.value)) }
            }
        }
    }

    /// Throws where a setting that is used needs a variable of the environment that has no value.
    func require(_ isUsed: (String) -> Bool) throws {
        if let first = unset.filter({ isUsed($0.key) }).min(by: { $0.key < $1.key }) { throw first.value }
    }

    private static func section(
        _ value: YAMLValue, besides own: [String] = SectionSettings.ownNames
    ) throws -> SectionSettings {
        var settings = SectionSettings()
        let names = SectionSettings.names + own + SectionMapping.names
        for (key, value) in try value.members(known: names) { _ = try settings.set(key, value) }
        settings.mapping = try value.mapping(besides: names)
        return settings
    }
}
