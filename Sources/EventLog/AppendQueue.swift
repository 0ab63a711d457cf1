internal import Dispatch
internal import LMDB
internal import Synchronization

/// Takes appends from any thread and commits those that wait at the same time in one durable transaction.
///
/// Appends reach the log in the order in which they were submitted. The queue is as long as its callers let it grow:
/// each waits for its own appends.
final class AppendQueue: Sendable {
    typealias Completion = @Sendable (Result<Appended, any Error>) -> Void

    private struct Waiting: Sendable {
        let append: Append
        let completion: Completion
    }

    private struct State {
        var waiting: [Waiting] = []
        var isDraining = false
    }

    /// No transaction takes more events or bytes than this, unless one append has more, so that its memory and its time
    /// are bounded.
    private static let largestBatch = (events: 10_000, bytes: 64 << 20)

    private let environment: Environment
    private let store: EventLog.Store
    private let clock: @Sendable () -> UInt64
    private let state = Mutex(State())
    private let thread = DispatchQueue(label: "waybill.event-log.append")

    init(environment: Environment, store: EventLog.Store, clock: @escaping @Sendable () -> UInt64) {
        self.environment = environment
        self.store = store
        self.clock = clock
    }

    func submit(_ append: Append, completion: @escaping Completion) {
        let mustDrain = state.withLock { state in
            state.waiting.append(Waiting(append: append, completion: completion))
            defer { state.isDraining = true }
            return !state.isDraining
        }
        if mustDrain { thread.async { self.drain() } }
    }

    private func drain() {
        while true {
            let batch = state.withLock { state -> [Waiting] in
                let batch = Self.takeBatch(from: &state.waiting)
                if batch.isEmpty { state.isDraining = false }
                return batch
            }
            if batch.isEmpty { return }
            commit(batch)
        }
    }

    private static func takeBatch(from waiting: inout [Waiting]) -> [Waiting] {
        var count = 0
        var events = 0
        var bytes = 0
        while count < waiting.count {
            events += waiting[count].append.events.count
            bytes += waiting[count].append.size
            if count > 0 && (events > largestBatch.events || bytes > largestBatch.bytes) { break }
            count += 1
        }
        let batch = Array(waiting.prefix(count))
        waiting.removeFirst(count)
        return batch
    }

    private func commit(_ batch: [Waiting]) {
        do {
            let results = try commitTogether(batch.map(\.append))
            FaultPoint.afterLogCommit.reached()
            for (waiting, result) in zip(batch, results) { waiting.completion(result) }
        } catch  where batch.count > 1 && !((error as? LMDBError)?.concernsEnvironment ?? false) {
            // One of them could not be folded: each on its own, so that only that one fails.
            for waiting in batch { commit([waiting]) }
        } catch {
            let error = EventLogError.wrapping(error)
            for waiting in batch { waiting.completion(.failure(error)) }
        }
    }

    private func commitTogether(_ appends: [Append]) throws -> [Result<Appended, any Error>] {
        let count = appends.reduce(0) { $0 + $1.events.count }
        return try environment.write { transaction in
            var batch = AppendBatch(store: store, clock: clock(), count: count)
            let results = try batch.append(appends, in: transaction)
            try batch.fold(in: transaction)
            return results
        }
    }
}

extension Append {
    /// About how many bytes the append writes.
    fileprivate var size: Int {
        events.reduce(0) { sum, event in
            event.attachments.reduce(sum + event.payload.count) { $0 + $1.count }
        }
    }
}
