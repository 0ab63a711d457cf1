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
        var result = SourceSurvey(sections: [])
        let isOne = survey.sections.count == 1
        let lastRead = survey.sections.lastIndex { !$0.columns.isEmpty }
        for (index, section) in survey.sections.enumerated() {
            if section.columns.isEmpty, let part = try part(without: section, isOne, isBehind: index > lastRead ?? -1) {
                result.leftOut.append(part)
                continue
            }
            var surveyed = SurveyedSection(
                name: isOne ? "" : section.name, ownName: section.name, reading: reading(of: section),
                records: section.recordCount,
                table: isOne ? nil : section.path.last)
            if section.columns.isEmpty && section.recordCount == 0 {
                surveyed.missing = [LeftOutPart(name: "", reason: "it has no records", kind: .noRecords)]
            }
            surveyed.isOfDamagedDocument = !survey.isSound && survey.isComplete
            result.sections.append(surveyed)
        }
        result.isComplete = survey.isComplete
        result.batch = try survey.batchEnvelope().map {
            ImportSubmitted.Batch(id: $0.id, part: $0.part, totalParts: $0.totalParts, totalItems: $0.totalItems)
        }
        add(survey, to: &result)
        if let sign = survey.pages.first {
            let says =
                switch sign.kind {
                case .total: "says that there are more records than here"
                case .flag: "says that there is one"
                default: "points to it"
                }
            result.leftOut.append(.nextPage("`\(sign.name)` \(says)", option: sign.option))
        } else if let total = survey.openTotals.first {
            result.warnings.append(
                "`\(total.name)` is more than the number of records: if this is one page of several, import the API's URL "
                    + "with --pages")
        }
        if let document = survey.asRecord { add(asRecord: document, to: &result) }
        return result
    }

    /// What is said of a section without columns, which makes no table; nil if it is read anyway, because it is all
    /// there is and has no records.
    private static func part(
        without section: JSONSurvey.Section, _ isOne: Bool, isBehind: Bool
    ) throws -> LeftOutPart? {
        if section.recordCount == 0 {
            return isOne ? nil : LeftOutPart(name: section.name, reason: "it has no records", kind: .noRecords)
        }
        let name = section.name.isEmpty ? "the document" : "`\(section.name)`"
        if section.hasUsableRecords {
            if isOne {
                throw DataError(
                    .malformed, "\(name) has only empty objects, so there are no columns",
                    remedy: "Check that it is the right file.")
            }
            return LeftOutPart(name: section.name, reason: "its objects have no members", kind: .mayBeData)
        }
        if isOne { return nil }
        // Behind the last array that is read, its reader comes to a place where the document breaks off.
        if isBehind, section.layout.sectionEnd == nil {
            return LeftOutPart(name: section.name, reason: "it is damaged", kind: .mayBeData)
        }
        throw DataError(
            .malformed,
            "none of the records of \(name) can be used"
                + (section.firstReject.map { "; the first one: \($0.message)" } ?? ""),
            remedy: "Correct the document, or name the array to import with --records PATH.")
    }

    /// The values beside the arrays: each is read where someone names it, as a section of one row.
    private static func add(_ survey: JSONSurvey, to result: inout SourceSurvey) {
        for value in survey.beside {
            let isBatch = result.batch != nil && value.path.count == 1 && BatchEnvelope.names.contains(value.name)
            if isBatch { continue }
            let part = part(value)
            if let section = value.section, !result.sections.isEmpty {
                result.sections.append(
                    SurveyedSection(
                        name: value.name, ownName: value.name, reading: reading(of: section), records: 1,
                        table: value.path.last, beside: part))
            } else {
                result.leftOut.append(part)
            }
        }
        let more = survey.besideCount - survey.beside.count
        if more > 0 {
            let kind: LeftOutPart.Kind = survey.hasUnseenBeside ? .mayBeData : .notData
            result.leftOut.append(
                LeftOutPart(
                    name: "\(more) more", reason: "they are not lists of records", kind: kind,
                    remedy: kind == .mayBeData ? "Import one with --records PATH." : nil))
        }
    }

    /// What is said of a value beside the records: one that holds arrays of objects may be data.
    private static func part(_ value: JSONSurvey.Beside) -> LeftOutPart {
        let lists = value.lists.prefix(5).map(JSONPath.name)
        if let first = lists.first {
            let isOne = lists.count == 1
            return LeftOutPart(
                name: value.name, reason: isOne ? "it holds an array of objects" : "it holds arrays of objects",
                kind: .mayBeData,
                remedy: isOne
                    ? "Import it with --records \(first)."
                    : "Import one of them with --records: \(lists.joined(separator: ", "))"
                        + (value.lists.count > lists.count ? ", …" : "."))
        }
        if let grid = value.grids.first {
            return LeftOutPart(
                name: value.name, reason: "\(place(grid, in: value)) is an array of arrays, which may be rows",
                kind: .mayBeData, remedy: csv(of: grid))
        }
        if let map = value.maps.first {
            return LeftOutPart(
                name: value.name, reason: "\(place(map, in: value)) is an object of objects, which may be records",
                kind: .mayBeData, remedy: "Convert it to NDJSON: \(lines(of: map))")
        }
        if !value.isSeen {
            return LeftOutPart(
                name: value.name, reason: "it is a large value next to the records and was not examined",
                kind: .mayBeData, remedy: "Import it with --records \(value.name).")
        }
        return LeftOutPart(name: value.name, reason: "it is not a list of records", kind: .notData)
    }

    private static func place(_ path: [String], in value: JSONSurvey.Beside) -> String {
        path == value.path ? "it" : "`\(JSONPath.name(path))` in it"
    }

    private static func csv(of grid: [String]) -> String {
        "Convert it to CSV: jq -r '\(JSONPath.filter(grid))[] | @csv' FILE | "
            + "\(DataError.pipedImport) --format csv --no-header"
    }

    private static func lines(of map: [String]) -> String { lines(of: map, "to_entries[] | {key} + .value") }

    private static func lines(ofColumns path: [String]) -> String {
        "Convert it to NDJSON: " + lines(of: path, "(first(.[]) | keys_unsorted[]) as $row | map_values(.[$row])")
    }

    private static func lines(of path: [String], _ filter: String) -> String {
        let place = path.isEmpty ? "" : JSONPath.filter(path) + " | "
        return "jq -c '\(place)\(filter)' FILE | \(DataError.pipedImport) --format ndjson"
    }

    /// What is said of a document that is read as one record, although the records may be in it, as a text.
    private static func add(asRecord document: JSONSurvey.Beside, to result: inout SourceSurvey) {
        func doubt(_ path: [String], _ reason: String, _ remedy: String) {
            let name = path.isEmpty ? "the document" : JSONPath.name(path)
            result.leftOut.append(LeftOutPart(name: name, reason: reason, kind: .misread, remedy: remedy))
        }
        let lists = document.lists.prefix(5).map(JSONPath.name)
        for path in document.columns {
            doubt(path, "it looks like a table of columns but is read as one record", lines(ofColumns: path))
        }
        if !document.columns.isEmpty { return }
        if let first = lists.first {
            let others = lists.count > 1 ? " (also: \(lists.dropFirst().joined(separator: ", ")))" : ""
            result.warnings.append(
                "the document is read as one record; to read the array of objects in it, add --records \(first)\(others)"
            )
        } else if !document.grids.isEmpty {
            for grid in document.grids {
                doubt(
                    grid, "the document is read as one record, and this array of arrays as one text value",
                    csv(of: grid))
            }
        } else if document.isMap {
            doubt(
                [], "its members look like records, but it is read as one record",
                "Convert it to NDJSON: " + lines(of: []))
        } else if let map = document.maps.first {
            let place = map.isEmpty ? "it" : "`\(JSONPath.name(map))`"
            result.warnings.append(
                "the document is read as one record; to read the objects in \(place) as records: " + lines(of: map))
        }
    }

    private static func reading(of section: JSONSurvey.Section) -> ImportSubmitted.Reading {
        let layout = section.layout
        var recorded = ImportSubmitted.Reading()
        recorded.format = (layout.form == .lines ? SourceFormat.ndjson : .json).rawValue
        recorded.encoding = TextEncoding.utf8.rawValue
        recorded.dataOffset = section.start.byteOffset
        recorded.dataLine = section.start.line
        recorded.sourceColumns = ColumnNames.distinct(section.columns)
        if recorded.sourceColumns != section.columns {
            recorded[setting: "keys"] = JSONKeyList.text(of: section.columns)
        }
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
            source: bytes, layout: layout,
            columns: try reading[setting: "keys"].map(JSONKeyList.keys) ?? reading.sourceColumns,
            dataStart: reading.dataStart)
    }
}
