internal import CSQLite
internal import Records

/// A table whose rows are taken back, as its undo data describes it, with the statements for that.
final class SQLiteUndoneTable {
    let name: String
    let columns: [String]
    private let table: SQLiteTable
    /// Whether rows of any table refer to this one's.
    var isReferredTo: Bool { !referrers.isEmpty }
    private let referrers: [(table: String, columns: [String], ours: [String])]
    /// The places of the key among `columns`, for a table without rowid.
    private let keyColumns: [Int]
    /// The columns that were widened, newest first: their places among `columns`, and how their numbers were spelled before.
    private let widened: [(place: Int, spelling: NumberSpelling)]
    private let connection: SQLiteConnection
    private let select: SQLiteStatement
    private let delete: SQLiteStatement
    private let update: SQLiteStatement
    private let insert: SQLiteStatement

    /// - Throws: `DataError.conflict` where the table does not have these columns any more.
    init(_ table: SQLiteTable, columns: [String], in connection: SQLiteConnection) throws {
        if let gone = columns.first(where: { table.column($0) == nil }) {
            throw DataError.columnIsAway(gone, of: table.name, in: connection.path)
        }
        name = table.name
        self.columns = columns
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
        keyColumns = table.hasRowID ? [] : table.primaryKey.compactMap { columns.firstIndex(of: $0) }
        let quoted = "main.\(try SQLiteIdentifier.quoted(table.name))"
        let names = try columns.map(SQLiteIdentifier.quoted)
        let rowID = Self.rowIDName(table)
        let key = table.hasRowID ? [rowID] : try keyColumns.map { try SQLiteIdentifier.quoted(columns[$0]) }
        func condition(from first: Int) -> String {
            key.enumerated().map { "\($1) IS ?\(first + $0)" }.joined(separator: " AND ")
        }
        select = try connection.prepare(
            "SELECT \(names.joined(separator: ", ")) FROM \(quoted) WHERE \(condition(from: 1))")
        delete = try connection.prepare("DELETE FROM \(quoted) WHERE \(condition(from: 1))")
        let sets = names.enumerated().map { "\($1) = ?\($0 + 1)" }.joined(separator: ", ")
        update = try connection.prepare("UPDATE \(quoted) SET \(sets) WHERE \(condition(from: names.count + 1))")
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

    /// What the rowid is called in statements.
    static func rowIDName(_ table: SQLiteTable) -> String { table.rowIDName ?? table.rowIDAlias ?? "rowid" }

    private func values(_ row: SQLiteUndoNotes.RowKey) -> [SQLiteValue] {
        switch row {
        case .rowID(let number): [.integer(UInt64(bitPattern: number))]
        case .image(let bytes): RowImage(bytes: bytes).values.map(SQLiteValue.init)
        }
    }

    /// A column that was widened since takes its numbers in the same spelling as the widening gave the others.
    private func parameters(_ image: RowImage) -> [SQLiteValue] {
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

    /// Whether a row is one that had this fingerprint. Columns may have been widened meanwhile, which spells their numbers out:
    /// one of those that came last, and none that came before it.
    func isSame(_ image: RowImage?, as fingerprint: UInt64?) -> Bool {
        guard let image, let fingerprint else { return image == nil && fingerprint == nil }
        if image.fingerprint == fingerprint { return true }
        var values = image.values
        for (place, spelling) in widened where !spelling.isPlain {
            guard place < values.count, case .text(let text) = values[place], let number = Self.number(text, spelling)
            else { continue }
            values[place] = number
            var former = RowImage()
            for value in values { former.append(value) }
            if former.fingerprint == fingerprint { return true }
        }
        return false
    }

    /// The number that a column of this spelling had for a text.
    private static func number(_ text: [UInt8], _ spelling: NumberSpelling) -> RowImage.Value? {
        let value: RowImage.Value? = text.withUnsafeBytes { bytes in
            switch NumberText.classify(bytes) {
            case .integer(let number): .integer(number)
            case .decimal(let number): .real(number)
            case .otherNumber, .text: nil
            }
        }
        let canonical: String? =
            switch value {
            case .integer(let number): "\(number)"
            default: value?.canonicalText
            }
        guard let canonical, spelling.spelled(canonical).utf8.elementsEqual(text) else { return nil }
        return value
    }

    /// The row as it is now; nil where there is none.
    func image(of row: SQLiteUndoNotes.RowKey) throws -> RowImage? {
        var image: RowImage?
        try select.run(values(row)) { found in
            var values = RowImage()
            for column in columns.indices { values.append(found.value(Int32(column))) }
            image = values
        }
        return image
    }

    func remove(_ row: SQLiteUndoNotes.RowKey) throws { try delete.run(values(row)) }

    func put(_ image: RowImage, into row: SQLiteUndoNotes.RowKey) throws {
        try update.run(parameters(image) + values(row))
    }

    /// Whether rows have rowids that are no column's values.
    var hidesRowIDs: Bool { table.hasRowID && table.rowIDAlias == nil }

    /// Puts a row back that is gone.
    func add(_ image: RowImage, as row: SQLiteUndoNotes.RowKey) throws {
        try insert.run(parameters(image) + (hidesRowIDs ? values(row) : []))
    }

    /// A rowid that no row has, nor had as far as undo data goes.
    func unusedRowID(_ changes: SQLiteUndoChanges) throws -> SQLiteUndoNotes.RowKey {
        let highest =
            try connection.query(
                "SELECT max(\(Self.rowIDName(table))) FROM main.\(SQLiteIdentifier.quoted(name))"
            ) { $0.integer(0) }.first ?? 0
        return .rowID(max(highest, try changes.highestRowID(in: name)) + 1)
    }

    /// Gives a row another hidden rowid.
    func renumber(_ row: SQLiteUndoNotes.RowKey, to new: SQLiteUndoNotes.RowKey) throws {
        let rowID = Self.rowIDName(table)
        try connection.execute(
            "UPDATE main.\(SQLiteIdentifier.quoted(name)) SET \(rowID) = ?1 WHERE \(rowID) = ?2",
            [new.value, row.value])
    }

    /// The rows that have one of the unique keys of this image.
    func rivals(of image: RowImage) throws -> [SQLiteUndoNotes.RowKey] {
        let values = parameters(image)
        var rivals: [SQLiteUndoNotes.RowKey] = []
        for key in table.uniqueKeys {
            let places = key.compactMap { name in columns.firstIndex { SQLiteIdentifier.isSame($0, name) } }
            guard places.count == key.count else { continue }
            let condition = try places.enumerated().map { "\(try SQLiteIdentifier.quoted(columns[$1])) = ?\($0 + 1)" }
            let wanted =
                table.hasRowID
                ? Self.rowIDName(table)
                : try keyColumns.map { try SQLiteIdentifier.quoted(columns[$0]) }.joined(separator: ", ")
            try connection.prepare(
                "SELECT \(wanted) FROM main.\(SQLiteIdentifier.quoted(name)) WHERE \(condition.joined(separator: " AND "))"
            ).run(places.map { values[$0] }) { found in
                if table.hasRowID { return rivals.append(.rowID(found.integer(0))) }
                var key = RowImage()
                for column in 0..<found.columnCount { key.append(found.value(column)) }
                rivals.append(.image(key.bytes))
            }
        }
        return rivals
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
