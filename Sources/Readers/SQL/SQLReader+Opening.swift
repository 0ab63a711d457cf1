internal import Records

extension SQLReader {
    /// How far into a pipe its first row may be.
    private static let longestSearch = 16 << 20

    /// Opens a file with one table, or the table that `options` names. A file that can be sought in is surveyed first.
    ///
    /// Of a pipe, the columns are those of the statements at its beginning, and rows of another table than the first one
    /// become rejects unless a table was named.
    ///
    /// Throws `DataError`: `.malformed` if the file is UTF-16 or has no rows, or rows of several tables and none was named;
    /// `.unusableOption` for options that do not fit; `.unreadable` if the source cannot be read.
    package init(source: any ByteSource, options: SQLOptions = SQLOptions()) throws {
        if source.isRepeatable {
            let survey = try SQLSurvey(of: source, options: options)
            if let mixed = survey.mixed.first(where: { $0.name == options.table ?? $0.name }),
                survey.tables.isEmpty || options.table != nil
            {
                throw DataError(.malformed, "table `\(mixed.name)`: \(mixed.what)", remedy: mixed.remedy)
            }
            let table = try Self.only(survey.tables, options.table)
            try self.init(
                source: source, layout: table.layout, columns: table.columns, dataStart: table.dataStart)
            return
        }
        var (input, layout, start) = try Self.head(of: source, options: options)
        let table = try Self.firstTable(of: &input, layout, start, options)
        layout.table = table.name
        layout.unlistedColumns = table.layout.unlistedColumns
        layout.computed = table.layout.computed
        layout.numbered = table.layout.numbered
        layout.rejectsOtherTables = options.table == nil
        layout.fillsFromLeft = table.mayFillFromLeft
        let builder = SQLChunkBuilder(layout: layout, columns: table.columns)
        self.init(input: input, size: nil, builder: builder, dataStart: start)
    }

    /// Reads a file's beginning: the byte order mark and the dialect. The table is left open.
    static func head(
        of source: any ByteSource, options: SQLOptions
    ) throws -> (TextInput, SQLLayout, dataStart: RecordLocation) {
        var input = TextInput(source, encoding: .utf8, largest: options.maxRecordBytes)
        while !input.isAtEnd && input.bytes.count < SQLDialect.sampleBytes { try input.readMore() }
        let (encoding, markBytes) = TextEncoding.detect(head: input.bytes, given: nil)
        if encoding.isUTF16 || input.bytes.prefix(4).contains(0) {
            throw DataError(
                .malformed, "the file is UTF-16 or UTF-32, but SQL must be UTF-8",
                remedy: "Convert the file to UTF-8 first, with iconv -f UTF-16 -t UTF-8.")
        }
        input.drop(bytes: markBytes, text: markBytes)
        if input.withText(Self.isHSQLDB) {
            throw DataError(
                .malformed, "this is a script of HSQLDB, whose lines have no semicolons and whose text has \\u escapes",
                remedy: "Open it with HSQLDB or LibreOffice Base, and export its tables as CSV.")
        }
        let found = input.withText(SQLDialect.found)
        let dialect = options.dialect ?? found.dialect
        let hasBatches = dialect == .standard && input.withText(SQLDialect.hasBatches)
        let layout = SQLLayout(
            dialect: dialect, table: "", unlistedColumns: 0,
            hasBatches: hasBatches,
            hexIsNumber: dialect == .postgresql || dialect == .standard && found.isOfSQLite && !hasBatches,
            maxRecordBytes: options.maxRecordBytes)
        try layout.check()
        return (input, layout, RecordLocation(byteOffset: UInt64(markBytes)))
    }

    /// Whether the file begins as HSQLDB's own scripts do.
    private static func isHSQLDB(_ text: SourceText) -> Bool {
        let start = text.text.drop(while: SQLByte.isSpace).prefix(64)
        return ["SET DATABASE UNIQUE NAME", "CREATE SCHEMA PUBLIC AUTHORIZATION DBA"].contains {
            start.starts(with: Array($0.utf8))
        }
    }

    private static func only(_ tables: [SQLSurvey.Table], _ name: String?) throws -> SQLSurvey.Table {
        let candidates = name == nil ? tables : tables.filter { $0.name == name }
        if candidates.count == 1, let table = candidates.first { return table }
        let names = tables.prefix(20).map { "`\($0.name)`" }.joined(separator: ", ")
        let what =
            tables.isEmpty
            ? "it has no INSERT, REPLACE or COPY … FROM stdin"
            : "it has rows of \(names)\(tables.count > 20 ? " …" : "")"
        throw DataError(
            .malformed,
            name.map { "the file has no rows of table `\($0)`: \(what)" }
                ?? (tables.isEmpty ? "the file has no rows: \(what)" : "exactly one table is needed, but \(what)"),
            remedy: tables.isEmpty
                ? "Check that you have the file with the data; a schema-only dump has no rows."
                : "Name one of its tables.")
    }

    /// Looks at a pipe's beginning, without using it, up to the first row of the table.
    private static func firstTable(
        of input: inout TextInput, _ layout: SQLLayout, _ start: RecordLocation, _ options: SQLOptions
    ) throws -> SQLSurvey.Table {
        var builder = SQLChunkBuilder(layout: layout, columns: [])
        builder.inventory = SQLInventory(dialect: layout.dialect)
        var progress = SQLChunkBuilder.Progress()
        var chunk = Chunk()
        chunk.reset(at: start, columnCount: 0)
        let bounds = SQLChunkBuilder.Bounds(records: .max, bytes: 1 << 30, end: .max)
        while true {
            let step = input.withText { builder.addRecords(from: $0, to: &chunk, progress: &progress, bounds: bounds) }
            let inventory = builder.inventory ?? SQLInventory(dialect: layout.dialect)
            let tables = inventory.tables.map {
                SQLSurvey.Table($0, inventory, layout, fileStart: start, isLast: true)
            }
            let isOver = step != .needsText || input.bytes.count > longestSearch
            // What its columns are, the first row tells.
            let found = tables.first { !$0.columns.isEmpty && $0.name == options.table ?? $0.name }
            if let found, found.recordCount > 0 || isOver { return found }
            if isOver { return try only(tables, options.table) }
            try input.readMore(pending: input.bytes.count - progress.offset)
        }
    }
}
