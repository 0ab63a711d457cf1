internal import CSQLite
internal import Records

/// A row's values with their types, as bytes: what undo data keeps of a row.
///
/// For each value a tag, then: nothing for NULL; 8 bytes, little-endian, for an integer or a real; a length of 4 bytes
/// and the content for a text or a blob.
struct RowImage: Equatable {
    enum Value: Equatable {
        case null
        case integer(Int64)
        case real(Double)
        case text([UInt8])
        case blob([UInt8])
    }

    enum Tag {
        static let null: UInt8 = 0
        static let integer: UInt8 = 1
        static let real: UInt8 = 2
        static let text: UInt8 = 3
        static let blob: UInt8 = 4
    }

    private(set) var bytes: [UInt8] = []

    init() {}

    init(bytes: [UInt8]) { self.bytes = bytes }

    /// Adds a value as SQLite gives it, in a hook or in a row.
    mutating func append(_ value: OpaquePointer?) {
        switch sqlite3_value_type(value) {
        case SQLITE_INTEGER: append(tag: Tag.integer, UInt64(bitPattern: sqlite3_value_int64(value)))
        case SQLITE_FLOAT: append(tag: Tag.real, sqlite3_value_double(value).bitPattern)
        case SQLITE_TEXT:
            let start = sqlite3_value_text(value)
            append(tag: Tag.text, UnsafeRawBufferPointer(start: start, count: Int(sqlite3_value_bytes(value))))
        case SQLITE_BLOB:
            let start = sqlite3_value_blob(value)
            append(tag: Tag.blob, UnsafeRawBufferPointer(start: start, count: Int(sqlite3_value_bytes(value))))
        default: bytes.append(Tag.null)
        }
    }

    mutating func append(_ value: Value) {
        switch value {
        case .null: bytes.append(Tag.null)
        case .integer(let number): append(tag: Tag.integer, UInt64(bitPattern: number))
        case .real(let number): append(tag: Tag.real, number.bitPattern)
        case .text(let text): text.withUnsafeBytes { append(tag: Tag.text, $0) }
        case .blob(let blob): blob.withUnsafeBytes { append(tag: Tag.blob, $0) }
        }
    }

    private mutating func append(tag: UInt8, _ number: UInt64) {
        bytes.append(tag)
        withUnsafeBytes(of: number.littleEndian) { bytes.append(contentsOf: $0) }
    }

    private mutating func append(tag: UInt8, _ content: UnsafeRawBufferPointer) {
        bytes.append(tag)
        withUnsafeBytes(of: UInt32(content.count).littleEndian) { bytes.append(contentsOf: $0) }
        bytes.append(contentsOf: content)
    }

    /// The values; those before the damage where the bytes are damaged.
    var values: [Value] {
        var values: [Value] = []
        var index = 0
        func number<T: FixedWidthInteger>(_ type: T.Type) -> T? {
            guard index + MemoryLayout<T>.size <= bytes.count else { return nil }
            defer { index += MemoryLayout<T>.size }
            return bytes.withUnsafeBytes { T(littleEndian: $0.loadUnaligned(fromByteOffset: index, as: T.self)) }
        }
        func content() -> [UInt8]? {
            guard let count = number(UInt32.self), index + Int(count) <= bytes.count else { return nil }
            defer { index += Int(count) }
            return Array(bytes[index..<index + Int(count)])
        }
        while index < bytes.count {
            let tag = bytes[index]
            index += 1
            switch tag {
            case Tag.null: values.append(.null)
            case Tag.integer: number(Int64.self).map { values.append(.integer($0)) }
            case Tag.real: number(UInt64.self).map { values.append(.real(Double(bitPattern: $0))) }
            case Tag.text: content().map { values.append(.text($0)) }
            case Tag.blob: content().map { values.append(.blob($0)) }
            default: return values
            }
        }
        return values
    }

    /// - Parameter key: which of the values are of the row's key; see `SQLiteRowDescription`.
    func fingerprint(key: [RowKeySpelling?]) -> UInt64 {
        var fingerprint = RowFingerprint(key: key)
        for value in values { fingerprint.add(value) }
        return fingerprint.value
    }
}

/// The images of rows of one table, one after the other.
struct RowImages: Equatable {
    let bytes: [UInt8]
    /// Where each row begins, and where the last one ends.
    private let bounds: [Int]

    /// Of so many rows, whose columns are as many.
    init(bytes: [UInt8], count: Int) {
        self.bytes = bytes
        var ends: [Int] = []
        while let end = Self.end(ofValueAt: ends.last ?? 0, in: bytes) { ends.append(end) }
        let columnCount = ends.count / max(count, 1)
        let inner = columnCount == 0 ? [] : (1..<max(count, 1)).map { ends[$0 * columnCount - 1] }
        bounds = [0] + inner + [ends.last ?? 0]
    }

    init(_ image: RowImage) {
        bytes = image.bytes
        bounds = [0, bytes.count]
    }

    private init(bytes: [UInt8], bounds: [Int]) {
        self.bytes = bytes
        self.bounds = bounds
    }

    /// The images of some of the rows, counted from 0; damaged bytes give fewer.
    subscript(_ rows: Range<Int>) -> RowImages {
        let rows = rows.clamped(to: 0..<bounds.count - 1)
        let start = bounds[rows.lowerBound]
        return RowImages(
            bytes: Array(bytes[start..<bounds[rows.upperBound]]),
            bounds: bounds[rows.lowerBound...rows.upperBound].map { $0 - start })
    }

    /// Where a row stands in the bytes; damaged bytes give nothing.
    func range(of row: Int) -> Range<Int> { row < bounds.count - 1 ? bounds[row]..<bounds[row + 1] : 0..<0 }

    var first: RowImage { RowImage(bytes: self[0..<1].bytes) }

    private static func end(ofValueAt index: Int, in bytes: [UInt8]) -> Int? {
        guard index < bytes.count else { return nil }
        let length: Int
        switch bytes[index] {
        case RowImage.Tag.integer, RowImage.Tag.real: length = 9
        case RowImage.Tag.text, RowImage.Tag.blob:
            guard index + 5 <= bytes.count else { return nil }
            length =
                5
                + (Int(bytes[index + 1]) | Int(bytes[index + 2]) << 8 | Int(bytes[index + 3]) << 16
                    | Int(bytes[index + 4]) << 24)
        default: length = 1
        }
        return index + length <= bytes.count ? index + length : nil
    }
}

extension RowImage.Value {
    /// A number's text as the fingerprint takes it: a whole real as an integer.
    var canonicalText: String? {
        if case .real(let number) = self { return RowFingerprint.text(of: number) }
        return text
    }

    /// As a person would write it; a blob in hexadecimal digits.
    var text: String? {
        switch self {
        case .null: nil
        case .integer(let number): String(number)
        case .real(let number): "\(number)"
        case .text(let bytes): String(decoding: bytes, as: UTF8.self)
        case .blob(let bytes):
            bytes.map { String($0 >> 4, radix: 16) + String($0 & 15, radix: 16) }.joined()
        }
    }
}
