import EventLog
import EventLogTestSupport
import LMDB
import Testing

/// A log in a temporary directory.
struct TestLog {
    let directory = TemporaryDirectory()

    func open(_ projections: [any Projection] = toyProjections, mapSize: Int? = 1 << 20, time: UInt64? = nil) throws
        -> EventLog
    {
        var options = EventLog.Options()
        options.mapSize = mapSize
        if let time { options.clock = { time } }
        return try EventLog(directory: directory.path, projections: projections, create: true, options: options)
    }

    /// The log's environment, to look behind the log or to damage it.
    func environment() throws -> Environment {
        try Environment.open(
            at: directory.path, databases: ["events", "streams", "attachments", "meta"],
            options: .init(mapSize: 1 << 20))
    }
}

extension EventLog {
    @discardableResult
    func append(_ events: NewEvent..., to stream: String, expecting expected: ExpectedVersion = .any) throws -> Appended
    {
        try submit(Append(events, to: stream, expecting: expected)).wait()
    }

    /// Everything right: the chain, the views, and as many events as the head says.
    func expectSound(sourceLocation: SourceLocation = #_sourceLocation) throws {
        let head = try head()
        #expect(try verify() == .intact(head), sourceLocation: sourceLocation)
        let (position, differences) = try checkViews()
        #expect(position == head.position, sourceLocation: sourceLocation)
        #expect(differences == [], sourceLocation: sourceLocation)
    }

    var lastPosition: UInt64 { get throws { try head().position } }
}

func code(_ error: (any Error)?) -> EventLogError.Code? { (error as? EventLogError)?.code }
