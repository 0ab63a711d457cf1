internal import ImportLog
internal import Records

/// What the log knows of a chunk that it has and did not lose.
struct KnownChunk: Sendable, Equatable {
    var event: ChunkCommitted
    /// The event's bytes in the log.
    var payload: [UInt8]
}

/// The comparison of a destination's ledger with the log, and what follows from it; nothing is done yet.
///
/// | ledger | log | what happened | what resume does |
/// |---|---|---|---|
/// | has chunk n | has it | normal | nothing |
/// | has it | lacks it | killed between the two commits | appends the ledger's event |
/// | lacks it | has it | the destination lost a commit | appends `ChunkLost`, reads that chunk again |
/// | differs | | someone else wrote, or another log | stops |
struct Reconciliation: Sendable {
    /// Chunks that only the ledger has, in order.
    private(set) var recovered: [LedgerEntry] = []
    /// Chunks that only the log has, in order.
    private(set) var lost: [KnownChunk] = []
    /// The last chunk that is in the destination when all of this is done.
    private(set) var last: ChunkCommitted?

    /// - Throws: `DataError.conflict`, naming the chunk, if the two contradict each other.
    init(
        importID: ImportID, submittedAt: Timestamp, sections: [ImportSubmitted.Section], known: [KnownChunk],
        forEachReceipt: ((Receipt) throws -> Void) throws -> Void
    ) throws {
        var next = 0
        try forEachReceipt { receipt in
            let chunk = receipt.key.chunk
            guard chunk == UInt64(next) + 1 else {
                throw Self.conflict(
                    importID, chunk: UInt64(next) + 1,
                    "the destination's ledger has chunk \(chunk) but not chunk \(next + 1)")
            }
            guard let entry = try? LedgerEntry(bytes: receipt.entry) else {
                throw Self.conflict(importID, chunk: chunk, "its row in the destination's ledger cannot be read")
            }
            // A log that was restored from a copy gives the numbers of the imports it forgot a second time.
            if let written = entry.submittedAt, written != submittedAt {
                throw Self.conflict(
                    importID, chunk: chunk,
                    "the destination's ledger has it from another import of this number, which a newer copy of the log knows"
                )
            }
            let table = sections.first { $0.name == entry.chunk.span.section }?.table
            guard let table, receipt.table.lowercased() == table.lowercased() else {
                let expected = table ?? sections[0].table
                throw Self.conflict(
                    importID, chunk: chunk,
                    "according to the destination's ledger it went into table \(receipt.table), not into \(expected)")
            }
            if next < known.count {
                guard entry.payload == known[next].payload else {
                    throw Self.conflict(
                        importID, chunk: chunk, "the destination's ledger and the log disagree about it")
                }
            } else {
                recovered.append(entry)
            }
            guard entry.chunk.span.follows(last?.span) else {
                throw Self.conflict(importID, chunk: chunk, "it does not begin where chunk \(next) ends")
            }
            last = entry.chunk
            next += 1
        }
        if next < known.count { lost = Array(known[next...]) }
    }

    private static func conflict(_ importID: ImportID, chunk: UInt64, _ what: String) -> DataError {
        DataError(
            .conflict, "Import \(importID) cannot continue at chunk \(chunk): \(what). Nothing was changed.",
            remedy: "Another program wrote to the destination's ledger, or another log did. "
                + "See what the log has: waybill log show --import \(importID)")
    }
}

extension Span {
    /// Whether the chunk before this one may have been of the other span: it ends here, or is of another section.
    fileprivate func follows(_ other: Span?) -> Bool {
        guard let other, other.section == section else { return true }
        return start == other.end
    }
}
