internal import EventLog
internal import ImportLog

/// What goes through a whole log: reading, replay, the comparison of the views, verification.
func benchScans(_ path: String, rounds: Int, which: Set<String>) throws {
    let log = try ImportLog(directory: path, create: false)
    let count = Int(try log.head().position)
    var times: [String: [Double]] = [:]
    func measure(_ name: String, _ body: () throws -> Void) rethrows {
        guard which.contains(name) || which.isEmpty else { return }
        let before = processorSeconds()
        times[name, default: []].append(try seconds(body))
        times["\(name), of processor time", default: []].append(processorSeconds() - before)
    }
    var peak = 0
    for _ in 0..<rounds {
        try measure("read") { try log.events.forEachPage { _ in true } }
        try measure("replay") { try log.replay { _ in peak = max(peak, peakAnonymousMebibytes()) } }
        try measure("check") {
            let differences = try log.checkViews().differences
            if !differences.isEmpty { fatalError("The views differ: \(differences)") }
        }
        try measure("verify") {
            guard case .intact = try log.verify() else { fatalError("The log is broken.") }
        }
    }
    print("\(count) events; peak of the memory that is not the file: \(max(peak, peakAnonymousMebibytes())) MiB")
    for (name, rounds) in times.sorted(by: { $0.key < $1.key }) { report(name, count: count, rounds) }
}
