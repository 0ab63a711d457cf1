internal import EventLog
internal import SwiftProtobuf

/// A rejected record and the chunk it was read in.
public struct RejectedRecord: Sendable, Equatable {
    public var importID: ImportID
    public var chunk: UInt64
    public var reject: Reject
}

extension ImportLog {
    /// Passes the import's rejected records to `body` in source order, one at a time, until it returns false.
    ///
    /// Memory stays flat however many there are.
    /// - Parameters:
    ///   - id: the import's number.
    ///   - position: answers as of this position of the log; nil for now.
    ///   - body: takes a record and returns whether to go on to the next.
    /// - Throws: `ImportLogError.notFound` if there is no such import or position; what the body throws, as it is.
    public func rejects(of id: ImportID, at position: UInt64? = nil, _ body: (RejectedRecord) throws -> Bool) throws {
        var chunks: [(chunk: UInt64, position: UInt64)] = []
        try read(at: position) { snapshot in
            guard try snapshot.importView(id) != nil else { throw notFound(id, at: position) }
            try snapshot.view("rejects").scan(prefix: key(id)) { key, value in
                if key.count == 16 {
                    chunks.append((UInt64(endOf: key), try PBChunkRejectsView(serializedBytes: value).position))
                }
                return true
            }
        }
        try publicly {
            for (chunk, position) in chunks {
                var goOn = true
                try events.forEachAttachment(of: position) { attachment in
                    let reject = Reject(try PBReject(serializedBytes: attachment))
                    goOn = try body(RejectedRecord(importID: id, chunk: chunk, reject: reject))
                    return goOn
                }
                if !goOn { return }
            }
        }
    }

    /// How many rejects the import has by code, sorted by code.
    ///
    /// - Parameters:
    ///   - id: the import's number.
    ///   - position: answers as of this position of the log; nil for now.
    /// - Throws: `ImportLogError.notFound` if there is no such import or position.
    public func rejectCounts(of id: ImportID, at position: UInt64? = nil) throws -> [CodeCount] {
        try read(at: position) { snapshot in
            guard try snapshot.importView(id) != nil else { throw notFound(id, at: position) }
            guard let bytes = try snapshot.view("rejects").value(at: key(id)) else { return [] }
            return try PBRejectCountsView(serializedBytes: bytes).codes.map(CodeCount.init)
        }
    }
}
