internal import Synchronization

/// Progress on standard error: a live bar on a terminal that can write over it, elsewhere a line every few seconds.
final class ProgressLine: Sendable {
    private struct State {
        var lastDrawn: ContinuousClock.Instant?
        var isShown = false
        /// How far something had come when it was looked at first.
        var start: (time: ContinuousClock.Instant, fraction: Double)?
    }

    private let console = Console.error
    private let isQuiet: Bool
    private let state = Mutex(State())

    init(isQuiet: Bool) { self.isQuiet = isQuiet }

    /// Shows how far something has come, if it is time to.
    ///
    /// - Parameters:
    ///   - fraction: from 0 to 1; nil if the end is not known.
    ///   - text: what is after the bar.
    func show(fraction: Double?, _ text: @autoclosure () -> String) {
        if isQuiet { return }
        state.withLock { state in
            let now = ContinuousClock.now
            let interval: Duration = console.takesEscapes ? .milliseconds(100) : .seconds(5)
            if let last = state.lastDrawn, now - last < interval { return }
            // Off a terminal, what takes no time needs no line.
            defer { state.lastDrawn = now }
            if !console.takesEscapes && state.lastDrawn == nil { return }
            // On a narrow terminal the numbers matter more than the bar.
            let text = TerminalText.line(text())
            let width = console.takesEscapes ? min(24, console.width - TextWidth.of(text) - 12) : 0
            let line = (fraction.map { Self.bar($0, width: max(0, width)) } ?? "") + text
            if console.takesEscapes {
                console.put("\r\u{1B}[K" + TextWidth.prefix(line, console.width - 1))
                state.isShown = true
            } else {
                console.write(line)
            }
        }
    }

    /// The same, with the time left as soon as it can be told.
    func showWithTimeLeft(fraction: Double, _ text: @autoclosure () -> String) {
        let left = state.withLock { state -> Double? in
            let now = ContinuousClock.now
            if state.start.map({ $0.fraction > fraction }) ?? true { state.start = (now, fraction) }
            guard let start = state.start, fraction > start.fraction, now - start.time >= .seconds(1) else {
                return nil
            }
            return (now - start.time) / .seconds(1) * (1 - fraction) / (fraction - start.fraction)
        }
        show(fraction: fraction, text() + (left.map { ", \(Format.duration(seconds: $0)) left" } ?? ""))
    }

    /// Takes the bar away, so that other lines can be written.
    func clear() {
        state.withLock { state in
            if state.isShown { console.put("\r\u{1B}[K") }
            state.isShown = false
        }
    }

    /// Writes a line that stays, above the bar.
    func note(_ line: String) {
        if !isQuiet { warn(line) }
    }

    /// The same, for what must be said even with --quiet.
    func warn(_ line: String) {
        clear()
        console.write(line)
    }

    private static func bar(_ fraction: Double, width: Int) -> String {
        let done = Int((fraction * Double(width)).rounded(.down))
        let bar = String(repeating: "█", count: done) + String(repeating: "░", count: width - done)
        return "\(bar)\(width > 0 ? " " : "")\(Format.oneDigit(fraction * 100)) %  "
    }
}
