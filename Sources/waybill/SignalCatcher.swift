internal import Dispatch
internal import Glibc

/// Calls a closure at each of some signals, in place of what they would do.
struct SignalCatcher: @unchecked Sendable {
    // Only kept alive; nobody touches them after they were made.
    private let sources: [any DispatchSourceSignal]

    init(_ numbers: [Int32], _ body: @escaping @Sendable (Int32) -> Void) {
        sources = numbers.map { number in
            signal(number, SIG_IGN)
            let source = DispatchSource.makeSignalSource(signal: number, queue: .global())
            source.setEventHandler { body(number) }
            source.resume()
            return source
        }
    }
}
