extension EventLogError {
    /// What to do now. How it is done, those above say: as a call or as a command.
    package enum Remedy: Sendable, Equatable, ExpressibleByStringInterpolation {
        /// Open the directory that the log is in, or create a log.
        case nameDirectory
        /// Find where the damage begins, then restore the log's directory from a backup.
        case verifyAndRestore
        case rebuildViews
        /// Check that the events are whole, then rebuild the views.
        case verifyAndRebuildViews
        /// An older version of the program uses the log, too: stop it, then rebuild the views.
        case stopOlderVersion
        case words(String)

        package init(stringLiteral words: String) { self = .words(words) }
    }
}
