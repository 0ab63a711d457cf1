internal import Destinations
internal import FoundationEssentials
internal import ImportLog
internal import Mapping
internal import Records

/// What an import is submitted with, and what there is to say of it.
struct PreparedSections {
    var sections: [ImportSubmitted.Section]
    /// Why columns are text, for each section.
    var doubts: [[TypeDoubt]]
    /// What would make numbers and dates of them, for each section.
    var advice: [[FormatAdvice]]
    var leftOut: [LeftOutPart]
    var notes: [String]
}

/// Makes of a survey and a plan what an import is submitted with: each section's table, columns and types.
struct SectionPreparation {
    let source: OpenSource
    let plan: ImportPlan
    /// Which of these columns a table lacks; nil where no destination is to be asked.
    var missingColumns: ((_ names: [String], _ table: String) throws -> [String])?

    /// The sections to be imported, in the order in which they are, and those that are left out.
    func sections(of survey: SourceSurvey) throws -> PreparedSections {
        if plan.constantsFrom != nil {
            var plan = try ConstantValues.added(to: plan, of: source, survey)
            plan.constantsFrom = nil
            return try SectionPreparation(source: source, plan: plan, missingColumns: missingColumns).sections(
                of: survey)
        }
        var notes: [String] = []
        let naming = SectionNaming(plan)
        let leftOut = naming.judged(survey.leftOut)
        var choice = try SectionChoice(of: survey.sections, besides: leftOut, by: plan)
        choice.answerForDamage()
        try choice.chosen.requireSkippedColumns()
        let prepared = try choice.chosen.map { try section($0, $1, isOnly: $0.name.isEmpty, &notes) }
        try prepared.map { ($0.plan, $0.mapped) }.requireTypedColumns()
        var sections = prepared.map(\.section)
        // Beside others, the one that needed no name is called what it is in the source.
        if sections.count > 1 {
            for index in sections.indices where sections[index].name.isEmpty {
                sections[index].name = choice.chosen[index].section.ownName
            }
        }
        var missing = naming.judged(choice.chosen.flatMap(\.section.missing), areOfSections: true)
        for index in missing.indices where missing[index].kind == .noRecords && missing[index].name.isEmpty {
            let name = source.suggestedName ?? source.address.name
            missing[index].name = name.split(separator: "/").last.map(String.init) ?? name
        }
        let initCommand = self.plan.source == "-" ? nil : "waybill init \(ShellWord.quoted(self.plan.source))"
        for (section, advice) in zip(choice.chosen, prepared.map(\.advice)) {
            notes += advice.notes(inSection: section.section.name, initCommand: initCommand)
        }
        return PreparedSections(
            sections: sections, doubts: prepared.map(\.doubts), advice: prepared.map(\.advice),
            leftOut: missing + leftOut + choice.leftOut, notes: notes)
    }

    private func section(
        _ surveyed: SurveyedSection, _ plan: SectionPlan, isOnly: Bool, _ notes: inout [String]
    ) throws -> (
        section: ImportSubmitted.Section, doubts: [TypeDoubt], advice: [FormatAdvice], plan: SectionPlan,
        mapped: [MappedColumn]
    ) {
        let sourceColumns = surveyed.reading.sourceColumns
        let table = try table(of: surveyed, plan, isOnly: isOnly)
        var plan = try plan.fitting(sourceColumns, longest: self.plan.destination.longestName)
            .skipping(sourceColumns)
        // Blanks alone are an empty text in a sheet whose XML does not keep them.
        if plan.mapping.trim, surveyed.reading.format == SourceFormat.xlsx.rawValue { plan.mapping.null.append("") }
        if plan.ignoresNewColumns, let missingColumns {
            try plan.ignore(sourceColumns) { try missingColumns($0, table) }.map {
                notes.append("table \(table) does not have the \($0); what the source has there is left out")
            }
        }
        var mapper = sourceColumns.isEmpty ? nil : try plan.mapper(inSource: sourceColumns)
        let mapped = try plan.mapped(mapper, inSource: sourceColumns)
        var doubts: [TypeDoubt] = []
        var advice: [FormatAdvice] = []
        let columns = try plan.columns(mapped) {
            var sample = try sample(surveyed.reading)
            try mapper?.apply(to: &sample)
            let names = Set(plan.key.map { $0.lowercased() })
            let keys = Set(mapped.indices.filter { names.contains(mapped[$0].name.lowercased()) })
            let format = SourceFormat(rawValue: surveyed.reading.format)
            let guesses = TypeInference(
                sample, for: self.plan.destination.isServer ? .postgreSQL : .sqlite,
                tellsTexts: format == .json || format == .ndjson
            )
            .guesses(keys: keys)
            doubts = zip(guesses, mapped).compactMap { guess, column in
                guess.doubt.map { TypeDoubt($0, of: column.name, isCSV: surveyed.reading.format == "csv") }
            }
            let types = guesses.map(\.type)
            advice = [FormatAdvice](sample, mapped, types, keys: keys, plan.mapping)
            return types
        }
        if let longest = self.plan.destination.longestName {
            for (source, column) in zip(mapped, columns)
            where (source.source ?? "").utf8.count > longest && column.name == source.source?.shortened(to: longest) {
                notes.append(
                    "column \(column.name) has a shorter name than in the source: PostgreSQL keeps \(longest) bytes; to choose "
                        + "another one: 'to' in waybill.yaml")
            }
        }
        try plan.requireDefaultColumns(among: columns.map(\.name), of: isOnly ? nil : surveyed.name)
        let given = Set(columns.lazy.filter { !$0.isInferred }.map(\.name))
        let texts = Set(columns.lazy.filter { !$0.isInferred && $0.type == .text }.map(\.name))
        advice.removeAll { texts.contains($0.column) }
        let explained = Set(advice.lazy.filter(\.explainsText).map(\.column))
        doubts.removeAll { given.contains($0.column) || explained.contains($0.column) }
        let section = ImportSubmitted.Section(
            name: surveyed.name, table: table, mode: plan.mode.rawValue, key: plan.key,
            columns: columns.map(ImportSubmitted.Column.init), reading: surveyed.reading,
            mapping: mapper == nil ? [] : try plan.mapping.recorded(), writing: plan.writing)
        return (section, doubts, advice, plan, mapped)
    }

