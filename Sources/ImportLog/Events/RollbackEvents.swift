/// A process started to roll an import back.
public struct RollbackStarted: Sendable, Equatable {
    public var run: ImportEvent.Run
    /// Who asked for it: `user@host`.
    public var requestedBy: String
    /// Whether rows that someone edited since are undone anyway.
    public var overwritesEdited: Bool
    /// The backup made first; empty if there is none.
    public var backup: String
    /// The import's previous state.
    public var stateBefore: ImportState
    /// Only rows with a value in this column are rolled back; empty for all.
    public var onlyColumn: String
    public var onlyValue: String

    public init(
        run: ImportEvent.Run, requestedBy: String, overwritesEdited: Bool, backup: String, stateBefore: ImportState,
        onlyColumn: String = "", onlyValue: String = ""
    ) {
        self.run = run
        self.requestedBy = requestedBy
        self.overwritesEdited = overwritesEdited
        self.backup = backup
        self.stateBefore = stateBefore
        self.onlyColumn = onlyColumn
        self.onlyValue = onlyValue
    }
}

/// What a rollback did: changes undone, changes of rows that are left to later imports, rows kept because someone
/// changed them since, rows the database did not let go.
public struct ReversalCounts: Sendable, Equatable, Encodable {
    public var reversed: UInt64
    /// Changes of rows that a later import changed or delivered as well: those stay as it left them.
    public var handedOver: UInt64
    public var kept: UInt64
    public var refused: UInt64

    public init(reversed: UInt64 = 0, handedOver: UInt64 = 0, kept: UInt64 = 0, refused: UInt64 = 0) {
        self.reversed = reversed
        self.handedOver = handedOver
        self.kept = kept
        self.refused = refused
    }

    public static func += (left: inout ReversalCounts, right: ReversalCounts) {
        left.reversed = left.reversed.addingToLimit(right.reversed)
        left.handedOver = left.handedOver.addingToLimit(right.handedOver)
        left.kept = left.kept.addingToLimit(right.kept)
        left.refused = left.refused.addingToLimit(right.refused)
    }
}

/// A chunk's changes were undone.
public struct ChunkReversed: Sendable, Equatable {
    public var chunk: UInt64
    public var counts: ReversalCounts
    /// The rows that stay as they are. They are attached to the event; a recorded event read back has none here: ask
    /// `ImportLog.keptRows`.
    public var keptRows: [KeptRow]

    public init(chunk: UInt64, counts: ReversalCounts, keptRows: [KeptRow] = []) {
        self.chunk = chunk
        self.counts = counts
        self.keptRows = keptRows
    }
}

/// A row that a rollback left as it is.
public struct KeptRow: Sendable, Equatable, Encodable {
    public var table: String
    /// The row's key as text, or its number where it has none.
    public var key: String
    /// `edited`, `unclear` (edited or deleted; nothing tells the row from another one) or `refused`.
    public var reason: String
    public var message: String

    public init(table: String, key: String, reason: String, message: String) {
        self.table = table
        self.key = key
        self.reason = reason
        self.message = message
    }
}
