internal import ArgumentParser
internal import ImportEngine
internal import ImportLog

struct TableOptions: ParsableArguments {
    @Option(
        name: .customLong("into"),
        help: ArgumentHelp(
            "Where the rows go: sqlite:PATH or postgres://USER@HOST/DB (default: 'into' in waybill.yaml).",
            valueName: "dest"))
    var destination: String?

    @Option(
        name: [.customShort("t"), .customLong("table")],
        help: ArgumentHelp("The table (default: the source's file name without its extension).", valueName: "name"))
    var name: String?

    @Option(help: ArgumentHelp("The key columns, separated by commas (repeatable).", valueName: "columns"))
    var key: [String] = []

    @Option(
        help: ArgumentHelp(
            "Match rows by this unique index; it may be partial or contain expressions. Its columns must be those of --key.",
            valueName: "name"))
    var keyIndex: String?

    @Option(
        help: ArgumentHelp(
            "insert: add rows; update: change rows that exist and add none; upsert: add rows, or update those whose key exists; versioned: the same, and keep the old row as history; delete: delete the rows with these keys (default: insert).",
            valueName: "mode"))
    var mode: String?

    @Option(
        help: ArgumentHelp(
            "With --mode insert, what to do with a record whose key exists. reject: reject it; skip: leave the row as it is; update: update the row, as --mode upsert does (default: reject).",
            valueName: "action"))
    var onDuplicate: String?

    @Flag(help: "With --mode update or upsert: do not overwrite existing values with empty ones (NULL).")
    var keepNonNull = false

    @Option(
        help: ArgumentHelp(
            "auto: guess from a sample; text: all columns are text; or types by column, as in price=numeric,day=date (text, integer, real, numeric, boolean, date, timestamp, timestamptz, jsonb, uuid) (repeatable; default: auto).",
            valueName: "types"))
    var types: [String] = []

    @Option(
        help: ArgumentHelp("Column names in source order, replacing the header's (repeatable).", valueName: "names"))
    var columns: [String] = []

    @Option(
        name: .customLong("skip-columns"),
        help: ArgumentHelp(
            "Leave out these columns of the source, by the header's names or patterns with * and ? (repeatable).",
            valueName: "names"))
    var skippedColumns: [String] = []

    @Option(
        name: .customLong("set"),
        help: ArgumentHelp("Add a column with the same value in every row (repeatable).", valueName: "column=value"))
    var constants: [String] = []

    @Option(
        name: .customLong("mark-deleted"),
        help: ArgumentHelp(
            "With --mode delete: set this column instead of deleting the row (repeatable).",
            valueName: "column=value"))
    var marks: [String] = []

    @Option(
        help: ArgumentHelp(
            "With --mode versioned: rename a history column (is_current, version, valid_from, valid_to), as in is_current=current (repeatable).",
            valueName: "column=name"))
    var history: [String] = []

    @Option(
        help: ArgumentHelp(
            "What to do when a value does not fit a guessed type. widen: widen the column; reject: reject the record (default: widen).",
            valueName: "action"))
    var onTypeConflict: String?

    @Option(
        help: ArgumentHelp(
            "What to do with columns of the source that the table lacks. reject: import nothing; ignore: leave them out; add: add them to the table (default: reject).",
            valueName: "action"))
    var newColumns: String?

    @Option(
        help: ArgumentHelp(
            "Replace empty values (NULL) in these columns of an existing table with the column's default, such as the next number; * for all columns that have a default (repeatable).",
            valueName: "columns"))
    var defaultIfEmpty: [String] = []

    @Flag(help: "Keep no undo data: the import cannot be rolled back.")
    var noUndo = false

    func validate() throws {
        for pair in constants + marks + history where Self.pair(pair) == nil {
            throw ValidationError("'\(pair)' is not COLUMN=VALUE.")
        }
        let known = ["is_current", "version", "valid_from", "valid_to"]
        for pair in history {
            if let name = Self.pair(pair)?.name, !known.contains(name) {
                throw ValidationError(
                    "'\(name)' is not a history column. Give --history one of \(known.joined(separator: ", ")).")
            }
        }
    }

    /// What a flag that takes a list was given, all times together; nil if it was not.
    private static func list(_ values: [String]) -> String? { values.isEmpty ? nil : values.joined(separator: ",") }

