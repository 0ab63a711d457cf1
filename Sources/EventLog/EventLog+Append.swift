internal import Dispatch
internal import LMDB
internal import Synchronization

extension EventLog {
    /// The largest payload of an event, in bytes. LMDB gives a value over about 2,000 bytes whole pages: keep it small
    /// and put what is large into attachments.
    package static let largestPayload = 1 << 20

    /// Appends events to one stream, all or none, and returns when they are on disk.
    ///
    /// - Throws: `EventLogError.conflict` if the stream's version is not the expected one.
    package func append(_ append: Append) async throws -> Appended {
        try Self.validate(append)
        return try await withCheckedThrowingContinuation { continuation in
            writer.submit(append) { continuation.resume(with: $0) }
        }
    }

    /// Queues an append and returns at once: for a caller that goes on meanwhile and asks the ticket later.
    package func submit(_ append: Append) throws -> AppendTicket {
        try Self.validate(append)
        let ticket = AppendTicket(environment: environment)
        writer.submit(append) { ticket.complete($0) }
        return ticket
    }

    private static func validate(_ append: Append) throws {
        guard StreamKey.isValid(append.stream) else {
            throw EventLogError(
                .invalid, "'\(append.stream)' is not a stream's name: 1 to \(StreamKey.longestName) bytes without NUL.")
        }
        guard !append.events.isEmpty else { throw EventLogError(.invalid, "There is no event to append.") }
        for event in append.events {
            guard event.payload.count <= largestPayload, (1...255).contains(event.type.utf8.count) else {
                throw EventLogError(
                    .invalid,
                    "The event '\(event.type)' has \(event.payload.count) bytes; the limit is "
                        + "\(largestPayload), and 255 for its type.")
            }
        }
    }
}

/// An append under way.
package final class AppendTicket: Sendable {
    private struct State {
        var result: Result<Appended, any Error>?
        var observers: [@Sendable (Result<Appended, any Error>) -> Void] = []
    }

    private let state = Mutex(State())
    private let environment: Environment

    init(environment: Environment) { self.environment = environment }

    func complete(_ result: Result<Appended, any Error>) {
        let observers = state.withLock { state in
            state.result = result
            defer { state.observers = [] }
            return state.observers
        }
        for observer in observers { observer(result) }
    }

    /// Calls `body` when the events are on disk or were refused; at once where that is so already.
    package func whenDone(_ body: @escaping @Sendable (Result<Appended, any Error>) -> Void) {
        let result = state.withLock { state in
            if state.result == nil { state.observers.append(body) }
            return state.result
        }
        if let result { body(result) }
    }

    /// Blocks the thread until the events are on disk. Not inside a read of the log, which the append may wait for.
    package func wait() throws -> Appended {
        if environment.isInTransaction { fatalError("An append was waited for inside a read of the same log.") }
        let done = DispatchSemaphore(value: 0)
        whenDone { _ in done.signal() }
        done.wait()
        guard let result = state.withLock({ $0.result }) else { fatalError("A ticket was done without a result.") }
        return try result.get()
    }
}
