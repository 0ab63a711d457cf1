internal import Hashing
internal import LMDB

extension EventLog {
    static let genesisStream = "log"
    static let genesisType = "LogCreated"
    private static let logIDKey = [UInt8]("log id".utf8)

    /// The log's id; a log without events is given one, in its first event.
    static func identify(_ environment: Environment, _ store: Store, clock: () -> UInt64) throws -> String {
        if let id = try environment.read({ try $0.value(at: logIDKey, in: store.meta) }) { return id.hexadecimal }
        return try environment.write { transaction in
            // Another process may have been first.
            if let id = try transaction.value(at: logIDKey, in: store.meta) { return id.hexadecimal }
            guard try transaction.count(of: store.events) == 0 else {
                throw EventLogError(
                    .corrupted, "The log in \(environment.directory) is damaged: it has events, but its id is missing.",
                    remedy: "Restore the directory from a backup.")
            }
            var generator = SystemRandomNumberGenerator()
            let id = (0..<16).map { _ in UInt8.random(in: .min ... .max, using: &generator) }
            try transaction.put(id.span.bytes, at: logIDKey.span.bytes, in: store.meta)
            var batch = AppendBatch(store: store, clock: clock(), count: 1)
            let genesis = Append([NewEvent(type: genesisType, payload: id)], to: genesisStream, expecting: .exactly(0))
            for result in try batch.append([genesis], in: transaction) { _ = try result.get() }
            for view in store.views {
                let state = ViewState(version: view.projection.version)
                try transaction.put(state.encoded.span.bytes, at: view.metaKey.span.bytes, in: store.meta)
            }
            try batch.fold(in: transaction)
            return id.hexadecimal
        }
    }
}
