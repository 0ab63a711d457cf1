internal import CSQLite
internal import Records

/// A table whose rows are undone, as its undo data describes it, with the statements for that.
final class SQLiteReversedTable {
    let name: String
    let columns: [String]
    let key: [RowKeySpelling?]
    let table: SQLiteTable
    /// What rows were that let go of their unique values for a while: to all who ask, they still are.
    var parked: [SQLiteUndoNotes.RowKey: RowImage] = [:]
    var knownParking: SQLiteStatement??
    var knownRivals: [SQLiteStatement]?
    /// Whether rows of any table refer to this one's.
    var isReferredTo: Bool { !referrers.isEmpty }
    /// Whether it has triggers, which fire while rows are undone only where they keep indexes.
    var hasTriggers: Bool { !table.triggers.isEmpty }
    /// Whether it has columns that came after the undo data, into which someone may have written.
    var mayBeTouched: Bool { isTouched != nil }
    private let referrers: [(table: String, columns: [String], ours: [String])]
    /// What tells rows apart where what undo data finds them by does not: a rowid that no column shows, or a key that can be
    /// spelled in several ways.
    let identity: SQLiteRowIdentity?
    private var valuesInOlderRows: [String: RowImage.Value] = [:]
    private var byColumns: [[Int]: SQLiteStatement] = [:]
    private var knownParents: [Parent]?
    private var knownRuns: SQLiteRuns?

    /// What a foreign key of the table refers to.
    struct Parent {
        /// What tells the rows apart that it refers to.
        let identity: SQLiteRowIdentity
        /// The places of its own columns among `columns`.
        fileprivate let places: [Int]
        fileprivate let select: SQLiteStatement

        /// The key that a row of this image refers to; nil if it refers to nothing.
        func key(for image: RowImage) -> SQLiteRowIdentity.Key? {
            let values = image.values
            return identity.key(of: places.map { values[$0] })
        }

        func isThere(for image: RowImage) throws -> Bool {
            let values = image.values
            var isThere = false
            try select.run(places.map { SQLiteValue(values[$0]) }) { _ in isThere = true }
            return isThere
        }
    }
    /// The places of the key among `columns`, for a table without rowid.
    let keyColumns: [Int]
    /// The columns that were widened, newest first: their places among `columns`, and how their values were spelled before.
    let widened: [(place: Int, spelling: SQLiteSpelling)]
    let connection: SQLiteConnection
    private let select: SQLiteStatement
    private let delete: SQLiteStatement
    private let update: SQLiteStatement
    private let insert: SQLiteStatement
    /// Finds a row by its place in which someone wrote into a column that came after the undo data; nil if none came.
    private let isTouched: SQLiteStatement?

