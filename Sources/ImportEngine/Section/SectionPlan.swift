package import ImportLog
internal import Mapping
package import Records

/// What the user said of how a section goes into its table, checked.
package struct SectionPlan: Sendable {
    /// Nil for the section's own name.
    package var table: String?
    package var key: [String] = []
    package var mode = WriteMode.insert
    /// How rows are written, beyond table, mode and key.
    package var writing = ImportSubmitted.Writing()
    package var types = ColumnTypes.inferred
    /// The columns' names in source order; nil for those of the source.
    package var columns: [String]?
    var mapping = SectionMapping()
    /// The source's columns that are left out, by name or pattern.
    var skippedColumns: [String] = []
    /// Whether columns of the source that the table lacks are left out.
    var ignoresNewColumns = false
    /// Patterns of sections that are written before this one.
    var after: [String] = []
    /// Whether the section is left out.
    var isSkipped = false
    /// Whether the import is refused where the section is missing.
    var isRequired = false

    /// Where the section's name has the table's, which is not known before the section is.
    var tablePart: TablePart?
    /// Whether the mapping is the table's, whichever section brings its rows.
    var sharesMapping = false
    /// Why no section can go by this plan.
    var problem: DataError?

    package init() {}

    /// How the columns get their types.
    package enum ColumnTypes: Sendable, Equatable {
        /// All are guessed from a sample.
        case inferred
        /// All are text.
        case text
        /// These are given, the others are guessed.
        case given([String: ColumnType])
    }

    /// - Throws: `DataError.unusableOption`, naming the option, for what is not possible.
    init(_ settings: SectionSettings) throws {
        table = settings.table
        key = settings.key ?? []
        mode = try settings.writeMode()
        writing = try settings.writing(mode)
        types = try Self.types(settings.types ?? "auto")
        columns = settings.columns
        mapping = try settings.finalMapping()
        skippedColumns = settings.skippedColumns ?? []
        ignoresNewColumns = try settings.newColumns(mode) == .ignore
        after = settings.after ?? []
        isSkipped = settings.skip ?? false
        isRequired = settings.required ?? false
    }

    private static func types(_ text: String) throws -> ColumnTypes {
        switch text {
        case "auto": return .inferred
        case "text": return .text
        default:
            var given: [String: ColumnType] = [:]
            for pair in ImportOptions.names(text) {
                let equals = pair.lastIndex(of: "=") ?? pair.startIndex
                let name = String(pair[equals...].drop { $0 == "=" })
                guard equals > pair.startIndex, let type = ColumnType(rawValue: name) else {
                    let known = ColumnType.allCases.map(\.rawValue)
                    var error = ImportOptions.unusable(
                        "--types", pair,
                        "auto, text, or COLUMN=TYPE,… with the types \(known.joined(separator: ", ")); give the format of "
                            + "dates with 'format' under 'columns' in waybill.yaml")
                    if equals > pair.startIndex, let near = NearestName.of(name, in: known) {
                        error.message += " Did you mean \(near)?"
                    }
                    throw error
                }
                given[String(pair[..<equals])] = type
            }
            return .given(given)
        }
    }
}
