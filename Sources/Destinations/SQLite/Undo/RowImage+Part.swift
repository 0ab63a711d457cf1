internal import CSQLite
internal import Records

extension RowImage {
    /// A value where it stands in an image's bytes, which must live as long.
    struct Part {
        private let tag: UInt8
        private let content: UnsafeRawBufferPointer
        /// Where the next value begins.
        let end: Int

        var isNumber: Bool { tag == Tag.integer || tag == Tag.real }

        /// Nil if the bytes end before, or are damaged.
        init?(of image: UnsafeRawBufferPointer, at start: Int) {
            guard start < image.count else { return nil }
            tag = image[start]
            var place = start + 1
            var count = 0
            switch tag {
            case Tag.null: break
            case Tag.integer, Tag.real: count = 8
            case Tag.text, Tag.blob:
                guard place + 4 <= image.count else { return nil }
                count = Int(UInt32(littleEndian: image.loadUnaligned(fromByteOffset: place, as: UInt32.self)))
                place += 4
            default: return nil
            }
            guard place + count <= image.count else { return nil }
            content = UnsafeRawBufferPointer(rebasing: image[place..<place + count])
            end = place + count
        }

        private var bits: UInt64 { UInt64(littleEndian: content.loadUnaligned(as: UInt64.self)) }

        /// Whether SQLite has the very same value, of the same type.
        func isSame(as value: OpaquePointer?) -> Bool {
            switch (tag, sqlite3_value_type(value)) {
            case (Tag.null, SQLITE_NULL): true
            case (Tag.integer, SQLITE_INTEGER): UInt64(bitPattern: sqlite3_value_int64(value)) == bits
            case (Tag.real, SQLITE_FLOAT): sqlite3_value_double(value).bitPattern == bits
            case (Tag.text, SQLITE_TEXT): isContent(sqlite3_value_text(value), sqlite3_value_bytes(value))
            case (Tag.blob, SQLITE_BLOB): isContent(sqlite3_value_blob(value), sqlite3_value_bytes(value))
            default: false
            }
        }

        private func isContent(_ start: UnsafeRawPointer?, _ count: Int32) -> Bool {
            content.elementsEqual(UnsafeRawBufferPointer(start: start, count: start == nil ? 0 : Int(count)))
        }

        /// Gives it to a statement, which does not copy it.
        func bind(to statement: SQLiteStatement, at index: Int32) {
            switch tag {
            case Tag.integer: _ = statement.bind(integer: Int64(bitPattern: bits), at: index)
            case Tag.real: _ = statement.bind(real: Double(bitPattern: bits), at: index)
            case Tag.text: _ = statement.bind(text: content, at: index)
            case Tag.blob: statement.bind(blob: content, at: index)
            default: _ = statement.bindNull(at: index)
            }
        }
    }
}
