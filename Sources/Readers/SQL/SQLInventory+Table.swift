internal import Records

extension SQLInventory {
    /// A table that rows go into.
    struct Table: Sendable {
        let name: String
        /// Its name's parts, in lower case.
        let parts: [String]
        /// Where its first statement begins.
        let start: RecordLocation
        /// The byte after its last statement.
        var end: UInt64 = 0
        var records: UInt64 = 0
        /// The columns of the first statement that lists some.
        var listed: [String]?
        /// All columns that statements list, in the order that they come in.
        var all: [String] = []
        var listsDiffer = false
        /// A statement lists no columns.
        var hasUnlisted = false
        /// The line from which on there are both kinds.
        var partlyListed: UInt64?
        /// How many values the first row of such a statement has.
        var unlistedCount: Int?
        /// Which of them are DEFAULT.
        var unlistedDefaults: [Int] = []
        /// Which of them are NULL.
        var unlistedNulls: [Int] = []
        /// Columns that the statement lists as the first one, with their places in its rows, of which none has been seen.
        var undecided: [(place: Int, name: String)] = []
        /// Columns, in lower case, for which the first row that lists them has DEFAULT, or NULL.
        var defaults: Set<String> = []
        var nulls: Set<String> = []
        /// The most values of a row of an INSERT without a column list that the table's definition has columns for.
        var mostUnlisted = 0
        /// Other such rows have fewer.
        var unlistedDiffer = false
        /// What a statement of it means, only the file's beginning knows: there are a delimiter that was said, conditions
        /// or the clauses of INSERT ALL.
        var needsFileStart = false
        var statements = 0
        var copies = 0
        /// Where the lines of its last COPY begin and end, if they are as `pg_dump` writes them.
        var lines: Range<UInt64>?
        /// Something stands where a row or its end should be.
        var isDisordered = false
        /// How its rows are put in: more than one way where one of them may replace or leave out rows that are there.
        var verbs = SQLInsertVerb.Set()
        /// The databases or schemas that were chosen where rows of it stand.
        var scopes: [String] = []
        /// How often one had been chosen when the last statement began.
        var choices = -1
        /// The definition that the rows without a column list have been read with so far.
        var definition: SQLTableDefinition?
        /// Where other columns came into force; such rows after it cannot be read with the ones before it.
        var redefined: UInt64?
        /// The line of that, where there are such rows.
        var otherColumns: UInt64?
        /// The line from which on its rows are of another database or schema.
        var otherScope: UInt64?
        /// What changes rows of it that are before that.
        var changes: [SQLChange] = []
    }
}

extension SQLInventory.Table {
    /// SQL Server's `#t` and `@t`, which are there only while the script runs.
    var isOfScript: Bool { parts.last?.first.map { $0 == "#" || $0 == "@" } ?? false }

    /// What rows without a column list are read as, where no definition tells: those of the lists, if their number fits.
    var guessedColumns: [String]? {
        guard let listed, hasUnlisted, !listsDiffer, unlistedCount ?? listed.count == listed.count else { return nil }
        return listed
    }

    /// Takes the columns that a statement lists.
    mutating func list(_ columns: [String]) {
        if let listed {
            if SQLColumns.areSame(listed, columns) {
                if listsDiffer { undecided = [] }
                return
            }
            listsDiffer = true
        } else {
            listed = columns
        }
        let known = Set(all.map { $0.lowercased() })
        undecided = []
        for (place, name) in columns.enumerated()
        where !known.contains(name.lowercased()) && all.count < SQLLayout.maximumColumnCount {
            all.append(name)
            undecided.append((place, name.lowercased()))
        }
    }

    /// Takes a row of a statement that lists columns: where it has DEFAULT and NULL.
    mutating func decide(_ defaultPlaces: [Int], _ nullPlaces: [Int]) {
        for (place, name) in undecided {
            if defaultPlaces.contains(place) { defaults.insert(name) }
            if nullPlaces.contains(place) { nulls.insert(name) }
        }
        undecided = []
    }
}
