import Foundation
import Synchronization

/// Runs `body` with 0, 1, 2 … on as many threads, waits for them, and throws the first error.
package func onThreads(_ count: Int, _ body: @escaping @Sendable (Int) throws -> Void) throws {
    let failure = Failure()
    let group = DispatchGroup()
    for index in 0..<count {
        group.enter()
        Thread {
            do { try body(index) } catch { failure.error.withLock { $0 = $0 ?? error } }
            group.leave()
        }.start()
    }
    group.wait()
    if let error = failure.error.withLock({ $0 }) { throw error }
}

package func onAnotherThread(_ body: @escaping @Sendable () throws -> Void) throws {
    try onThreads(1) { _ in try body() }
}

private final class Failure: Sendable {
    let error = Mutex<(any Error)?>(nil)
}
