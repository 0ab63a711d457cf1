import Foundation

/// Kills commands before one of their operations.
enum Killer {
    /// `kill.c`, compiled: to be preloaded, with `KILL_AT` or `KILL_COUNT`.
    static let library = Result {
        let source = URL(fileURLWithPath: #filePath).deletingLastPathComponent().appendingPathComponent("kill.c")
        let path = NSTemporaryDirectory() + "waybill-kill-\(ProcessInfo.processInfo.processIdentifier).so"
        try Workspace().tool("cc", "-shared", "-fPIC", "-O2", "-o", path, source.path, "-ldl")
        return path
    }

    static func environment(at operation: Int) throws -> [String: String] {
        ["LD_PRELOAD": try library.get(), "KILL_AT": "\(operation)"]
    }
}

/// Sorted lines in which each time is the number of its place among all: times differ, their order does not.
func withoutTimes(_ lines: [String]) -> [String] {
    let time = /\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(\.\d+)?(Z|\+00)?/
    let times = Set(lines.flatMap { $0.matches(of: time).map { String($0.output.0) } }).sorted()
    return lines.map { line in
        line.replacing(time) { match in "time \(times.firstIndex(of: String(match.output.0)) ?? -1)" }
    }.sorted()
}