    /// - Parameter description: of columns that the table has.
    init(_ table: SQLiteTable, _ description: SQLiteRowDescription, in connection: SQLiteConnection) throws {
        name = table.name
        let columns = description.columns
        self.columns = columns
        key = description.key
        referrers = try SQLiteTable.all(in: connection).flatMap { other in
            other.foreignKeys.filter { SQLiteIdentifier.isSame($0.parent, table.name) }.map {
                (other.name, $0.columns, $0.parentColumns.isEmpty ? table.primaryKey : $0.parentColumns)
            }
        }
        widened = try SQLiteInferredColumns(connection: connection).widened(of: table.name).compactMap { widened in
            guard table.column(widened.column)?.declaredType == "TEXT" else { return nil }
            return columns.firstIndex { SQLiteIdentifier.isSame($0, widened.column) }.map { ($0, widened.spelling) }
        }
        self.table = table
        self.connection = connection
        let known = try SQLiteRowIdentity(of: table, in: connection)
        identity = table.rowIDAlias == nil && (table.hasRowID || known?.hasSpellings == true) ? known : nil
        keyColumns = table.hasRowID ? [] : table.primaryKey.compactMap { columns.firstIndex(of: $0) }
        let quoted = "main.\(try SQLiteIdentifier.quoted(table.name))"
        let names = try columns.map(SQLiteIdentifier.quoted)
        let rowID = Self.rowIDName(table)
        let place = table.hasRowID ? [rowID] : try keyColumns.map { try SQLiteIdentifier.quoted(columns[$0]) }
        func condition(from first: Int) -> String {
            place.enumerated().map { "\($1) IS ?\(first + $0)" }.joined(separator: " AND ")
        }
        select = try connection.prepare(
            "SELECT \(names.joined(separator: ", ")) FROM \(quoted) WHERE \(condition(from: 1))")
        let touches = try table.columns.filter { column in
            !column.isGenerated && !columns.contains { SQLiteIdentifier.isSame($0, column.name) }
        }.compactMap { column -> String? in
            let name = try SQLiteIdentifier.quoted(column.name)
            guard let value = column.defaultValue else { return "\(name) IS NOT NULL" }
            if column.mayHaveDefaultOfEachRow { return nil }
            return "\(name) IS NOT NULL AND \(name) IS NOT (\(value))"
        }
        isTouched =
            touches.isEmpty
            ? nil
            : try connection.prepare(
                "SELECT 1 FROM \(quoted) WHERE \(condition(from: 1)) AND (\(touches.joined(separator: " OR ")))")
        delete = try connection.prepare("DELETE FROM \(quoted) WHERE \(condition(from: 1))")
        let sets = names.enumerated().map { "\($1) = ?\($0 + 1)" }.joined(separator: ", ")
        update = try connection.prepare(
            "UPDATE OR ABORT \(quoted) SET \(sets) WHERE \(condition(from: names.count + 1))")
        let parameters = (1...names.count).map { "?\($0)" }
        insert =
            table.hasRowID && table.rowIDAlias == nil
            ? try connection.prepare(
                "INSERT OR ABORT INTO \(quoted) (\((names + [rowID]).joined(separator: ", "))) VALUES (\((parameters + ["?\(names.count + 1)"]).joined(separator: ", ")))"
            )
            : try connection.prepare(
                "INSERT OR ABORT INTO \(quoted) (\(names.joined(separator: ", "))) VALUES (\(parameters.joined(separator: ", ")))"
            )
    }

    /// What looks at many rows together; nil for a table without rowids.
    func runs() throws -> SQLiteRuns? {
        if knownRuns == nil && table.hasRowID {
            let description = SQLiteRowDescription(columns: columns, key: key)
            knownRuns = try SQLiteRuns(table, description, in: connection)
        }
        return knownRuns
    }

    /// What the rowid is called in statements.
    static func rowIDName(_ table: SQLiteTable) -> String { table.rowIDName ?? table.rowIDAlias ?? "rowid" }

    func values(_ row: SQLiteUndoNotes.RowKey) -> [SQLiteValue] {
        switch row {
        case .rowID(let number): [.integer(UInt64(bitPattern: number))]
        case .image(let bytes): RowImage(bytes: bytes).values.map(SQLiteValue.init)
        }
    }

    /// A column that was widened since takes its numbers in the same spelling as the widening gave the others.
    func parameters(_ image: RowImage) -> [SQLiteValue] {
        image.values.enumerated().map { place, value in
            guard place < columns.count else { return SQLiteValue(value) }
            switch value {
            case .integer(let number):
                guard let spelling = widened.first(where: { $0.place == place })?.spelling else { break }
                return .text(spelling.spelled("\(number)"))
            case .real:
                guard table.column(columns[place])?.declaredType == "TEXT" else { break }
                let canonical = value.canonicalText ?? ""
                return .text(widened.first { $0.place == place }?.spelling.spelled(canonical) ?? canonical)
            case .null, .text, .blob: break
            }
            return SQLiteValue(value)
        }
    }

    /// The row as it is now; nil if there is none.
    func image(of row: SQLiteUndoNotes.RowKey) throws -> RowImage? {
        if let image = parked[row] { return image }
        var image: RowImage?
        try select.run(values(row)) { image = self.image($0) }
        return image
    }

    /// What a statement gives whose first columns are the table's.
    private func image(_ found: SQLiteStatement) -> RowImage {
        var image = RowImage()
        for column in columns.indices { image.append(found.value(Int32(column))) }
        return image
    }

    /// Whether someone wrote something into a row that undo data knows nothing of.
    func isTouched(_ row: SQLiteUndoNotes.RowKey) throws -> Bool {
        var isFound = false
        try isTouched?.run(values(row)) { _ in isFound = true }
        return isFound
    }

