internal import ImportLog
internal import Readers
internal import Records

/// Between a JSON reader and what the log keeps of it.
enum JSONFormat {
    /// Finds the sections of a document, and the batch that it says it belongs to.
    static func survey(_ bytes: any ByteSource, _ options: ReadingOptions) throws -> SourceSurvey {
        var json = options.json
        if options.format == .ndjson { json.form = .lines }
        if let most = options.maxRecordBytes { json.maxRecordBytes = most }
        let survey = try JSONSurvey(source: bytes, options: json)
        let isOne = survey.sections.count == 1
        var result = SourceSurvey(sections: [])
        for section in survey.sections {
            if section.columns.isEmpty && !isOne {
                result.leftOut.append(
                    LeftOutPart(name: section.name, reason: "it has no records", kind: .noRecords))
                continue
            }
            result.sections.append(
                SurveyedSection(
                    name: isOne ? "" : section.name, ownName: section.name, reading: reading(of: section),
                    records: section.recordCount,
                    table: isOne ? nil : section.path.last))
        }
        result.isComplete = survey.isComplete
        result.batch = try survey.batchEnvelope().map {
            ImportSubmitted.Batch(id: $0.id, part: $0.part, totalParts: $0.totalParts, totalItems: $0.totalItems)
        }
        return result
    }

    private static func reading(of section: JSONSurvey.Section) -> ImportSubmitted.Reading {
        let layout = section.layout
        var recorded = ImportSubmitted.Reading()
        recorded.format = (layout.form == .lines ? SourceFormat.ndjson : .json).rawValue
        recorded.encoding = TextEncoding.utf8.rawValue
        recorded.dataOffset = section.start.byteOffset
        recorded.dataLine = section.start.line
        recorded.sourceColumns = section.columns
        recorded.maxFieldBytes = UInt64(layout.maxRecordBytes)
        recorded[setting: "form"] = layout.form.rawValue
        if !layout.path.isEmpty { recorded[setting: "records"] = JSONPath.name(layout.path) }
        recorded[setting: "section_end"] = layout.sectionEnd.map { String($0) }
        if layout.flattens { recorded[setting: "flatten"] = "true" }
        recorded[setting: "max_depth"] = String(layout.maxDepth)
        return recorded
    }

    /// Opens a section again in the way it was read before.
    static func reader(of bytes: any ByteSource, _ reading: ImportSubmitted.Reading) throws -> any Reader {
        let layout = JSONLayout(
            form: reading[setting: "form"].flatMap { JSONForm(rawValue: $0) } ?? .array,
            path: JSONPath.keys(reading[setting: "records"] ?? ""),
            sectionEnd: reading[setting: "section_end"].flatMap { UInt64($0) },
            flattens: reading[setting: "flatten"] == "true", maxRecordBytes: Int(clamping: reading.maxFieldBytes),
            maxDepth: reading[setting: "max_depth"].flatMap { Int($0) } ?? JSONLayout.defaultMaxDepth)
        return try JSONReader(
            source: bytes, layout: layout, columns: reading.sourceColumns, dataStart: reading.dataStart)
    }
}
