internal import CSQLite
internal import Records

/// 64 bits that stand for a row's values, to tell whether someone changed the row.
///
/// A number and its text are the same: a guessed column that turns out to be text is rewritten, and its rows are then as
/// they were for all that their import knows.
///
/// Where a rowid that no column shows may be another row's by now, the upper 24 bits stand for the row's key: they tell an
/// edited row from another one. They are 0 where the row's key tells nothing. See decision 92.
struct RowFingerprint: ~Copyable {
    private static let hash = SipHash(key: (0x5761_7962_696C_6C20, 0x726F_7720_7631_2020))
    private var buffer = ByteBuffer()
    /// What is before the buffer's bytes in a row with a long value, which is not copied.
    private var before: SipHash.Stream?
    /// Which of the columns are of the key; see `SQLiteRowDescription`.
    private var key: [RowKeySpelling?]
    /// How many columns have to be looked at for the key.
    private var keyCount: Int
    private var keyBuffer = ByteBuffer()
    private var column = 0
    /// Whether a value of the key is NULL, or too long.
    private var lacksKey = false

    private static let longBytes = 64 << 10
    private static let keyBits: UInt64 = 24

    init(key: [RowKeySpelling?]) {
        self.key = key
        keyCount = key.count
    }

    mutating func reset() {
        buffer.shorten(to: 0)
        before = nil
        if keyCount == 0 { return }
        keyBuffer.shorten(to: 0)
        column = 0
        lacksKey = false
    }

    mutating func reset(key: [RowKeySpelling?]) {
        self.key = key
        keyCount = key.count
        reset()
    }

    /// Of all that was added since the start or the last `reset`.
    var value: UInt64 {
        guard keyCount > 0 else { return valueOfAll }
        let ofKey = lacksKey ? 0 : max(1, Self.hash(keyBuffer.bytes).low >> (64 - Self.keyBits))
        return ofKey << (64 - Self.keyBits) | valueOfAll & (1 << (64 - Self.keyBits) - 1)
    }

    /// What stands for the key in a fingerprint with one; nil if the key told nothing.
    static func key(of fingerprint: UInt64) -> UInt64? {
        let key = fingerprint >> (64 - keyBits)
        return key == 0 ? nil : key
    }

    private var valueOfAll: UInt64 {
        guard var all = before else { return Self.hash(buffer.bytes).low }
        all.absorb(buffer.bytes)
        return all.value.low
    }

    /// A column's value was added.
    ///
    /// - Parameter start: where its bytes begin in the buffer.
    @inline(__always)
    private mutating func endColumn(from start: Int) {
        if column < keyCount { endKeyColumn(from: start) }
    }

    @inline(never)
    private mutating func endKeyColumn(from start: Int) {
        defer { column += 1 }
        guard let spelling = key[column] else { return }
        guard start + 5 <= buffer.count else {
            lacksKey = true
            return
        }
        let content = spelling.trimmed(buffer.bytes[(start + 5)...])
        keyBuffer.append(buffer.bytes[start])
        keyBuffer.append(littleEndian: UInt32(content.count))
        for byte in content { keyBuffer.append(spelling.folded(byte)) }
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
    mutating func addNull() {
        buffer.append(0)
        endColumn(from: buffer.count - 1)
    }

    @inline(__always)
    mutating func add(text: UnsafeRawBufferPointer) { add(1, text) }

    @inline(__always)
    private mutating func add(_ tag: UInt8, _ content: UnsafeRawBufferPointer) {
        let start = buffer.count
        buffer.append(tag)
        buffer.append(littleEndian: UInt32(truncatingIfNeeded: content.count))
        if content.count > Self.longBytes {
            absorb(content)
            return endColumn(from: buffer.count)
        }
        buffer.append(contentsOf: content)
        endColumn(from: start)
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
        endColumn(from: place - 1)
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
