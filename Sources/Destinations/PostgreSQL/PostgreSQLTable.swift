internal import Records

/// A table as it appears in the database.
struct PostgreSQLTable {
    struct Column: Equatable {
        var name: String
        /// As the server writes it: `numeric(10,2)`, `text[]`, `public.mood`.
        var type: String
        var isNotNull: Bool
        var hasDefault: Bool
        /// Computed, so that it takes no value.
        var isGenerated: Bool
        /// Numbered by the server (GENERATED ALWAYS AS IDENTITY): it takes a value where an INSERT insists, and no UPDATE
        /// changes it.
        var isFixedIdentity = false
        /// Quoted, with its schema; nil for the one that the type has anyway.
        var collation: String?
        /// What a domain is made of; nil for other types.
        var baseType: String?
        /// How its values were written, where its type was guessed and keeps only what they are worth.
        var spelling: ValueSpelling?
    }

    struct ForeignKey {
        var name: String
        var columns: [String]
        /// Quoted, with its schema.
        var parent: String
        var parentColumns: [String]
        var isToItself: Bool
    }

    /// A foreign key of another table whose rows change when one of this table goes.
    struct Dependent {
        var table: String
        var columns: [String]
        var ourColumns: [String]
        /// Whether row level security hides rows of it from the role.
        var isHidden: Bool
        /// Whether it is the table itself, or a part of it.
        var isToItself: Bool

        /// Whether a row under `d` refers to the one under `t`, and is another one.
        var refers: String {
            "\(PostgreSQLIdentifier.refers(columns, to: ourColumns)) AND (d.tableoid, d.ctid) <> (t.tableoid, t.ctid)"
        }
    }

    var oid: String
    var schema: String
    var name: String
    let columns: [Column]
    /// Where the columns stand, by their names, and by those that are the only one except for the case of letters.
    let places: (exact: [String: Int], folded: [String: Int])
    var primaryKey: [String]
    /// The columns of every unique index that holds for all rows, the primary key first.
    var uniqueKeys: [[String]]
    /// The same, by the names of the indexes; those of a partitioned table's parts too.
    var uniqueIndexes: [String: Set<String>]
    /// The columns of those among them that ON CONFLICT takes: DEFERRABLE constraints are none.
    var arbiters: [[String]]
    /// The columns of those that are judged later, if that is asked for, by the names of their constraints.
    var deferrableKeys: [String: [String]]
    /// The unique indexes that could not be built (CREATE INDEX CONCURRENTLY): they are no key's.
    var invalidIndexes: [String]
    /// The unique indexes, partial ones and those on expressions included.
    var namedUniqueIndexes: [UniqueIndex]
    /// The columns of every index, in index order; those of a partial one too.
    var indexes: [[String]]
    /// Whether there are unique or exclusion constraints of other kinds: partial ones, or of expressions.
    var hasOtherUniqueness: Bool
    /// Whether it has no constraints, no index but one and nothing that is computed: what the types take and is not NULL, it
    /// takes.
    var refusesTypesOnly: Bool
    var foreignKeys: [ForeignKey]
    var dependents: [Dependent]
    /// Triggers that someone made, and not the server for a foreign key.
    var hasTriggers: Bool
    var hasBeforeTriggers: Bool
    var hasAfterTriggers: Bool
    /// Whether a trigger may keep a row from being updated that would get other values.
    var mayKeepUpdates: Bool
    /// Rules of its own, or which rows someone may write: COPY passes the former by and refuses the latter.
    var hasRules: Bool
    /// What its rules rewrite: `INSERT`, `UPDATE`, `DELETE`.
    var ruledCommands: Set<String>
    /// Whether policies may hide rows from the role.
    var mayHideRows: Bool
    var isPartitioned: Bool
    /// Whether the role may read all of its columns.
    var isReadable: Bool

    var quotedName: String { PostgreSQLIdentifier.quoted(schema) + "." + PostgreSQLIdentifier.quoted(name) }

