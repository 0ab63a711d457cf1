package import Records

/// Rewrites chunks: a chunk with the source's columns goes in, the same chunk with the table's columns comes out.
///
/// A record that fails a rule moves to the chunk's rejects; the others keep their place and order. The chunk's span and
/// bytes stay as they are.
///
/// What it does follows from the chunks alone, in the order in which they are applied: a new mapper that is applied to the
/// earlier chunks of a source again (their results thrown away) knows all that the old one knew, and a chunk may be
/// applied twice. A copy goes its own way.
package struct Mapper: Sendable {
    /// The columns of the chunks that come out.
    package var columns: [MappedColumn] { plan.columns }

    /// Whether what becomes of a record depends on the records before it.
    package var remembers: Bool { !uniques.isEmpty }

    let plan: MappingPlan
    var uniques: [UniqueColumn] = []
    /// The fields that are being made, row by row: `plan.slotCount` for each record. Kept for the next chunk.
    var slots: [Chunk.Field] = []
    /// The values that are being made for one column, kept for the next one.
    var output: [UInt8] = []
    var failures: [Failure] = []

    /// A rule that a record failed.
    struct Failure {
        var record: Int
        /// The column's place in the source; composed columns follow after the source's.
        var column: Int
        var rule: Rule
        /// For `unique`, the record that had the value first.
        var firstRecord: UInt64 = 0
    }

    /// - Parameter temporaryDirectory: where the values of unique columns are kept once there are many; better no file system
    ///   in memory. Nil for `TMPDIR`, or else `/var/tmp`.
    ///
    /// Throws `DataError(.unusableOption)` if the mapping cannot be used, or not with these columns.
    package init(
        _ mapping: SectionMapping, sourceColumns: [String], temporaryDirectory: String? = nil
    ) throws {
        plan = try MappingPlan(mapping, sourceColumns: sourceColumns)
        for check in plan.checks where check.rules.isUnique {
            let values = try UniqueSet(directory: temporaryDirectory ?? UniqueTable.defaultDirectory)
            uniques.append(UniqueColumn(column: check.column, slot: check.slot, values: values))
        }
    }

    /// Rewrites a chunk that has the source's columns.
    ///
    /// Throws `DataError`: `.noSpace` or `.unreadable` where the values of unique columns cannot be kept, `.unusableOption`
    /// for a chunk whose new values do not fit into it. Neither mapper nor chunk can be used then.
    package mutating func apply(to chunk: inout Chunk) throws {
        precondition(chunk.columnCount == plan.sourceColumns.count, "the chunk has other columns than the mapping")
        if plan.changesNothing { return }
        failures.removeAll(keepingCapacity: true)
        resizeSlots(records: chunk.records.count)
        move(chunk)
        for check in plan.checks { try apply(check, to: &chunk) }
        for constant in plan.constants { fill(constant, in: &chunk) }
        for (index, composition) in plan.compositions.enumerated() {
            try compose(composition, column: plan.sourceColumns.count + index, in: &chunk)
        }
        failures.sort { ($0.record, $0.column) < ($1.record, $1.column) }
        if !uniques.isEmpty { try checkUnique(chunk) }
        finish(&chunk)
    }

    private mutating func resizeSlots(records: Int) {
        let count = records * plan.slotCount
        if slots.count > count {
            slots.removeLast(slots.count - count)
        } else {
            slots.append(contentsOf: repeatElement(.null, count: count - slots.count))
        }
    }

    /// Copies the fields of columns whose values nobody looks at.
    private mutating func move(_ chunk: Chunk) {
        let (columnCount, slotCount) = (chunk.columnCount, plan.slotCount)
        plan.moves.withUnsafeBufferPointer { moves in
            chunk.fields.withUnsafeBufferPointer { source in
                slots.withUnsafeMutableBufferPointer { slots in
                    for record in chunk.records.indices {
                        for move in moves {
                            slots[record * slotCount + move.slot] = source[record * columnCount + move.column]
                        }
                    }
                }
            }
        }
    }

    /// Gives the chunk the fields that were made, without the records that failed.
    private mutating func finish(_ chunk: inout Chunk) {
        if !failures.isEmpty { reject(from: &chunk) }
        if !failures.isEmpty || plan.slotCount != columns.count {
            compact(&chunk)
        }
        chunk.columnCount = columns.count
        if !chunk.jsonColumns.isEmpty { chunk.jsonColumns = plan.keepsValues }
        swap(&chunk.fields, &slots)
    }

    /// Closes the gaps that rejected records and hidden slots leave.
    private mutating func compact(_ chunk: inout Chunk) {
        let (columnCount, slotCount) = (columns.count, plan.slotCount)
        var kept = 0
        var failure = 0
        for record in chunk.records.indices {
            if failure < failures.count, failures[failure].record == record {
                while failure < failures.count, failures[failure].record == record { failure += 1 }
                continue
            }
            for column in 0..<columnCount { slots[kept * columnCount + column] = slots[record * slotCount + column] }
            chunk.records[kept] = chunk.records[record]
            kept += 1
        }
        chunk.records.removeLast(chunk.records.count - kept)
        slots.removeLast(slots.count - kept * columnCount)
    }
}
