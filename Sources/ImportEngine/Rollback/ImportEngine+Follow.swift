internal import ImportLog
internal import Records

/// Why the log follows a database that went back in time.
enum FollowedCause {
    /// Waybill put a backup back.
    case restore(of: String)
    /// Someone else restored the database, or it is a copy.
    case foundOlder

    var words: String {
        switch self {
        case .restore(let name): "the backup \(name) was restored"
        case .foundOlder: "its database is an older copy"
        }
    }

    func event(_ state: ImportState) -> ImportEvent {
        let backup = if case .restore(let name) = self { name } else { "" }
        return .backupRestored(backup: backup, requestedBy: CurrentUser.description, state: state)
    }
}

extension ImportEngine {
    /// Whether the log says that an import is rolled back, but the database has rows of it that were not taken out: it was
    /// restored from a copy that is older than the rollback, or is such a copy, or a standby that the rollback did not reach.
    func isBack(_ status: ImportStatus, in destination: any Destination) throws -> Bool {
        guard status.state == .rolledBack,
            try destination.hasReceipts(logID: log.id, importID: status.importID.rawValue)
        else { return false }
        if case .all = try Reversed(status.importID, log, destination).standing { return false }
        return true
    }

    /// Has the log say that an import's rows are there again, where they are. Nil if the log was right.
    func followIfBack(_ status: ImportStatus, _ destination: any Destination) throws -> ImportStatus? {
        guard try isBack(status, in: destination) else { return nil }
        return try follow(status.importID, .foundOlder, nil, destination)
    }

    /// Has an import say what the database has of it now. Nil if it says so already.
    func follow(
        _ id: ImportID, _ cause: FollowedCause, _ position: UInt64?, _ destination: any Destination
    ) throws -> ImportStatus? {
        let status = try log.status(of: id)
        let ledger = try reconcile(status, knownChunks(of: id), destination)
        let reversed = try Reversed(id, log, destination)
        let before = position.flatMap { try? log.status(of: id, at: $0).state }
        var events: [ImportEvent] = []
        switch reversed.standing {
        case .all(let started, let chunks):
            // Another rollback may have come since, for rows that this one had left: they are there again.
            let counts = chunks.reduce(into: ReversalCounts()) { $0 += $1.counts }
            if status.state == .rolledBack && ledger.lost.isEmpty && status.rollback?.counts == counts { return nil }
            let kept = chunks.filter { $0.counts.kept + $0.counts.refused > 0 }
            events = [cause.event(.rolledBack), .rollbackStarted(started)]
            events += kept.map { .chunkReversed($0) } + [.rollbackCompleted(counts, state: .rolledBack)]
        case .some(let started):
            // It was under way when the backup was made, and must be continued.
            if status.rollback?.isFinished == false { return nil }
            events = [
                cause.event(started.stateBefore), .rollbackStarted(started),
                .interrupted(reason: "its rollback is not finished", noticedLater: false),
            ]
        case .none:
            if !ledger.lost.isEmpty {
                // Of one that came since and was undone since there is nothing, and nothing is said of it.
                if status.state == .rolledBack && ledger.last == nil { return nil }
                if status.state != .cancelled {
                    events = [
                        cause.event(.interrupted),
                        .interrupted(
                            reason: "\(cause.words), which lacks \(ledger.lost.count) of its chunks",
                            noticedLater: false),
                    ]
                }
            } else if status.rollback != nil || status.state == .rolledBack {
                let stateBefore = try (before == .rolledBack ? nil : before) ?? log.stateBeforeRollbacks(of: id)
                events = [cause.event((stateBefore ?? .interrupted).atRest)]
            } else if !ledger.recovered.isEmpty {
                events = [cause.event((before ?? .interrupted).atRest)]
            }
        }
        if events.isEmpty && ledger.lost.isEmpty && ledger.recovered.isEmpty { return nil }
        let owner = try ownWaiting(for: id)
        for chunk in ledger.lost.reversed() {
            let lost = ChunkLost(chunk: chunk.event.chunk, span: chunk.event.span, counts: chunk.event.counts)
            _ = try owner.submit([.chunkLost(lost)])
        }
        for entry in ledger.recovered { _ = try owner.submit(recovered: entry) }
        // One append, so that no kill leaves half of the story.
        if !events.isEmpty { _ = try owner.submit(events).wait() }
        owner.removeLock()
        return try log.status(of: id)
    }
}

extension ImportState {
    /// The state of an import that nobody works on.
    fileprivate var atRest: ImportState { self == .running ? .interrupted : self }
}

extension ImportLog {
    /// The state that an import had before it was rolled back last; a rollback that was undone itself counts as well.
    fileprivate func stateBeforeRollbacks(of id: ImportID) throws -> ImportState? {
        var state: ImportState?
        try forEachEvent(of: id) { recorded, _ in
            if case .rollbackStarted(let started) = recorded.event, started.stateBefore != .rolledBack {
                state = started.stateBefore
            }
        }
        return state
    }
}