    private func table(of surveyed: SurveyedSection, _ plan: SectionPlan, isOnly: Bool) throws -> String {
        let name = source.suggestedName.map { String(NameEnding.stem(of: $0)) } ?? self.plan.sourceName
        let own = surveyed.ownName.isEmpty ? nil : surveyed.ownName
        guard let table = plan.table ?? surveyed.table ?? (isOnly ? name ?? own : surveyed.tableName) else {
            throw DataError(
                .unusableOption, "\(source.address.title) has no file name to name the table after.",
                remedy: "Give the table: --table NAME")
        }
        return table
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

extension SectionMapping {
    /// As the log keeps it.
    func recorded() throws -> [UInt8] {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return [UInt8](try encoder.encode(self))
    }
}

extension ImportSubmitted.Section {
    /// What was recorded of how records become rows; nil if they stay as they are.
    func recordedMapping() throws -> SectionMapping? {
        mapping.isEmpty ? nil : try JSONDecoder().decode(SectionMapping.self, from: Data(mapping))
    }

    /// The same, to be carried out.
    func mapper() throws -> Mapper? {
        try recordedMapping().map { try Mapper($0, sourceColumns: reading.sourceColumns) }
    }

    /// The columns whose value is given.
    fileprivate var constants: Set<String> { Set((try? recordedMapping())?.constants.keys.map(\.self) ?? []) }
}

extension ImportSubmitted.Column {
    init(_ column: Column) {
        self.init(name: column.name, type: column.type.rawValue, isInferred: column.isInferred)
    }
}

extension ImportSubmitted.Section {
    /// False for an empty list, which has no columns either: there is nothing to write, and no table to write it to.
    package var hasRecords: Bool { !columns.isEmpty }

    /// Whether it writes only to rows that exist.
    var needsTable: Bool { WriteMode(rawValue: mode)?.needsTable ?? false }

    /// Whether the same records once more may add the same rows once more.
    var addsRowsAgain: Bool { mode == WriteMode.insert.rawValue && !writing.skipsDuplicates }
}

extension TablePlan {
    /// - Parameters:
    ///   - names: those of all tables of the same import.
    ///   - logID: nil if it is not known which log writes.
    init(_ section: ImportSubmitted.Section, among names: TableNames, logID: String?) {
        self.init(
            table: section.table,
            columns: section.columns.map {
                Column(name: $0.name, type: ColumnType(rawValue: $0.type) ?? .text, isInferred: $0.isInferred)
            }, key: section.key, mode: WriteMode(rawValue: section.mode) ?? .insert)
        namesCase = names.haveOther(than: section.table)
        let names = section.writing.historyColumns
        if names.count == 4 {
            (history.isCurrent, history.version, history.validFrom, history.validTo) = (
                names[0], names[1], names[2], names[3]
            )
        }
        moment = section.writing.moment
        marks = section.writing.marks.map { DeletionMark(column: $0.column, value: $0.value) }
        keepsUndo = section.writing.keepsUndo
        keepsTypes = section.writing.keepsTypes
        skipsDuplicates = section.writing.skipsDuplicates
        keepsNonNull = section.writing.keepsNonNull
        keyIndex = section.writing.keyIndex.isEmpty ? nil : section.writing.keyIndex
        addsColumns = section.writing.addsColumns
        defaultIfEmpty = section.writing.defaultIfEmpty
        constants = section.constants
        self.logID = logID
    }
}

extension Destination {
    /// Runs a body that makes tables ready, in one transaction where the destination has a use for that.
    func together<T>(_ body: () throws -> T) throws -> T {
        try (self as? any PreparesTogether)?.together(body) ?? body()
    }

    /// Makes the tables of these sections ready: those whose rows are only updated or deleted after the others, which may
    /// make them. Once `stop` is used, the remaining ones stay as they are.
    func prepare(
        _ sections: [ImportSubmitted.Section], logID: String?, stop: StopSwitch
    ) throws -> [(plan: TablePlan, created: Bool)] {
        let names = TableNames(of: sections)
        let plans = sections.map { TablePlan($0, among: names, logID: logID) }
        let order =
            plans.indices.filter { !plans[$0].mode.needsTable } + plans.indices.filter { plans[$0].mode.needsTable }
        var prepared: [Int: TablePlan] = [:]
        var created: Set<String> = []
        func name(_ plan: TablePlan) -> String { plan.namesCase ? plan.table : plan.table.lowercased() }
        // A table at a time would wait for the disk each time.
        try together {
            for index in order where stop.reason == nil {
                let (plan, isCreated) = try prepare(plans[index])
                prepared[index] = plan
                if isCreated { created.insert(name(plan)) }
            }
        }
        return plans.indices.map { index in
            let plan = prepared[index] ?? plans[index]
            return (plan, created.contains(name(plan)))
        }
    }
}

extension PreparedTable {
    init(_ prepared: (plan: TablePlan, created: Bool), doubts: [TypeDoubt] = []) {
        self.init(
            table: prepared.plan.table, columns: prepared.plan.columns.map(ImportSubmitted.Column.init),
            isCreated: prepared.created, notes: prepared.plan.notes, doubts: doubts)
    }
}
