internal import EventLog

extension ImportLog {
    /// The events of all imports from `position` on, without end: those that are there, then each new one as it is
    /// appended, by this process or another.
    ///
    /// Save the position of the last event that you handled, and begin behind it after a restart: none is missed and none
    /// comes twice. Events of other streams, and of types that this version does not know, are left out.
    public func follow(from position: UInt64 = 1) -> ImportEvents {
        ImportEvents(follower: events.follow(from: position))
    }
}

/// The events of a log's imports in log order, without end; see ``ImportLog/follow(from:)``.
public struct ImportEvents: AsyncSequence, Sendable {
    fileprivate let follower: EventLog.Follower

    public struct AsyncIterator: AsyncIteratorProtocol {
        fileprivate var follower: EventLog.Follower

        /// Waits for the next event. New ones are looked for every 20 ms.
        ///
        /// - Throws: `CancellationError` where the task is cancelled while it waits; ``ImportLogError`` where the log cannot
        ///   be read.
        public mutating func next() async throws -> RecordedImportEvent? {
            do {
                while let recorded = try await follower.next() {
                    if let event = try ImportLog.importEvent(recorded) { return event }
                }
                return nil
            } catch {
                throw ImportLogError.wrapping(error)
            }
        }
    }

    public func makeAsyncIterator() -> AsyncIterator { AsyncIterator(follower: follower) }
}
