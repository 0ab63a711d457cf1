internal import Glibc
internal import LMDB

/// Views in a temporary directory, folded from events and thrown away.
final class ScratchViews {
    private let projections: [any Projection]
    private let directory: String
    private let environment: Environment
    private(set) var position: UInt64 = 0

    init(projections: [any Projection]) throws {
        self.projections = projections
        var template = Array(((getenv("TMPDIR").map { String(cString: $0) } ?? "/tmp") + "/waybill-XXXXXX").utf8CString)
        guard mkdtemp(&template) != nil else {
            throw EventLogError(
                .storage, "No temporary directory could be created: \(String(cString: strerror(errno))).",
                remedy: "Name a writable directory with TMPDIR.")
        }
        directory = template.withUnsafeBufferPointer { String(cString: $0.baseAddress!) }
        do {
            environment = try Environment.open(
                at: directory, databases: projections.map(\.name), options: EnvironmentOptions(durability: .none))
        } catch {
            Self.remove(directory)
            throw error
        }
    }

    deinit { Self.remove(directory) }

    private static func remove(_ directory: String) {
        unlink(directory + "/data.mdb")
        unlink(directory + "/lock.mdb")
        rmdir(directory)
    }

    /// Folds the next events, which come in log order.
    func fold(_ events: [RecordedEvent]) throws {
        try environment.write { transaction in
            for projection in projections {
                let writer = ViewWriter(
                    transaction: transaction.borrowedForWriting, database: environment.database(projection.name))
                try projection.fold(events, into: writer)
            }
        }
        position = events.last?.position ?? position
    }

    func read<R>(_ body: (borrowing Snapshot) throws -> R) throws -> R {
        try environment.read { transaction in
            let databases = projections.map { ($0.name, environment.database($0.name)) }
            return try body(
                Snapshot(
                    transaction: transaction.borrowed, databases: Dictionary(uniqueKeysWithValues: databases),
                    position: position))
        }
    }
}
