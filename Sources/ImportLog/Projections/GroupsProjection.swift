internal import EventLog
internal import SwiftProtobuf

#if canImport(FoundationEssentials)
    internal import FoundationEssentials
#else
    internal import Foundation
#endif

/// The batch groups: which imports brought which part, what each said of the whole, and how each ended.
struct GroupsProjection: Projection {
    let name = "groups"
    let version: UInt32 = 5

    static let groupPrefix = [UInt8(ascii: "g")]
    static func groupKey(_ batchID: String) -> [UInt8] { groupPrefix + [UInt8](batchID.utf8) + [0] }
    static func partKey(_ batchID: String, _ part: UInt32) -> [UInt8] { groupKey(batchID) + key(part) }
    static func membershipKey(_ id: ImportID) -> [UInt8] { [UInt8(ascii: "i")] + key(id) }
    /// Where the deliveries are listed that found the rows of an import there.
    private static func repeatsKey(_ id: ImportID) -> [UInt8] { [UInt8(ascii: "r")] + key(id) }

    func fold(_ events: [RecordedEvent], into view: borrowing ViewWriter) throws {
        var caches = Caches()
        for recorded in events where recorded.type != "ChunkCommitted" {
            guard let id = ImportStream.importID(recorded.stream),
                let event = try ImportEvent(type: recorded.type, payload: recorded.payload)
            else { continue }
            if case .submitted(let submitted) = event {
                guard let batch = submitted.batch else { continue }
                try join(batch, id, submitted, &caches, view)
            } else if case .groupFinalized(let finalized) = event {
                try caches.groups.update(Self.groupKey(finalized.batchID), in: view) { group in
                    group.finalizedAt = finalized.error.isEmpty ? recorded.position : 0
                    group.finalizeError = finalized.error
                }
            } else if let state = event.stateAfter {
                try note(event, state, of: id, at: recorded.position, &caches, view)
            }
        }
        try caches.groups.write(into: view)
        try caches.parts.write(into: view)
        try caches.memberships.write(into: view)
    }

    private struct Caches {
        var groups = StateCache<PBGroupView>()
        var parts = StateCache<PBPartView>()
        var memberships = StateCache<PBMembershipView>()
    }

    /// An import of the group was submitted.
    private func join(
        _ batch: ImportSubmitted.Batch, _ id: ImportID, _ submitted: ImportSubmitted, _ caches: inout Caches,
        _ view: borrowing ViewWriter
    ) throws {
        let groupKey = Self.groupKey(batch.id)
        let group = try caches.groups.state(at: groupKey, in: view)
        let isLate =
            submitted.resubmits == nil && group.hasTotalParts && group.finishedParts >= group.totalParts
        try caches.groups.update(groupKey, in: view) { group in
            if let totalParts = batch.totalParts { group.say(totalParts: totalParts) }
            if let totalItems = batch.totalItems { group.totalItems = totalItems }
            if batch.part == nil { group.partlessImports.append(id.rawValue) }
            if !submitted.finalize.isEmpty { group.finalizeFrom = id.rawValue }
        }
        try caches.memberships.update(Self.membershipKey(id), in: view) { membership in
            membership.batchID = batch.id
            if let part = batch.part { membership.part = part }
        }
        guard let part = batch.part else { return }
        try caches.parts.update(Self.partKey(batch.id, part), in: view) { view in
            view.deliveries.append(
                PBDelivery.with {
                    $0.import = id.rawValue
                    $0.retryOf = submitted.retryOf.message
                    $0.resubmits = submitted.resubmits.message
                    $0.state = ImportState.queued.rawValue
                    $0.late = isLate
                })
        }
    }

