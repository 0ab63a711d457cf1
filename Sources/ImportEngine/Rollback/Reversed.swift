internal import ImportLog
internal import Records

/// How much of an import a database has undone.
struct Reversed {
    enum Standing {
        case none
        case some(RollbackStarted)
        /// With what became of the rows of each chunk, those that stayed included.
        case all(RollbackStarted, [ChunkReversed])
    }

    let standing: Standing

    init(_ id: ImportID, _ log: ImportLog, _ destination: any Destination) throws {
        var rollbacks: [UInt64: [ChunkReversed]] = [:]
        try destination.forEachReversal(logID: log.id, importID: id.rawValue) { receipt in
            if let entry = try? ReversalEntry(bytes: receipt.entry) {
                rollbacks[entry.rollback, default: []].append(entry.chunk)
            }
        }
        var starts: [UInt64: RollbackStarted] = [:]
        try log.forEachEvent(of: id) { recorded, _ in
            if case .rollbackStarted(let started) = recorded.event { starts[recorded.position] = started }
        }
        // One that meant some rows only leaves the import in its state.
        let last = rollbacks.keys.filter { starts[$0].map(\.onlyColumn.isEmpty) == true }.max()
        guard let last, let started = starts[last] else {
            standing = .none
            return
        }
        var written: Set<UInt64> = []
        try destination.forEachReceipt(logID: log.id, importID: id.rawValue) { written.insert($0.key.chunk) }
        let chunks = rollbacks[last] ?? []
        standing = written.isSubset(of: chunks.map(\.chunk)) ? .all(started, chunks) : .some(started)
    }
}
