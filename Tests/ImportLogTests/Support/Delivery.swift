import ImportLog

/// What one import brought to a batch, and how it ended.
struct Delivery: Sendable {
    enum End: Sendable {
        case queued, running, dead, paused, interrupted, failed, cancelled
        /// Read to its end, with the digest that the text stands for and so many rejects.
        case done(String, rejects: Int = 0)
    }

    var part: UInt32?
    var total: UInt32?
    var end: End
    var retryOf: ImportID?

    init(_ part: UInt32?, of total: UInt32? = nil, _ end: End, retryOf: ImportID? = nil) {
        self.part = part
        self.total = total
        self.end = end
        self.retryOf = retryOf
    }

    /// Submits the import, and lets happen to it what did.
    func play(in log: TestLog) throws {
        let id = try log.submit(.feed(part: part, of: total, batch: "november", retryOf: retryOf))
        if case .queued = end { return }
        try log.append(.started(ImportEvent.run, tableCreated: false), to: id)
        switch end {
        case .queued, .running: break
        case .dead: log.die(id)
        case .paused: try log.append(.paused, to: id)
        case .interrupted: try log.append(.interrupted(reason: "SIGINT", noticedLater: false), to: id)
        case .failed: try log.append(.failed(error: "disk full"), to: id)
        case .cancelled: try log.append(.cancelled(reason: "wrong file"), to: id)
        case .done(let digest, let rejects):
            let codes = Array(repeating: "type", count: rejects)
            try log.append(
                .chunkCommitted(.sample(1, rejecting: codes)), .completed(digest, rejected: UInt64(rejects)), to: id)
        }
    }
}

extension GroupStatus {
    /// The state, and whatever is not empty.
    var summary: String {
        let lists: [(String, [UInt32])] = [
            ("missing", missingParts), ("failed", failedParts), ("rolled back", rolledBackParts),
            ("unfinished", unfinishedParts),
            ("conflicting", conflictingParts), ("repeated", repeatedParts), ("late", lateParts),
            ("earlier total", earlierTotalParts),
        ]
        let total = totalParts.map(String.init) ?? "?"
        return
            (["\(state.rawValue) \(receivedParts)/\(total)"]
            + lists.filter { !$1.isEmpty }.map { "\($0) \($1.map(String.init).joined(separator: " "))" })
            .joined(separator: ", ")
    }
}
