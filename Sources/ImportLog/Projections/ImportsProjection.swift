internal import EventLog
internal import SwiftProtobuf

#if canImport(FoundationEssentials)
    internal import FoundationEssentials
#else
    internal import Foundation
#endif

/// The list of imports, with indexes by state, by the source's size and by its name.
struct ImportsProjection: Projection {
    let name = "imports"
    let version: UInt32 = 3

    static let listPrefix = [UInt8(ascii: "i")]
    static func listKey(_ id: ImportID) -> [UInt8] { listPrefix + key(id) }
    static func statePrefix(_ state: String) -> [UInt8] { [UInt8(ascii: "s")] + [UInt8](state.utf8) + [0] }
    static func sizePrefix(_ size: UInt64) -> [UInt8] { [UInt8(ascii: "f")] + key(size) }
    /// Names that share a hash share their entries.
    static func sourcePrefix(_ source: String) -> [UInt8] {
        let hash = source.utf8.reduce(0xCBF2_9CE4_8422_2325 as UInt64) { ($0 ^ UInt64($1)) &* 0x100_0000_01B3 }
        return [UInt8(ascii: "n")] + key(hash)
    }
    /// What an entry of an index says: that it is there.
    private static let there: [UInt8] = [1]

    func fold(_ events: [RecordedEvent], into view: borrowing ViewWriter) throws {
        var cache = StateCache<PBImportView>()
        for recorded in events where recorded.type != "ChunkCommitted" {
            guard let id = ImportStream.importID(recorded.stream),
                let event = try ImportEvent(type: recorded.type, payload: recorded.payload),
                let state = event.stateAfter
            else { continue }
            let listKey = Self.listKey(id)
            let before = try cache.state(at: listKey, in: view).state
            if !before.isEmpty { try view.delete(Self.statePrefix(before) + key(id)) }
            try view.put(Self.there, at: Self.statePrefix(state.rawValue) + key(id))
            try cache.update(listKey, in: view) { $0.state = state.rawValue }
            switch event {
            case .submitted(let submitted):
                try cache.update(listKey, in: view) {
                    $0.submitted = submitted.message
                    $0.submittedAt = recorded.recordedAt
                }
                try view.put(Self.there, at: Self.sourcePrefix(submitted.source) + key(id))
                if let size = submitted.identity?.size { try view.put(Self.there, at: Self.sizePrefix(size) + key(id)) }
            case .completed(let completed):
                try cache.update(listKey, in: view) { $0.digest = Data(completed.digest) }
            default: break
            }
        }
        try cache.write(into: view)
    }
}
