package import EventLog

extension ImportLog {
    /// The import's events in order, all in memory. Events that this version does not know are left out.
    ///
    /// - Throws: `ImportLogError.notFound` if there is no such import.
    public func events(of id: ImportID) throws -> [RecordedImportEvent] {
        var found: [RecordedImportEvent] = []
        try forEachEvent(of: id) { event, _ in found.append(event) }
        return found
    }

    /// Gives the import's events in order, each with the bytes it has in the log.
    package func forEachEvent(of id: ImportID, _ body: (RecordedImportEvent, [UInt8]) throws -> Void) throws {
        try publicly {
            var next: UInt64 = 1
            while true {
                let page = try events.events(of: ImportStream.name(id), from: next, limit: 1_000)
                guard let last = page.last else { break }
                for recorded in page {
                    if let event = try Self.importEvent(recorded) { try body(event, recorded.payload) }
                }
                next = last.version + 1
            }
            if next == 1 { throw notFound(id) }
        }
    }

    /// A recorded event as an import's; nil if it is none or is of a type that this version does not know.
    package static func importEvent(_ recorded: RecordedEvent) throws -> RecordedImportEvent? {
        guard let id = ImportStream.importID(recorded.stream),
            let event = try ImportEvent(type: recorded.type, payload: recorded.payload)
        else { return nil }
        return RecordedImportEvent(
            position: recorded.position, recordedAt: Timestamp(microsecondsSince1970: recorded.recordedAt),
            importID: id, version: recorded.version,
            event: event)
    }
}
