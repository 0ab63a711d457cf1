/// How complete a batch is: which parts arrived, which are missing, and which contradict each other.
public struct GroupStatus: Sendable, Equatable {
    @nonexhaustive public enum State: String, Sendable, CaseIterable, Encodable {
        /// Parts are missing or unfinished, and no process works on one.
        case incomplete
        /// A process works on a part.
        case inProgress = "in_progress"
        /// All parts arrived and ended, but a part failed, was rolled back or has rejects, or two deliveries of it contradict
        /// each other.
        case partialSuccess = "partial_success"
        case complete
    }

    public var batchID: String
    public var state: State
    /// How many parts the batch has, by the latest submission that said so; nil if none did.
    public var totalParts: UInt32?
    /// Other totals given before.
    public var earlierTotalParts: [UInt32]
    /// How many parts arrived.
    public var receivedParts: Int
    /// The numbers of the missing parts: up to the total or, if that is unknown, up to the highest that arrived.
    public var missingParts: [UInt32]
    /// Parts whose deliveries all failed or were cancelled.
    public var failedParts: [UInt32]
    /// Parts that are no longer there: their deliveries were rolled back, or failed.
    public var rolledBackParts: [UInt32]
    /// Parts that are queued, paused or interrupted.
    public var unfinishedParts: [UInt32]
    /// Parts that were delivered more than once with different bytes, without one being a retry of the other.
    public var conflictingParts: [UInt32]
    /// Parts that were delivered more than once with the same bytes, without one being a retry of the other.
    public var repeatedParts: [UInt32]
    /// Parts with a delivery that was submitted when as many parts as the batch has were finished already.
    public var lateParts: [UInt32]
    /// How many records all parts have together, by the latest submission that said so; nil if none did.
    public var totalItems: UInt64?
    /// The sum over all imports of the batch, retries included, without those that are rolled back.
    public var records: Counts
    /// The imports of the batch, in order.
    public var imports: [ImportID]
    /// Whether the batch's closing SQL was run since a part came or was rolled back last; nil if the batch has none.
    public var finalized: Finalization?
    /// Why the closing SQL was not kept, where it failed.
    public var finalizeError: String
    /// The import that last brought something, of which closing SQL must know.
    package var changedBy: ImportID?
    /// The last import that was submitted with closing SQL.
    package var finalizeFrom: ImportID?
    /// The position since which the rows of an import are rolled back, the last one of those that are so now; 0 for none.
    package var rolledBackAt: UInt64
    /// Whether any delivery of a part, or an import without one, is in the destination as a whole.
    package var hasCompleted: Bool

    /// The state of a batch's closing SQL.
    @nonexhaustive public enum Finalization: String, Sendable, CaseIterable, Encodable {
        case pending, done
    }

    /// One delivery of a part.
    struct Delivery {
        var importID: ImportID
        var retryOf: ImportID?
        var state: ImportState
        /// Nil until it was read to its end.
        var digest: [UInt8]?
        var isLate: Bool
        var records: Counts
        /// The import whose rejected records it brought, mended.
        var resubmits: ImportID?
        /// Its rejected records that were not mended.
        var openRejects: UInt64
        /// The position since which its rows are taken out; 0 if they are there.
        var rolledBackAt: UInt64
    }

    init(
        batchID: String, totalParts: UInt32?, earlierTotalParts: [UInt32], totalItems: UInt64?,
        parts: [(number: UInt32, deliveries: [Delivery])], partless: [Delivery], closing: PBGroupView
    ) {
        self.batchID = batchID
        self.totalParts = totalParts
        self.earlierTotalParts = earlierTotalParts
        self.totalItems = totalItems
        let received = Set(parts.map(\.number))
        let expected = totalParts ?? received.max() ?? 0
        missingParts = expected == 0 ? [] : (1...expected).filter { !received.contains($0) }
        receivedParts = parts.count
        // Mended records complete what their import brought; they are not a delivery of the part.
        let all = (parts.flatMap(\.deliveries) + partless).sorted { $0.importID < $1.importID }
        let mending = all.filter { $0.resubmits != nil }
        let parts = parts.map { (number: $0.number, deliveries: $0.deliveries.filter { $0.resubmits == nil }) }
        let partless = partless.filter { $0.resubmits == nil }
        func numbers(_ condition: ([Delivery]) -> Bool) -> [UInt32] {
            parts.filter { condition($0.deliveries) }.map(\.number)
        }
        let partsAway = numbers { $0.allSatisfy { $0.state.isOver && !$0.state.isCompleted } }
        rolledBackParts = numbers { $0.contains { $0.state == .rolledBack } }.filter(partsAway.contains)
        failedParts = partsAway.filter { [rolledBackParts] in !rolledBackParts.contains($0) }
        unfinishedParts = numbers { deliveries in
            !deliveries.contains { $0.state.isCompleted || $0.state == .running }
                && deliveries.contains { [.queued, .paused, .interrupted].contains($0.state) }
        }
        func digests(_ deliveries: [Delivery]) -> [[UInt8]] { Self.completed(deliveries).compactMap(\.digest) }
        conflictingParts = numbers { Set(digests($0)).count > 1 }
        repeatedParts = numbers { Set(digests($0)).count < digests($0).count }
        lateParts = numbers { $0.contains(where: \.isLate) }
        imports = all.map(\.importID)
        records = all.filter { $0.state != .rolledBack }.reduce(into: Counts()) { $0 += $1.records }
        rolledBackAt = all.map(\.rolledBackAt).max() ?? 0

        let standingPartless = Self.standing(partless)
        let isWaiting =
            !unfinishedParts.isEmpty || (standingPartless + mending).contains { !$0.state.isOver }
        let hasFailed = !partsAway.isEmpty || standingPartless.contains { $0.state.isOver && !$0.state.isCompleted }
        let completed = parts.flatMap { Self.completed($0.deliveries) } + Self.completed(partless)
        hasCompleted = !completed.isEmpty
        if all.contains(where: { $0.state == .running }) {
            state = .inProgress
        } else if !missingParts.isEmpty || isWaiting {
            state = .incomplete
        } else if hasFailed || !conflictingParts.isEmpty || completed.contains(where: { $0.openRejects > 0 }) {
            state = .partialSuccess
        } else {
            state = .complete
        }
        changedBy = ImportID(message: closing.changedBy)
        finalizeFrom = ImportID(message: closing.finalizeFrom)
        finalizeError = closing.finalizeError
        let hasClosing = finalizeFrom != nil || closing.finalizedAt > 0 || !finalizeError.isEmpty
        // A rollback undoes what closing SQL made of the rows that go.
        let changedAt = max(closing.changedAt, rolledBackAt)
        finalized = hasClosing ? (closing.finalizedAt > changedAt ? .done : .pending) : nil
    }

    /// The deliveries of a part that no other one of it tried again and completed.
    private static func standing(_ deliveries: [Delivery]) -> [Delivery] {
        let superseded = Set(deliveries.filter(\.state.isCompleted).compactMap(\.retryOf))
        return deliveries.filter { !superseded.contains($0.importID) }
    }

    private static func completed(_ deliveries: [Delivery]) -> [Delivery] {
        standing(deliveries).filter(\.state.isCompleted)
    }
}

extension ImportState {
    fileprivate var isOver: Bool { isCompleted || self == .failed || self == .cancelled || self == .rolledBack }
}
