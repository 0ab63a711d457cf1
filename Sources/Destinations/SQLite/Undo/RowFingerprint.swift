internal import CSQLite
internal import Records

/// 64 bits that stand for a row's values, to tell whether someone changed the row.
///
/// A number and its text are the same: a guessed column that turns out to be text is rewritten, and its rows are then as
/// they were for all that their import knows.
struct RowFingerprint: ~Copyable {
    private static let hash = SipHash(key: (0x5761_7962_696C_6C20, 0x726F_7720_7631_2020))
    private var buffer = ByteBuffer()
    /// What is before the buffer's bytes in a row with a long value, which is not copied.
    private var before: SipHash.Stream?

    private static let longBytes = 64 << 10

    mutating func reset() {
        buffer.shorten(to: 0)
        before = nil
    }

    /// Of all that was added since the start or the last `reset`.
    var value: UInt64 {
        guard var all = before else { return Self.hash(buffer.bytes).low }
        all.absorb(buffer.bytes)
        return all.value.low
    }

    mutating func add(_ value: OpaquePointer?) {
        switch sqlite3_value_type(value) {
        case SQLITE_INTEGER: add(integer: sqlite3_value_int64(value))
        case SQLITE_FLOAT: add(real: sqlite3_value_double(value))
        case SQLITE_TEXT:
            let start = sqlite3_value_text(value)
            add(text: UnsafeRawBufferPointer(start: start, count: Int(sqlite3_value_bytes(value))))
        case SQLITE_BLOB:
            let start = sqlite3_value_blob(value)
            add(2, UnsafeRawBufferPointer(start: start, count: Int(sqlite3_value_bytes(value))))
        default: addNull()
        }
    }

    mutating func add(_ value: RowImage.Value) {
        switch value {
        case .null: addNull()
        case .integer(let number): add(integer: number)
        case .real(let number): add(real: number)
        case .text(let text): text.withUnsafeBytes { add(text: $0) }
        case .blob(let blob): blob.withUnsafeBytes { add(2, $0) }
        }
    }

    @inline(__always)
    mutating func addNull() { buffer.append(0) }

    @inline(__always)
    mutating func add(text: UnsafeRawBufferPointer) { add(1, text) }

    @inline(__always)
    private mutating func add(_ tag: UInt8, _ content: UnsafeRawBufferPointer) {
        buffer.append(tag)
        buffer.append(littleEndian: UInt32(truncatingIfNeeded: content.count))
        if content.count > Self.longBytes { return absorb(content) }
        buffer.append(contentsOf: content)
    }

    @inline(never)
    private mutating func absorb(_ content: UnsafeRawBufferPointer) {
        var all = before ?? Self.hash.stream
        all.absorb(buffer.bytes)
        all.absorb(content)
        before = all
        buffer.shorten(to: 0)
    }

    mutating func add(integer number: Int64) {
        buffer.append(1)
        let place = buffer.count
        buffer.append(littleEndian: UInt32(0))
        buffer.append(decimal: number)
        buffer.overwrite(at: place, littleEndian: UInt32(buffer.count - place - 4))
    }

    mutating func add(real number: Double) {
        if Self.isWritten(asInteger: number) { return add(integer: Int64(number)) }
        var text = "\(number)"
        text.withUTF8 { add(text: UnsafeRawBufferPointer($0)) }
    }

    static func text(of number: Double) -> String {
        isWritten(asInteger: number) ? "\(Int64(number))" : "\(number)"
    }

    private static func isWritten(asInteger number: Double) -> Bool {
        number.magnitude < 1e15 && number == number.rounded(.towardZero)
    }
}
