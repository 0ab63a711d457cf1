internal import LMDB

extension EventLog {
    /// Brings the live views to the log's end: rebuilds those whose projection is newer than what folded them, and
    /// catches up with those that a program which does not know them left behind.
    func bringViewsUpToDate() throws {
        for view in store.views {
            let (state, end) = try storage {
                try environment.read { (try $0.state(of: view, in: store), try $0.lastEvent(in: store).position) }
            }
            if state.version < view.projection.version {
                try rebuild(view, onlyWhereOutdated: true) { _ in }
            } else if state.version == view.projection.version && state.checkpoint < end {
                try catchUp(view)
            }
        }
    }

    private func catchUp(_ view: ViewSlots) throws {
        try storage {
            var isDone = false
            while !isDone {
                isDone = try environment.write { transaction in
                    var state = try transaction.state(of: view, in: store)
                    try state.requireVersion(of: view.projection)
                    let end = try transaction.lastEvent(in: store).position
                    if state.checkpoint < end {
                        try transaction.catchUp(view, &state, through: end, in: store)
                        try transaction.put(state.encoded.span.bytes, at: view.metaKey.span.bytes, in: store.meta)
                    }
                    return state.checkpoint >= end
                }
            }
        }
    }

    /// Makes all views anew from the events, beside the live ones, and swaps each in one transaction.
    ///
    /// Appends and readers go on meanwhile with the live views. A rebuild that is interrupted leaves them as they are.
    /// - Parameter progress: is told the position up to which the views are done.
    package func rebuildViews(progress: (UInt64) -> Void = { _ in }) throws {
        for view in store.views { try rebuild(view, onlyWhereOutdated: false, progress: progress) }
    }

    private func rebuild(_ view: ViewSlots, onlyWhereOutdated: Bool, progress: (UInt64) -> Void) throws {
        try storage {
            let lock = try ProcessLock.wait(directory + "/rebuild.lock", owner: "process \(ProcessID.current)")
            try withExtendedLifetime(lock) {
                let isNeeded = try environment.write { transaction in
                    var state = try transaction.state(of: view, in: store)
                    try state.refuseOlder(view.projection)
                    // Another process may have done it while this one waited for the lock.
                    if onlyWhereOutdated && state.version == view.projection.version { return false }
                    try transaction.empty(view.database(state.live.other))
                    state.rebuiltTo = 0
                    try transaction.put(state.encoded.span.bytes, at: view.metaKey.span.bytes, in: store.meta)
                    return true
                }
                while isNeeded {
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
        let events = try transaction.events(in: store, from: start, limit: EventLog.largestFold)
        try transaction.fold(events, into: view, state.live.other)
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

extension EventLog {
    /// How many events are folded at once, outside of appends.
    static let largestFold = 10_000
}

extension WriteTransaction {
    func fold(_ events: [RecordedEvent], into view: EventLog.ViewSlots, _ slot: ViewState.Slot) throws {
        let writer = ViewWriter(transaction: borrowedForWriting, database: view.database(slot))
        try view.projection.fold(events, into: writer)
    }

    /// Folds the next events after the live view's checkpoint, at most through `end`.
    func catchUp(_ view: EventLog.ViewSlots, _ state: inout ViewState, through end: UInt64, in store: EventLog.Store)
        throws
    {
        let limit = Int(min(end - state.checkpoint, UInt64(EventLog.largestFold)))
        let missed = try events(in: store, from: state.checkpoint + 1, limit: limit)
        guard let last = missed.last else {
            throw EventLogError(.corrupted, "There is no event at position \(state.checkpoint + 1).")
        }
        try fold(missed, into: view, state.live)
        state.checkpoint = last.position
    }
}
