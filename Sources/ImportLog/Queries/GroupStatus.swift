/// How complete a batch is: which of its parts came, which did not, and which contradict each other.
public struct GroupStatus: Sendable, Equatable {
    public enum State: String, Sendable, CaseIterable, Encodable {
        /// Parts are missing or not finished, and nobody works on one.
        case incomplete
        /// Somebody works on a part.
        case inProgress = "in_progress"
        /// All parts came and ended, but a part failed or has rejects, or two deliveries of it contradict each other.
        case partialSuccess = "partial_success"
        case complete
    }

    public var batchID: String
    public var state: State
    /// How many parts the batch has, by what was said last; nil where nobody said.
    public var totalParts: UInt32?
    /// Other totals that were said before.
    public var earlierTotalParts: [UInt32]
    /// How many parts came at all.
    public var receivedParts: Int
    /// The numbers of the parts that did not come: below the total or, where that is not known, below the highest.
    public var missingParts: [UInt32]
    /// Parts whose deliveries all failed or were cancelled.
    public var failedParts: [UInt32]
    /// Parts that are queued, paused or interrupted.
    public var unfinishedParts: [UInt32]
    /// Parts that were delivered more than once with different bytes, without one being a retry of the other.
    public var conflictingParts: [UInt32]
    /// Parts that were delivered more than once with the same bytes.
    public var repeatedParts: [UInt32]
    /// Parts that were delivered again when the batch was complete.
    public var lateParts: [UInt32]
    public var totalItems: UInt64?
    /// Of all imports of the batch together.
    public var records: Counts
    public var imports: [ImportID]

    /// One delivery of a part.
    struct Delivery {
        var importID: ImportID
        var retryOf: ImportID?
        var state: ImportState
        /// Nil until it was read to its end.
        var digest: [UInt8]?
        var isLate: Bool
        var records: Counts
    }

    init(
        batchID: String, totalParts: UInt32?, earlierTotalParts: [UInt32], totalItems: UInt64?,
        parts: [(number: UInt32, deliveries: [Delivery])], partless: [Delivery]
    ) {
        self.batchID = batchID
        self.totalParts = totalParts
        self.earlierTotalParts = earlierTotalParts
        self.totalItems = totalItems
        let received = Set(parts.map(\.number))
        let expected = totalParts ?? received.max() ?? 0
        missingParts = expected == 0 ? [] : (1...expected).filter { !received.contains($0) }
        receivedParts = parts.count
        func numbers(_ condition: ([Delivery]) -> Bool) -> [UInt32] {
            parts.filter { condition($0.deliveries) }.map(\.number)
        }
        failedParts = numbers { $0.allSatisfy { $0.state == .failed || $0.state == .cancelled } }
        let runningParts = numbers { $0.contains { $0.state == .running } }
        unfinishedParts = numbers { deliveries in
            !deliveries.contains { $0.state.isCompleted || $0.state == .running }
                && deliveries.contains { [.queued, .paused, .interrupted].contains($0.state) }
        }
        conflictingParts = numbers { Set(Self.standing($0).compactMap(\.digest)).count > 1 }
        repeatedParts = numbers { deliveries in
            let digests = Self.standing(deliveries).compactMap(\.digest)
            return Set(digests).count < digests.count
        }
        lateParts = numbers { $0.contains(where: \.isLate) }
        let all = (parts.flatMap(\.deliveries) + partless).sorted { $0.importID < $1.importID }
        imports = all.map(\.importID)
        records = all.reduce(into: Counts()) { $0 += $1.records }

        let isRunning = !runningParts.isEmpty || partless.contains { $0.state == .running }
        let isWaiting = !unfinishedParts.isEmpty || partless.contains { !$0.state.isOver }
        if isRunning {
            state = .inProgress
        } else if !missingParts.isEmpty || isWaiting {
            state = .incomplete
        } else if !failedParts.isEmpty || !conflictingParts.isEmpty || records.rejected > 0
            || partless.contains(where: { !$0.state.isCompleted })
        {
            state = .partialSuccess
        } else {
            state = .complete
        }
    }

    /// The deliveries that count: read to the end, and not tried again by another.
    private static func standing(_ deliveries: [Delivery]) -> [Delivery] {
        let retried = Set(deliveries.compactMap(\.retryOf))
        return deliveries.filter { $0.state.isCompleted && !retried.contains($0.importID) }
    }
}

extension ImportState {
    fileprivate var isOver: Bool { isCompleted || self == .failed || self == .cancelled || self == .rolledBack }
}
