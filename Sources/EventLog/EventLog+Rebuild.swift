internal import LMDB

extension EventLog {
    /// Brings the live views to the log's end: rebuilds those whose projection is newer than what folded them, and
    /// catches up with those that a program which does not know them left behind.
    func bringViewsUpToDate() throws {
        let (states, end) = try storage {
            try environment.read { transaction in
                (
                    try store.views.map { try transaction.state(of: $0, in: store) },
                    try transaction.lastEvent(in: store).position
                )
            }
        }
        let isOutdated = zip(store.views, states).contains { $1.version < $0.projection.version }
        if isOutdated { try rebuild(onlyOutdated: true) { _ in } }
        for (view, state) in zip(store.views, states)
        where state.version == view.projection.version && state.checkpoint < end {
            try catchUp(view)
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

    /// Rebuilds all views from the events, beside the live ones, and swaps them in one transaction.
    ///
    /// Appends and readers go on meanwhile with the live views. A rebuild that is interrupted leaves them as they are.
    /// - Parameter progress: is told the position up to which the views are done.
    package func rebuildViews(progress: (UInt64) -> Void = { _ in }) throws {
        try rebuild(onlyOutdated: false, progress: progress)
    }

    /// The events are read once for all views.
    private func rebuild(onlyOutdated: Bool, progress: (UInt64) -> Void) throws {
        try storage {
            let lock = try ProcessLock.wait(directory + "/rebuild.lock", owner: "process \(ProcessID.current)")
            try withExtendedLifetime(lock) {
                let views = try environment.write { try beginRebuild(onlyOutdated: onlyOutdated, in: $0) }
                var isDone = views.isEmpty
                while !isDone {
                    let position: UInt64
                    (position, isDone) = try environment.write { try rebuildStep(views, in: $0) }
                    progress(position)
                }
                for view in views {
                    // The views are made; what is damaged of the former ones can stay.
                    try? environment.write { transaction in
                        try transaction.empty(view.database(try transaction.state(of: view, in: store).live.other))
                    }
                }
            }
        }
    }

    /// Empties the databases beside the live ones, and returns the views to be rebuilt.
    private func beginRebuild(onlyOutdated: Bool, in transaction: borrowing WriteTransaction) throws -> [ViewSlots] {
        var views: [ViewSlots] = []
        for view in store.views {
            var state = try transaction.state(of: view, in: store)
            try state.refuseOlder(view.projection)
            // Another process may have done it while this one waited for the lock.
            if onlyOutdated && state.version == view.projection.version { continue }
            try transaction.empty(view.database(state.live.other))
            state.rebuiltTo = 0
            try transaction.put(state.encoded.span.bytes, at: view.metaKey.span.bytes, in: store.meta)
            views.append(view)
        }
        return views
    }

    /// Folds the next events into the views beside the live ones; at the log's end these become the live ones.
    private func rebuildStep(_ views: [ViewSlots], in transaction: borrowing WriteTransaction) throws -> (UInt64, Bool)
    {
        var position = try transaction.state(of: views[0], in: store).rebuiltTo ?? 0
        let events = try transaction.events(in: store, from: position + 1, limit: EventLog.largestFold)
        position = events.last?.position ?? position
        let isDone = try transaction.lastEvent(in: store).position == position
        for view in views {
            // An append may have changed it since the last step.
            var state = try transaction.state(of: view, in: store)
            try transaction.fold(events, into: view, state.live.other)
            state.rebuiltTo = position
            if isDone {
                state = ViewState(version: view.projection.version, live: state.live.other, checkpoint: position)
            }
            try transaction.put(state.encoded.span.bytes, at: view.metaKey.span.bytes, in: store.meta)
        }
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
            throw EventLogError.damaged("There is no event at position \(state.checkpoint + 1).")
        }
        try fold(missed, into: view, state.live)
        state.checkpoint = last.position
    }
}
