internal import CSQLite
internal import Glibc
internal import Records

/// Tells the row that a record becomes from its values alone, where that can be told: asking SQLite for it costs more
/// than all the rest of what is noted of a row.
struct SQLiteWrittenRow {
    let table: SQLiteRecordedTable
    private let columns: [Column]

    private struct Column {
        /// Its place in the records.
        var place: Int
        var hookPlace: Int32
        var content: Content
        /// An update leaves it as it is.
        var isKey: Bool
    }

    fileprivate enum Content {
        /// The value is stored as it is.
        case text
        /// A text that looks like a number is stored as one.
        case numberOrText
        /// The same, but `true` and `false` are stored as 1 and 0.
        case numberOrBoolean
        /// A boolean is stored as 1 or 0.
        case boolean
    }

    /// Nil where a row has more in it than its record's values, or may get more.
    init?(_ target: SQLiteTarget, _ table: SQLiteRecordedTable) {
        guard target.plan.mode == .insert || target.plan.mode == .upsert && !target.looksFirst,
            target.table.triggers.isEmpty, target.table.rowIDAlias == nil, target.defaults.isEmpty
        else { return nil }
        self.table = table
        var columns: [Column] = []
        let storedColumns = target.table.columnsByName
        let places = Dictionary(
            target.plan.columns.enumerated().map { (SQLiteIdentifier.folded($1.name), $0) }
        ) { first, _ in first }
        for (name, hookPlace) in zip(table.columns, table.storagePlaces) {
            let folded = SQLiteIdentifier.folded(name)
            guard let place = places[folded], let stored = storedColumns[folded],
                let content = Content(target.rules[place], stored)
            else { return nil }
            columns.append(
                Column(
                    place: place, hookPlace: hookPlace, content: content, isKey: target.keyColumns.contains(place)))
        }
        self.columns = columns
    }

    /// Adds the row of a record. Returns false if only SQLite can tell it; then something may have been added.
    func add(_ record: Int, of values: Chunk.Values, to fingerprint: inout RowFingerprint) -> Bool {
        for column in columns {
            guard let value = values.value(record: record, column: column.place) else {
                fingerprint.addNull()
                continue
            }
            switch column.content {
            case .text: fingerprint.add(text: value)
            case .boolean:
                guard let flag = BooleanText.value(value) else { return false }
                fingerprint.add(integer: flag ? 1 : 0)
            case .numberOrBoolean where ValueSpelling.boolean(value) != nil:
                fingerprint.add(integer: ValueSpelling.boolean(value)?.value == true ? 1 : 0)
            case .numberOrText, .numberOrBoolean:
                switch NumberText.classify(value) {
                case .text: fingerprint.add(text: value)
                // A larger one may be stored as a real, whose text is another.
                case .integer(let number) where number.magnitude < 1_000_000_000_000_000:
                    fingerprint.add(text: value)
                case .decimal(let number) where number.magnitude < 1e15: fingerprint.add(real: number)
                case .integer, .decimal, .otherNumber: return false
                }
            }
        }
        return true
    }

    /// Whether an update leaves a row with the key as the record spells it: the row keeps its own, which may be another
    /// spelling of the same.
    func keepsKey(of record: Int, in values: Chunk.Values, _ hook: OpaquePointer?) -> Bool {
        columns.allSatisfy { column in
            guard column.isKey else { return true }
            var old: OpaquePointer?
            sqlite3_preupdate_old(hook, column.hookPlace, &old)
            guard let value = values.value(record: record, column: column.place) else { return false }
            switch sqlite3_value_type(old) {
            case SQLITE_TEXT:
                let text = table.text(of: old)
                return text.count == value.count
                    && (text.isEmpty || memcmp(text.baseAddress!, value.baseAddress!, text.count) == 0)
            case SQLITE_INTEGER: return NumberText.classify(value) == .integer(sqlite3_value_int64(old))
            default: return false
            }
        }
    }
}

extension SQLiteWrittenRow.Content {
    fileprivate init?(_ rule: SQLiteValueRule, _ stored: SQLiteTable.Column) {
        switch (rule, stored.type) {
        case (.text, .text), (.given(.text), .text): self = .text
        // A number that is given to a column of texts gets a text of SQLite's own.
        case (_, .text): return nil
        case (.stored(let number), _) where number.readsBooleans: self = .numberOrBoolean
        case (.guessedNominal(.boolean), _), (.given(.boolean), _): self = .boolean
        default: self = .numberOrText
        }
    }
}
