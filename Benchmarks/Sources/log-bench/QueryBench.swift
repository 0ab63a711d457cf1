internal import ImportLog

/// How long one query takes in an open log, and how long opening it takes, in microseconds.
func benchQueries(_ path: String) throws {
    let opening = try (0..<20).map { _ in try seconds { _ = try ImportLog(directory: path, create: false) } }
    print("\(pad("open")) \(round(median(opening) * 1e6, 1)) µs")
    let log = try ImportLog(directory: path, create: false)
    let last = try log.imports(limit: 1)[0].importID
    func measure(_ name: String, _ body: (UInt64) throws -> Void) throws {
        let times = try (0..<2_000).map { round in
            try seconds { try body(UInt64(round) &* 7_919 % last + 1) }
        }
        print("\(pad(name)) \(round(median(times) * 1e6, 1)) µs  (max \(round(times.max()! * 1e6, 1)))")
    }
    print("log of \(try log.head().position) events and \(last) imports")
    try measure("status") { _ = try log.status(of: $0) }
    try measure("group status") { _ = try log.group("batch-\(($0 - 1) / 10)") }
    try measure("list, newest 20") { _ in _ = try log.imports(limit: 20) }
}