    private static func pair(_ text: String) -> (name: String, value: String)? {
        guard let equals = text.firstIndex(of: "="), equals > text.startIndex else { return nil }
        return (String(text[..<equals]), String(text[text.index(after: equals)...]))
    }

    func add(to options: inout ImportOptions) {
        for (name, value) in constants.compactMap(Self.pair) { options.section.setConstant(name, to: value) }
        if !marks.isEmpty { options.section.mark(marks.compactMap(Self.pair)) }
        if !history.isEmpty {
            options.section.history = Dictionary(history.compactMap(Self.pair).map { ($0.name, $0.value) }) { $1 }
        }
        if noUndo { options.section.keepsUndo = false }
        options.destination = destination
        options.section.table = name
        options.section.key = Self.list(key).map(ImportOptions.names)
        options.section.mode = mode
        options.section.types = Self.list(types)
        options.section.onTypeConflict = onTypeConflict
        options.section.onDuplicate = onDuplicate
        if keepNonNull { options.section.keepsNonNull = true }
        options.section.keyIndex = keyIndex
        options.section.columns = Self.list(columns).map(ImportOptions.names)
        options.section.defaultIfEmpty = Self.list(defaultIfEmpty).map(ImportOptions.names)
        options.section.newColumns = newColumns
        options.section.skippedColumns = Self.list(skippedColumns).map(ImportOptions.names)
    }
}

struct ReadingArguments: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "csv, json, ndjson, xlsx or sql (default: detected from the content).", valueName: "format"))
    var format: String?

    @Option(
        help: ArgumentHelp(
            "The array of records in a JSON document, as in data.items or /data/items.", valueName: "path"))
    var records: String?

    @Flag(help: "In JSON, turn the members of nested objects into columns: address.city.")
    var flatten = false

    @Option(help: "The character between fields, or tab (default: detected from the file).")
    var delimiter: String?

    @Flag(help: "The first line is data, not column names.")
    var noHeader = false

    @Option(
        help: ArgumentHelp(
            "The line, or the sheet's row, with the column names; those above it are skipped (default: found from the content).",
            valueName: "n"))
    var headerRow: Int?

    @Option(help: ArgumentHelp("Skip this many lines, or rows of a sheet, at the beginning.", valueName: "n"))
    var skipLines: Int?

    @Option(
        help: ArgumentHelp(
            "Skip this many lines, or rows of a sheet, at the end; empty ones do not count.", valueName: "n"))
    var skipFooter: Int?

    @Option(help: ArgumentHelp("In CSV, skip lines that begin with this character.", valueName: "character"))
    var comment: String?

    @Option(
        help: ArgumentHelp(
            "In CSV, the quote character, or none to turn quoting off (default: \").", valueName: "character"))
    var quote: String?

    @Option(
        help: ArgumentHelp(
            "In CSV, the escape character for quotes, delimiters and line endings, such as \\.",
            valueName: "character"))
    var escape: String?

    @Option(
        help: ArgumentHelp(
            "What to do with CSV records that have too few fields. reject: reject them; null: read the missing ones as NULL (default: reject).",
            valueName: "action"))
    var shortRows: String?

    @Flag(help: "In CSV, ignore spaces between a delimiter and the value, and around quotes.")
    var skipInitialSpace = false

    @Flag(help: "In CSV, skip lines that have only delimiters.")
    var skipEmptyRows = false

    @Option(
        help:
            "utf-8, utf-16, latin1, windows-1252, gbk, shift-jis or another encoding (default: from the byte order mark or the server, otherwise utf-8)."
    )
    var encoding: String?

    @Option(
        name: .customLong("null"),
        help: ArgumentHelp(
            "Read this unquoted value as NULL, as an empty field is (repeatable).", valueName: "text"))
    var nullSpellings: [String] = []

    @Option(
        help: ArgumentHelp(
            "What a quoted empty value, \"\", means in any format: null or text (default: text).", valueName: "meaning")
    )
    var quotedEmpty: String?

    @Flag(help: "Remove whitespace from both ends of all values.")
    var trim = false

    func add(to options: inout ImportOptions) {
        if trim { options.section.trimAll() }
        options.section.quotedEmpty = quotedEmpty
        options.reading.format = format
        options.reading.records = records
        if flatten { options.reading.flattens = true }
        options.reading.delimiter = delimiter
        if noHeader { options.reading.hasHeader = false }
        options.reading.encoding = encoding
        options.reading.headerRow = headerRow
        options.reading.skipLines = skipLines
        options.reading.skipFooter = skipFooter
        options.reading.comment = comment
        options.reading.quote = quote
        options.reading.escape = escape
        options.reading.shortRows = shortRows
        if skipInitialSpace { options.reading.skipsInitialSpace = true }
        if skipEmptyRows { options.reading.skipsEmptyRows = true }
        if !nullSpellings.isEmpty { options.reading.nullSpellings = nullSpellings }
    }
}

