internal import Records

/// The undo data of many changes, as rows of `_waybill.undo_packs` in the binary format of COPY.
///
/// A row for each change would cost more than the change itself, and a row for a whole chunk would be cut into pieces of
/// 2 KB with an index entry each. A pack is as large as a page holds. Whoever has to change undo data, or to find rows by
/// their keys often, unpacks it first: see `PostgreSQLUndo.unpack`.
struct PostgreSQLUndoPacks: ~Copyable {
    /// The statement whose data this is.
    static let copy = """
        COPY _waybill.undo_packs (chunk_id, first, table_id, keys, prints, records, befores) FROM STDIN (FORMAT binary)
        """

    private var keys = Texts()
    private var fingerprints = Numbers(elementType: 20)
    /// Each row's place in the chunk. Left away where none is missing: then it follows from the change's number.
    private var records = Numbers(elementType: 23)
    /// What rows were; empty if they were not there.
    private var befores = Texts()
    private var hasAllRecords = true
    private var tableID: Int32 = 0
    /// The number of the first change in the pack that is being filled.
    private var first: Int32 = 1
    /// What that pack takes in a page so far.
    private var size = 0
    /// Packs that are full, and where in them the chunk's id is missing.
    private var full = ByteBuffer(capacity: 1 << 16)
    private var idPlaces: [Int] = []
    /// The sum of the fingerprints, modulo 2⁶⁴.
    private(set) var digest: UInt64 = 0
    /// What the next row was, where it was there before.
    var before = ByteBuffer(capacity: 1 << 12)
    /// A buffer for keys and fingerprints.
    var key = ByteBuffer(capacity: 1 << 10)
    var image = ByteBuffer(capacity: 1 << 12)
    var room = ByteBuffer(capacity: 64)

    /// What a page of 8 KB has for the elements, beside the row's head, its numbers and the heads of texts and arrays.
    private static let capacity = 8_000
    private static let pieceSize = 1 << 16

    /// An array of numbers as the server's binary format has it.
    private struct Numbers: ~Copyable {
        private var buffer = ByteBuffer(capacity: 1 << 12)
        private(set) var count = 0
        private static let countOffset = 12

        init(elementType: Int32) {
            // One dimension, no NULLs, the type, how many, the first one's number.
            for number in [1, 0, elementType, 0, 1] { buffer.append(bigEndian: number) }
        }

        mutating func add<T: FixedWidthInteger & BitwiseCopyable>(_ number: T) {
            buffer.append(bigEndian: Int32(MemoryLayout<T>.size))
            buffer.append(bigEndian: number)
            count += 1
        }

        mutating func clear() {
            buffer.shorten(to: Self.countOffset + 8)
            count = 0
        }

        /// Appends it as a field of a row.
        mutating func append(to row: inout ByteBuffer) {
            buffer.overwrite(at: Self.countOffset, bigEndian: Int32(count))
            row.append(bigEndian: Int32(buffer.count))
            row.append(contentsOf: buffer.bytes)
        }
    }

    /// The text of an array of arrays: the server has nothing to do but to store it.
    private struct Texts: ~Copyable {
        private var buffer = ByteBuffer(capacity: 1 << 13)

        var isEmpty: Bool { buffer.count == 0 }

        mutating func add(_ array: UnsafeRawBufferPointer) {
            buffer.append(UInt8(ascii: isEmpty ? "{" : ","))
            buffer.append(contentsOf: array)
        }

        mutating func clear() { buffer.shorten(to: 0) }

        /// Appends it as a field of a row, NULL where nothing was added.
        mutating func append(to row: inout ByteBuffer) {
            if isEmpty { return row.append(bigEndian: Int32(-1)) }
            buffer.append(UInt8(ascii: "}"))
            row.append(bigEndian: Int32(buffer.count))
            row.append(contentsOf: buffer.bytes)
        }
    }

    /// Begins a chunk's undo data. Its id need not be known before the first packs are sent.
    mutating func begin(tableID: String) {
        self.tableID = Int32(tableID) ?? 0
        clear()
        first = 1
        digest = 0
        clearFull()
        // The format's signature, no flags, no further head.
        full.append("PGCOPY\n")
        for byte: UInt8 in [0xFF, 0x0D, 0x0A, 0] { full.append(byte) }
        full.append(bigEndian: Int64(0))
    }

    private mutating func clear() {
        keys.clear()
        fingerprints.clear()
        records.clear()
        befores.clear()
        hasAllRecords = true
        size = 0
    }

    /// Adds a change: a row was inserted, or was `before` and was updated.
    mutating func add(_ record: Int, key: UnsafeRawBufferPointer, fingerprint: UInt64, isUpdate: Bool) {
        let needed = 12 + key.count + 1 + (isUpdate ? before.count + 1 : 0)
        if fingerprints.count > 0, size + needed > Self.capacity || isUpdate == befores.isEmpty { close() }
        if record != Int(first) - 1 + fingerprints.count { hasAllRecords = false }
        keys.add(key)
        fingerprints.add(Int64(bitPattern: fingerprint))
        records.add(Int32(record))
        if isUpdate { befores.add(before.bytes) }
        size += needed
        digest &+= fingerprint
    }

    private mutating func close() {
        full.append(bigEndian: Int16(7))
        full.append(bigEndian: Int32(8))
        idPlaces.append(full.count)
        full.append(bigEndian: Int64(0))
        for number in [first, tableID] {
            full.append(bigEndian: Int32(4))
            full.append(bigEndian: number)
        }
        first += Int32(fingerprints.count)
        keys.append(to: &full)
        fingerprints.append(to: &full)
        if hasAllRecords { full.append(bigEndian: Int32(-1)) } else { records.append(to: &full) }
        befores.append(to: &full)
        clear()
    }

    /// Sends the packs that are full, where they are worth a piece.
    mutating func flush(chunkID: String, to send: (UnsafeRawBufferPointer) throws -> Void) throws {
        if full.count >= Self.pieceSize { try sendFull(chunkID, send) }
    }

    /// Sends the rest.
    mutating func end(chunkID: String, to send: (UnsafeRawBufferPointer) throws -> Void) throws {
        if fingerprints.count > 0 { close() }
        full.append(bigEndian: Int16(-1))
        try sendFull(chunkID, send)
    }

    private mutating func sendFull(_ chunkID: String, _ send: (UnsafeRawBufferPointer) throws -> Void) throws {
        for place in idPlaces { full.overwrite(at: place, bigEndian: Int64(chunkID) ?? 0) }
        try send(full.bytes)
        clearFull()
    }

    private mutating func clearFull() {
        full.shorten(to: 0)
        idPlaces.removeAll(keepingCapacity: true)
    }
}
