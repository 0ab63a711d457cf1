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
                SurveyedSection(reading: reading, table: SQLTableName.withoutSchema(reader.layout.table))
            ])
        }
        let survey = try SQLSurvey(of: bytes, options: sql)
        guard !survey.tables.isEmpty else {
            if let mixed = survey.mixed.first { throw refusal(mixed) }
            // What is not a script at all is refused, and so is one that breaks off.
            if survey.cutOff != nil || !isScript(survey) { _ = try SQLReader(source: bytes, options: sql) }
            var result = SourceSurvey(sections: [])
            result.leftOut = leftOut(survey)
            return result
        }
        let isOne = survey.tables.count == 1 && survey.mixed.isEmpty
        let shared = namesOfSeveral(survey)
        var result = SourceSurvey(
            sections: survey.tables.map { table in
                var section = SurveyedSection(
                    name: isOne ? "" : table.name, ownName: table.name,
                    reading: reading(table.layout, columns: table.columns, dataStart: table.dataStart),
                    records: table.recordCount, table: tableName(survey.spelling(of: table), shared))
                section.missing = missing(table)
                if let owner = survey.internal(table) {
                    section.isHidden = true
                    section.hiddenReason = reason(owner, table)
                }
                return section
            })
        result.leftOut = leftOut(survey) + survey.tables.compactMap { survey.rTree(of: $0) }.map { leftOut(rTree: $0) }
        if let other = survey.otherEncoding, try !bytes.isASCII() { result.leftOut.append(misread(other)) }
        if let line = survey.openTransaction { result.leftOut.append(neverCommitted(line)) }
        if let cutOff = survey.cutOff { result.warnings.append("the file ends too early: \(cutOff)") }
        if let end = survey.missingEnd { try note(missing: end, of: bytes, in: &result) }
        return result
    }

    /// The encoding that a script says it is in; nil for UTF-8, and where it has nothing but ASCII.
    static func declaredEncoding(of bytes: any ByteSource) throws -> TextEncoding? {
        guard let declared = try SQLDeclaredEncoding(head: bytes.head(upTo: SourceSurvey.headBytes)) else { return nil }
        if bytes.isRepeatable, try bytes.isASCII() { return nil }
        if let encoding = declared.encoding { return encoding }
        throw DataError(
            .malformed, "the script declares the encoding \(declared.name), which Waybill cannot read",
            remedy: "Convert it: iconv -f \(declared.name) -t UTF-8 FILE > NEW.sql, and import NEW.sql with "
                + "--encoding utf-8.")
    }

    /// Whether there are statements, and all begin as statements do that have no rows.
    private static func isScript(_ survey: SQLSurvey) -> Bool {
        let kinds = survey.otherStatements.keys.filter { survey.statementsWithRows[$0] == nil }
        return survey.strays == nil && !survey.otherStatements.isEmpty
            && kinds.allSatisfy { verbs.contains($0.split(separator: " ").first.map(String.init) ?? "") }
    }

    private static let verbs: Set = [
        "ALTER", "ANALYZE", "BEGIN", "CALL", "COMMENT", "COMMIT", "CREATE", "DECLARE", "DELETE", "DELIMITER", "DO",
        "DROP",
        "END", "EXEC", "EXECUTE", "GO", "GRANT", "IF", "LOCK", "PRAGMA", "PRINT", "REINDEX", "RENAME", "REVOKE",
        "ROLLBACK",
        "SELECT", "SET", "START", "TRUNCATE", "UNLOCK", "UPDATE", "USE", "VACUUM", "WITH",
    ]

    private static func leftOut(rTree name: String) -> LeftOutPart {
        LeftOutPart(
            name: name, reason: "it is an R*Tree, whose rows exist only in SQLite's internal form", kind: .mayBeData,
            remedy: "Import its rows from the database, with sqlite3 -csv DB 'SELECT * FROM \(name)'.")
    }

    private static func reason(_ owner: SQLSurvey.Internal, _ table: SQLSurvey.Table) -> String {
        let rows = "\(table.recordCount) \(table.recordCount == 1 ? "row" : "rows")"
        return switch owner {
        case .sqlite: "it is one of SQLite's own tables (\(rows))"
        case .virtualTable(let name): "SQLite keeps the index of \(name) in it (\(rows))"
        case .waybill: "it is one of Waybill's own tables (\(rows))"
        case .script: "it is there only while the script runs (\(rows))"
        }
    }

    /// Names without a schema that more than one table has, in lower case.
    private static func namesOfSeveral(_ survey: SQLSurvey) -> Set<String> {
        var wholes: [String: Set<String>] = [:]
        for table in survey.tables where survey.internal(table) == nil {
            wholes[SQLTableName.withoutSchema(table.name).lowercased(), default: []].insert(table.name.lowercased())
        }
        return Set(wholes.filter { $0.value.count > 1 }.keys)
    }

    /// A table's name without its schema, unless that would put rows of several tables into one.
    private static func tableName(_ name: String, _ shared: Set<String>) -> String {
        let last = SQLTableName.withoutSchema(name)
        return shared.contains(last.lowercased()) ? SQLTableName.whole(name) : last
    }

    /// A dump without its last comment may have been made by hand; one that ends inside of a line was cut off.
    private static func note(missing end: String, of bytes: any ByteSource, in result: inout SourceSurvey) throws {
        guard try endsInsideLine(bytes) else {
            result.warnings.append(
                "the dump lacks its last line, `--\(end)`: check that the dump was completed")
            return
        }
        result.leftOut.append(
            LeftOutPart(
                name: "the end of the dump",
                reason: "it was cut off inside a line; the last line, `--\(end)`, is missing",
                kind: .mayBeData, remedy: "Make the dump again, or get the whole file."))
    }

    private static func misread(_ encoding: SQLSurvey.OtherEncoding) -> LeftOutPart {
        LeftOutPart(
            name: "the encoding of the rows",
            reason:
                "from line \(encoding.line) on, the script declares \(encoding.name), but all of it is read "
                + "as one encoding",
            kind: .misread, remedy: "Split the file before that line, and import each part separately.")
    }

    private static func neverCommitted(_ line: UInt64) -> LeftOutPart {
        LeftOutPart(
            name: "the end of the script",
            reason:
                "the transaction that begins at line \(line) is never committed: a database would keep none of its rows, and "
                + "the file may be cut off; the rows are imported anyway",
            kind: .misread, remedy: "Get the whole file, or add COMMIT at its end.")
    }

    private static func endsInsideLine(_ bytes: any ByteSource) throws -> Bool {
        guard let size = bytes.size, let last = try bytes.tail(upTo: 1, ofSize: size).last else { return false }
        return last != UInt8(ascii: "\n") && last != UInt8(ascii: "\r")
    }

    private static let runScript = "Run the script in a database, and import the table from there."
    private static let runChange =
        "Run it in the database after the import, unless later rows depend on it; in that case run the whole script in a database, "
        + "and import the table from there."

    /// What is in the file of a table, and is not among its rows.
    private static func missing(_ table: SQLSurvey.Table) -> [LeftOutPart] {
        var parts = table.changes.map { change in
            let name = "\(change.verb) of \(table.name)"
            if change.hasRows {
                return LeftOutPart(
                    name: name,
                    reason:
                        "from line \(change.line) on, a database might let rows replace earlier ones, or skip them as "
                        + "duplicates; all are imported exactly as in the file",
                    kind: .misread, remedy: runScript)
            }
            return LeftOutPart(
                name: name,
                reason: change.count == 1
                    ? "the statement at line \(change.line) changes earlier rows"
                    : "\(change.count) statements, the first at line \(change.line), change earlier rows",
                kind: .notRun, remedy: runChange)
        }
        if let line = table.guessLine {
            parts.append(
                LeftOutPart(
                    name: "the columns of \(table.name)",
                    reason:
                        "from line \(line) on, only some rows list their columns, and there is no CREATE TABLE: those "
                        + "without a list are read as (\(table.columns.joined(separator: ", ")))",
                    kind: .misread,
                    remedy: "Put the table's CREATE TABLE above them, or add the column list to every INSERT."))
        }
        if let line = table.otherScope {
            parts.append(
                LeftOutPart(
                    name: "the database of \(table.name)",
                    reason:
                        "from line \(line) on, its rows belong to another database or schema but go into the same table",
                    kind: .misread,
                    remedy: "Split the file where the database changes, and import each part with --table."))
        }
        return parts
    }

    private static func reason(_ mixed: SQLSurvey.Mixed) -> String { "\(mixed.what) (\(mixed.recordCount) rows)" }

    private static func refusal(_ mixed: SQLSurvey.Mixed) -> DataError {
        DataError(.malformed, "table `\(mixed.name)`: \(reason(mixed))", remedy: mixed.remedy)
    }

    private static func part(of kind: String, count: Int) -> LeftOutPart {
        let statements = "\(count) \(count == 1 ? "statement" : "statements")"
        if kind == SQLSurvey.largeObjects {
            return LeftOutPart(
                name: kind, reason: "the dump has \(count), and only a PostgreSQL server can take them",
                kind: .mayBeData,
                remedy: "Restore the dump in a database to have them.")
        }
        if SQLSurvey.hasOwnRows(kind) {
            return LeftOutPart(
                name: kind,
                reason:
                    "\(statements) whose rows a server may insert several times, never, or with other values; they "
                    + "are imported exactly as in the file",
                kind: .misread, remedy: runScript)
        }
        return LeftOutPart(
            name: kind, reason: "\(statements) may add rows but cannot be read", kind: .notRun, remedy: runScript)
    }

    private static func leftOut(_ strays: SQLSurvey.Strays) -> LeftOutPart {
        LeftOutPart(
            name: "unknown text",
            reason: strays.count == 1
                ? "at line \(strays.line), text does not begin like an SQL statement"
                : "\(strays.count) pieces of text, the first at line \(strays.line), do not begin like an SQL statement",
            kind: .mayBeData,
            remedy: "Correct the file there: after a misplaced semicolon or a damaged word, rows cannot be read.")
    }

    /// The statements that are not rows; those that may give some keep the import from wholly succeeding.
    private static func leftOut(_ survey: SQLSurvey) -> [LeftOutPart] {
        let withRows = survey.statementsWithRows
        let others = survey.otherStatements.filter { withRows[$0.key] == nil }.sorted { $0.key < $1.key }
        var parts = survey.mixed.map {
            LeftOutPart(name: $0.name, reason: reason($0), kind: .mayBeData, remedy: $0.remedy)
        }
        if let strays = survey.strays { parts.append(leftOut(strays)) }
        parts += withRows.sorted { $0.key < $1.key }.map { part(of: $0, count: $1) }
        if !others.isEmpty {
            let list = others.map { "\($0.value) \($0.key)" }.joined(separator: ", ")
            parts.append(LeftOutPart(name: "the rest", reason: list, kind: .notData))
        }
        return parts
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
        recorded[setting: "lines"] = layout.lines.map { "\($0.lowerBound)-\($0.upperBound)" }
        if !layout.computed.isEmpty {
            recorded[setting: "computed"] = layout.computed.map(String.init).joined(separator: ",")
        }
        if !layout.backslashChanges.isEmpty {
            recorded[setting: "backslash_changes"] = layout.backslashChanges.map(String.init).joined(separator: ",")
        }
        if layout.fillsFromLeft { recorded[setting: "fills_from_left"] = "true" }
        if layout.hasBatches { recorded[setting: "batches"] = "true" }
        if layout.hexIsNumber { recorded[setting: "hex"] = "number" }
        for (index, name) in layout.numbered.enumerated() { recorded[setting: "numbered_\(index + 1)"] = name }
        if layout.rejectsOtherTables { recorded[setting: "only_table"] = "true" }
        return recorded
    }

    /// Opens a section again in the way it was read before.
    static func reader(of bytes: any ByteSource, _ reading: ImportSubmitted.Reading) throws -> any Reader {
        var layout = SQLLayout(
            dialect: reading[setting: "dialect"].flatMap { SQLDialect(rawValue: $0) } ?? .standard,
            table: reading[setting: "table"] ?? "",
            unlistedColumns: reading[setting: "unlisted_columns"].flatMap { Int($0) } ?? reading.sourceColumns.count,
            isUniform: reading[setting: "uniform"] == "true",
            end: reading[setting: "end"].flatMap { UInt64($0) },
            lines: reading[setting: "lines"].flatMap(range),
            computed: (reading[setting: "computed"] ?? "").split(separator: ",").compactMap { Int($0) },
            backslashChanges: (reading[setting: "backslash_changes"] ?? "").split(separator: ",").compactMap {
                UInt64($0)
            },
            fillsFromLeft: reading[setting: "fills_from_left"] == "true",
            hasBatches: reading[setting: "batches"] == "true",
            hexIsNumber: reading[setting: "hex"] == "number",
            numbered: Array(
                sequence(state: 1) { index in
                    defer { index += 1 }
                    return reading[setting: "numbered_\(index)"]
                }),
            rejectsOtherTables: reading[setting: "only_table"] == "true",
            maxRecordBytes: Int(clamping: reading.maxFieldBytes))
        layout.encoding = TextEncoding(rawValue: reading.encoding) ?? .utf8
        return try SQLReader(
            source: bytes, layout: layout, columns: reading.sourceColumns, dataStart: reading.dataStart)
    }

    private static func range(_ text: String) -> Range<UInt64>? {
        let bounds = text.split(separator: "-").compactMap { UInt64($0) }
        return bounds.count == 2 && bounds[0] <= bounds[1] ? bounds[0]..<bounds[1] : nil
    }
}
