import Foundation
import Synchronization

/// Work on a thread of its own. A task could wait for one of the few threads that tasks share for as long as other tests
/// keep those busy.
final class Concurrently<T: Sendable>: Sendable {
    private let outcome = Mutex<Result<T, any Error>?>(nil)
    private let done = DispatchSemaphore(value: 0)

    init(_ work: @escaping @Sendable () throws -> T) {
        Thread.detachNewThread { [self] in
            let result = Result { try work() }
            outcome.withLock { $0 = result }
            done.signal()
        }
    }

    var isDone: Bool { outcome.withLock { $0 != nil } }

    /// Waits for it; may be asked once.
    func result() throws -> T {
        done.wait()
        return try outcome.withLock { $0 }!.get()
    }
}
