internal import CSQLite
internal import Records

/// Looks at the rows of a run together, and gives them back what they were: in the table, too, they stand one after the
/// other.
///
/// It treats only rows that are as the run left them. All others, and those whose change the database refuses, are left
/// to those who look at each row by itself.
final class SQLiteRuns {
    private let connection: SQLiteConnection
    /// Of the table, as SQL has it; the same of its columns and its rowid.
    private let name: String
    private let columns: [String]
    private let rowID: String
    /// Which columns turn numbers to texts: how these were spelled, only those know who look at single rows.
    private let isText: [Bool]
    private let select: SQLiteStatement
    private let delete: SQLiteStatement
    private var updates: [UInt64: SQLiteStatement] = [:]
    private var fingerprint: RowFingerprint

    /// Rows may differ in ever other columns.
    private static let mostUpdates = 64

    /// - Parameter description: how undo data describes the table's rows.
    init(_ table: SQLiteTable, _ description: SQLiteRowDescription, in connection: SQLiteConnection) throws {
        self.connection = connection
        fingerprint = RowFingerprint(key: description.key)
        let columns = description.columns
        name = "main.\(try SQLiteIdentifier.quoted(table.name))"
        self.columns = try columns.map(SQLiteIdentifier.quoted)
        rowID = SQLiteReversedTable.rowIDName(table)
        isText = columns.map { table.column($0)?.declaredType == "TEXT" }
        select = try connection.prepare(
            "SELECT \((self.columns + [rowID]).joined(separator: ", ")) FROM \(name) WHERE \(rowID) BETWEEN ?1 AND ?2")
        delete = try connection.prepare("DELETE FROM \(name) WHERE \(rowID) BETWEEN ?1 AND ?2")
    }

    /// Gives the places of rows that are as the run left them, in their order.
    ///
    /// - Parameter ranges: those that are looked at, counted from 0.
    func forEachSame(_ run: SQLiteUndoChange, among ranges: [Range<Int>], _ body: (Int) throws -> Void) throws {
        guard case .rowID(let first) = run.row, run.fingerprints.count == run.count else { return }
        for range in ranges {
            defer { select.clear() }
            _ = select.bind(integer: first &+ Int64(range.lowerBound), at: 1)
            _ = select.bind(integer: first &+ Int64(range.upperBound - 1), at: 2)
            rows: while true {
                switch select.step() {
                case SQLITE_ROW: break
                case SQLITE_DONE: break rows
                case let code: throw connection.error(code)
                }
                fingerprint.reset()
                for column in columns.indices { fingerprint.add(select.value(Int32(column))) }
                let place = Int(select.integer(Int32(columns.count)) &- first)
                if fingerprint.value == run.fingerprints[place] { try body(place) }
            }
        }
    }

    /// Removes rows of a run of insertions, and gives the places of those that are gone.
    func remove(_ run: SQLiteUndoChange, among ranges: [Range<Int>]) throws -> RangeSet<Int> {
        var same = RangeSet<Int>()
        try forEachSame(run, among: ranges) { same.insert(contentsOf: $0..<$0 + 1) }
        var removed = RangeSet<Int>()
        guard case .rowID(let first) = run.row else { return removed }
        for range in same.ranges.reversed() {
            defer { delete.clear() }
            _ = delete.bind(integer: first &+ Int64(range.lowerBound), at: 1)
            _ = delete.bind(integer: first &+ Int64(range.upperBound - 1), at: 2)
            if try isDone(delete.step()) { removed.insert(contentsOf: range) }
        }
        return removed
    }

    /// Gives rows of a run of updates back what they were, and gives the places of those that are.
    func restore(_ run: SQLiteUndoChange, among ranges: [Range<Int>]) throws -> RangeSet<Int> {
        guard case .rowID(let first) = run.row, let befores = run.befores else { return RangeSet() }
        return try befores.bytes.withUnsafeBytes { bytes in
            var same: [(place: Int, differences: UInt64)] = []
            try forEachSame(run, among: ranges) { place in
                let image = UnsafeRawBufferPointer(rebasing: bytes[befores.range(of: place)])
                if let differences = differences(from: image) { same.append((place, differences)) }
            }
            var restored = RangeSet<Int>()
            // What is in a row's way may be one that was changed after it.
            for (place, differences) in same.reversed() {
                let image = UnsafeRawBufferPointer(rebasing: bytes[befores.range(of: place)])
                if try differences == 0 || update(first &+ Int64(place), image, differences) {
                    restored.insert(contentsOf: place..<place + 1)
                }
            }
            return restored
        }
    }

    // MARK: One row

    /// The last bit stands for all columns from its own on.
    private static func bit(_ column: Int) -> UInt64 { 1 << UInt64(min(column, 63)) }

    /// Which columns of the row that `select` is at differ from an image, as bits; nil if that must be seen otherwise.
    private func differences(from image: UnsafeRawBufferPointer) -> UInt64? {
        var differences: UInt64 = 0
        var index = 0
        for column in columns.indices {
            guard let part = RowImage.Part(of: image, at: index) else { return nil }
            if isText[column] && part.isNumber { return nil }
            if !part.isSame(as: select.value(Int32(column))) { differences |= Self.bit(column) }
            index = part.end
        }
        return index == image.count ? differences : nil
    }

    /// Only what differs is written: an index whose columns stay need not be touched.
    private func update(_ row: Int64, _ image: UnsafeRawBufferPointer, _ differences: UInt64) throws -> Bool {
        let wanted = updates[differences] == nil && updates.count >= Self.mostUpdates ? UInt64.max : differences
        let update = try updates[wanted] ?? self.update(of: wanted)
        updates[wanted] = update
        defer { update.clear() }
        var index = 0
        var parameter: Int32 = 0
        for column in columns.indices {
            guard let part = RowImage.Part(of: image, at: index) else { return false }
            if wanted & Self.bit(column) != 0 {
                parameter += 1
                part.bind(to: update, at: parameter)
            }
            index = part.end
        }
        _ = update.bind(integer: row, at: parameter + 1)
        return try isDone(update.step()) && connection.changes == 1
    }

    private func update(of differences: UInt64) throws -> SQLiteStatement {
        let sets = columns.indices.filter { differences & Self.bit($0) != 0 }
            .enumerated().map { "\(columns[$1]) = ?\($0 + 1)" }
        return try connection.prepare(
            "UPDATE OR ABORT \(name) SET \(sets.joined(separator: ", ")) WHERE \(rowID) = ?\(sets.count + 1)")
    }

    /// Whether a statement was not refused.
    private func isDone(_ code: Int32) throws -> Bool {
        if code == SQLITE_DONE { return true }
        let error = connection.error(code)
        if error.code == .destination { return false }
        throw error
    }
}
