internal import Hashing
internal import LMDB

/// The first place where a rebuilt view differs from the live one.
package struct ViewDifference: Sendable, Equatable, CustomStringConvertible {
    package let view: String
    /// The entry's key, in hexadecimal digits.
    package let key: String
    package let what: String

    package var description: String { "view \(view), key \(key): \(what)" }
}

extension EventLog {
    /// Folds all events into temporary views and compares these with the live ones, byte by byte; changes nothing.
    ///
    /// Returns the position up to which they were compared and the first difference of each view that has one.
    package func checkViews(progress: (UInt64) -> Void = { _ in }) throws -> (position: UInt64, [ViewDifference]) {
        try storage {
            let scratch = try ScratchViews(projections: store.views.map(\.projection))
            try bringViewsUpToDate()
            // Most of the log in pages of their own; only the rest in the snapshot that is compared.
            try forEachPage(through: try head().position, pageSize: Self.largestFold) { page in
                try scratch.fold(page)
                progress(scratch.position)
                return true
            }
            return try environment.read { transaction in
                var rest: [RecordedEvent]
                repeat {
                    rest = try transaction.events(in: store, from: scratch.position + 1, limit: Self.largestFold)
                    if !rest.isEmpty { try scratch.fold(rest) }
                } while !rest.isEmpty
                guard let live = try liveSnapshot(transaction.borrowed) else {
                    throw EventLogError(
                        .storage,
                        "A view is behind the log: a program that does not know this view is appending right now.",
                        remedy: "Try again.")
                }
                let differences = try scratch.read { anew in
                    var differences: [ViewDifference] = []
                    for view in store.views {
                        let name = view.projection.name
                        if let difference = try firstDifference(name, live.view(name), anew.view(name)) {
                            differences.append(difference)
                        }
                    }
                    return differences
                }
                return (live.position, differences)
            }
        }
    }

    private func firstDifference(_ name: String, _ live: borrowing View, _ anew: borrowing View) throws
        -> ViewDifference?
    {
        var difference: ViewDifference?
        try anew.transaction.withCursor(anew.database) { anew in
            var hasAnew = try anew.first()
            try live.scan(prefix: []) { key, value in
                guard hasAnew else {
                    difference = ViewDifference(view: name, key: key.hexadecimal, what: "only in the live view")
                    return false
                }
                let (anewKey, anewValue) = anew.withEntry { ([UInt8]($0), [UInt8]($1)) }
                if anewKey != key {
                    let isMissing = anewKey.lexicographicallyPrecedes(key)
                    difference = ViewDifference(
                        view: name, key: (isMissing ? anewKey : key).hexadecimal,
                        what: isMissing ? "missing in the live view" : "only in the live view")
                } else if anewValue != value {
                    difference = ViewDifference(view: name, key: key.hexadecimal, what: "another value")
                }
                hasAnew = try anew.next()
                return difference == nil
            }
            if difference == nil && hasAnew {
                let key = anew.withEntry { key, _ in [UInt8](key).hexadecimal }
                difference = ViewDifference(view: name, key: key, what: "missing in the live view")
            }
        }
        return difference
    }
}
