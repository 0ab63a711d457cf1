internal import Records

/// Knows what undo data keeps of a row, its key and its fingerprint, from the record alone, without asking the server.
struct PostgreSQLPrinter {
    /// For each column that rows are described by, its place in the plan; nil for one that stays NULL.
    private let image: [Int?]
    private let key: [Int]
    /// Whether the same is known of a row that was there before, and whether keys of different texts are different.
    let knowsUpdates: Bool
    /// The places in the plan whose texts the server may write in another way.
    private let doubtful: [(place: Int, rule: PostgreSQLStoredText)]

    /// - Returns: nil where it cannot be known what the server makes of a record: types that are not known here, defaults,
    ///   tables without a key, or a server that computes fingerprints differently.
    init?(_ undo: PostgreSQLUndoFormat, _ target: PostgreSQLTarget, _ connection: PostgreSQLConnection) throws {
        guard !undo.key.isEmpty, try Self.agrees(connection) else { return nil }
        func place(_ column: PostgreSQLTable.Column) -> Int? { target.columns.firstIndex { $0.name == column.name } }
        var doubtful: [(Int, PostgreSQLStoredText)] = []
        for column in undo.columns {
            guard let rule = PostgreSQLStoredText(type: column.type) else { return nil }
            guard let place = place(column) else {
                if column.hasDefault { return nil }
                continue
            }
            if rule != .any { doubtful.append((place, rule)) }
        }
        key = undo.key.compactMap(place)
        guard key.count == undo.key.count else { return nil }
        image = undo.columns.map(place)
        let hasOneTextForEachKey = undo.key.allSatisfy { $0.type != "numeric" }
        knowsUpdates = try !image.contains(nil) && hasOneTextForEachKey && !Self.hasLooseTexts(undo.table, connection)
        self.doubtful = doubtful
    }

    /// Whether the table has columns in which different texts may be equal.
    private static func hasLooseTexts(_ table: PostgreSQLTable, _ connection: PostgreSQLConnection) throws -> Bool {
        try !connection.query(
            """
            SELECT 1 FROM pg_attribute a JOIN pg_collation c ON c.oid = a.attcollation
            WHERE a.attrelid = $1::oid AND a.attnum > 0 AND NOT c.collisdeterministic
            """, [table.oid]
        ).isEmpty
    }

    /// Texts in which all that is special to arrays and to the hash comes up: every length up to two of its rounds.
    private static let samples: [[String?]] =
        [
            ["", nil, "NULL", "null", "NULLs", "a,b", "{", "}", "\"", "\\", " ", "\t\n\r\u{B}\u{C}"],
            ["\u{1}\u{1F}\u{7F}", "a\u{85}\u{A0}", "ü", "€uro", "\u{1F600}", "-1.50", "'", "(;)", "|~[]"],
            ["a long text with \"quotes\" in it"],
        ] + (1...30).map { [String(repeating: "x", count: $0)] }

    /// Whether this server writes arrays and computes fingerprints as it is done here: another version or encoding may not.
    private static func agrees(_ connection: PostgreSQLConnection) throws -> Bool {
        guard try connection.query("SHOW server_encoding")[0][0] == "UTF8" else { return false }
        let rows = samples.map { sample in
            "ARRAY[\(sample.map { $0.map { PostgreSQLIdentifier.literal($0) } ?? "NULL" }.joined(separator: ", "))]::text[]::text"
        }
        let prints = try connection.query(
            "SELECT \(rows.map(PostgreSQLUndoFormat.fingerprint).joined(separator: ", "))")[0]
        var buffer = ByteBuffer(capacity: 1024)
        for (sample, print) in zip(samples, prints) {
            var texts = ByteBuffer()
            let places = sample.map { text in
                let start = texts.count
                text.map { Array($0.utf8).withUnsafeBytes { texts.append(contentsOf: $0) } }
                return text.map { _ in start..<texts.count }
            }
            PostgreSQLArrayText.write(count: sample.count, to: &buffer) { index in
                places[index].map { UnsafeRawBufferPointer(rebasing: texts.bytes[$0]) }
            }
            guard "\(Int64(bitPattern: PostgreSQLTextHash.hash(buffer.bytes)))" == print else { return false }
        }
        return true
    }

    /// Whether the server will keep all values of these records as they are written.
    func knows(_ records: [Int], _ values: Chunk.Values) -> Bool {
        doubtful.allSatisfy { place, rule in
            records.allSatisfy { record in values.value(record: record, column: place).map(rule.keeps) ?? true }
        }
    }

    /// The hashes of all records' keys; nil where records with different hashes might have the same key.
    func keyHashes(of chunk: Chunk) -> Set<UInt64>? {
        chunk.withValues { values in
            guard knowsUpdates, knows(Array(chunk.records.indices), values) else { return nil }
            var hashes = Set<UInt64>(minimumCapacity: chunk.records.count)
            var text = ByteBuffer(capacity: 1 << 10)
            for record in chunk.records.indices {
                writeKey(record, values, to: &text)
                hashes.insert(PostgreSQLTextHash.hash(text.bytes))
            }
            return hashes
        }
    }

    func noteKey(of record: Int, _ values: Chunk.Values, in notes: inout PostgreSQLRowNotes) {
        writeKey(record, values, to: &notes.scratch)
        notes.noteKey(of: record)
    }

    func notePrint(of record: Int, _ values: Chunk.Values, in notes: inout PostgreSQLRowNotes) {
        notes.note(print: fingerprint(record, values, &notes.scratch), of: record)
    }

    /// Adds what is to be kept of a record that was inserted.
    func add(_ record: Int, of values: Chunk.Values, to packs: inout PostgreSQLUndoPacks) {
        writeKey(record, values, to: &packs.key)
        let print = fingerprint(record, values, &packs.image)
        packs.add(record, key: packs.key.bytes, print: print, isUpdate: false)
    }

    /// What a value of a row was before a record changed it.
    enum Before {
        case same
        case other(UnsafeRawBufferPointer?)
    }

    /// Writes what a row was that a record changed.
    ///
    /// - Parameter before: gives what the value at a place of the plan was.
    func write(
        before: (_ place: Int) -> Before, changedBy record: Int, _ values: Chunk.Values,
        to buffer: inout ByteBuffer
    ) {
        PostgreSQLArrayText.write(count: image.count, to: &buffer) { index in
            guard let place = image[index] else { return nil }
            return switch before(place) {
            case .same: values.value(record: record, column: place)
            case .other(let other): other
            }
        }
    }

    /// Writes the text of the row's key, and nothing else, into the buffer.
    private func writeKey(_ record: Int, _ values: Chunk.Values, to buffer: inout ByteBuffer) {
        PostgreSQLArrayText.write(count: key.count, to: &buffer) { values.value(record: record, column: key[$0]) }
    }

    /// The fingerprint of the row that a record becomes.
    private func fingerprint(_ record: Int, _ values: Chunk.Values, _ buffer: inout ByteBuffer) -> UInt64 {
        PostgreSQLArrayText.write(count: image.count, to: &buffer) { index in
            image[index].flatMap { values.value(record: record, column: $0) }
        }
        return PostgreSQLTextHash.hash(buffer.bytes)
    }
}
