internal import Records

extension Mapper {
    /// The longest composed value, in bytes.
    static let maximumComposedBytes = 16 << 20
    /// The most bytes that a chunk's `decoded` grows to: its offsets have 32 bits.
    private static let maximumDecodedBytes = 1 << 30

    /// Fills one column's slot in every record, and notes the records that fail one of its rules.
    mutating func apply(_ check: MappingPlan.Check, to chunk: inout Chunk) throws {
        output.removeAll(keepingCapacity: true)
        let base = chunk.decoded.count
        let rules = check.rules
        let defaultField = rules.default.map { value in
            output.append(contentsOf: value)
            return Chunk.Field.decoded(offset: base, length: value.count)
        }
        chunk.withValues { values in
            for record in chunk.records.indices {
                let start = output.count
                let source = chunk.fields[record * chunk.columnCount + check.column]
                let value = values.value(record: record, column: check.column)
                let field: Chunk.Field
                switch rules.apply(to: value, output: &output) {
                case .value(let range): field = source.part(range)
                case .converted: field = .decoded(offset: base + start, length: output.count - start)
                case .null: field = defaultField ?? .null
                case .failure(let rule):
                    failures.append(Failure(record: record, column: check.column, rule: rule))
                    field = .null
                }
                slots[record * plan.slotCount + check.slot] = field
            }
        }
        chunk.decoded.append(contentsOf: output)
        try Self.check(decodedBytes: chunk.decoded.count)
    }

    mutating func fill(_ constant: MappingPlan.Constant, in chunk: inout Chunk) {
        let field = Chunk.Field.decoded(offset: chunk.decoded.count, length: constant.value.count)
        chunk.decoded.append(contentsOf: constant.value)
        for record in chunk.records.indices { slots[record * plan.slotCount + constant.slot] = field }
    }

    /// Fills a composed column's slot in every record. NULL in a part makes the whole NULL.
    mutating func compose(_ composition: MappingPlan.Composition, column: Int, in chunk: inout Chunk) throws {
        output.removeAll(keepingCapacity: true)
        let base = chunk.decoded.count
        try FieldBytes.with(chunk) { bytes in
            for record in chunk.records.indices {
                let start = output.count
                let row = record * plan.slotCount
                if append(composition.parts, row: row, bytes) {
                    slots[row + composition.slot] = .decoded(offset: base + start, length: output.count - start)
                } else {
                    slots[row + composition.slot] = .null
                }
                if output.count - start > Self.maximumComposedBytes {
                    failures.append(Failure(record: record, column: column, rule: .tooLarge))
                    output.removeSubrange(start...)
                }
                try Self.check(decodedBytes: base + output.count)
            }
        }
        chunk.decoded.append(contentsOf: output)
    }

    /// Appends a template's parts, until there is too much. Returns false, having appended nothing, where one is NULL.
    private mutating func append(_ parts: [MappingPlan.Composition.Part], row: Int, _ bytes: FieldBytes) -> Bool {
        let start = output.count
        for part in parts {
            switch part {
            case .text(let text): output.append(contentsOf: text)
            case .slot(let slot):
                guard let value = bytes[slots[row + slot]] else {
                    output.removeSubrange(start...)
                    return false
                }
                if output.count - start <= Self.maximumComposedBytes { output.append(contentsOf: value) }
            }
        }
        return true
    }

    private static func check(decodedBytes: Int) throws {
        guard decodedBytes > maximumDecodedBytes else { return }
        throw DataError(
            .unusableOption, "the mapping makes more than 1 GiB of new values in one chunk.",
            remedy: "Make chunks smaller with --chunk-size.")
    }
}

/// The bytes that a chunk's fields are in, for the time of a closure.
struct FieldBytes {
    private let bytes: UnsafeRawBufferPointer
    private let decoded: UnsafeRawBufferPointer

    static func with<R>(_ chunk: Chunk, _ body: (FieldBytes) throws -> R) rethrows -> R {
        try chunk.bytes.withUnsafeBytes { bytes in
            try chunk.decoded.withUnsafeBytes { decoded in
                try body(FieldBytes(bytes: bytes, decoded: decoded))
            }
        }
    }

    /// The value of a field, or nil for NULL.
    @inline(__always)
    subscript(field: Chunk.Field) -> UnsafeRawBufferPointer? {
        if field.isNull { return nil }
        let start = Int(field.offset)
        return UnsafeRawBufferPointer(rebasing: (field.isDecoded ? decoded : bytes)[start..<(start + field.length)])
    }
}

extension Chunk.Field {
    /// A part of the value, where it stands.
    @inline(__always)
    func part(_ range: Range<Int>) -> Chunk.Field {
        if range.count == length { return self }
        let start = Int(offset) + range.lowerBound
        return isDecoded ? .decoded(offset: start, length: range.count) : .source(offset: start, length: range.count)
    }
}
