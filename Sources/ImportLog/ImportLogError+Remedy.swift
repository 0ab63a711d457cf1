internal import EventLog

extension ImportLogError {
    /// What to do about an error: a value for a program to act on, with words for people.
    @nonexhaustive public enum Remedy: Sendable, Equatable {
        /// ``ImportLog/imports(in:limit:)`` has the imports that there are.
        case listImports
        /// ``ImportLog/groups()`` has the batches that there are.
        case listGroups
        /// Wait until the process that works on the import is done.
        case waitForOwner(ImportID)
        /// Open the directory that the log is in, or create a log: ``ImportLog/init(directory:create:)``.
        case nameDirectory
        /// ``ImportLog/verify(against:progress:)`` says where the damage begins; then restore the log's directory from a
        /// backup.
        case verifyAndRestore
        /// Rebuild the views with ``ImportLog/replay(progress:)``.
        case rebuildViews
        /// Check the events with ``ImportLog/verify(against:progress:)``, then rebuild the views.
        case verifyAndRebuildViews
        /// An older version of the library uses the log, too: stop it, then rebuild the views.
        case stopOlderVersion
        /// Any other one, in a sentence.
        case words(String)
    }
}

extension ImportLogError.Remedy: ExpressibleByStringInterpolation {
    public init(stringLiteral words: String) { self = .words(words) }
}

extension ImportLogError.Remedy: CustomStringConvertible {
    public var description: String {
        switch self {
        case .listImports: "List the imports that there are."
        case .listGroups: "List the batches that there are."
        case .waitForOwner: "Wait until that is done."
        case .nameDirectory: "Open the log's own directory, or create a log."
        case .verifyAndRestore:
            "Verify the log to see where the damage begins, then restore its directory from a backup."
        case .rebuildViews: "Rebuild the views from the log."
        case .verifyAndRebuildViews: "Verify the log, then rebuild its views."
        case .stopOlderVersion: "An older version uses this log, too. Stop it, then rebuild the views."
        case .words(let words): words
        }
    }
}

extension ImportLogError.Remedy {
    init(_ remedy: EventLogError.Remedy) {
        self =
            switch remedy {
            case .nameDirectory: .nameDirectory
            case .verifyAndRestore: .verifyAndRestore
            case .rebuildViews: .rebuildViews
            case .verifyAndRebuildViews: .verifyAndRebuildViews
            case .stopOlderVersion: .stopOlderVersion
            case .words(let words): .words(words)
            }
    }
}
