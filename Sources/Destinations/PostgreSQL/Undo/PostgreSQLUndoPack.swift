/// The undo data of insertions, as one row of `_waybill.undo_packs`.
///
/// A row for each would cost more than the insertions themselves. Whoever has to change it, or to find rows by their keys
/// often, unpacks it first: see `PostgreSQLUndo.unpack`.
struct PostgreSQLUndoPack: ~Copyable {
    private var keys = Array(elementType: 25)
    private var prints = Array(elementType: 20)
    /// Each row's place in the chunk. Left away where none is missing: then it is the row's number.
    private var records = Array(elementType: 23)
    private var hasAllRecords = true
    /// The sum of the fingerprints, modulo 2⁶⁴.
    private(set) var digest: UInt64 = 0
    /// Room for whoever makes fingerprints.
    var scratch = PostgreSQLTextBuffer(capacity: 1 << 12)

    /// An array as the server's binary format has it.
    private struct Array: ~Copyable {
        private var buffer = PostgreSQLTextBuffer(capacity: 1 << 14)
        private(set) var count = 0
        private static let countOffset = 12

        init(elementType: Int32) {
            // One dimension, no NULLs, the type, how many, the first one's number.
            for number in [1, 0, elementType, 0, 1] { buffer.append(bigEndian: number) }
        }

        mutating func add<T: FixedWidthInteger>(_ number: T) {
            buffer.append(bigEndian: Int32(MemoryLayout<T>.size))
            buffer.append(bigEndian: number)
            count += 1
        }

        mutating func add(_ text: UnsafeRawBufferPointer) {
            buffer.append(bigEndian: Int32(text.count))
            buffer.append(text)
            count += 1
        }

        mutating func clear() {
            buffer.keep(first: Self.countOffset + 8)
            count = 0
        }

        mutating func withBytes<R>(_ body: (UnsafeRawBufferPointer) throws -> R) rethrows -> R {
            buffer.overwrite(at: Self.countOffset, bigEndian: Int32(count))
            return try body(buffer.bytes)
        }
    }

    mutating func clear() {
        keys.clear()
        prints.clear()
        records.clear()
        hasAllRecords = true
        digest = 0
    }

    /// Adds the key that stands in `scratch`, as the text of an array; the rest of the row follows by `add`.
    mutating func addKey() { keys.add(scratch.bytes) }

    mutating func add(_ record: Int, print: UInt64) {
        if record != prints.count { hasAllRecords = false }
        prints.add(Int64(bitPattern: print))
        records.add(Int32(record))
        digest &+= print
    }

    /// Writes it into the database.
    mutating func write(chunkID: String, tableID: String, _ connection: PostgreSQLConnection) throws {
        let hasAllRecords = hasAllRecords
        try keys.withBytes { keys in
            try prints.withBytes { prints in
                try records.withBytes { records in
                    _ = try connection.query(
                        """
                        INSERT INTO _waybill.undo_packs (chunk_id, first, table_id, keys, prints, records)
                        VALUES (\(chunkID), 1, \(tableID), $1::text[], $2::bigint[], $3::int[])
                        """, binary: [keys, prints, hasAllRecords ? nil : records])
                }
            }
        }
    }
}
