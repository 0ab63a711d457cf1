internal import EventLog

/// Events on their way into the log.
package struct PendingAppend: Sendable {
    let ticket: AppendTicket
    /// Is called where the events were refused, before anybody is told.
    let refused: @Sendable () -> Void

    /// Blocks the thread until the events are on disk, and returns the position of the last one.
    @discardableResult
    package func wait() throws -> UInt64 {
        do {
            return try ticket.wait().position
        } catch {
            refused()
            throw ImportLogError.wrapping(error)
        }
    }

    func whenDone(_ body: @escaping @Sendable (Result<UInt64, any Error>) -> Void) {
        ticket.whenDone { result in
            if case .failure = result { refused() }
            body(result.map(\.position).mapError(ImportLogError.wrapping))
        }
    }
}
