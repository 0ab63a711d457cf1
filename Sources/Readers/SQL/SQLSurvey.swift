package import Records

/// What an SQL file has, found out by reading it once from front to back.
package struct SQLSurvey: Sendable {
    /// A table that the file has rows of; a section.
    package struct Table: Sendable, Hashable {
        /// Its name as the statements write it, with its schema where they do.
        package let name: String
        package let columns: [String]
        /// Its rows, those included that will be rejected.
        package let recordCount: UInt64
        /// Its statements do not all list the same columns; a column that one leaves out is NULL.
        package let hasDifferentColumnLists: Bool
        /// What changes rows of it that are before that.
        package let changes: [SQLChange]
        /// The line from which on its rows are of another database or schema.
        package let otherScope: UInt64?
        /// The line from which on its rows' columns are guessed.
        package let guessLine: UInt64?
        /// PostgreSQL takes rows of it that have fewer values than the first ones.
        let mayFillFromLeft: Bool
        /// To be given to `SQLReader.init(source:layout:columns:dataStart:)`.
        package let layout: SQLLayout
        package let dataStart: RecordLocation
    }

    /// The tables in the order of their first rows.
    package let tables: [Table]
    /// How many statements of each kind are not data and were skipped: `CREATE TABLE`, `UPDATE`.
    package let otherStatements: [String: Int]
    /// Whether a kind of those that may give rows is one whose rows are read.
    package static func hasOwnRows(_ kind: String) -> Bool {
        ["INSERT in ", "INSERT after ", "GO ", "/ after ", "variable in "].contains(where: kind.hasPrefix)
    }

    /// The kind of the calls that make PostgreSQL's large objects.
    package static let largeObjects = SQLEffect.largeObjects
    /// Those among them that may give rows: `MERGE`, `LOAD DATA`.
    package let statementsWithRows: [String: Int]
    /// An encoding that the script names before some rows, and another one before the first.
    package struct OtherEncoding: Sendable, Hashable {
        package let name: String
        /// The line of the first of the rows.
        package let line: UInt64
    }
    package let otherEncoding: OtherEncoding?
    /// What begins as no statement of any database does.
    package let strays: Strays?
    /// A table whose rows list no columns and do not all have the same: no columns would be right for all of them.
    package struct Mixed: Sendable, Hashable {
        package let name: String
        package let recordCount: UInt64
        /// Where the other columns come into force.
        package let line: UInt64
        /// Some of its rows list their columns, and nothing tells those of the others.
        package let isPartlyListed: Bool

        init?(_ table: SQLInventory.Table, _ inventory: SQLInventory) {
            (name, recordCount) = (table.name, table.records)
            isPartlyListed = table.otherColumns == nil
            let unfitting = table.guessedColumns == nil ? inventory.guessLine(of: table) : nil
            guard let line = table.otherColumns ?? unfitting else { return nil }
            self.line = line
        }

        /// What it is, after the table's name.
        package var what: String {
            isPartlyListed
                ? "from line \(line) on, only some rows list their columns, and there is no CREATE TABLE"
                : "its rows name no columns, and have different ones from line \(line) on"
        }

        package var remedy: String {
            isPartlyListed
                ? "Put the table's CREATE TABLE above them, or add the column list to every INSERT."
                : "Split the file before line \(line), and import each part separately."
        }
    }
    package let mixed: [Mixed]
    /// The tables that the file makes, in lower case.
    let definedTables: Set<String>
    /// The tables' names that differ from others in the case of letters only, and say the same: each one's first spelling.
    let firstSpellings: [String: String]
    let temporaryTables: Set<String>
    /// Where and in what the file ends too early; nil if it does not.
    package let cutOff: String?
    /// The comment that a dump in the file should end with and does not: it was cut off.
    package let missingEnd: String?
    /// The line of a transaction with rows that is never committed.
    package let openTransaction: UInt64?

    /// Reads a file that can be sought in. Throws `DataError`: `.malformed` if the file is UTF-16, `.unusableOption` for
    /// options that do not fit, `.unreadable` if the source cannot be read.
    package init(of source: any ByteSource, options: SQLOptions = SQLOptions()) throws {
        let (input, layout, start) = try SQLReader.head(of: source, options: options)
        var builder = SQLChunkBuilder(layout: layout, columns: [])
        builder.inventory = SQLInventory(dialect: layout.dialect)
        var reader = SQLReader(input: input, size: source.size, builder: builder, dataStart: start)
        var chunk = Chunk()
        while try reader.fill(&chunk, limit: ChunkLimit(bytes: 1 << 20)) {}
        var inventory = reader.builder.inventory ?? SQLInventory(dialect: layout.dialect)
        inventory.end(at: reader.location.byteOffset)
        otherStatements = inventory.skipped
        statementsWithRows = inventory.withRows
        strays = inventory.strays
        otherEncoding = inventory.otherEncoding
        mixed = inventory.tables.compactMap { Mixed($0, inventory) }
        let mixedNames = Set(mixed.map(\.name))
        temporaryTables = inventory.temporary
        cutOff = inventory.cutOff
        missingEnd = inventory.missingEnd
        openTransaction = inventory.openTransaction
        definedTables = Set(inventory.definitions.keys.map { $0.lowercased() })
        firstSpellings = Self.firstSpellings(of: inventory, layout.dialect)
        // What follows the last of all statements is its table's, and so is the word on how the file ends.
        let lastEnd = inventory.tables.map(\.end).max()
        tables = inventory.tables.filter { !mixedNames.contains($0.name) }.map {
            Table($0, inventory, layout, fileStart: start, isLast: $0.end == lastEnd)
        }
    }
}

