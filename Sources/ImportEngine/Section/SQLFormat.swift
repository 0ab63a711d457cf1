internal import ImportLog
internal import Readers
internal import Records

/// Between an SQL reader and what the log keeps of it.
enum SQLFormat {
    /// Finds the tables that a file has rows of.
    static func survey(_ bytes: any ByteSource, _ options: ReadingOptions) throws -> SourceSurvey {
        var sql = SQLOptions()
        if let most = options.maxRecordBytes { sql.maxRecordBytes = most }
        guard bytes.isRepeatable else {
            let reader = try SQLReader(source: bytes, options: sql)
            let reading = reading(reader.layout, columns: reader.columns, dataStart: reader.dataStart)
            return SourceSurvey(sections: [
                SurveyedSection(reading: reading, table: tableName(reader.layout.table))
            ])
        }
        let survey = try SQLSurvey(of: bytes, options: sql)
        guard !survey.tables.isEmpty else {
            _ = try SQLReader(source: bytes, options: sql)
            return SourceSurvey(sections: [])
        }
        let isOne = survey.tables.count == 1
        var result = SourceSurvey(
            sections: survey.tables.map { table in
                SurveyedSection(
                    name: isOne ? "" : table.name, ownName: table.name,
                    reading: reading(table.layout, columns: table.columns, dataStart: table.dataStart),
                    records: table.recordCount, table: tableName(table.name))
            })
        let others = survey.otherStatements.sorted { $0.key < $1.key }.map { "\($0.value) \($0.key)" }
        if !others.isEmpty {
            result.leftOut = [
                LeftOutPart(name: "what is no row", reason: others.joined(separator: ", "), kind: .notData)
            ]
        }
        if let cutOff = survey.cutOff { result.warnings.append("the file ends too early: \(cutOff)") }
        return result
    }

    /// The table's name without its schema.
    private static func tableName(_ name: String) -> String {
        String(name.split(separator: ".").last ?? name[...])
    }

    private static func reading(
        _ layout: SQLLayout, columns: [String], dataStart: RecordLocation
    ) -> ImportSubmitted.Reading {
        var recorded = ImportSubmitted.Reading()
        recorded.format = SourceFormat.sql.rawValue
        recorded.encoding = TextEncoding.utf8.rawValue
        recorded.dataOffset = dataStart.byteOffset
        recorded.dataLine = dataStart.line
        recorded.sourceColumns = columns
        recorded.maxFieldBytes = UInt64(layout.maxRecordBytes)
        recorded[setting: "dialect"] = layout.dialect.rawValue
        recorded[setting: "table"] = layout.table
        recorded[setting: "unlisted_columns"] = String(layout.unlistedColumns)
        if layout.isUniform { recorded[setting: "uniform"] = "true" }
        recorded[setting: "end"] = layout.end.map { String($0) }
        if layout.rejectsOtherTables { recorded[setting: "only_table"] = "true" }
        return recorded
    }

    /// Opens a section again in the way it was read before.
    static func reader(of bytes: any ByteSource, _ reading: ImportSubmitted.Reading) throws -> any Reader {
        let layout = SQLLayout(
            dialect: reading[setting: "dialect"].flatMap { SQLDialect(rawValue: $0) } ?? .standard,
            table: reading[setting: "table"] ?? "",
            unlistedColumns: reading[setting: "unlisted_columns"].flatMap { Int($0) } ?? reading.sourceColumns.count,
            isUniform: reading[setting: "uniform"] == "true",
            end: reading[setting: "end"].flatMap { UInt64($0) },
            rejectsOtherTables: reading[setting: "only_table"] == "true",
            maxRecordBytes: Int(clamping: reading.maxFieldBytes))
        return try SQLReader(
            source: bytes, layout: layout, columns: reading.sourceColumns, dataStart: reading.dataStart)
    }
}
