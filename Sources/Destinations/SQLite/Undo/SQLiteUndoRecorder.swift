internal import CSQLite
internal import Glibc
internal import Records

/// Notes every change of a row that a chunk makes, those of its triggers and cascading foreign keys included, as SQLite
/// is about to make it.
///
/// Rows that are inserted one after the other, each by the next record, are noted as one run.
final class SQLiteUndoRecorder {
    enum Kind: Int64 {
        case insert = 1
        case update, delete
        /// A column's guessed type became text: `row` is the column's name and `before` the type.
        case widening
    }

    /// A change, or a run of insertions.
    struct Change {
        /// The place of the table among `tables`.
        var table: Int
        var kind: Kind
        var row: RowKey
        /// The first usable record of the chunk that it belongs to, from 0.
        var record: Int
        var count = 1
        /// Where the row before the change stands in `images`.
        var before: Range<Int>?
        /// Where the fingerprints of the rows after the change stand.
        var after: Range<Int>
    }

    /// What a row is found by: the rowid, or the primary key's values where the table has no rowid.
    enum RowKey: Equatable {
        case rowID(Int64)
        case image([UInt8])
    }

    /// How long a run may be: whoever looks for a row looks at the runs that begin so far before it.
    static let longestRun = 1000

    private(set) var changes: [Change] = []
    private(set) var fingerprints: [UInt64] = []
    private(set) var images: [UInt8] = []
    /// The tables of the database: SQL cannot be run from inside a hook.
    private(set) var tables: [SQLiteUndoTable] = []
    /// The record that is being written, from 0.
    var record = 0
    /// An error in a hook cannot be thrown from there; it ends the chunk.
    private(set) var failure: (any Error)?

    private let connection: SQLiteConnection
    private var fingerprint = RowFingerprint()
    /// The table of the last change.
    private var lastName: UnsafePointer<CChar>?
    private var lastPlace = 0

    init(_ connection: SQLiteConnection) { self.connection = connection }

    /// Forgets everything, and looks at the tables anew.
    func reset(_ tables: [SQLiteUndoTable]) {
        self.tables = tables
        changes.removeAll(keepingCapacity: true)
        fingerprints.removeAll(keepingCapacity: true)
        images.removeAll(keepingCapacity: true)
        record = 0
        failure = nil
    }

    /// Runs `body` with every change being noted.
    func recording<T>(_ body: () throws -> T) throws -> T {
        let context = Unmanaged.passUnretained(self).toOpaque()
        sqlite3_preupdate_hook(
            connection.handle,
            { context, handle, operation, database, table, oldRowID, newRowID in
                guard let context, let database, let table, strcmp(database, "main") == 0 else { return }
                Unmanaged<SQLiteUndoRecorder>.fromOpaque(context).takeUnretainedValue()
                    .note(handle, operation, table, oldRowID, newRowID)
            }, context)
        defer { sqlite3_preupdate_hook(connection.handle, nil, nil) }
        let result = try body()
        if let failure { throw failure }
        return result
    }

    func noteWidening(of column: String, from type: String, in table: String) throws {
        let place = try place(of: table)
        let start = images.count
        images.append(contentsOf: type.utf8)
        changes.append(
            Change(
                table: place, kind: .widening, row: .image(Array(column.utf8)), record: 0,
                before: start..<images.count, after: fingerprints.count..<fingerprints.count))
    }

    // MARK: Taking back what a refused record did

    struct Mark {
        fileprivate var changes: Int
        fileprivate var lastCount: Int
        fileprivate var fingerprints: Int
        fileprivate var images: Int
    }

    var mark: Mark {
        Mark(
            changes: changes.count, lastCount: changes.last?.count ?? 0, fingerprints: fingerprints.count,
            images: images.count)
    }

