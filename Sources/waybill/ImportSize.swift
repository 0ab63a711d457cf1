internal import ImportEngine
internal import ImportLog

/// How much is to be imported, and where to: what a person is asked about.
struct ImportSize {
    private var records: UInt64 = 0
    private var isExact = true
    /// Whether there are more, and nobody can tell how many.
    private var isLowerBound = false
    private var destination = ""
    private var tables: Set<String> = []

    init() {}

    init(_ preflight: Preflight) { add(preflight) }

    mutating func add(_ preflight: Preflight) {
        if let estimate = preflight.records {
            records += estimate.count
            isExact = isExact && estimate.isExact
        } else {
            records += (try? preflight.leastRecords()) ?? 0
            isLowerBound = true
        }
        // As a user would write it here.
        let here = "sqlite:" + (LogDirectory.currentDirectory ?? "") + "/"
        let address = preflight.plan.destination.description
        destination = address.hasPrefix(here) ? "sqlite:" + address.dropFirst(here.count) : address
        tables.formUnion(preflight.submissions.flatMap(\.sections).filter(\.hasRecords).map(\.table))
    }

    /// Whether a person at a terminal is asked. A source that nobody can count may be of any size.
    var isLarge: Bool { records >= 10_000 || isLowerBound }

    var words: String {
        let number = Format.count(records, "record")
        return isLowerBound ? "at least \(number)" : isExact ? number : "about \(number)"
    }

    var target: String {
        let table = tables.count == 1 ? "table \(tables.first ?? "")" : Format.count(tables.count, "table")
        return "\(destination), \(table)"
    }
}
