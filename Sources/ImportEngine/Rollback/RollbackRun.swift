internal import ImportLog
internal import Records

/// One run of a rollback: chunk by chunk, the newest first, each in a transaction of its own.
struct RollbackRun {
    let owner: ImportOwner
    let logID: String
    let destination: any Destination
    /// The position of the rollback's first event.
    let rollback: UInt64
    let overwritesEdited: Bool
    let only: RowCondition?
    let versioned: [VersionedTable]
    let stop: StopSwitch
    let news: @Sendable (RollbackNews) -> Void

    enum End {
        case completed
        case stopped(reason: String)
    }

    static let mostAttempts = 8

    /// Undoes these chunks; the caller appends how it ended.
    ///
    /// - Parameter counts: what was undone before, and in the end all.
    func run(_ chunks: [UInt64], _ counts: inout ReversalCounts) throws -> End {
        var pending: [PendingAppend] = []
        defer { for append in pending { _ = try? append.wait() } }
        for (index, chunk) in chunks.enumerated() {
            if let reason = stop.reason { return .stopped(reason: reason) }
            let entry = try reverse(chunk)
            ImportFaultPoint.afterReversalCommit.reached()
            pending.append(try owner.submit(entry))
            if pending.count > 8 { _ = try pending.removeFirst().wait() }
            counts += entry.chunk.counts
            news(.chunk(done: index + 1, of: chunks.count, counts))
        }
        for append in pending { _ = try append.wait() }
        pending = []
        return .completed
    }

    private func reverse(_ chunk: UInt64) throws -> ReversalEntry {
        var attempt = 1
        while true {
            do {
                return try reverseOnce(chunk)
            } catch let error as DataError where error.code == .busy && attempt < Self.mostAttempts {
                news(.retrying(chunk: chunk, attempt: attempt, error: error.message))
                RetryDelay.wait(beforeAttempt: attempt + 1)
                attempt += 1
            }
        }
    }

    private func reverseOnce(_ chunk: UInt64) throws -> ReversalEntry {
        var written: ReversalEntry?
        let key = LedgerKey(logID: logID, importID: owner.importID.rawValue, chunk: chunk)
        _ = try destination.reverse(
            key, overwritesEdited: overwritesEdited, only: only, versioned: versioned
        ) { outcome in
            let entry = try ReversalEntry(ChunkReversed(chunk, outcome), rollback: rollback)
            written = entry
            ImportFaultPoint.beforeReversalCommit.reached()
            return try entry.bytes()
        }
        guard let written else { preconditionFailure("A destination took a chunk back without its receipt.") }
        return written
    }
}

extension ChunkReversed {
    init(_ chunk: UInt64, _ outcome: ChunkReversal) {
        let refused = outcome.kept.count { $0.reason == .refused }
        self.init(
            chunk: chunk,
            counts: ReversalCounts(
                reversed: UInt64(outcome.reversed), handedOver: UInt64(outcome.handedOver),
                kept: UInt64(outcome.kept.count - refused), refused: UInt64(refused)
            ),
            keptRows: outcome.kept.map {
                KeptRow(table: $0.table, key: $0.key, reason: $0.reason.rawValue, message: $0.message)
            })
    }
}
