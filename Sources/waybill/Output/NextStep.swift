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
            return openRejects > 0 ? [NextStep("see why", "rejects \(id)")] + fixes : []
        case .failed:
            let startOver = NextStep("start over", "rollback \(id)")
            // Its reason says so where another copy of the source is needed.
            if reason.contains(startOver.command) { return [startOver] }
            let label = flagToContinue.isEmpty ? "continue" : "continue anyway"
            return [NextStep(label, "resume \(id)\(flagToContinue)")] + (wroteRows ? [startOver] : [])
        case .cancelled: return wroteRows ? [NextStep("remove its rows", "rollback \(id)")] : []
        case .rolledBack:
            let kept = rollback.map { $0.counts.kept } ?? 0
            return kept > 0 ? [NextStep("undo the kept rows", "rollback \(id) --overwrite-edited")] : []
        }
    }

    /// What fixes its rejects.
    var fixes: [NextStep] {
        let id = importID
        // They cannot be written to a file.
        if formats == ["sql"] {
            return wroteRows ? [NextStep("to fix them, correct the source, then start over", "rollback \(id)")] : []
        }
        return [NextStep("fix them", "rejects \(id) --output FILE"), NextStep("then", "resubmit \(id) FILE")]
    }

    /// What a resume must allow where the import ran into a limit, which would end it again; its reason names the limit.
    var flagToContinue: String {
        guard state == .failed else { return "" }
        if reason.contains("max_rejects is ") || reason.contains("--max-rejects") { return " --max-rejects 100%" }
        let isAbort = reason.contains("on_error is abort") || reason.contains("--on-error continue")
        return isAbort ? " --on-error continue" : ""
    }
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
