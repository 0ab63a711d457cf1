internal import EventLog
internal import SwiftProtobuf

/// Which record mended a rejected one.
public struct Mending: Sendable, Equatable {
    /// The import that brought it.
    public var by: ImportID
    /// Its number there.
    public var byRecord: UInt64
}

/// A rejected record's section and number in its import.
public struct RecordName: Sendable, Hashable {
    public var section: String
    public var record: UInt64

    public init(section: String, record: UInt64) {
        self.section = section
        self.record = record
    }
}

extension ImportLog {
    /// Which of the import's rejected records were mended by imports that are not rolled back, all in memory: some 50 bytes
    /// for each.
    ///
    /// - Parameters:
    ///   - id: the import whose records were rejected.
    ///   - position: answers as of this position of the log; nil for now.
    /// - Throws: `ImportLogError.notFound` if there is no such import or position.
    public func mending(of id: ImportID, at position: UInt64? = nil) throws -> [RecordName: Mending] {
        var found: [RecordName: Mending] = [:]
        try forEachMended(of: id, at: position) { found[$0] = $1 }
        return found
    }

    /// Gives the import's rejected records that were mended, in the order in which that was noted, one at a time.
    ///
    /// Memory stays flat however many there are.
    package func forEachMended(
        of id: ImportID, at position: UInt64? = nil, _ body: (RecordName, Mending) throws -> Void
    ) throws {
        let events = try read(at: position) { snapshot in
            guard try snapshot.importView(id) != nil else { throw notFound(id) }
            return try snapshot.standingMendings(of: id)
        }
        try publicly {
            for (position, by, _) in events {
                try self.events.forEachAttachment(of: position) { attachment in
                    let record = MendedRecord(try PBMendedRecord(serializedBytes: attachment))
                    try body(
                        RecordName(section: record.section, record: record.record),
                        Mending(by: by, byRecord: record.byRecord))
                    return true
                }
            }
        }
    }

    /// Counts each mended record once where the same one may have been mended twice.
    func countMended(_ status: inout ImportStatus, at position: UInt64?) throws {
        guard status.mayRepeatMended else { return }
        var records: Set<RecordName> = []
        try forEachMended(of: status.importID, at: position) { name, _ in records.insert(name) }
        status.mended = UInt64(records.count)
    }

    /// Passes the rows that the import's last rollback kept to `body`, one at a time, until it returns false.
    ///
    /// - Throws: `ImportLogError.notFound` if there is no such import; what the body throws, as it is.
    public func keptRows(of id: ImportID, _ body: (KeptRow) throws -> Bool) throws {
        var positions: [UInt64] = []
        try forEachEvent(of: id) { recorded, _ in
            switch recorded.event {
            case .rollbackStarted: positions.removeAll()
            case .chunkReversed(let chunk) where chunk.counts.kept + chunk.counts.refused > 0:
                positions.append(recorded.position)
            default: break
            }
        }
        try publicly {
            for position in positions {
                var goOn = true
                try events.forEachAttachment(of: position) { attachment in
                    goOn = try body(KeptRow(try PBKeptRow(serializedBytes: attachment)))
                    return goOn
                }
                if !goOn { return }
            }
        }
    }
}
