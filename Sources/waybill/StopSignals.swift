internal import ArgumentParser
internal import Glibc
internal import ImportEngine
internal import Synchronization

/// Stops work on signals: the first one after the chunk under way, the second one at once, which loses nothing either.
final class StopSignals: Sendable {
    let stop = StopSwitch()
    private let signals: SignalCatcher
    private let seen: Seen

    private final class Seen: Sendable {
        let value = Mutex(false)
    }

    init(_ line: ProgressLine) {
        let seen = Seen()
        self.seen = seen
        signals = SignalCatcher([SIGINT, SIGTERM]) { [stop] number in
            let isSecond = seen.value.withLock { value in
                defer { value = true }
                return value
            }
            if isSecond { _exit(ExitCode.notFinished.rawValue) }
            line.note("Stopping after this chunk. Press Ctrl-C again to stop immediately.")
            stop.stop(reason: number == SIGINT ? "stopped by Ctrl-C (SIGINT)" : "stopped by SIGTERM")
        }
    }

    /// Whether the user asked to stop.
    var isStopped: Bool { seen.value.withLock { $0 } }
}
