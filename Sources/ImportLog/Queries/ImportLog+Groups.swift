internal import EventLog
internal import SwiftProtobuf

extension ImportLog {
    /// How complete a batch is.
    ///
    /// - Parameters:
    ///   - batchID: the ID that the imports of the batch share.
    ///   - position: answers as of this position of the log; nil for now.
    /// - Throws: `ImportLogError.notFound` if no import named the batch, or there is no such position.
    public func group(_ batchID: String, at position: UInt64? = nil) throws -> GroupStatus {
        let status = try read(at: position) { try group(batchID, in: $0, at: position) }
        guard let status else {
            throw ImportLogError(
                .notFound, "No import in the log \(directory) belongs to a batch '\(batchID)'.",
                remedy: .listGroups)
        }
        return status
    }

    /// All batch groups, by batch id.
    public func groups() throws -> [GroupStatus] {
        try read(at: nil) { snapshot in
            var ids: [String] = []
            var next: [UInt8]? = GroupsProjection.groupPrefix
            // From one group's entry straight to the next: its parts are skipped.
            while let start = next {
                next = nil
                try snapshot.view("groups").scan(prefix: GroupsProjection.groupPrefix, from: start) { key, _ in
                    guard let end = key.firstIndex(of: 0) else { return false }
                    ids.append(String(decoding: key[1..<end], as: UTF8.self))
                    next = Array(key[..<end]) + [1]
                    return false
                }
            }
            return try ids.compactMap { try group($0, in: snapshot, at: nil) }
        }
    }

    private func group(
        _ batchID: String, in snapshot: borrowing Snapshot, at position: UInt64?
    ) throws -> GroupStatus? {
        let groups = snapshot.view("groups")
        guard let bytes = try groups.value(at: GroupsProjection.groupKey(batchID)) else { return nil }
        let group = try PBGroupView(serializedBytes: bytes)
        var parts: [(number: UInt32, deliveries: [GroupStatus.Delivery])] = []
        let prefix = GroupsProjection.groupKey(batchID)
        try groups.scan(prefix: prefix) { key, value in
            guard key.count == prefix.count + 4 else { return true }
            let number = key.suffix(4).reduce(0) { $0 << 8 | UInt32($1) }
            let deliveries = try PBPartView(serializedBytes: value).deliveries
            parts.append((number, try deliveries.map { try delivery($0, in: snapshot, at: position) }))
            return true
        }
        let partless = try group.partlessImports.map { id in
            try delivery(PBDelivery.with { $0.import = id }, in: snapshot, at: position)
        }
        return GroupStatus(
            batchID: batchID, totalParts: group.hasTotalParts ? group.totalParts : nil,
            earlierTotalParts: group.earlierTotalParts, totalItems: group.hasTotalItems ? group.totalItems : nil,
            parts: parts, partless: partless, closing: group)
    }

    private func delivery(_ view: PBDelivery, in snapshot: borrowing Snapshot, at position: UInt64?) throws
        -> GroupStatus.Delivery
    {
        let id = ImportID(rawValue: view.import)
        guard var status = try snapshot.status(of: id) else { throw notFound(id) }
        try countMended(&status, at: position)
        let membership = try snapshot.view("groups").value(at: GroupsProjection.membershipKey(id))
            .map { try PBMembershipView(serializedBytes: $0) }
        let isDead = position == nil && status.state == .running && owner(of: id) == nil
        // One that found its rows there does not have them any more once they were undone.
        let areRowsGone = view.state == ImportState.rolledBack.rawValue
        return GroupStatus.Delivery(
            importID: id, retryOf: status.retryOf,
            state: isDead ? .interrupted : areRowsGone ? .rolledBack : status.state,
            digest: view.digest.isEmpty ? nil : [UInt8](view.digest),
            isLate: view.late, records: status.records, resubmits: status.resubmits,
            openRejects: status.openRejects,
            rolledBackAt: membership?.rolledBackAt ?? 0)
    }
}
