internal import LMDB

extension EventLog {
    /// How large the log is.
    package struct Statistics: Sendable {
        package var events: UInt64
        package var streams: UInt64
        package var attachments: UInt64
        package var usedBytes: UInt64
        package var mapBytes: UInt64
        package var readers: UInt64
        package var eventsByType: [String: UInt64]
    }

    /// Counts the events by type, which reads them all.
    package func statistics() throws -> Statistics {
        var eventsByType: [String: UInt64] = [:]
        var streams: UInt64 = 0
        try forEachPage(pageSize: 10_000) { page in
            for event in page {
                eventsByType[event.type, default: 0] += 1
                if event.version == 1 { streams += 1 }
            }
            return true
        }
        return try storage {
            let sizes = environment.statistics()
            let (events, attachments) = try environment.read {
                (try $0.count(of: store.events), try $0.count(of: store.attachments))
            }
            return Statistics(
                events: UInt64(events), streams: streams, attachments: UInt64(attachments),
                usedBytes: UInt64(sizes.usedBytes), mapBytes: UInt64(sizes.mapSize), readers: UInt64(sizes.readers),
                eventsByType: eventsByType)
        }
    }
}
