internal import Glibc
internal import LMDB

/// An append-only log of events with the views that its projections keep.
///
/// Several processes may use a log at once; in one process, appends that wait at the same time share a durable
/// transaction. Everything is safe to call from any thread.
package final class EventLog: Sendable {
    let environment: Environment
    let store: Store
    let writer: AppendQueue
    package let directory: String
    /// 32 hexadecimal digits, drawn at random when the log was made.
    package let logID: String

    /// The log's databases.
    struct Store: Sendable {
        let events: Database
        let streams: Database
        let attachments: Database
        let meta: Database
        let views: [ViewSlots]
    }

    /// A projection and the two databases of its view: one is live, the other takes a rebuild.
    struct ViewSlots: Sendable {
        let projection: any Projection
        let a: Database
        let b: Database

        var metaKey: [UInt8] { [UInt8]("view.\(projection.name)".utf8) }

        func database(_ slot: ViewState.Slot) -> Database { slot == .a ? a : b }
    }

    package struct Options: Sendable {
        /// Address space to reserve for the log, in bytes; see `EnvironmentOptions.mapSize`.
        package var mapSize: Int?
        /// The time of an append, in microseconds since 1970-01-01 UTC.
        package var clock: @Sendable () -> UInt64 = systemClock

        /// Whether the views are brought up to date; a log that is only verified is left as it is.
        package var bringsViewsUpToDate = true

        package init() {}
    }

    /// Opens the log in `directory`, which must be there already unless `create` is true, and brings its views up to
    /// date where their projections' versions changed.
    package init(directory: String, projections: [any Projection], create: Bool, options: Options = .init()) throws {
        guard Set(projections.map(\.name)).count == projections.count, projections.allSatisfy({ $0.version > 0 }) else {
            fatalError("Each projection of a log needs a name of its own and a version from 1 on.")
        }
        if create { try Self.makeDirectory(directory) }
        guard access(directory + "/data.mdb", F_OK) == 0 || create else {
            let reason = errno
            guard reason == ENOENT || reason == ENOTDIR else {
                throw EventLogError(
                    .storage, "The log in \(directory) cannot be opened: \(String(cString: strerror(reason))).",
                    remedy: "Make the directory readable for your user, or open another one.")
            }
            throw EventLogError(.notFound, "There is no log in \(directory).", remedy: .nameDirectory)
        }
        if try !create || Self.wasUsed(directory) { try Self.requireContent(directory) }
        var environmentOptions = EnvironmentOptions()
        if let mapSize = options.mapSize { environmentOptions.mapSize = mapSize }
        let names = ["events", "streams", "attachments", "meta"]
        let viewNames = projections.flatMap { ["view.\($0.name).a", "view.\($0.name).b"] }
        let environment = try storage {
            try Environment.open(at: directory, databases: names + viewNames, options: environmentOptions)
        }
        let store = Store(
            events: environment.database("events"), streams: environment.database("streams"),
            attachments: environment.database("attachments"), meta: environment.database("meta"),
            views: projections.map {
                ViewSlots(
                    projection: $0, a: environment.database("view.\($0.name).a"),
                    b: environment.database("view.\($0.name).b"))
            })
        self.environment = environment
        self.store = store
        self.directory = directory
        logID = try storage { try Self.identify(environment, store, clock: options.clock) }
        writer = AppendQueue(environment: environment, store: store, clock: options.clock)
        // A file is safe from a loss of power only when its name is on disk too.
        if create { Self.synchronizeDirectory(directory) }
        if options.bringsViewsUpToDate { try bringViewsUpToDate() }
    }

    /// Whether the directory holds more than LMDB creates for a new log.
    private static func wasUsed(_ directory: String) throws -> Bool {
        guard let entries = opendir(directory) else { return false }
        defer { closedir(entries) }
        while let entry = readdir(entries) {
            let name = withUnsafePointer(to: &entry.pointee.d_name) {
                $0.withMemoryRebound(to: CChar.self, capacity: Int(NAME_MAX) + 1) { String(cString: $0) }
            }
            if ![".", "..", "data.mdb", "lock.mdb"].contains(name) { return true }
        }
        return false
    }

    /// LMDB would make a new log of an empty file, and a reader would see a log without events.
    private static func requireContent(_ directory: String) throws {
        var status = stat()
        guard stat(directory + "/data.mdb", &status) == 0, status.st_size == 0 else { return }
        throw EventLogError(
            .corrupted, "The log in \(directory) is gone: its data.mdb is empty.",
            remedy: "Restore the directory from a backup.")
    }

    private static func makeDirectory(_ directory: String) throws {
        if mkdir(directory, 0o755) == 0 { return synchronizeDirectory(directory + "/..") }
        if errno != EEXIST {
            throw EventLogError(
                .storage, "The log directory \(directory) could not be created: \(String(cString: strerror(errno))).",
                remedy: "Check that its parent directory exists and that you may write to it.")
        }
    }

    private static func synchronizeDirectory(_ directory: String) {
        let descriptor = open(directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        if descriptor < 0 { return }
        fsync(descriptor)
        close(descriptor)
    }

    private static let systemClock: @Sendable () -> UInt64 = {
        var now = timespec()
        clock_gettime(CLOCK_REALTIME, &now)
        return UInt64(now.tv_sec) * 1_000_000 + UInt64(now.tv_nsec) / 1_000
    }
}
