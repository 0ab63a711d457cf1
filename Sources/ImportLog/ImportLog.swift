package import EventLog
internal import Glibc

/// The log of imports in a directory: what happened to each import, and what follows from it.
///
/// Several processes may use a log at once. Everything is safe to call from any thread; what is read comes from
/// memory-mapped views and takes microseconds.
public final class ImportLog: Sendable {
    /// The events underneath.
    package let events: EventLog

    /// Opens the log in `directory`.
    ///
    /// - Parameters:
    ///   - directory: the directory that holds the log.
    ///   - create: whether to create the log and its directory if they are missing; the directory's parent must exist.
    /// - Throws: `ImportLogError`, `notFound` where there is no log and `create` is false.
    public convenience init(directory: String, create: Bool = true) throws {
        try self.init(directory: directory, create: create, options: .init())
    }

    /// Opens a log that may be damaged, in order to verify it; its views are left as they are.
    package convenience init(toVerify directory: String) throws {
        var options = EventLog.Options()
        options.bringsViewsUpToDate = false
        try self.init(directory: directory, create: false, options: options)
    }

    package init(directory: String, create: Bool, options: EventLog.Options) throws {
        events = try publicly {
            try EventLog(
                directory: directory,
                projections: [
                    ProgressProjection(), ImportsProjection(), GroupsProjection(), RejectsProjection(),
                    MendedProjection(),
                ],
                create: create, options: options)
        }
        mkdir(lockDirectory, 0o755)
    }

    public var directory: String { events.directory }

    /// 32 hexadecimal digits, drawn at random when the log was made.
    public var id: String { events.logID }

    var lockDirectory: String { directory + "/locks" }

    func lockPath(_ id: ImportID) -> String { "\(lockDirectory)/\(ImportStream.name(id)).lock" }

    /// The process that works on the import now, as it describes itself; nil if none does.
    package func owner(of id: ImportID) -> String? { ProcessLock.holder(of: lockPath(id)) }
}
