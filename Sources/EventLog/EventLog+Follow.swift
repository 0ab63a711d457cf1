extension EventLog {
    /// Events from `position` on, without end: those that are there, then each new one as it is appended, by this
    /// process or another.
    package func follow(from position: UInt64) -> Follower {
        Follower(log: self, next: position)
    }

    package struct Follower: AsyncSequence, AsyncIteratorProtocol, Sendable {
        let log: EventLog
        var next: UInt64
        private var page: ArraySlice<RecordedEvent> = []

        init(log: EventLog, next: UInt64) {
            self.log = log
            self.next = next
        }

        package func makeAsyncIterator() -> Follower { self }

        /// Another process's append sends no signal, so the log is asked; asking costs about a microsecond.
        private static let pollInterval = Duration.milliseconds(20)

        /// - Throws: `CancellationError` if the task is cancelled while it waits.
        package mutating func next() async throws -> RecordedEvent? {
            while page.isEmpty {
                page = try log.page(from: next)[...]
                if let last = page.last {
                    next = last.position + 1
                } else {
                    try await Task.sleep(for: Self.pollInterval)
                }
            }
            return page.removeFirst()
        }
    }
}
