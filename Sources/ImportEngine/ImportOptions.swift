package import ImportLog
internal import Mapping
internal import Readers
internal import Records

/// What a user can say of an import, as text: from a command line, a form or a file. `plan(for:)` makes values of it.
///
/// These override the configuration; for limits, the environment comes between the two.
package struct ImportOptions: Sendable {
    /// `sqlite:PATH`.
    package var destination: String?
    package var section = SectionSettings()
    package var reading = ReadingSettings()
    package var limits = LimitSettings()
    /// The limits that the environment sets.
    package var environment = LimitSettings()
    package var configuration: Configuration?
    /// Which of the configuration's sources it is; nil to find it by the file's name.
    package var sourceName: String?
    /// The sections to read, by name, pattern or number from 1; empty for all.
    package var only: [String] = []
    package var access = AccessOptions()
    /// The other sources of the command, for which its flags may be meant.
    package var others: [String] = []
    package var batch: ImportSubmitted.Batch?
    /// Only so many records of each section; nil for all.
    package var recordLimit: UInt64?
    package var force = false
    /// The destination where none was said; nil to ask for one.
    private var nowhere: String?

    package init(destination: String? = nil) { self.destination = destination }

    /// - Throws: `DataError.unusableOption`, naming the option, for what is not possible.
    package func plan(for source: String) throws -> ImportPlan {
        let configured = try configured(for: source)
        try configured?.require(uses)
        guard let destination = destination ?? configured?.destination ?? nowhere else {
            throw DataError(
                .unusableOption, "No destination is given.",
                remedy:
                    "Add --into sqlite:PATH or --into postgres://USER@HOST/DB, or 'into' under a source in \(Configuration.defaultPath)."
            )
        }
        var plan = ImportPlan(source: source, destination: try DestinationAddress(destination))
        let base = configured?.settings(for: Configuration.fileName(of: source)) ?? SectionSettings()
        plan.section = try SectionPlan(base.overridden(by: section))
        plan.rules = try configured?.rules(over: base, section) ?? []
        plan.constantsFrom = configured?.constantsFrom
        plan.only = only
        plan.reading = try ReadingOptions((configured?.reading ?? ReadingSettings()).overridden(by: reading))
        let mapping = plan.section.mapping
        plan.reading.csv.syntax.trimsNulls = mapping.trim && !plan.reading.csv.nullSpellings.isEmpty
        plan.reading.nullsOfMapping = mapping.null
        plan.readingFlags = reading.flags
        plan.others = others
        plan.limits = (configured?.limits ?? LimitSettings()).overridden(by: environment).overridden(by: limits)
        plan.reading.maxRecordBytes = try Limits(plan.limits).maxRecordSize.map { Int($0.value) }
        plan.reading.takesDamaged = force
        plan.finalize = configured?.finalize ?? []
        plan.access = access
        if access.paging != nil {
            plan.reading.format = .ndjson
            plan.reading.json.recordsPath = nil
        }
        plan.batch = batch
        if recordLimit == 0 { throw Self.unusable("--limit", "0", "a number from 1") }
        plan.recordLimit = recordLimit
        plan.force = force
        return plan
    }

    /// A plan to look at a source with, which goes nowhere.
    package func inspectionPlan(for source: String) throws -> ImportPlan {
        var options = self
        options.nowhere = "sqlite:nowhere"
        return try options.plan(for: source)
    }

    /// Whether a setting of the configuration counts here: what a flag overrides does not, nor does what only other commands use.
    private func uses(_ setting: String) -> Bool {
        switch setting {
        case "into": destination == nil && nowhere == nil
        case "finalize": nowhere == nil
        case "checks": false
        case "table": section.table == nil
        case "key": section.key == nil
        case "mode": section.mode == nil
        case "types": section.types == nil
        default: true
        }
    }

    private func configured(for source: String) throws -> SourceConfiguration? {
        guard let configuration else {
            guard let sourceName else { return nil }
            throw DataError(
                .unusableOption, "There is no configuration file, so there is no source '\(sourceName)'.",
                remedy: "Give one with --config, or write one: waybill init FILE")
        }
        return try configuration.source(named: sourceName, for: source)
    }

    static func unusable(_ option: String, _ given: String, _ taken: String) -> DataError {
        DataError(.unusableOption, "'\(given)' is not a valid value for \(option).", remedy: "Use \(taken).")
    }

    /// The names between commas, without spaces around them.
    package static func names(_ text: String) -> [String] {
        text.split(separator: ",").map { part in
            let start = part.drop { $0 == " " }
            return String(start.prefix(upTo: start.lastIndex { $0 != " " }.map(start.index(after:)) ?? start.endIndex))
        }
    }
}