    func forget(since mark: Mark) {
        changes.removeLast(changes.count - mark.changes)
        fingerprints.removeLast(fingerprints.count - mark.fingerprints)
        images.removeLast(images.count - mark.images)
        guard let last = changes.indices.last else { return }
        changes[last].after =
            changes[last].after.lowerBound..<(changes[last].after.upperBound - changes[last].count + mark.lastCount)
        changes[last].count = mark.lastCount
    }

    // MARK: The hook

    private func note(
        _ handle: OpaquePointer?, _ operation: Int32, _ name: UnsafePointer<CChar>, _ oldRowID: Int64, _ newRowID: Int64
    ) {
        do {
            let place = try place(of: name)
            let table = tables[place]
            if table.isOurs { return }
            switch operation {
            case SQLITE_INSERT: noteInsert(place, table, table.newKey(handle, newRowID), handle)
            case SQLITE_DELETE: noteDelete(place, table, table.oldKey(handle, oldRowID), handle)
            default:
                let (old, new) = (table.oldKey(handle, oldRowID), table.newKey(handle, newRowID))
                guard old == new else {
                    noteDelete(place, table, old, handle)
                    return noteInsert(place, table, new, handle)
                }
                let before = oldImage(handle, table)
                let after = newFingerprint(handle, table)
                changes.append(
                    Change(table: place, kind: .update, row: old, record: record, before: before, after: after))
            }
        } catch {
            failure = failure ?? error
        }
    }

    private func noteInsert(_ place: Int, _ table: SQLiteUndoTable, _ row: RowKey, _ handle: OpaquePointer?) {
        let after = newFingerprint(handle, table)
        if let last = changes.indices.last, changes[last].kind == .insert, changes[last].table == place,
            changes[last].count < Self.longestRun, changes[last].record + changes[last].count == record,
            case .rowID(let first) = changes[last].row, case .rowID(let next) = row,
            first &+ Int64(changes[last].count) == next
        {
            changes[last].count += 1
            changes[last].after = changes[last].after.lowerBound..<after.upperBound
            return
        }
        changes.append(Change(table: place, kind: .insert, row: row, record: record, before: nil, after: after))
    }

    private func noteDelete(_ place: Int, _ table: SQLiteUndoTable, _ row: RowKey, _ handle: OpaquePointer?) {
        let before = oldImage(handle, table)
        changes.append(
            Change(
                table: place, kind: .delete, row: row, record: record, before: before,
                after: fingerprints.count..<fingerprints.count))
    }

    private func oldImage(_ handle: OpaquePointer?, _ table: SQLiteUndoTable) -> Range<Int> {
        var image = RowImage()
        for column in table.storagePlaces {
            var value: OpaquePointer?
            sqlite3_preupdate_old(handle, column, &value)
            image.append(value)
        }
        let start = images.count
        images.append(contentsOf: image.bytes)
        return start..<images.count
    }

    private func newFingerprint(_ handle: OpaquePointer?, _ table: SQLiteUndoTable) -> Range<Int> {
        fingerprint.reset()
        for column in table.storagePlaces {
            var value: OpaquePointer?
            sqlite3_preupdate_new(handle, column, &value)
            fingerprint.add(value)
        }
        fingerprints.append(fingerprint.value)
        return (fingerprints.count - 1)..<fingerprints.count
    }

    private func place(of name: UnsafePointer<CChar>) throws -> Int {
        // SQLite gives the same pointer for the same table nearly always.
        if name == lastName, tables.indices.contains(lastPlace), tables[lastPlace].isNamed(name) { return lastPlace }
        let place = try search(name)
        (lastName, lastPlace) = (name, place)
        return place
    }

    private func search(_ name: UnsafePointer<CChar>) throws -> Int {
        if let place = tables.firstIndex(where: { $0.isNamed(name) }) { return place }
        return try place(of: String(cString: name))
    }

    private func place(of name: String) throws -> Int {
        if let place = tables.firstIndex(where: { SQLiteIdentifier.isSame($0.name, name) }) { return place }
        throw DataError(
            .conflict, "the table \(name) of \(connection.path) was made while a chunk was written",
            remedy: "Resume the import.")
    }
}
