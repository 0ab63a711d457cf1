internal import LMDB

/// All views as of one position, alive for the time of a closure.
package struct Snapshot: ~Copyable {
    let transaction: BorrowedTransaction
    let databases: [String: Database]
    /// The position up to which the views are done.
    package let position: UInt64

    /// The view of the projection called `name`.
    package func view(_ name: String) -> View {
        guard let database = databases[name] else { fatalError("The log has no view \(name).") }
        return View(transaction: transaction, database: database)
    }
}

extension EventLog {
    /// Gives the live views, all as of the log's end.
    package func read<R>(_ body: (borrowing Snapshot) throws -> R) throws -> R {
        try storage {
            while true {
                let result: R? = try environment.read { transaction in
                    guard let snapshot = try liveSnapshot(transaction.borrowed) else { return nil }
                    return try body(snapshot)
                }
                if let result { return result }
                try bringViewsUpToDate()
            }
        }
    }

    /// Gives the views as they were when `position` was the log's last, folded again from the events alone.
    package func read<R>(at position: UInt64, _ body: (borrowing Snapshot) throws -> R) throws -> R {
        let end = try head().position
        guard (1...end).contains(position) else {
            throw EventLogError(
                .notFound, "The log has no position \(position).", remedy: "It has the positions 1 to \(end).")
        }
        return try storage {
            let scratch = try ScratchViews(projections: store.views.map(\.projection))
            try forEachPage(through: position, pageSize: 10_000) { page in
                try scratch.fold(page)
                return true
            }
            return try scratch.read(body)
        }
    }

    /// The live views, or nil if one of them is behind: a program that does not know it appended.
    func liveSnapshot(_ transaction: BorrowedTransaction) throws -> Snapshot? {
        let position = try transaction.lastEvent(in: store).position
        var databases: [String: Database] = [:]
        for view in store.views {
            let state = try transaction.state(of: view, in: store)
            try state.requireVersion(of: view.projection)
            if state.checkpoint < position { return nil }
            guard state.checkpoint == position else {
                throw EventLogError(
                    .corrupted,
                    "The view \(view.projection.name) is current only up to position \(state.checkpoint), but the log ends "
                        + "at \(position).", remedy: .verifyAndRebuildViews)
            }
            databases[view.projection.name] = view.database(state.live)
        }
        return Snapshot(transaction: transaction, databases: databases, position: position)
    }
}
