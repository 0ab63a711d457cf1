internal import ArgumentParser
internal import ImportEngine
internal import ImportLog

/// What came of one source, for the exit code and as JSON.
enum ImportResult: Encodable {
    case ended(ImportOutcome)
    case tried(TrialOutcome)
    /// - Parameter id: the import that the log has of it.
    case failed(source: String, CommandFailure, id: ImportID? = nil)
    /// The command was stopped before its turn came.
    case notBegun(source: String)

    var exitCode: ExitCode {
        switch self {
        case .ended(let outcome): outcome.status.state.exitCode
        case .tried(let outcome) where outcome.isStopped: .notFinished
        case .tried(let outcome) where outcome.endedBecause != nil || outcome.records.areAllRejected: .failed
        case .tried(let outcome):
            outcome.records.rejected > 0 || outcome.preflight.leftOut.contains(where: \.isDoubtful)
                ? .withRejects : .success
        case .failed: .failed
        case .notBegun: .notFinished
        }
    }

    private enum CodingKeys: String, CodingKey {
        case skipped, source, state
        case importID = "import"
    }

    /// An import's status, with `skipped` true where it is an earlier import of the same bytes; or the source's error.
    func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        switch self {
        case .ended(let outcome):
            try outcome.status.encode(to: encoder)
            if case .skipped = outcome { try container.encode(true, forKey: .skipped) }
        case .tried(let outcome): try TrialDocument(outcome).encode(to: encoder)
        case .failed(let source, let failure, let id):
            try failure.document.encode(to: encoder)
            try container.encodeIfPresent(id, forKey: .importID)
            try container.encode(source, forKey: .source)
        case .notBegun(let source):
            try container.encode(source, forKey: .source)
            try container.encode("not_begun", forKey: .state)
        }
    }
}
