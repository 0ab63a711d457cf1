package import ImportLog

/// How a run of an import ended.
package enum ImportOutcome: Sendable {
    /// All records were read; some may be rejected.
    case completed(ImportStatus)
    /// The run stopped before the end and can be resumed.
    case stopped(ImportStatus)
    /// The same bytes are in the table already, by an earlier import. Where they came as a part of a batch, the
    /// delivery was noted as an import of its own, without records.
    case skipped(same: ImportStatus, notedAs: ImportID?)

    /// Whether something was read.
    package var isRun: Bool { if case .skipped = self { false } else { true } }

    package var status: ImportStatus {
        switch self {
        case .completed(let status), .stopped(let status), .skipped(let status, _): status
        }
    }
}

/// What an engine reports during a run.
package enum ImportNews: Sendable {
    /// The import has its number and begins. `leftOut` are the parts of the source that are not imported, and why.
    case began(ImportID, ImportSubmitted, tables: [PreparedTable], leftOut: [LeftOutPart])
    /// An earlier import had the same bytes, but its rows are not in the table any more.
    case rowsAreGone(ImportStatus)
    /// An earlier import had the same bytes, but these later ones changed rows of its table since, or, where there is none, a
    /// rollback undid some.
    case rowsWereChanged(ImportStatus, by: [ImportID])
    /// An earlier import inserted what the file held then, and its rows stay.
    case hasFormerVersion(ImportStatus)
    /// An import was rolled back, but the database, or what became of it, has its rows.
    case rowsAreBack(ImportStatus)
    /// An earlier run is continued, after so many chunks were found in the ledger only, or in the log only.
    case resumes(ImportStatus, source: String, recovered: Int, lost: Int)
    /// The source cannot be entered in the middle: so many records are read again before the next one is new.
    case readsAgain(records: UInt64)
    /// A chunk is in the destination.
    case chunk(ImportProgress)
    /// Columns got other types, since those that were guessed did not hold a value.
    case widened([WidenedColumn], table: String)
    case retrying(chunk: UInt64, attempt: Int, error: String)
    /// All records were rejected, and these tables, which were made for them, are gone again.
    case dropped(tables: [String])
    /// The source's last line has no end.
    case lastLineIsOpen(source: String)
}

extension ImportNews {
    /// What is said of a source whose last line has no end.
    package static func openLine(of name: String) -> String {
        "the last line of \(name) has no line ending: the file may be cut off"
    }
}

/// A table that is ready for a section's rows.
package struct PreparedTable: Sendable {
    package var table: String
    /// With the types that are in force.
    package var columns: [ImportSubmitted.Column]
    package var isCreated: Bool
    /// What the user should know before rows are written.
    package var notes: [String] = []
    /// Why columns are text.
    package var doubts: [TypeDoubt] = []
}

/// How far a run has come.
package struct ImportProgress: Sendable {
    package var records: Counts
    /// Of the source, header included.
    package var bytesDone: UInt64
    package var bytesTotal: UInt64?
    /// What this run alone has done, for its speed.
    package var bytesThisRun: UInt64
    package var recordsThisRun: UInt64
}
