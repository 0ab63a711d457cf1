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
                let entryKey = key(id) + key(chunk.chunk)
                if let before = try view.value(at: entryKey) {
                    let codes = try PBChunkRejectsView(serializedBytes: before).codes
                    try counts.update(key(id), in: view) { $0.remove(codes) }
                }
                try view.put(entry.serializedBytes(), at: entryKey)
                try counts.update(key(id), in: view) { $0.add(entry.codes) }
            case .chunkLost(let lost):
                let entryKey = key(id) + key(lost.chunk)
                guard let entry = try view.value(at: entryKey) else { continue }
                let codes = try PBChunkRejectsView(serializedBytes: entry).codes
                try counts.update(key(id), in: view) { $0.remove(codes) }
                try view.delete(entryKey)
            default: break
            }
        }
        try counts.write(into: view)
    }
}

extension PBRejectCountsView {
    fileprivate mutating func add(_ more: [PBCodeCount]) {
        change(by: more) { $0.addingToLimit($1) }
    }

    fileprivate mutating func remove(_ fewer: [PBCodeCount]) {
        change(by: fewer) { $0 - min($0, $1) }
    }

    /// A code that has none left is left out.
    private mutating func change(by changes: [PBCodeCount], _ change: (UInt64, UInt64) -> UInt64) {
        var sums: [String: UInt64] = [:]
        for code in codes { sums[code.code] = code.count }
        for code in changes { sums[code.code] = change(sums[code.code] ?? 0, code.count) }
        codes = sums.filter { $0.value > 0 }.sorted { $0.key < $1.key }
            .map { CodeCount(code: $0.key, count: $0.value).message }
    }
}