extension SQLSurvey.Table {
    init(
        _ table: SQLInventory.Table, _ inventory: SQLInventory, _ common: SQLLayout, fileStart: RecordLocation,
        isLast: Bool
    ) {
        let (unlisted, computed) = inventory.unlistedColumns(of: table)
        let known = Set(unlisted.map { $0.lowercased() })
        name = table.name
        let listed = table.all.filter { !known.contains($0.lowercased()) }
        let numbered = inventory.numberedColumns(of: table)
        let given = listed.filter { !numbered.contains($0.lowercased()) }
        let columns = unlisted + (unlisted.isEmpty && given.isEmpty ? listed : given)
        self.columns = columns
        recordCount = table.records
        changes = table.changes
        otherScope = table.otherScope
        guessLine = inventory.guessLine(of: table)
        let end = isLast ? .max : table.end
        let changes = inventory.backslashChanges.prefix { $0 < end }
        // So many that the log would have to carry them: reading from the file's beginning finds them again.
        let needsFileStart = table.needsFileStart || changes.count > Self.mostBackslashChanges
        let isSame = table.listed.map { SQLColumns.areSame($0, columns) } ?? true
        hasDifferentColumnLists = table.listsDiffer || !isSame
        var layout = common
        layout.table = table.name
        layout.unlistedColumns = table.hasUnlisted ? unlisted.count : columns.count
        layout.computed = computed
        layout.numbered = listed.filter { !columns.contains($0) }
        mayFillFromLeft = table.mostUnlisted > 0 && table.copies == 0
        layout.fillsFromLeft = mayFillFromLeft && table.unlistedDiffer
        layout.isUniform =
            !hasDifferentColumnLists && !needsFileStart && !table.isDisordered && table.copies == 0
            && layout.unlistedColumns == columns.count && computed.isEmpty && !layout.fillsFromLeft
        if table.statements == 1 && table.copies == 1 && !hasDifferentColumnLists && !needsFileStart {
            layout.lines = table.lines
        }
        layout.end = isLast ? nil : table.end
        if !needsFileStart {
            let before = changes.prefix { $0 <= table.start.byteOffset }.count
            layout.backslashChanges = (before % 2 == 1 ? [0] : []) + changes.dropFirst(before)
        }
        self.layout = layout
        dataStart = needsFileStart ? fileStart : table.start
    }

    private static let mostBackslashChanges = 256
}
