internal import LMDB

extension EventLog {
    /// How many events one transaction of a rebuild folds.
    private static let rebuildBatch = 10_000

    /// Rebuilds the views whose projection is newer than what folded them.
    func bringViewsUpToDate() throws {
        let outdated = try storage {
            try environment.read { transaction in
                try store.views.filter { view in
                    try transaction.state(of: view, in: store).version < view.projection.version
                }
            }
        }
        for view in outdated { try rebuild(view) { _ in } }
    }

    /// Makes all views anew from the events, beside the live ones, and swaps each in one transaction.
    ///
    /// Appends and readers go on meanwhile with the live views. A rebuild that is interrupted leaves them as they are.
    /// - Parameter progress: is told the position up to which the views are done.
    package func rebuildViews(progress: (UInt64) -> Void = { _ in }) throws {
        for view in store.views { try rebuild(view, progress: progress) }
    }

    private func rebuild(_ view: ViewSlots, progress: (UInt64) -> Void) throws {
        try storage {
            let lock = try ProcessLock.wait(directory + "/rebuild.lock", owner: "process \(ProcessID.current)")
            try withExtendedLifetime(lock) {
                try environment.write { transaction in
                    var state = try transaction.state(of: view, in: store)
                    try transaction.empty(view.database(state.live.other))
                    state.rebuiltTo = 0
                    try transaction.put(state.encoded.span.bytes, at: view.metaKey.span.bytes, in: store.meta)
                }
                while true {
                    let (position, isDone) = try environment.write { try rebuildStep(view, in: $0) }
                    progress(position)
                    if isDone { break }
                }
                try environment.write { transaction in
                    try transaction.empty(view.database(try transaction.state(of: view, in: store).live.other))
                }
            }
        }
    }

    /// Folds the next events into the view beside the live one; at the log's end it becomes the live one.
    private func rebuildStep(_ view: ViewSlots, in transaction: borrowing WriteTransaction) throws -> (UInt64, Bool) {
        var state = try transaction.state(of: view, in: store)
        let start = (state.rebuiltTo ?? 0) + 1
        let events = try transaction.events(in: store, from: start, limit: Self.rebuildBatch)
        let writer = ViewWriter(
            transaction: transaction.borrowedForWriting, database: view.database(state.live.other))
        try view.projection.fold(events, into: writer)
        let position = events.last?.position ?? start - 1
        state.rebuiltTo = position
        let isDone = try transaction.lastEvent(in: store).position == position
        if isDone {
            state = ViewState(version: view.projection.version, live: state.live.other, checkpoint: position)
        }
        try transaction.put(state.encoded.span.bytes, at: view.metaKey.span.bytes, in: store.meta)
        return (position, isDone)
    }
}
