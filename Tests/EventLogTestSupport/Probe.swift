import Foundation

/// A run of the EventLogProbe executable: another process that uses a log.
package final class Probe: @unchecked Sendable {
    // Started and ended by one test; `Process` and `Pipe` are not shared further.
    private let process = Process()
    private let output = Pipe()
    private var unread: [UInt8] = []

    package init(_ arguments: String...) throws {
        // The executable stands beside the test bundle.
        let bundle = try FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")
        process.executableURL = URL(fileURLWithPath: bundle).deletingLastPathComponent()
            .appendingPathComponent("EventLogProbe")
        process.arguments = arguments
        process.standardOutput = output
        try process.run()
    }

    deinit { if process.isRunning { kill() } }

    /// The next line that the probe printed, or nil if it printed no more.
    package func nextLine() -> String? {
        while true {
            if let end = unread.firstIndex(of: UInt8(ascii: "\n")) {
                defer { unread.removeFirst(end + 1) }
                return String(decoding: unread[..<end], as: UTF8.self)
            }
            let more = output.fileHandleForReading.availableData
            if more.isEmpty { return nil }
            unread += more
        }
    }

    /// All whole lines until the end.
    package func remainingLines() -> [String] {
        var lines: [String] = []
        while let line = nextLine() { lines.append(line) }
        return lines
    }

    /// Ends it by SIGKILL and waits until it is gone.
    package func kill() {
        Foundation.kill(process.processIdentifier, SIGKILL)
        process.waitUntilExit()
    }

    /// Waits for its end; returns the exit status.
    package func wait() -> Int32 {
        process.waitUntilExit()
        return process.terminationStatus
    }
}
