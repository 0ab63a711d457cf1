internal import Records

/// Knows what undo data keeps of a row, its key and its fingerprint, from the record and from what the server fills in, without
/// asking the server for the row.
struct PostgreSQLFingerprinter {
    /// Where a value of a row comes from: a place in the plan, or one among the filled columns.
    private enum Origin {
        case record(Int)
        case filled(Int)
    }

    /// For each column that rows are described by.
    private let image: [Origin]
    private let key: [Origin]
    /// The columns that records do not bring.
    let filled: PostgreSQLFilledColumns
    /// Whether the same is known of a row that was there before, and whether keys of different texts are different.
    let knowsUpdates: Bool
    /// For each place in the plan, what the server makes of a value's text; nil if it keeps every text.
    private let rules: [PostgreSQLStoredText?]

    /// - Returns: nil if it cannot be known what the server makes of a record: types that are not known here, tables without a
    ///   key, or a server that computes fingerprints differently.
    init?(_ undo: PostgreSQLUndoFormat, _ target: PostgreSQLTarget, _ connection: PostgreSQLConnection) throws {
        guard !undo.key.isEmpty, try Self.agrees(connection) else { return nil }
        func place(_ column: PostgreSQLTable.Column) -> Int? { target.columns.firstIndex { $0.name == column.name } }
        var rules = [PostgreSQLStoredText?](repeating: nil, count: target.columns.count)
        var filled: [PostgreSQLTable.Column] = []
        for column in undo.columns + undo.key.filter({ !undo.columns.contains($0) }) {
            guard let place = place(column) else {
                filled.append(column)
                continue
            }
            guard var rule = PostgreSQLStoredText(column) else { return nil }
            if rule == .timestampWithZone, undo.zone != nil { rule = .timestampWithGivenZone }
            if rule != .any { rules[place] = rule }
        }
        func origin(_ column: PostgreSQLTable.Column) -> Origin? {
            place(column).map(Origin.record) ?? filled.firstIndex(of: column).map(Origin.filled)
        }
        self.filled = try PostgreSQLFilledColumns(filled, undo, in: connection)
        key = undo.key.compactMap(origin)
        image = undo.columns.compactMap(origin)
        let areKeysKnown = undo.key.allSatisfy { place($0) != nil && $0.type != "numeric" }
        knowsUpdates = try areKeysKnown && !Self.hasLooseTexts(undo.table, connection)
        self.rules = rules
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
        let fingerprints = try connection.query(
            "SELECT \(rows.map(PostgreSQLUndoFormat.fingerprint).joined(separator: ", "))")[0]
        var buffer = ByteBuffer(capacity: 1024)
        for (sample, fingerprint) in zip(samples, fingerprints) {
            var texts = ByteBuffer()
            let places = sample.map { text in
                let start = texts.count
                text.map { Array($0.utf8).withUnsafeBytes { texts.append(contentsOf: $0) } }
                return text.map { _ in start..<texts.count }
            }
            PostgreSQLArrayText.write(count: sample.count, to: &buffer) { index in
                places[index].map { UnsafeRawBufferPointer(rebasing: texts.bytes[$0]) }
            }
            guard "\(Int64(bitPattern: PostgreSQLTextHash.hash(buffer.bytes)))" == fingerprint else { return false }
        }
        return true
    }

    /// Whether it is known what the server will keep of these records.
    func knows(_ records: [Int], _ values: Chunk.Values) -> Bool {
        var room = ByteBuffer(capacity: 64)
        for (place, rule) in rules.enumerated() {
            guard let rule else { continue }
            for record in records {
                guard let value = values.value(record: record, column: place) else { continue }
                if rule.stored(value, &room) == nil { return false }
            }
        }
        return true
    }

    /// The text that the server keeps of a value of a row.
    ///
    /// - Parameter room: where it may be put together.
    private func text(
        _ origin: Origin, _ record: Int, _ values: Chunk.Values, _ filling: PostgreSQLFilling, _ room: inout ByteBuffer
    ) -> UnsafeRawBufferPointer? {
        switch origin {
        case .record(let place): text(record, place, values, &room)
        case .filled(let place): filling[place]
        }
    }

    /// The text that the server will keep of a value of a record that it knows.
    private func text(
        _ record: Int, _ place: Int, _ values: Chunk.Values, _ room: inout ByteBuffer
    ) -> UnsafeRawBufferPointer? {
        let value = values.value(record: record, column: place)
        guard let value, let rule = rules[place] else { return value }
        return rule.stored(value, &room)
    }

