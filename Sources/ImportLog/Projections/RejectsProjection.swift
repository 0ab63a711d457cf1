internal import EventLog
internal import SwiftProtobuf

/// Where each import's rejects stand, and how many there are by code.
struct RejectsProjection: Projection {
    let name = "rejects"
    let version: UInt32 = 1

    func fold(_ events: [RecordedEvent], into view: borrowing ViewWriter) throws {
        var counts = StateCache<PBRejectCountsView>()
        for recorded in events {
            guard recorded.type == "ChunkLost" || (recorded.type == "ChunkCommitted" && recorded.attachmentCount > 0),
                let id = ImportStream.importID(recorded.stream),
                let event = try ImportEvent(type: recorded.type, payload: recorded.payload)
            else { continue }
            switch event {
            case .chunkCommitted(let chunk):
                let entry = PBChunkRejectsView.with {
                    $0.position = recorded.position
                    $0.codes = chunk.rejectCodes.map(\.message)
                }
                try view.put(entry.serializedBytes(), at: key(id) + key(chunk.chunk))
                try counts.update(key(id), in: view) { $0.count(entry.codes, sign: 1) }
            case .chunkLost(let lost):
                let entryKey = key(id) + key(lost.chunk)
                guard let entry = try view.value(at: entryKey) else { continue }
                let codes = try PBChunkRejectsView(serializedBytes: entry).codes
                try counts.update(key(id), in: view) { $0.count(codes, sign: -1) }
                try view.delete(entryKey)
            default: break
            }
        }
        try counts.write(into: view)
    }
}

extension PBRejectCountsView {
    /// Adds counts or takes them away; a code that has none left is left out.
    mutating func count(_ changes: [PBCodeCount], sign: Int64) {
        var sums = Dictionary(uniqueKeysWithValues: codes.map { ($0.code, Int64($0.count)) })
        for change in changes { sums[change.code, default: 0] += sign * Int64(change.count) }
        codes = sums.filter { $0.value > 0 }.sorted { $0.key < $1.key }
            .map { CodeCount(code: $0.key, count: UInt64($0.value)).message }
    }
}
