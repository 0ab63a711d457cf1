internal import Synchronization

/// Asks a running import to stop after the chunk it is writing.
package final class StopSwitch: Sendable {
    private let state = Mutex<String?>(nil)

    package init() {}

    /// - Parameter reason: why, as it goes into the log.
    package func stop(reason: String) { state.withLock { $0 = $0 ?? reason } }

    var reason: String? { state.withLock { $0 } }
}
