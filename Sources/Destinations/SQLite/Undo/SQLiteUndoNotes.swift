internal import CSQLite
internal import Records

/// What is noted of the changes of rows while a chunk is written.
///
/// The recorder adds to it from inside SQLite's hook, for each row: it copies no object and allocates nothing once its
/// buffers have grown.
struct SQLiteUndoNotes: ~Copyable {
    enum Kind: Int64 {
        case insert = 1
        case update, delete
        /// A column's guessed type became text: `row` is the column's name and `before` the type.
        case widening
        /// A deletion of a row that is not there to be deleted, now that what brought it was undone: `before` only
        /// names it.
        case absence
    }

    /// A change, or a run of changes of one kind: of rows one after the other, each by the next record.
    struct Change {
        /// The place of the table among the recorder's tables.
        var table: Int
        var kind: Kind
        var row: RowKey
        /// The first usable record of the chunk that it belongs to, from 0.
        var record: Int
        var count = 1
        /// Where the rows before the change stand in `images`, one after the other.
        var before: Range<Int>?
        /// Where the fingerprints of the rows after the change stand.
        var after: Range<Int>
    }

    /// What a row is found by: the rowid, or the primary key's values where the table has no rowid.
    enum RowKey: Hashable {
        case rowID(Int64)
        case image([UInt8])
    }

    /// How long a run may be: a search for a row looks at all runs that begin this far before it.
    static let longestRun = 1000
    /// How much a run of updates may keep of rows: a run is written again where one row is taken out of it.
    private static let mostBytesOfRun = 16_000

    private(set) var changes: [Change] = []
    private(set) var fingerprints: [UInt64] = []
    private(set) var images = ByteBuffer(capacity: 1 << 16)
    /// The rows that records found unchanged, all of the table that is written.
    private(set) var unchanged = SQLiteUnchangedRows()
    /// What the next change must be like to prolong the last run.
    private var next = Self.nothing
    private static let nothing: (table: Int, kind: Kind, row: Int64, record: Int) = (-1, .widening, 0, 0)
    /// How much there was when the mark was set.
    private var mark: (changes: Int, lastCount: Int, fingerprints: Int, images: Int, unchanged: Int) = (0, 0, 0, 0, 0)

    mutating func removeAll() {
        changes.removeAll(keepingCapacity: true)
        fingerprints.removeAll(keepingCapacity: true)
        images.shorten(to: 0)
        unchanged.removeAll()
        next = Self.nothing
        setMark()
    }

    // MARK: Taking back what was refused

    mutating func setMark() {
        mark = (changes.count, changes.last?.count ?? 0, fingerprints.count, images.count, unchanged.count)
    }

    /// Forgets what was noted since the mark was set.
    mutating func forgetSinceMark() {
        next = Self.nothing
        changes.removeLast(changes.count - mark.changes)
        fingerprints.removeLast(fingerprints.count - mark.fingerprints)
        images.shorten(to: mark.images)
        unchanged.shorten(to: mark.unchanged)
        guard let last = changes.indices.last else { return }
        changes[last].count = mark.lastCount
        changes[last].after = changes[last].after.lowerBound..<mark.fingerprints
        changes[last].before = changes[last].before.map { $0.lowerBound..<mark.images }
    }

    // MARK: Noting

    @inline(__always)
    mutating func addUnchanged(_ number: Int64, record: Int) { unchanged.add(number, record: record) }

    /// Adds what a row was before the change that is noted next, from inside the hook. Returns where it begins.
    mutating func addImage(_ hook: OpaquePointer?, _ table: SQLiteRecordedTable) throws -> Int {
        let start = images.count
        for column in table.storagePlaces {
            var value: OpaquePointer?
            sqlite3_preupdate_old(hook, column, &value)
            switch sqlite3_value_type(value) {
            case SQLITE_INTEGER:
                images.append(RowImage.Tag.integer)
                images.append(littleEndian: sqlite3_value_int64(value))
            case SQLITE_FLOAT:
                images.append(RowImage.Tag.real)
                images.append(littleEndian: sqlite3_value_double(value).bitPattern)
            case SQLITE_TEXT: addImage(RowImage.Tag.text, table.text(of: value))
            case SQLITE_BLOB:
                let content = sqlite3_value_blob(value)
                addImage(
                    RowImage.Tag.blob, UnsafeRawBufferPointer(start: content, count: Int(sqlite3_value_bytes(value))))
            default:
                if let image = try table.defaultImage(column, value) {
                    image.withUnsafeBytes { images.append(contentsOf: $0) }
                } else {
                    images.append(RowImage.Tag.null)
                }
            }
        }
        return start
    }

    private mutating func addImage(_ tag: UInt8, _ content: UnsafeRawBufferPointer) {
        // One look at the buffer's room, for it is on the way of every value.
        let place = images.reserve(5 + content.count)
        place.storeBytes(of: tag, as: UInt8.self)
        place.storeBytes(of: UInt32(content.count).littleEndian, toByteOffset: 1, as: UInt32.self)
        if let start = content.baseAddress { (place + 5).copyMemory(from: start, byteCount: content.count) }
        images.advance(5 + content.count)
    }

    /// - Parameters:
    ///   - image: where the row before the change begins in `images`; it goes to their end.
    ///   - fingerprint: of the row after the change; nil if there is none then.
    mutating func add(
        _ kind: Kind, table: Int, row: RowKey, record: Int, imageFrom image: Int?, fingerprint: UInt64?
    ) {
        let firstFingerprint = fingerprints.count
        if let fingerprint { fingerprints.append(fingerprint) }
        var number: Int64?
        if case .rowID(let rowID) = row, kind == .insert || kind == .update { number = rowID }
        let last = changes.count - 1
        if let number, table == next.table, kind == next.kind, number == next.row, record == next.record,
            changes[last].count < Self.longestRun,
            image == nil || images.count - changes[last].before!.lowerBound <= Self.mostBytesOfRun
        {
            changes[last].count += 1
            changes[last].after = changes[last].after.lowerBound..<fingerprints.count
            if image != nil { changes[last].before = changes[last].before!.lowerBound..<images.count }
        } else {
            changes.append(
                Change(
                    table: table, kind: kind, row: row, record: record, before: image.map { $0..<images.count },
                    after: firstFingerprint..<fingerprints.count))
        }
        next = number.map { (table, kind, $0 &+ 1, record + 1) } ?? Self.nothing
    }

    mutating func addWidening(of column: String, from type: String, table: Int) {
        let start = images.count
        var type = type
        type.withUTF8 { images.append(contentsOf: UnsafeRawBufferPointer($0)) }
        add(.widening, table: table, row: .image(Array(column.utf8)), record: 0, imageFrom: start, fingerprint: nil)
    }
}
