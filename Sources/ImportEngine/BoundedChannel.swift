internal import Dispatch
internal import Synchronization

/// Hands values from one thread to another, at most `capacity` of them waiting.
final class BoundedChannel<Element: Sendable>: Sendable {
    private struct State {
        var waiting: [Element] = []
        var isClosed = false
    }

    private let state = Mutex(State())
    private let free: DispatchSemaphore
    private let filled = DispatchSemaphore(value: 0)

    init(capacity: Int) {
        free = DispatchSemaphore(value: 0)
        // Signalled rather than given at the start: a semaphore may not be freed below its first value.
        for _ in 0..<capacity { free.signal() }
    }

    /// Waits for space; returns false if the channel was closed.
    func send(_ element: Element) -> Bool {
        free.wait()
        let isOpen = state.withLock { state in
            if !state.isClosed { state.waiting.append(element) }
            return !state.isClosed
        }
        if isOpen { filled.signal() } else { free.signal() }
        return isOpen
    }

    /// Waits for a value; nil when the channel was closed and all that was sent has been received.
    func receive() -> Element? {
        filled.wait()
        let element = state.withLock { state in
            state.waiting.isEmpty ? nil : state.waiting.removeFirst()
        }
        if element == nil { filled.signal() } else { free.signal() }
        return element
    }

    /// The value that will be received next, where it is there already.
    func peek() -> Element? { state.withLock { $0.waiting.first } }

    /// Nothing more will be sent; waiting threads are released.
    func close() {
        state.withLock { $0.isClosed = true }
        filled.signal()
        free.signal()
    }
}
