internal import ImportLog
internal import Mapping
internal import Records

/// Reads the constants of an import from another section, or from a file beside the source.
struct ConstantValues {
    let from: ConstantsFrom
    let source: OpenSource
    let plan: ImportPlan

    /// The plan with the constants in it. The section that they come from is left out, unless the user gave it a table.
    ///
    /// - Throws: `DataError.malformed` where they are not there or not one row or pairs.
    static func added(to plan: ImportPlan, of source: OpenSource, _ survey: SourceSurvey) throws -> ImportPlan {
        guard let from = plan.constantsFrom else { return plan }
        let values = ConstantValues(from: from, source: source, plan: plan)
        var result = plan
        if let section = survey.sections.first(where: { $0.isNamed(from.name) }) {
            result.fill(try values.read(section, of: source))
            let isWanted = plan.rules.contains {
                !$0.pattern.contains { "*?".contains($0) } && section.isNamed($0.pattern)
            }
            if !isWanted {
                var skipped = SectionPlan()
                skipped.isSkipped = true
                result.rules.insert((section.name, skipped), at: 0)
            }
        } else {
            result.fill(try values.readBeside())
        }
        return result
    }

    private var title: String { "constants_from: \(from.name)" }

    private func readBeside() throws -> [String: String] {
        guard let file = source.address.file, file.isLocal else { throw missing("") }
        let folder = file.path[...(file.path.lastIndex(of: "/") ?? file.path.startIndex)]
        let path = from.name.hasPrefix("/") ? from.name : folder + from.name
        let beside = ImportPlan(source: path, destination: plan.destination)
        do {
            let (opened, survey) = try SourceSurvey.opened(beside)
            guard survey.sections.count == 1 else {
                throw malformed("\(path) has \(survey.sections.count) sections")
            }
            return try read(survey.sections[0], of: opened)
        } catch let error as DataError where [.notFound, .unreadable].contains(error.code) {
            throw missing(", and \(path) cannot be read")
        }
    }

    private func missing(_ more: String) -> DataError {
        DataError(
            .malformed, "\(title): \(source.address.name) has no such section\(more).",
            remedy: "Nothing was imported. Get the complete delivery.")
    }

    private func malformed(_ why: String) -> DataError {
        DataError(
            .malformed, "\(title): \(why).",
            remedy: "Constants come from a file or section with one row, or with two columns: names and values.")
    }

    private static let mostRecords = 10_000

    private func read(_ section: SurveyedSection, of source: OpenSource) throws -> [String: String] {
        let columns = section.reading.sourceColumns
        var reader = try source.reader(of: section.reading)
        var chunk = Chunk()
        _ = try reader.fill(&chunk, limit: ChunkLimit(records: Self.mostRecords))
        if let reject = chunk.rejects.first { throw malformed("line \(reject.location.line): \(reject.message)") }
        var rows = chunk.withValues { values in
            chunk.records.indices.map { record in
                columns.indices.map { values.text(record: record, column: $0) }
            }
        }
        let wanted = from.columns.map { Set($0.keys) }
        let arePairs = columns.count == 2 && (wanted.map { !$0.isSubset(of: columns) } ?? (rows.count != 1))
        guard arePairs else {
            guard rows.count == 1 else { throw malformed("it has \(rows.count) rows and \(columns.count) columns") }
            return try mapped(Dictionary(zip(columns, rows[0])) { first, _ in first })
        }
        // A file of pairs has no header, whatever its first line looks like.
        if wanted?.contains(columns[0]) == true { rows.insert([columns[0], columns[1]], at: 0) }
        return try mapped(Dictionary(rows.compactMap { row in row[0].map { ($0, row[1]) } }) { first, _ in first })
    }

    /// The values by the columns that they go into, in the form that the configuration gives them.
    private func mapped(_ values: [String: String?]) throws -> [String: String] {
        var mapping = SectionMapping()
        mapping.columns = from.columns ?? [:]
        mapping.unlisted = from.columns == nil ? .keep : .drop
        if let name = mapping.columns.keys.sorted().first(where: { values[$0] == nil }) {
            throw malformed("it has no \(name), only \(values.keys.sorted().prefix(20).joined(separator: ", "))")
        }
        let names = values.keys.sorted()
        var chunk = Chunk()
        chunk.columnCount = names.count
        for name in names {
            guard let value = values[name] ?? nil else {
                chunk.fields.append(.null)
                continue
            }
            chunk.fields.append(.decoded(offset: chunk.decoded.count, length: value.utf8.count))
            chunk.decoded += value.utf8
        }
        chunk.records = [Chunk.Record(offset: 0, length: 0, line: 0, number: 0)]
        var mapper = try Mapper(mapping, sourceColumns: names)
        try mapper.apply(to: &chunk)
        if let reject = chunk.rejects.first { throw malformed(reject.message) }
        let texts = chunk.withValues { values in mapper.columns.indices.map { values.text(record: 0, column: $0) } }
        return Dictionary(zip(mapper.columns.map(\.name), texts.map { $0 ?? "" })) { first, _ in first }
    }
}

extension ImportPlan {
    /// Gives all sections these constants, where they have none of these names. A mark on deleted rows that names one in
    /// braces is its value.
    fileprivate mutating func fill(_ constants: [String: String]) {
        section.fill(constants)
        for index in rules.indices { rules[index].plan.fill(constants) }
    }
}

extension SectionPlan {
    fileprivate mutating func fill(_ constants: [String: String]) {
        mapping.constants.merge(constants) { own, _ in own }
        for index in writing.marks.indices {
            guard let value = writing.marks[index].value, value.hasPrefix("{"), value.hasSuffix("}") else { continue }
            if let constant = constants[String(value.dropFirst().dropLast())] { writing.marks[index].value = constant }
        }
    }
}