    /// What rows hold in a column that was added after them; nil if the table does not have it.
    func valueInOlderRows(of name: String) throws -> RowImage.Value? {
        if let known = valuesInOlderRows[name] { return known }
        let value = try table.column(name)?.valueInOlderRows()
        valuesInOlderRows[name] = value
        return value
    }

    /// Whether a value is what nobody wrote into a column that was added later.
    func isUntouched(_ name: String, _ value: RowImage.Value) throws -> Bool {
        if value == .null || table.column(name)?.mayHaveDefaultOfEachRow ?? true { return true }
        return try value.canonicalText == valueInOlderRows(of: name)?.canonicalText
    }

    /// Gives all rows with their rowids, which the table has.
    func forEachRow(_ body: (Int64, RowImage) throws -> Void) throws {
        let names = try columns.map(SQLiteIdentifier.quoted).joined(separator: ", ")
        try connection.prepare(
            "SELECT \(names), \(Self.rowIDName(table)) FROM main.\(SQLiteIdentifier.quoted(name))"
        ).run { try body($0.integer(Int32(columns.count)), image($0)) }
    }

    /// Which of these numbers stand for rows that are there and fit.
    func numbers(among numbers: [Int64], where fits: (RowImage) -> Bool) throws -> Set<Int64> {
        if table.hasRowID { return Set(try numbers.filter { try image(of: .rowID($0)).map(fits) == true }) }
        let wanted = Set(numbers)
        var found: Set<Int64> = []
        let names = try columns.map(SQLiteIdentifier.quoted).joined(separator: ", ")
        try connection.prepare("SELECT \(names) FROM main.\(SQLiteIdentifier.quoted(name))").run { row in
            let image = image(row)
            if let number = place(of: image)?.number, wanted.contains(number), fits(image) { found.insert(number) }
        }
        return found
    }

    func remove(_ row: SQLiteUndoNotes.RowKey) throws {
        try delete.run(values(row))
        parked[row] = nil
    }

    func put(_ image: RowImage, into row: SQLiteUndoNotes.RowKey) throws {
        try update.run(parameters(image) + values(row))
        parked[row] = nil
    }

    /// Whether rows have rowids that are not a column's values.
    var hidesRowIDs: Bool { table.hasRowID && table.rowIDAlias == nil }

    /// Puts a row back that is gone.
    func add(_ image: RowImage, as row: SQLiteUndoNotes.RowKey) throws {
        try insert.run(parameters(image) + (hidesRowIDs ? values(row) : []))
    }

    /// A rowid that no row has, nor had as far as undo data goes.
    func unusedRowID(_ changes: SQLiteUndoChanges) throws -> SQLiteUndoNotes.RowKey {
        try changes.unusedRowID(in: name) {
            try connection.query(
                "SELECT max(\(Self.rowIDName(table))) FROM main.\(SQLiteIdentifier.quoted(name))"
            ) { $0.integer(0) }.first ?? 0
        }
    }

    /// The key by which a row is told from others where its place does not tell it.
    func key(of image: RowImage) -> SQLiteRowIdentity.Key? { identity?.key(of: image, columns: columns) }

    /// The row that has the same key as this image now.
    func row(withKeyOf image: RowImage) throws -> SQLiteUndoNotes.RowKey? {
        try identity.flatMap { try rows(like: image, in: $0.columns).last }
    }

    /// What a statement gives a row's `RowKey` by.
    var wanted: String {
        get throws {
            table.hasRowID
                ? Self.rowIDName(table)
                : try keyColumns.map { try SQLiteIdentifier.quoted(columns[$0]) }.joined(separator: ", ")
        }
    }

    func rowKey(_ found: SQLiteStatement) -> SQLiteUndoNotes.RowKey {
        if table.hasRowID { return .rowID(found.integer(0)) }
        var key = RowImage()
        for column in 0..<found.columnCount { key.append(found.value(column)) }
        return .image(key.bytes)
    }

    /// What a row of this image is found by where its key is its place; nil if a rowid is.
    func place(of image: RowImage) -> SQLiteUndoNotes.RowKey? {
        if table.hasRowID { return nil }
        let values = image.values
        var key = RowImage()
        for place in keyColumns { key.append(values[place]) }
        return .image(key.bytes)
    }