    /// An import changed its state; it may be in no group.
    private func note(
        _ event: ImportEvent, _ state: ImportState, of id: ImportID, at position: UInt64, _ caches: inout Caches,
        _ view: borrowing ViewWriter
    ) throws {
        let isTakenOut = event.takesRowsOut
        // Deliveries that only found its rows there have come as long as the rows are there.
        for repeated in try isTakenOut == nil ? [] : repeats(of: id, view) {
            let membership = try caches.memberships.state(at: Self.membershipKey(repeated), in: view)
            try noteRows(isTakenOut, of: repeated, at: position, &caches, view)
            guard state.isCompleted || state == .rolledBack else { continue }
            try setState(state.isCompleted ? .succeeded : state, of: repeated, membership, &caches, view)
        }
        let membership = try caches.memberships.state(at: Self.membershipKey(id), in: view)
        guard !membership.batchID.isEmpty else { return caches.memberships.forget(Self.membershipKey(id)) }
        try noteRows(isTakenOut, of: id, at: position, &caches, view)
        if case .completed(let completed) = event, let same = completed.sameAs {
            try view.put((repeats(of: same, view) + [id]).flatMap { key($0) }, at: Self.repeatsKey(same))
        }
        if case .completed(let completed) = event,
            try batch(of: completed.sameAs, &caches, view) != membership.batchID
        {
            // What the group has already, and comes again, changes nothing that closing SQL would have to see.
            try caches.groups.update(Self.groupKey(membership.batchID), in: view) { group in
                group.changedAt = position
                group.changedBy = id.rawValue
            }
        }
        var digest: [UInt8]?
        if case .completed(let completed) = event { digest = completed.digest }
        try setState(state, digest: digest, of: id, membership, &caches, view)
    }

    /// Notes since when the rows of an import of a group are taken out.
    ///
    /// - Parameter isTakenOut: whether they are; nil if nothing is new.
    private func noteRows(
        _ isTakenOut: Bool?, of id: ImportID, at position: UInt64, _ caches: inout Caches, _ view: borrowing ViewWriter
    ) throws {
        guard let isTakenOut else { return }
        try caches.memberships.update(Self.membershipKey(id), in: view) { $0.rolledBackAt = isTakenOut ? position : 0 }
    }

    /// The deliveries that found the rows of an import there.
    private func repeats(of id: ImportID, _ view: borrowing ViewWriter) throws -> [ImportID] {
        let bytes = try view.value(at: Self.repeatsKey(id)) ?? []
        return stride(from: 8, through: bytes.count, by: 8).map { ImportID(endOf: Array(bytes[..<$0])) }
    }

    /// Notes what became of a delivery of a part.
    private func setState(
        _ state: ImportState, digest: [UInt8]? = nil, of id: ImportID, _ membership: PBMembershipView,
        _ caches: inout Caches, _ view: borrowing ViewWriter
    ) throws {
        guard membership.hasPart else { return }
        let partKey = Self.partKey(membership.batchID, membership.part)
        let finishedBefore = try caches.parts.state(at: partKey, in: view).isFinished
        try caches.parts.update(partKey, in: view) { part in
            guard let index = part.deliveries.firstIndex(where: { $0.import == id.rawValue }) else { return }
            part.deliveries[index].state = state.rawValue
            if let digest { part.deliveries[index].digest = Data(digest) }
        }
        let finishedAfter = try caches.parts.state(at: partKey, in: view).isFinished
        if finishedBefore != finishedAfter {
            try caches.groups.update(Self.groupKey(membership.batchID), in: view) { group in
                if finishedAfter { group.finishedParts += 1 } else { group.finishedParts -= 1 }
            }
        }
    }

    /// The batch that an import belongs to; nil for none.
    private func batch(of id: ImportID?, _ caches: inout Caches, _ view: borrowing ViewWriter) throws -> String? {
        guard let id else { return nil }
        let batchID = try caches.memberships.state(at: Self.membershipKey(id), in: view).batchID
        if batchID.isEmpty { caches.memberships.forget(Self.membershipKey(id)) }
        return batchID.isEmpty ? nil : batchID
    }
}

extension ImportEvent {
    /// Whether it takes out the import's rows, and what closing SQL made of them, or says that they are there; nil for neither.
    fileprivate var takesRowsOut: Bool? {
        if case .rollbackStarted(let started) = self { return started.onlyColumn.isEmpty ? true : nil }
        guard let state = stateAfter else { return nil }
        return state == .rolledBack ? true : state.isCompleted ? false : nil
    }
}

extension PBPartView {
    fileprivate var isFinished: Bool {
        deliveries.contains { $0.resubmits == 0 && ImportState(rawValue: $0.state)?.isCompleted == true }
    }
}

extension PBGroupView {
    /// What was said last is in force; what was said before is kept.
    fileprivate mutating func say(totalParts said: UInt32) {
        if hasTotalParts && totalParts != said && !earlierTotalParts.contains(totalParts) {
            earlierTotalParts.append(totalParts)
        }
        totalParts = said
        earlierTotalParts.removeAll { $0 == said }
    }
}
