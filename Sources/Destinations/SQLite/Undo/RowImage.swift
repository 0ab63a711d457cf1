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

    private(set) var bytes: [UInt8] = []

    init() {}

    init(bytes: [UInt8]) { self.bytes = bytes }

    /// Adds a value as SQLite gives it, in a hook or in a row.
    mutating func append(_ value: OpaquePointer?) {
        switch sqlite3_value_type(value) {
        case SQLITE_INTEGER: append(tag: 1, UInt64(bitPattern: sqlite3_value_int64(value)))
        case SQLITE_FLOAT: append(tag: 2, sqlite3_value_double(value).bitPattern)
        case SQLITE_TEXT:
            let start = sqlite3_value_text(value)
            append(tag: 3, UnsafeRawBufferPointer(start: start, count: Int(sqlite3_value_bytes(value))))
        case SQLITE_BLOB:
            let start = sqlite3_value_blob(value)
            append(tag: 4, UnsafeRawBufferPointer(start: start, count: Int(sqlite3_value_bytes(value))))
        default: bytes.append(0)
        }
    }

    mutating func append(_ value: Value) {
        switch value {
        case .null: bytes.append(0)
        case .integer(let number): append(tag: 1, UInt64(bitPattern: number))
        case .real(let number): append(tag: 2, number.bitPattern)
        case .text(let text): text.withUnsafeBytes { append(tag: 3, $0) }
        case .blob(let blob): blob.withUnsafeBytes { append(tag: 4, $0) }
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
            case 0: values.append(.null)
            case 1: number(Int64.self).map { values.append(.integer($0)) }
            case 2: number(UInt64.self).map { values.append(.real(Double(bitPattern: $0))) }
            case 3: content().map { values.append(.text($0)) }
            case 4: content().map { values.append(.blob($0)) }
            default: return values
            }
        }
        return values
    }

    var fingerprint: UInt64 {
        var writer = RowFingerprint()
        for value in values { writer.add(value) }
        return writer.value
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

/// 64 bits that stand for a row's values, to tell whether somebody changed the row.
///
/// A number and its text are the same: a guessed column that turns out to be text is rewritten, and its rows are then as
/// they were for all that their import knows.
struct RowFingerprint {
    private static let hash = SipHash(key: (0x5761_7962_696C_6C20, 0x726F_7720_7631_2020))
    private var bytes: [UInt8] = []

    mutating func reset() { bytes.removeAll(keepingCapacity: true) }

    /// Of all that was added since the start or the last `reset`.
    var value: UInt64 { bytes.withUnsafeBytes { Self.hash($0) }.low }

    mutating func add(_ value: OpaquePointer?) {
        switch sqlite3_value_type(value) {
        case SQLITE_INTEGER: add(integer: sqlite3_value_int64(value))
        case SQLITE_FLOAT: add(real: sqlite3_value_double(value))
        case SQLITE_TEXT:
            let start = sqlite3_value_text(value)
            add(1, UnsafeRawBufferPointer(start: start, count: Int(sqlite3_value_bytes(value))))
        case SQLITE_BLOB:
            let start = sqlite3_value_blob(value)
            add(2, UnsafeRawBufferPointer(start: start, count: Int(sqlite3_value_bytes(value))))
        default: bytes.append(0)
        }
    }

    mutating func add(_ value: RowImage.Value) {
        switch value {
        case .null: bytes.append(0)
        case .integer(let number): add(integer: number)
        case .real(let number): add(real: number)
        case .text(let text): text.withUnsafeBytes { add(1, $0) }
        case .blob(let blob): blob.withUnsafeBytes { add(2, $0) }
        }
    }

    private mutating func add(_ tag: UInt8, _ content: UnsafeRawBufferPointer) {
        bytes.append(tag)
        withUnsafeBytes(of: UInt32(truncatingIfNeeded: content.count).littleEndian) { bytes.append(contentsOf: $0) }
        bytes.append(contentsOf: content)
    }

    private mutating func add(integer number: Int64) {
        withUnsafeTemporaryAllocation(of: UInt8.self, capacity: 20) { digits in
            var start = digits.count
            var rest = number.magnitude
            repeat {
                start -= 1
                digits[start] = UInt8(ascii: "0") + UInt8(rest % 10)
                rest /= 10
            } while rest > 0
            if number < 0 {
                start -= 1
                digits[start] = UInt8(ascii: "-")
            }
            add(1, UnsafeRawBufferPointer(rebasing: UnsafeRawBufferPointer(digits)[start...]))
        }
    }

    static func text(of number: Double) -> String {
        number.magnitude < 1e15 && number == number.rounded(.towardZero) ? "\(Int64(number))" : "\(number)"
    }

    private mutating func add(real number: Double) {
        var text = Self.text(of: number)
        text.withUTF8 { add(1, UnsafeRawBufferPointer($0)) }
    }
}
