/// How far an import has come, as of a position of the log.
public struct ImportStatus: Sendable, Equatable {
    public var importID: ImportID
    public var state: ImportState
    public var source: String
    public var destination: String
    public var table: String
    public var mode: String
    /// What happens to a record whose key exists: `reject`, `skip` or `update`; nil where the mode leaves no choice.
    public var onDuplicate: String?
    /// Whether an empty value leaves the row's value as it is.
    public var keepsNonNull: Bool
    /// The unique index that tells which row has a record's key; nil for the one on exactly the key's columns.
    public var keyIndex: String?
    public var batch: ImportSubmitted.Batch?
    public var retryOf: ImportID?
    public var records: Counts
    /// The sections of a source that has several, in the order in which they are read; otherwise none.
    public var sections: [Section]
    public var chunks: Chunks
    /// Bytes of the source; the total is nil if it is not known.
    public var bytesDone: UInt64
    public var bytesTotal: UInt64?
    /// Of versions, what they are valid from.
    public var submittedAt: Timestamp
    /// When the submission was appended; the chunks in a destination's ledger name their import by it.
    package var submissionRecordedAt: Timestamp
    public var submittedBy: String
    public var startedAt: Timestamp?
    public var finishedAt: Timestamp?
    /// The time spent working in all runs together, in microseconds.
    public var workedMicroseconds: UInt64
    /// The position of the import's last event.
    public var position: UInt64
    /// Why the import is not running, if there is a reason; otherwise empty.
    public var reason: String
    /// The last rollback, if there was one that was not itself undone.
    public var rollback: Rollback?
    /// Whether a backup, or a database that was restored otherwise, once brought back what was rolled back.
    package var wasRestored: Bool
    /// Rejected records that were mended and are in the destination by another import that is not rolled back.
    public var mended: UInt64
    /// Whether some may be counted twice in `mended`: a backup brought an import back that had mended them.
    var mayRepeatMended: Bool
    /// The import whose rejected records this one brings, mended.
    public var resubmits: ImportID?
    /// Parts of the source that are not imported.
    public var leftOut: [LeftOutPart]
    /// Sections of which chunks noted that bytes beyond ASCII are UTF-8, or are not.
    package let sectionsInUTF8: Set<String>
    package let sectionsInOther: Set<String>
    /// Of its sections: `csv`, `sql` and so on.
    package let formats: Set<String>
    /// Whether what counts as updated are rows that were deleted.
    package let deletesRows: Bool
    /// Columns whose types the import changed, in the order in which it did; see `ChunkCommitted.widened`.
    public var widened: [Widened]

    /// What a rollback did, or did so far.
    public struct Rollback: Sendable, Equatable {
        public var isFinished: Bool
        public var counts: ReversalCounts
        /// The backup made first; empty if there is none.
        public var backup: String
        /// The import's previous state.
        public var stateBefore: ImportState
    }

    /// What the last rollback undid of an import that stands otherwise: rows that have a value, say.
    public var takenBackInPart: ReversalCounts? {
        guard let rollback, rollback.isFinished, state != .rolledBack else { return nil }
        return rollback.counts.reversed + rollback.counts.handedOver > 0 ? rollback.counts : nil
    }

    /// What became of one section's records.
    public struct Section: Sendable, Equatable {
        public var section: String
        public var table: String
        /// Nil if it was not started.
        public var records: Counts?
    }

    /// A column whose type was changed, with its section; that is empty if the source is one.
    public struct Widened: Sendable, Equatable {
        public var section: String
        public var column: WidenedColumn
    }

    public struct Chunks: Sendable, Equatable, Encodable {
        /// In the destination, as far as the log knows.
        public var committed: UInt64
        /// Of these, taken from the destination's ledger after a crash.
        public var recovered: UInt64
        /// Lost by the destination and read again.
        public var lost: UInt64
        /// Attempts that failed and were repeated.
        public var retried: UInt64
    }

    /// Whether its source was read to the end and nothing of it could be used: it left nothing, and there is nothing to resume.
    public var isWhollyRejected: Bool { state == .failed && records.areAllRejected && bytesDone == bytesTotal }

    /// Whether records became rows, which stay until a rollback.
    package var wroteRows: Bool { records.inserted + records.updated > 0 }