    /// Whether values are the same exactly where their texts are.
    var knowsEquality: Bool {
        !rules.contains { rule in if case .spelled = rule { true } else { false } }
    }

    /// Whether two records have the same values at these places of the plan.
    func haveSameValues(_ one: Int, _ other: Int, _ values: Chunk.Values, at places: [Int]) -> Bool {
        var room = ByteBuffer(capacity: 64)
        return places.allSatisfy { keeps(text(one, $0, values, &room), of: other, values, at: $0) }
    }

    /// Whether this is the text that the server keeps of a record's value.
    func keeps(_ text: UnsafeRawBufferPointer?, of record: Int, _ values: Chunk.Values, at place: Int) -> Bool {
        var room = ByteBuffer(capacity: 64)
        guard let text, let other = self.text(record, place, values, &room) else {
            return text == nil && values.value(record: record, column: place) == nil
        }
        return text.elementsEqual(other)
    }

    /// The hashes of all records' keys; nil if records with different hashes might have the same key.
    func keyHashes(of chunk: Chunk) -> Set<UInt64>? {
        chunk.withValues { values in
            guard knowsUpdates, knows(Array(chunk.records.indices), values) else { return nil }
            var hashes = Set<UInt64>(minimumCapacity: chunk.records.count)
            var text = ByteBuffer(capacity: 1 << 10)
            var room = ByteBuffer(capacity: 64)
            for record in chunk.records.indices {
                writeKey(record, values, .none, to: &text, &room)
                hashes.insert(PostgreSQLTextHash.hash(text.bytes))
            }
            return hashes
        }
    }

    func noteKey(of record: Int, _ values: Chunk.Values, in notes: inout PostgreSQLRowNotes) {
        writeKey(record, values, .none, to: &notes.scratch, &notes.room)
        notes.noteKey(of: record)
    }

    func noteFingerprint(
        of record: Int, _ values: Chunk.Values, _ filling: PostgreSQLFilling = .none, in notes: inout PostgreSQLRowNotes
    ) {
        notes.note(fingerprint: fingerprint(record, values, filling, &notes.scratch, &notes.room), of: record)
    }

    /// Adds what to keep of a record that was inserted.
    func add(
        _ record: Int, of values: Chunk.Values, _ filling: PostgreSQLFilling, to packs: inout PostgreSQLUndoPacks
    ) {
        writeKey(record, values, filling, to: &packs.key, &packs.room)
        let fingerprint = self.fingerprint(record, values, filling, &packs.image, &packs.room)
        packs.add(record, key: packs.key.bytes, fingerprint: fingerprint, isUpdate: false)
    }

    /// What a value of a row was before a record changed it.
    enum Before {
        case same
        case other(UnsafeRawBufferPointer?)
    }

    /// Writes what a row was that a record changed, as the `before` of the packs.
    ///
    /// - Parameter before: gives what the value at a place of the plan was.
    func write(
        before: (_ place: Int) -> Before, changedBy record: Int, _ values: Chunk.Values, _ filling: PostgreSQLFilling,
        to packs: inout PostgreSQLUndoPacks
    ) {
        PostgreSQLArrayText.write(count: image.count, to: &packs.before) { index in
            switch image[index] {
            case .filled(let place): return filling[place]
            case .record(let place):
                if case .other(let other) = before(place) { return other }
                return text(record, place, values, &packs.room)
            }
        }
    }

    /// Writes the text of the row's key, and nothing else, into the buffer.
    private func writeKey(
        _ record: Int, _ values: Chunk.Values, _ filling: PostgreSQLFilling, to buffer: inout ByteBuffer,
        _ room: inout ByteBuffer
    ) {
        PostgreSQLArrayText.write(count: key.count, to: &buffer) { text(key[$0], record, values, filling, &room) }
    }

    /// The fingerprint of the row that a record becomes.
    private func fingerprint(
        _ record: Int, _ values: Chunk.Values, _ filling: PostgreSQLFilling, _ buffer: inout ByteBuffer,
        _ room: inout ByteBuffer
    ) -> UInt64 {
        PostgreSQLArrayText.write(count: image.count, to: &buffer) { text(image[$0], record, values, filling, &room) }
        return PostgreSQLTextHash.hash(buffer.bytes)
    }
}
