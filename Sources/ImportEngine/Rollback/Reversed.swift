internal import ImportLog
internal import Records

/// How much of an import a database has taken back.
struct Reversed {
    enum Standing {
        case none
        case some(RollbackStarted)
        case all
    }

    let standing: Standing

    init(_ id: ImportID, _ log: ImportLog, _ destination: any Destination) throws {
        var rollbacks: [UInt64: Set<UInt64>] = [:]
        try destination.forEachReversal(logID: log.id, importID: id) { receipt in
            if let entry = try? ReversalEntry(bytes: receipt.entry) {
                rollbacks[entry.rollback, default: []].insert(receipt.key.chunk)
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
        try destination.forEachReceipt(logID: log.id, importID: id) { written.insert($0.key.chunk) }
        standing = written.isSubset(of: rollbacks[last] ?? []) ? .all : .some(started)
    }
}
