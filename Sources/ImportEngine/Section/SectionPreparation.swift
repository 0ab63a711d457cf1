internal import ImportLog
internal import Records

/// Makes of a survey and a plan what an import is submitted with: each section's table, columns and types.
struct SectionPreparation {
    let source: OpenSource
    let plan: ImportPlan

    /// The sections to be imported, in the order in which they are, and those that are left out.
    func sections(of survey: SourceSurvey) throws -> (sections: [ImportSubmitted.Section], skipped: [SkippedPart]) {
        let choice = try SectionChoice(of: survey.sections, by: plan)
        let isOnly = survey.sections.count == 1 && survey.sections[0].name.isEmpty
        let sections = try choice.chosen.map { try section($0, $1, isOnly: isOnly) }
        return (sections, survey.skipped + choice.skipped)
    }

    private func section(
        _ surveyed: SurveyedSection, _ plan: SectionPlan, isOnly: Bool
    ) throws -> ImportSubmitted.Section {
        let columns = try plan.columns(inSource: surveyed.reading.sourceColumns) {
            TypeInference.types(in: try sample(surveyed.reading))
        }
        guard let table = plan.table ?? surveyed.table ?? (isOnly ? self.plan.sourceName : surveyed.tableName) else {
            throw DataError(
                .unusableOption, "Standard input has no name that could be the table's.",
                remedy: "Name it: --table NAME.")
        }
        return ImportSubmitted.Section(
            name: surveyed.name, table: table, mode: plan.mode.rawValue, key: plan.key,
            columns: columns.map(ImportSubmitted.Column.init), reading: surveyed.reading)
    }

    /// How many records and bytes the guess of the types looks at.
    private static let sampleLimit = ChunkLimit(records: 10_000, bytes: 1 << 20)

    private func sample(_ reading: ImportSubmitted.Reading) throws -> Chunk {
        var reader = try source.reader(of: reading)
        var chunk = Chunk()
        _ = try reader.fill(&chunk, limit: Self.sampleLimit)
        return chunk
    }
}

extension ImportSubmitted.Column {
    init(_ column: Column) {
        self.init(name: column.name, type: column.type.rawValue, isInferred: column.isInferred)
    }
}

extension ImportSubmitted.Section {
    /// False for an empty list, which has no columns either: there is nothing to write, and no table to write it to.
    var hasRecords: Bool { !columns.isEmpty }
}

extension TablePlan {
    init(_ section: ImportSubmitted.Section) {
        self.init(
            table: section.table,
            columns: section.columns.map {
                Column(name: $0.name, type: ColumnType(rawValue: $0.type) ?? .text, isInferred: $0.isInferred)
            }, key: section.key, mode: WriteMode(rawValue: section.mode) ?? .insert)
    }
}

extension PreparedTable {
    init(_ prepared: (plan: TablePlan, created: Bool)) {
        self.init(
            table: prepared.plan.table, columns: prepared.plan.columns.map(ImportSubmitted.Column.init),
            isCreated: prepared.created)
    }
}
