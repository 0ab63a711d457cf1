internal import ArgumentParser
internal import Glibc
internal import ImportEngine
internal import Synchronization

/// Stops work on signals: the first one after the chunk under way, the second one at once, which loses nothing either. While a
/// question waits for its answer, the first one ends the program.
final class StopSignals: Sendable {
    let stop = StopSwitch()
    private let signals: SignalCatcher
    private let state: State

    private final class State: Sendable {
        struct Values {
            var isStopped = false
            var isAsking = false
            /// Whether the result is being written: it is not cut off any more.
            var isOver = false
            /// Says what became of the work when the program ends at once.
            var lastWords: (@Sendable (_ isAsking: Bool) -> Void)?
        }

        let values = Mutex(Values())
    }

    init(_ line: ProgressLine) {
        let state = State()
        self.state = state
        signals = SignalCatcher([SIGINT, SIGTERM]) { [stop] number in
            let isFirst = state.values.withLock { values in
                if values.isOver { return false }
                if values.isStopped || values.isAsking {
                    // Within the lock: nobody else writes a result from here on.
                    line.clear()
                    values.lastWords?(values.isAsking)
                    _exit((values.isAsking ? ExitCode.failed : .notFinished).rawValue)
                }
                values.isStopped = true
                return true
            }
            guard isFirst else { return }
            line.note("Stopping after this chunk. Press Ctrl-C again to stop immediately.")
            stop.stop(reason: number == SIGINT ? "stopped by Ctrl-C (SIGINT)" : "stopped by SIGTERM")
        }
    }

    /// Whether the user asked to stop.
    var isStopped: Bool { state.values.withLock(\.isStopped) }

    /// What is said where a signal ends the program at once.
    func say(_ lastWords: @escaping @Sendable (_ isAsking: Bool) -> Void) {
        state.values.withLock { $0.lastWords = lastWords }
    }

    /// Asks a person and waits for the answer: a signal ends the program from before the question is seen. Nil, without asking,
    /// if one came already.
    func asking<Answer>(_ body: () -> Answer) -> Answer? {
        let isStopped = state.values.withLock { values in
            values.isAsking = !values.isStopped
            return values.isStopped
        }
        if isStopped { return nil }
        defer { state.values.withLock { $0.isAsking = false } }
        return body()
    }

    /// Comes before the result is written.
    func end() { state.values.withLock { $0.isOver = true } }
}
