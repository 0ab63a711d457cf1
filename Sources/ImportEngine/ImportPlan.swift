package import ImportLog
internal import Records

/// What the user asked for: one source into one table, and how.
package struct ImportPlan: Sendable {
    /// The source's path, as the user wrote it.
    package var source: String
    package var destination: DestinationAddress
    /// How the source's sections go into their tables.
    package var section = SectionPlan()
    package var reading = ReadingOptions()
    package var limits = LimitOptions()
    package var batch: ImportSubmitted.Batch?
    /// Only so many records of each section; nil for all.
    package var recordLimit: UInt64?
    /// Whether to import what was imported before.
    package var force = false

    package init(source: String, destination: DestinationAddress) {
        self.source = source
        self.destination = destination
    }

    /// The name of a table that none was given for: the source's file name, as the user wrote it, without its ending.
    var sourceName: String {
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
