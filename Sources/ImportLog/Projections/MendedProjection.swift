internal import EventLog
internal import SwiftProtobuf

/// Where it stands which of an import's rejected records were mended.
struct MendedProjection: Projection {
    let name = "mended"
    let version: UInt32 = 2

    func fold(_ events: [RecordedEvent], into view: borrowing ViewWriter) throws {
        for recorded in events where recorded.type == "RejectsMended" {
            guard let id = ImportStream.importID(recorded.stream),
                case .rejectsMended(let mending)? = try ImportEvent(type: recorded.type, payload: recorded.payload)
            else { continue }
            let entry = PBMendedView.with {
                $0.by = mending.by.rawValue
                $0.count = mending.count
            }
            try view.put(entry.serializedBytes(), at: key(id) + key(recorded.position))
        }
    }
}
