internal import CSQLite

/// A value given to a statement that is not on the way of every record.
package enum SQLiteValue {
    case text(String)
    /// Text as SQLite has it, which may not be UTF-8.
    case textBytes([UInt8])
    case integer(UInt64)
    case blob([UInt8])
    case real(Double)
    case null
}

/// A prepared statement. It keeps its connection open.
package final class SQLiteStatement {
    let connection: SQLiteConnection
    private let handle: OpaquePointer

    init(_ connection: SQLiteConnection, _ sql: String) throws {
        self.connection = connection
        var handle: OpaquePointer?
        let code = sqlite3_prepare_v3(
            connection.handle, sql, -1, UInt32(SQLITE_PREPARE_PERSISTENT), &handle, nil)
        guard code == SQLITE_OK, let handle else { throw connection.error(code) }
        self.handle = handle
    }

    deinit { sqlite3_finalize(handle) }

    /// The empty text still needs an address: SQLite takes a null pointer for NULL.
    private static let emptyText: StaticString = ""
    private static var noText: UnsafePointer<CChar> {
        UnsafeRawPointer(emptyText.utf8Start).assumingMemoryBound(to: CChar.self)
    }

    /// Binds text without copying it: `value` must live until the next `bind` or `clear`.
    @inline(__always)
    func bind(text value: UnsafeRawBufferPointer, at index: Int32) -> Int32 {
        let start = value.baseAddress?.assumingMemoryBound(to: CChar.self) ?? Self.noText
        return sqlite3_bind_text(handle, index, start, Int32(value.count), nil)
    }

    @inline(__always)
    func bind(integer value: Int64, at index: Int32) -> Int32 { sqlite3_bind_int64(handle, index, value) }

    @inline(__always)
    func bind(real value: Double, at index: Int32) -> Int32 { sqlite3_bind_double(handle, index, value) }

    @inline(__always)
    func bindNull(at index: Int32) -> Int32 { sqlite3_bind_null(handle, index) }

    /// Binds a short text that SQLite copies; a parameter that the statement does not have is left out.
    func bind(copying text: String, at index: Int32) {
        sqlite3_bind_text(
            handle, index, text, Int32(text.utf8.count), unsafeBitCast(-1, to: sqlite3_destructor_type.self))
    }

    /// Binds a blob without copying it: `value` must live until the next `bind` or `clear`.
    func bind(blob value: UnsafeRawBufferPointer, at index: Int32) {
        if value.isEmpty {
            sqlite3_bind_zeroblob(handle, index, 0)
        } else {
            sqlite3_bind_blob64(handle, index, value.baseAddress, UInt64(value.count), nil)
        }
    }

    func bind(_ values: [SQLiteValue]) throws {
        for (index, value) in zip(Int32(1)..., values) {
            // SQLITE_TRANSIENT: SQLite makes its own copy.
            let transient = unsafeBitCast(-1, to: sqlite3_destructor_type.self)
            let code =
                switch value {
                case .text(let text): sqlite3_bind_text(handle, index, text, Int32(text.utf8.count), transient)
                case .textBytes(let bytes):
                    bytes.withUnsafeBytes {
                        sqlite3_bind_text(
                            handle, index, $0.baseAddress?.assumingMemoryBound(to: CChar.self) ?? Self.noText,
                            Int32($0.count), transient)
                    }
                case .integer(let number): sqlite3_bind_int64(handle, index, Int64(bitPattern: number))
                case .real(let number): sqlite3_bind_double(handle, index, number)
                case .null: sqlite3_bind_null(handle, index)
                case .blob(let bytes):
                    bytes.isEmpty
                        ? sqlite3_bind_zeroblob(handle, index, 0)
                        : sqlite3_bind_blob64(handle, index, bytes, UInt64(bytes.count), transient)
                }
            guard code == SQLITE_OK else { throw connection.error(code) }
        }
    }

    /// Runs the statement to its end or to the next row, and gives SQLite's code.
    @inline(__always)
    func step() -> Int32 { sqlite3_step(handle) }

    /// Makes the statement ready to run again; what is bound stays.
    @inline(__always)
    func reset() { sqlite3_reset(handle) }

    func clear() {
        sqlite3_reset(handle)
        sqlite3_clear_bindings(handle)
    }

    /// Runs the statement with these values, and gives each row to `body`.
    package func run(_ values: [SQLiteValue] = [], row body: (SQLiteStatement) throws -> Void = { _ in }) throws {
        defer { clear() }
        try bind(values)
        while true {
            switch step() {
            case SQLITE_ROW: try body(self)
            case SQLITE_DONE: return
            case let code: throw connection.error(code)
            }
        }
    }

    /// Whether the statement, as it is bound, gives a row.
    func findsRow() throws -> Bool {
        defer { reset() }
        switch step() {
        case SQLITE_ROW: return true
        case SQLITE_DONE: return false
        case let code: throw connection.error(code)
        }
    }

    /// Gives what stands for each row that the statement, as it is bound, finds.
    ///
    /// - Parameter hasRowID: whether its column is the rowid; otherwise its columns are the primary key.
    func forEachRowKey(hasRowID: Bool, _ body: (SQLiteUndoNotes.RowKey) -> Void) throws {
        defer { reset() }
        while true {
            switch step() {
            case SQLITE_ROW where hasRowID: body(.rowID(integer(0)))
            case SQLITE_ROW:
                var key = RowImage()
                for column in 0..<columnCount { key.append(value(column)) }
                body(.image(key.bytes))
            case SQLITE_DONE: return
            case let code: throw connection.error(code)
            }
        }
    }

    var parameterCount: Int { Int(sqlite3_bind_parameter_count(handle)) }

    var isReadOnly: Bool { sqlite3_stmt_readonly(handle) != 0 }

    /// The value of a column of the current row, until the next step.
    func value(_ column: Int32) -> OpaquePointer? { sqlite3_column_value(handle, column) }

    package func name(_ column: Int32) -> String {
        sqlite3_column_name(handle, column).map { String(cString: $0) } ?? ""
    }

    package var columnCount: Int32 { sqlite3_column_count(handle) }

    package func isNull(_ column: Int32) -> Bool { sqlite3_column_type(handle, column) == SQLITE_NULL }

    func isInteger(_ column: Int32) -> Bool { sqlite3_column_type(handle, column) == SQLITE_INTEGER }

    package func integer(_ column: Int32) -> Int64 { sqlite3_column_int64(handle, column) }

    package func text(_ column: Int32) -> String {
        guard let start = sqlite3_column_text(handle, column) else { return "" }
        let count = Int(sqlite3_column_bytes(handle, column))
        return String(decoding: UnsafeBufferPointer(start: start, count: count), as: UTF8.self)
    }

    package func blob(_ column: Int32) -> [UInt8] {
        guard let start = sqlite3_column_blob(handle, column) else { return [] }
        return Array(UnsafeRawBufferPointer(start: start, count: Int(sqlite3_column_bytes(handle, column))))
    }
}
