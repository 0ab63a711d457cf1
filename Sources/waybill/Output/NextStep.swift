internal import ImportEngine
internal import ImportLog

/// What leads on from an import's state: `continue: waybill resume 1`.
struct NextStep {
    let what: String
    let command: String

    init(_ what: String, _ command: String) {
        self.what = what
        self.command = "waybill \(command)"
    }
}

extension ImportStatus {
    /// None where there is nothing left to do.
    var nextSteps: [NextStep] {
        let id = importID
        if let rollback, !rollback.isFinished { return [NextStep("continue", "rollback \(id)")] }
        switch state {
        case .running: return [NextStep("watch it", "status \(id) --watch")]
        case .queued, .paused, .interrupted: return [NextStep("continue", "resume \(id)")]
        case .failed where couldNotBegin: return []
        case .succeeded, .partiallySucceeded,
            .failed where isWhollyRejected:
            guard openRejects > 0 else { return [] }
            return [
                NextStep("see why", "rejects \(id)"), NextStep("mend them", "rejects \(id) --output FILE"),
                NextStep("then", "resubmit \(id) FILE"),
            ]
        case .failed:
            let startOver = NextStep("start over", "rollback \(id)")
            // Its reason says so where another copy of the source is needed.
            if reason.contains(startOver.command) { return [startOver] }
            return [NextStep("continue", "resume \(id)\(changedLimit)")] + (hasRows ? [startOver] : [])
        case .cancelled: return hasRows ? [NextStep("remove its rows", "rollback \(id)")] : []
        case .rolledBack:
            let kept = rollback.map { $0.counts.kept } ?? 0
            return kept > 0 ? [NextStep("undo the kept rows", "rollback \(id) --overwrite-edited")] : []
        }
    }

    /// What a resume must allow where the import ran into a limit, which would end it again.
    private var changedLimit: String {
        if reason.contains("--max-rejects") { return " --max-rejects 100%" }
        return reason.contains("--on-error continue") ? " --on-error continue" : ""
    }

    private var hasRows: Bool { records.inserted + records.updated > 0 }
}

extension GroupStatus.State {
    /// `in progress`.
    var words: String { rawValue.replacing("_", with: " ") }
}

extension GroupStatus {
    /// `2 of 4 parts, missing 3, 4`.
    var partWords: String {
        let parts =
            totalParts.map { "\(receivedParts) of \(Format.count($0, "part"))" } ?? Format.count(receivedParts, "part")
        return missingParts.isEmpty ? parts : "\(parts), missing \(Format.ranges(missingParts))"
    }
}