    /// Gives a row another hidden rowid.
    func renumber(_ row: SQLiteUndoNotes.RowKey, to new: SQLiteUndoNotes.RowKey) throws {
        let rowID = Self.rowIDName(table)
        try connection.execute(
            "UPDATE main.\(SQLiteIdentifier.quoted(name)) SET \(rowID) = ?1 WHERE \(rowID) = ?2",
            [new.value, row.value])
        if let image = parked.removeValue(forKey: row) { parked[new] = image }
    }

    /// The rows that have the values of this image in some columns; none where one of these is not known.
    func rows(like image: RowImage, in names: [String]) throws -> [SQLiteUndoNotes.RowKey] {
        let values = parameters(image)
        let places = names.compactMap { name in columns.firstIndex { SQLiteIdentifier.isSame($0, name) } }
        guard places.count == names.count else { return [] }
        let statement =
            try byColumns[places]
            ?? connection.prepare(
                "SELECT \(wanted) FROM main.\(SQLiteIdentifier.quoted(name)) WHERE "
                    + places.enumerated().map { "\(try SQLiteIdentifier.quoted(columns[$1])) = ?\($0 + 1)" }
                    .joined(separator: " AND "))
        byColumns[places] = statement
        var rows: [SQLiteUndoNotes.RowKey] = []
        try statement.run(places.map { values[$0] }) { rows.append(rowKey($0)) }
        return rows
    }

    /// The tables that its foreign keys refer to, as undo data calls them.
    var parentNames: [String] { table.foreignKeys.map(\.parent) }

    func parents() throws -> [Parent] {
        if let known = knownParents { return known }
        let parents = try table.foreignKeys.compactMap { key -> Parent? in
            let places = key.columns.compactMap { name in
                columns.firstIndex { SQLiteIdentifier.isSame($0, name) }
            }
            guard places.count == key.columns.count, let parent = try SQLiteTable.find(key.parent, in: connection)
            else { return nil }
            let names = key.parentColumns.isEmpty ? parent.primaryKey : key.parentColumns
            guard names.count == places.count else { return nil }
            let condition = try names.enumerated().map { "\(try SQLiteIdentifier.quoted($1)) = ?\($0 + 1)" }
            return Parent(
                identity: try SQLiteRowIdentity(parent, by: names, in: connection), places: places,
                select: try connection.prepare(
                    "SELECT 1 FROM main.\(SQLiteIdentifier.quoted(parent.name)) WHERE \(condition.joined(separator: " AND "))"
                ))
        }
        knownParents = parents
        return parents
    }

    /// A table with rows that refer to a row of this image.
    func referring(to image: RowImage) throws -> String? {
        let values = parameters(image)
        return try referrers.first { referrer in
            let places = referrer.ours.compactMap { name in columns.firstIndex { SQLiteIdentifier.isSame($0, name) } }
            guard places.count == referrer.columns.count else { return false }
            let condition = try referrer.columns.enumerated()
                .map { "\(try SQLiteIdentifier.quoted($1)) = ?\($0 + 1)" }.joined(separator: " AND ")
            return try !connection.query(
                "SELECT 1 FROM main.\(SQLiteIdentifier.quoted(referrer.table)) WHERE \(condition) LIMIT 1",
                places.map { values[$0] }
            ) { _ in true }.isEmpty
        }?.table
    }

    /// The row's key as a person would write it.
    func keyText(_ row: SQLiteUndoNotes.RowKey, _ image: RowImage?) -> String {
        let values = image?.values ?? []
        let key = table.primaryKey.isEmpty ? table.uniqueKeys.first ?? [] : table.primaryKey
        let places = key.compactMap { columns.firstIndex(of: $0) }
        if !places.isEmpty, places.count == key.count, values.count == columns.count {
            return places.map { values[$0].text ?? "" }.joined(separator: ",")
        }
        return switch row {
        case _ where row.isLost: "a row"
        case .rowID(let number): "row \(number)"
        case .image(let bytes): RowImage(bytes: bytes).values.map { $0.text ?? "" }.joined(separator: ",")
        }
    }
}

extension SQLiteValue {
    init(_ value: RowImage.Value) {
        switch value {
        case .null: self = .null
        case .integer(let number): self = .integer(UInt64(bitPattern: number))
        case .real(let number): self = .real(number)
        case .text(let bytes): self = .textBytes(bytes)
        case .blob(let bytes): self = .blob(bytes)
        }
    }
}
