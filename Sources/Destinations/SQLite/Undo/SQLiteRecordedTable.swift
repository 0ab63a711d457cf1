internal import CSQLite
internal import Glibc
internal import Records

/// What undo data needs to know of a table.
final class SQLiteRecordedTable {
    let name: String
    /// Its columns are all that are stored and not computed.
    let description: SQLiteRowDescription
    var columns: [String] { description.columns }
    /// Where the hook has these columns. It counts in storage order, in which virtual columns do not occur.
    let storagePlaces: [Int32]
    /// The primary key's places among the hook's columns and among `columns`; empty if the rowid is the key.
    let keyPlaces: [Int32]
    let keyColumns: [Int]
    let hasRowID: Bool
    /// Whether rows have rowids that no column shows.
    let hidesRowIDs: Bool
    /// Whether nothing is noted of it: it is one of Waybill's own tables, one that a virtual table keeps its content in, or
    /// one whose rows nothing can name.
    /// What triggers do to a virtual table, they undo when the row that they fire for is undone.
    let isIgnored: Bool
    /// Those of them that have a default, by where the hook has them.
    private let columnsWithDefault: [Int32: SQLiteTable.Column]
    private var knownDefaults: [Int32: [UInt8]] = [:]
    private let cName: [CChar]
    private let isUTF8: Bool

    /// - Parameter isUTF8: whether the database keeps its texts in UTF-8.
    init(_ table: SQLiteTable, isUTF8: Bool, in connection: SQLiteConnection) throws {
        self.isUTF8 = isUTF8
        name = table.name
        hasRowID = table.hasRowID
        hidesRowIDs = table.hasRowID && table.rowIDAlias == nil
        let isNameless = table.hasRowID && table.rowIDAlias == nil && table.rowIDName == nil
        isIgnored = isNameless || SQLiteIdentifier.folded(name).hasPrefix("_waybill_")
        cName = Array(name.utf8CString)
        let stored = table.columns.filter { !$0.isVirtual }
        let described = stored.indices.filter { !stored[$0].isGenerated }
        let columns = described.map { stored[$0].name }
        description = SQLiteRowDescription(
            columns: columns,
            key: hidesRowIDs
                ? try SQLiteRowIdentity(of: table, in: connection)?.spellings(among: columns) ?? [] : [])
        storagePlaces = described.map { Int32($0) }
        columnsWithDefault = Dictionary(
            uniqueKeysWithValues: described.filter { stored[$0].hasDefault }.map { (Int32($0), stored[$0]) })
        let key = table.hasRowID ? [] : table.primaryKey
        keyPlaces = key.compactMap { name in stored.firstIndex { $0.name == name } }.map { Int32($0) }
        keyColumns = key.compactMap { name in described.firstIndex { stored[$0].name == name } }
    }

    /// A table of which nothing is noted.
    private init(ignored name: String) {
        self.name = name
        cName = Array(name.utf8CString)
        isIgnored = true
        isUTF8 = true
        hasRowID = true
        hidesRowIDs = false
        description = SQLiteRowDescription(columns: [], key: [])
        columnsWithDefault = [:]
        storagePlaces = []
        keyPlaces = []
        keyColumns = []
    }

    static func all(_ tables: [SQLiteTable], in connection: SQLiteConnection) throws -> [SQLiteRecordedTable] {
        let isUTF8 = try connection.query("PRAGMA encoding") { $0.text(0) } == ["UTF-8"]
        return try tables.map { try SQLiteRecordedTable($0, isUTF8: isUTF8, in: connection) }
            + SQLiteTable.shadowNames(in: connection).map { SQLiteRecordedTable(ignored: $0) }
    }

    func isNamed(_ name: UnsafePointer<CChar>) -> Bool {
        cName.withUnsafeBufferPointer { strcmp(name, $0.baseAddress!) == 0 }
    }

    /// A text in a hook, until the hook's end.
    func text(of value: OpaquePointer?) -> UnsafeRawBufferPointer {
        // SQLite would copy it to put a zero after it.
        let start = isUTF8 ? sqlite3_value_blob(value) : UnsafeRawPointer(sqlite3_value_text(value))
        return UnsafeRawBufferPointer(start: start, count: Int(sqlite3_value_bytes(value)))
    }

    /// SQLite's hook has this NULL for a column that came after a row, and that the row's record does not have yet, whatever
    /// its default. See decision 51.
    private static let missing = UInt(bitPattern: sqlite3_column_value(nil, 0))

    /// The image of what a column holds, where a row has its default without having it in its record; nil elsewhere.
    ///
    /// - Parameter value: NULL, as the hook has it.
    @inline(__always)
    func defaultImage(_ place: Int32, _ value: OpaquePointer?) throws -> [UInt8]? {
        if columnsWithDefault.isEmpty || UInt(bitPattern: value) != Self.missing { return nil }
        return try defaultImage(place)
    }

    private func defaultImage(_ place: Int32) throws -> [UInt8]? {
        if let known = knownDefaults[place] { return known }
        guard let column = columnsWithDefault[place] else { return nil }
        var image = RowImage()
        image.append(try column.valueInOlderRows())
        knownDefaults[place] = image.bytes
        return image.bytes
    }

    func newKey(_ handle: OpaquePointer?, _ rowID: Int64) -> SQLiteUndoNotes.RowKey {
        hasRowID ? .rowID(rowID) : key { sqlite3_preupdate_new(handle, $0, $1) }
    }

    func oldKey(_ handle: OpaquePointer?, _ rowID: Int64) -> SQLiteUndoNotes.RowKey {
        hasRowID ? .rowID(rowID) : key { sqlite3_preupdate_old(handle, $0, $1) }
    }

    private func key(
        _ value: (Int32, UnsafeMutablePointer<OpaquePointer?>) -> Int32
    ) -> SQLiteUndoNotes.RowKey {
        var image = RowImage()
        for place in keyPlaces {
            var found: OpaquePointer?
            _ = value(place, &found)
            image.append(found)
        }
        return .image(image.bytes)
    }
}