struct AccessArguments: ParsableArguments {
    @Option(
        name: .customLong("http-header"),
        help: ArgumentHelp(
            "Send this header with requests, as in 'Authorization: Bearer …'; it is never logged (repeatable).",
            valueName: "header"))
    var headers: [String] = []

    @Flag(help: "Allow URLs that resolve to private or loopback addresses.")
    var allowPrivateNetwork = false

    @Option(
        help: ArgumentHelp(
            "How a JSON API links its pages: link, next=PATH, page=PARAMETER[:FIRST], offset=PARAMETER[:FIRST] or "
                + "cursor=PATH:PARAMETER.",
            valueName: "how"))
    var pages: String?

    @Option(help: ArgumentHelp("Read at most this many pages (default: 10000).", valueName: "n"))
    var maxPages: Int?

    func options(records: String?, for sources: [String]) throws -> AccessOptions {
        var flags = headers.isEmpty ? [] : ["--http-header"]
        if allowPrivateNetwork { flags.append("--allow-private-network") }
        if pages != nil { flags.append("--pages") }
        if maxPages != nil { flags.append("--max-pages") }
        try AccessOptions.requireURL(for: flags, among: sources)
        return try AccessOptions(
            headers: headers, allowsPrivateNetwork: allowPrivateNetwork, pages: pages, maximumPages: maxPages,
            records: records)
    }
}

/// The same for an import that is continued, whose pages the log knows.
struct ResumeAccessArguments: ParsableArguments {
    @Option(
        name: .customLong("from"),
        help: ArgumentHelp(
            "Where the source is now: a path, or the whole URL if it has a query, which the log does not keep.",
            valueName: "source"))
    var source: String?

    @Option(
        name: .customLong("http-header"),
        help: ArgumentHelp("Send this header with requests (repeatable).", valueName: "header"))
    var headers: [String] = []

    @Flag(help: "Allow URLs that resolve to private or loopback addresses.")
    var allowPrivateNetwork = false

    func options() throws -> AccessOptions {
        try AccessOptions(
            headers: headers, allowsPrivateNetwork: allowPrivateNetwork, pages: nil, maximumPages: nil, records: nil)
    }
}

struct BatchOptions: ParsableArguments {
    @Option(
        name: .customLong("batch-id"),
        help: ArgumentHelp("The batch (delivery) these sources belong to.", valueName: "id"))
    var id: String?

    @Option(help: ArgumentHelp("The part number of the (first) source, from 1.", valueName: "n"))
    var part: UInt32?

    @Option(help: ArgumentHelp("How many parts the batch has.", valueName: "n"))
    var totalParts: UInt32?

    @Option(
        help: ArgumentHelp("How many records the whole batch has; shown next to those received.", valueName: "n"))
    var totalItems: UInt64?

    func validate() throws {
        if id == nil && (part != nil || totalParts != nil || totalItems != nil) {
            throw ValidationError("--part, --total-parts and --total-items belong to a batch: name it with --batch-id.")
        }
        if part == 0 { throw ValidationError("Parts are numbered from 1; --part 0 was given.") }
    }

    /// Whether a batch is named whose parts are numbered, but not which part this is.
    func isOfNoPart(of count: Int) -> Bool { id != nil && totalParts != nil && part == nil && count == 1 }

    /// The part that the source at `index` is: several sources are parts one after the other.
    func batch(index: Int, of count: Int) -> ImportSubmitted.Batch? {
        guard let id else { return nil }
        let isNumbered = part != nil || count > 1
        return ImportSubmitted.Batch(
            id: id, part: isNumbered ? (part ?? 1) + UInt32(index) : nil,
            totalParts: totalParts ?? (count > 1 && part == nil ? UInt32(count) : nil), totalItems: totalItems)
    }
}
