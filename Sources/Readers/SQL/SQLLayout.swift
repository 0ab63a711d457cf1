internal import Records

/// How SQL is written where databases differ.
package enum SQLDialect: String, Sendable, CaseIterable {
    /// SQLite, SQL Server and others: a backslash is itself, `[…]` are identifiers, comments do not nest.
    case standard
    /// MySQL and MariaDB: a backslash escapes in all strings, `"…"` is a string, `#` begins a comment.
    case mysql
    /// PostgreSQL: a backslash escapes in `E'…'` only, `$tag$ … $tag$` is a string, comments nest.
    case postgresql
}

/// How a table's rows are in an SQL file, with nothing left open: what a reader needs to know to begin anywhere in it.
package struct SQLLayout: Sendable, Hashable {
    package var dialect: SQLDialect
    /// The table as its statements name it, with its schema where they do: `public.orders`.
    package var table: String
    /// How many values a row has in a statement that lists no columns: they are those of the first columns.
    package var unlistedColumns: Int
    /// All statements of the table have the section's columns in their order, so that a row can be read without the
    /// beginning of its statement. Otherwise seeking reads on from the section's start.
    package var isUniform: Bool
    /// The byte after the table's last statement; nil if the section goes on to the file's end.
    package var end: UInt64?
    /// The lines of the COPY that all of the table's rows are in, where there is one such: each line's place says by
    /// itself what comes next.
    package var lines: Range<UInt64>?
    /// Which values of a row without a column list are of computed columns, which the section does not have.
    package var computed: [Int]
    /// Where a setting makes backslashes escape in strings, or no longer; what the dialect has is in force up to the first.
    package var backslashChanges: [UInt64]
    /// Statements without a column list may have fewer values than the table has columns: they are those of the first ones.
    package var fillsFromLeft: Bool
    /// Lines with `GO` end what is before them, and so the bodies of procedures and triggers.
    package var hasBatches: Bool
    /// `0x10` is 16, as in PostgreSQL and SQLite, and no byte.
    package var hexIsNumber: Bool
    /// Columns that statements list and the section does not have: the table numbers them, as their DEFAULT or NULL says.
    package var numbered: [String]
    /// What the text was turned into UTF-8 from, which `_binary '…'` has the bytes of.
    package var encoding = TextEncoding.utf8
    /// Rows of other tables become rejects, because nobody else will read them: a pipe is read once.
    package var rejectsOtherTables: Bool
    /// The longest record, in bytes; a longer one becomes a reject. A statement's beginning up to `VALUES` counts as one.
    package var maxRecordBytes: Int

    package static let defaultMaxRecordBytes = 16 << 20
    /// Offsets in a chunk have 32 bits, and lengths have 30.
    package static let largestMaxRecordBytes = 1 << 29
    /// More columns than any database has.
    static let maximumColumnCount = 32_767

    package init(
        dialect: SQLDialect, table: String, unlistedColumns: Int, isUniform: Bool = false, end: UInt64? = nil,
        lines: Range<UInt64>? = nil, computed: [Int] = [], backslashChanges: [UInt64] = [],
        fillsFromLeft: Bool = false, hasBatches: Bool = false, hexIsNumber: Bool = false, numbered: [String] = [],
        rejectsOtherTables: Bool = false,
        maxRecordBytes: Int = defaultMaxRecordBytes
    ) {
        self.dialect = dialect
        self.table = table
        self.unlistedColumns = unlistedColumns
        self.isUniform = isUniform
        self.end = end
        self.lines = lines
        self.computed = computed
        self.backslashChanges = backslashChanges
        self.fillsFromLeft = fillsFromLeft
        self.hasBatches = hasBatches
        self.hexIsNumber = hexIsNumber
        self.numbered = numbered
        self.rejectsOtherTables = rejectsOtherTables
        self.maxRecordBytes = maxRecordBytes
    }

    /// What a backslash does at a place between statements, and how many changes are before it.
    func syntax(at byteOffset: UInt64) -> (SQLSyntax, changes: Int) {
        let changes = backslashChanges.prefix { $0 <= byteOffset }.count
        let usual = SQLSyntax(dialect)
        return (SQLSyntax(dialect, hasBackslashes: usual.hasBackslashes != (changes % 2 == 1)), changes)
    }

    /// Throws `DataError(.unusableOption)` for a layout that no file can be read with.
    func check() throws {
        guard !(1...Self.largestMaxRecordBytes).contains(maxRecordBytes) else { return }
        throw DataError(
            .unusableOption, "a record limit of \(maxRecordBytes) bytes is not possible",
            remedy: "Give 1 to \(Self.largestMaxRecordBytes) bytes.")
    }
}

/// What the user said of an SQL file; nil is found out from the file.
package struct SQLOptions: Sendable, Hashable {
    package var dialect: SQLDialect?
    /// The table to read, as the file names it; nil if it has only one.
    package var table: String?
    package var maxRecordBytes: Int

    package init(
        dialect: SQLDialect? = nil, table: String? = nil, maxRecordBytes: Int = SQLLayout.defaultMaxRecordBytes
    ) {
        self.dialect = dialect
        self.table = table
        self.maxRecordBytes = maxRecordBytes
    }
}
