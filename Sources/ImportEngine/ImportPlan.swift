package import ImportLog
package import Readers
package import Records

/// What the user asked for: one source into one table, and how.
package struct ImportPlan: Sendable {
    /// The source's path, as the user wrote it.
    package var source: String
    package var destination: DestinationAddress
    /// Nil for the source's name without its ending.
    package var table: String?
    package var key: [String] = []
    package var mode = WriteMode.insert
    package var types = ColumnTypes.inferred
    /// The columns' names in source order; nil for those of the header.
    package var columns: [String]?
    package var csv = CSVOptions()
    package var limits = LimitOptions()
    package var batch: ImportSubmitted.Batch?
    /// Whether to import what was imported before.
    package var force = false

    package init(source: String, destination: DestinationAddress) {
        self.source = source
        self.destination = destination
    }

    /// How the columns get their types.
    package enum ColumnTypes: Sendable, Equatable {
        /// All are guessed from a sample.
        case inferred
        /// All are text.
        case text
        /// These are given, the others are guessed.
        case given([String: ColumnType])
    }

    /// The table's name: what was given, or the source's file name, as the user wrote it, without its ending.
    var tableName: String {
        if let table { return table }
        let file = source.split(separator: "/").last ?? source[...]
        guard let dot = file.lastIndex(of: "."), dot > file.startIndex else { return String(file) }
        return String(file[..<dot])
    }
}

extension ImportSubmitted.Limits {
    /// How much a chunk may hold, with what was given and otherwise the default.
    var chunk: ChunkLimit {
        var limit = ChunkLimit()
        if chunkRecords > 0 { limit.records = Int(clamping: chunkRecords) }
        if chunkBytes > 0 { limit.bytes = Int(clamping: chunkBytes) }
        return limit
    }

    /// Why the import must end after `counts`; nil where it may go on.
    func violation(by counts: Counts) -> String? {
        if abortOnReject && counts.rejected > 0 {
            return "A record was rejected, and the import was to abort on the first one. "
                + "To go on all the same: resume with --on-error continue."
        }
        if let maxRejects, counts.rejected > maxRejects {
            return "Too many records were rejected: \(counts.rejected); the limit is \(maxRejects). "
                + "To go on all the same: resume with another --max-rejects."
        }
        if let maxRejectPercent, Double(counts.rejected) * 100 > maxRejectPercent * Double(counts.read) {
            return
                "Too many records were rejected: \(counts.rejected) of \(counts.read); the limit is \(maxRejectPercent) %. "
                + "To go on all the same: resume with another --max-rejects."
        }
        return nil
    }
}
