internal import EventLog

/// Events on their way into the log.
package struct PendingAppend: Sendable {
    let ticket: AppendTicket

    /// Blocks the thread until the events are on the disk, and returns the position of the last one.
    @discardableResult
    package func wait() throws -> UInt64 {
        try publicly { try ticket.wait().position }
    }

    func whenDone(_ body: @escaping @Sendable (Result<UInt64, any Error>) -> Void) {
        ticket.whenDone { result in
            body(result.map(\.position).mapError { ($0 as? EventLogError).map(ImportLogError.init) ?? $0 })
        }
    }
}