    /// The rejected records that were not mended.
    package var openRejects: UInt64 { records.rejected - min(mended, records.rejected) }

    /// Of the source's bytes; nil where the total is not known.
    public var percent: Double? {
        guard let bytesTotal else { return nil }
        return bytesTotal == 0 ? 100 : min(100, Double(bytesDone) / Double(bytesTotal) * 100)
    }

    /// Over all the time worked; nil before there is any.
    public var recordsPerSecond: Double? {
        workedMicroseconds == 0 ? nil : Double(records.read) / (Double(workedMicroseconds) / 1e6)
    }

    /// At the speed so far; nil if the import does not run or its size is not known.
    public var secondsLeft: Double? {
        guard state == .running, let bytesTotal, bytesDone > 0, workedMicroseconds > 0 else { return nil }
        let rate = Double(bytesDone) / (Double(workedMicroseconds) / 1e6)
        return Double(bytesTotal - min(bytesDone, bytesTotal)) / rate
    }

    init(
        _ id: ImportID, _ view: PBImportView, _ progress: PBProgressView, mended: (count: UInt64, mayRepeat: Bool)
    ) {
        let submitted = ImportSubmitted(view.submitted)
        importID = id
        state = ImportState(rawValue: progress.state) ?? .failed
        source = submitted.source
        destination = submitted.destination
        table = submitted.table
        mode = submitted.mode
        let writing = submitted.writing
        onDuplicate = ["insert": writing.skipsDuplicates ? "skip" : "reject", "upsert": "update"][mode]
        keepsNonNull = writing.keepsNonNull
        keyIndex = writing.keyIndex.isEmpty ? nil : writing.keyIndex
        deletesRows = mode == "delete" && writing.marks.isEmpty && submitted.section.isEmpty
        batch = submitted.batch
        retryOf = submitted.retryOf
        records = Counts(progress.counts)
        var counts: [String: Counts] = [:]
        for section in progress.sections { counts[section.section] = Counts(section.counts) }
        sections =
            submitted.section.isEmpty
            ? []
            : submitted.sections.map { Section(section: $0.name, table: $0.table, records: counts[$0.name]) }
        chunks = Chunks(
            committed: progress.chunksCommitted, recovered: progress.chunksRecovered, lost: progress.chunksLost,
            retried: progress.chunksRetried)
        bytesDone = progress.bytesDone
        bytesTotal = progress.hasBytesTotal ? progress.bytesTotal : nil
        let moment = submitted.sections.lazy.compactMap { Timestamp(iso8601: $0.writing.moment) }.first
        submissionRecordedAt = Timestamp(microsecondsSince1970: view.submittedAt)
        submittedAt = moment ?? submissionRecordedAt
        submittedBy = submitted.submittedBy
        startedAt = progress.hasStartedAt ? Timestamp(microsecondsSince1970: progress.startedAt) : nil
        finishedAt = progress.hasFinishedAt ? Timestamp(microsecondsSince1970: progress.finishedAt) : nil
        workedMicroseconds = progress.workedUs + progress.lastEventAt - min(progress.runStartedAt, progress.lastEventAt)
        position = progress.position
        reason = progress.reason
        rollback =
            progress.hasRollback
            ? Rollback(
                isFinished: progress.rollback.finished,
                counts: ReversalCounts(
                    reversed: progress.rollback.reversed, handedOver: progress.rollback.handedOver,
                    kept: progress.rollback.kept, refused: progress.rollback.refused),
                backup: progress.rollback.backup,
                stateBefore: ImportState(rawValue: progress.rollback.stateBefore) ?? .succeeded) : nil
        wasRestored = progress.wasRestored
        self.mended = mended.count
        mayRepeatMended = mended.mayRepeat
        resubmits = submitted.resubmits
        leftOut = submitted.leftOut + progress.misread.map(LeftOutPart.init)
        sectionsInUTF8 = Set(progress.texts.filter(\.hasUtf8_p).map(\.section))
        formats = Set(submitted.sections.map(\.reading.format))
        sectionsInOther = Set(progress.texts.filter(\.hasOther_p).map(\.section))
        widened = progress.widened.map { Widened(section: $0.section, column: WidenedColumn($0.column)) }
    }
}
