internal import Checks
package import ImportLog
internal import Records

/// What a verification found.
package struct Verification: Sendable {
    package var importID: ImportID
    package var checks: [CheckOutcome]
    /// For people: the table of all checks, with their figures.
    package var text: String
    /// Whether the import is rolled back except for some rows.
    package var hasKeptRows: Bool

    package var hasPassed: Bool { !checks.contains { $0.outcome == "failed" || $0.outcome == "broken" } }
}

extension ImportEngine {
    /// Compares what an import left in the destination with the log, makes the checks that the configuration has for its
    /// source, and appends the result.
    ///
    /// - Parameters:
    ///   - sourceName: which of the configuration's sources it is; nil to find it by the source's name.
    ///   - progress: is told how many steps of comparing the rows are done, of how many.
    package func verify(
        _ id: ImportID, _ configuration: Configuration? = nil, sourceName: String? = nil,
        progress: (_ done: Int, _ total: Int) -> Void = { _, _ in }
    ) throws -> Verification {
        let status = try log.status(of: id)
        try status.requireBegun()
        let submitted = try log.submission(of: id)
        let source = try configuration?.source(named: sourceName, for: submitted.source)
        try source?.require { $0 == "checks" }
        let checks = source?.checks ?? []
        let destination = try openDestination(of: id)
        var results = try LogComparison(log: log, status: status, destination: destination, engine: self)
            .results(progress)
        let tables = Set(submitted.sections.filter(\.hasRecords).map(\.table))
        for check in checks {
            results.append(
                check.run(
                    in: submitted.destination.hasPrefix("sqlite:") ? .sqlite : .postgres,
                    defaultTable: tables.count == 1 ? tables.first : nil
                ) { try destination.query($0, limit: $1, timeout: $2) })
        }
        let outcomes = results.map {
            CheckOutcome(
                name: $0.name, outcome: $0.outcome.rawValue, expected: $0.expected, found: $0.found, message: $0.message
            )
        }
        let owner = try log.own(id)
        try owner.submit([.verified(ImportVerified(requestedBy: CurrentUser.description, checks: outcomes))]).wait()
        if status.state.isCompleted || status.state == .rolledBack { owner.removeLock() }
        return Verification(
            importID: id, checks: outcomes, text: CheckTable(results).text,
            hasKeptRows: status.state == .rolledBack && status.hasKeptRows)
    }
}