    /// The table where its rows are read, changed or deleted: without those of tables that inherit from it, which are other
    /// tables' rows. A partitioned table has none of its own.
    var ownRows: String { isPartitioned ? quotedName : "ONLY \(quotedName)" }

    /// What may keep a row as it is although a statement changes or deletes it, and says nothing.
    var keeper: Keeper? { hasBeforeTriggers ? .trigger : mayHideRows ? .policy : nil }

    enum Keeper { case trigger, policy }

    /// What a row stays for that a rollback was to change, and what to do about it; nil if nothing can have kept it.
    var keptWords: String? {
        keeper.map {
            switch $0 {
            case .trigger:
                "a trigger of the table\(isPartitioned ? ", or of its part," : "") kept it: \(disabling), then roll back again"
            case .policy:
                "row-level security kept it as it is: roll back as a role whose policies let it change the row"
            }
        }
    }

    /// What is said of a row that a trigger made something else of while it, or others, were undone, as a literal.
    func changedWords(withOthers: Bool = false) -> String {
        let how = withOthers ? "changed it while other rows were rolled back" : "changed it again during the rollback"
        return PostgreSQLIdentifier.literal("a trigger of the table \(how): \(disabling), then roll back again")
    }

    private var disabling: String {
        isPartitioned
            ? "run ALTER TABLE … DISABLE TRIGGER USER there"
            : "run ALTER TABLE \(quotedName) DISABLE TRIGGER USER"
    }

    /// What is said of a row that is not restored, since rows of these tables would change as well.
    func wouldChangeWords(_ tables: [String]) -> String {
        let who = hasTriggers ? "a trigger" : "a rule or a foreign key"
        let words = "\(who) of the table would also change rows of \(tables.joined(separator: ", "))"
        return hasTriggers ? "\(words): to leave those as they are, \(disabling), then restore again" : words
    }

    /// Whether its name, in SQL, is still its own.
    var isStillOfItsName: String {
        "to_regclass(\(PostgreSQLIdentifier.literal(quotedName)))::oid IS NOT DISTINCT FROM \(oid)::oid"
    }

    /// The columns that rows are described by.
    var described: [Column] { columns.filter { !$0.isGenerated } }

    /// A column by its exact name, or the only one that is the same except for the case of letters.
    func column(_ name: String) -> Column? {
        (places.exact[name] ?? places.folded[PostgreSQLIdentifier.folded(name)]).map { columns[$0] }
    }

    static func places(of columns: [Column]) -> (exact: [String: Int], folded: [String: Int]) {
        let folded = Dictionary(grouping: columns.indices) { PostgreSQLIdentifier.folded(columns[$0].name) }
        return (
            Dictionary(uniqueKeysWithValues: columns.indices.map { (columns[$0].name, $0) }),
            folded.compactMapValues { $0.count == 1 ? $0[0] : nil }
        )
    }

    /// What tells a row from all others: the primary key or another unique key without NULLs; empty if there is none.
    var identity: [String] {
        if !primaryKey.isEmpty { return primaryKey }
        return uniqueKeys.first { key in key.allSatisfy { column($0)?.isNotNull == true } } ?? []
    }

    func isUnique(_ key: [String]) -> Bool { Self.has(uniqueKeys, names(of: key)) }

    /// Whether ON CONFLICT can name these columns.
    func isArbiter(_ key: [String]) -> Bool { Self.has(arbiters, names(of: key)) }

    private func names(of key: [String]) -> Set<String> { Set(key.map { column($0)?.name ?? $0 }) }

    private static func has(_ keys: [[String]], _ wanted: Set<String>) -> Bool { keys.contains { Set($0) == wanted } }

    /// Whether rows are found by these columns without reading the whole table.
    func isIndexed(_ key: [String]) -> Bool {
        let wanted = Set(key.map { column($0)?.name ?? $0 })
        return indexes.contains { Set($0.prefix(key.count)) == wanted }
    }
}
