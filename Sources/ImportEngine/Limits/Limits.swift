package import ImportLog
internal import Readers
internal import Records

/// The limits of one run, read and checked.
package struct Limits: Sendable {
    let settings: LimitSettings
    let chunkSize: Limit?
    let maxRecords: Limit?
    /// Whether a source with more records is split, and not refused.
    let splits: Bool
    let warnRecords: Limit?
    let forceRecords: Limit?
    let timeout: Limit?
    let maxFileSize: Limit?
    let maxRecordSize: Limit?

    /// - Throws: `DataError.unusableOption`, naming who set it, for what is not possible.
    package init(_ settings: LimitSettings) throws {
        self.settings = settings
        chunkSize = try settings.number(.chunkSize, in: 1...1_000_000)
        maxRecords = try settings.number(.maxRecords)
        splits = try settings.word(.onMaxRecords, ["reject", "split"]) == "split"
        warnRecords = try settings.number(.warnRecords)
        forceRecords = try settings.number(.forceRecords)
        timeout = try settings.duration(.timeout)
        maxFileSize = try settings.bytes(.maxFileSize)
        maxRecordSize = try settings.bytes(.maxRecordSize, in: 1...UInt64(CSVDialect.largestMaxFieldBytes))
        _ = try applied(to: ImportSubmitted.Limits())
    }

    /// What the log keeps of them: what was there, where nothing else is set now.
    package func applied(to limits: ImportSubmitted.Limits) throws -> ImportSubmitted.Limits {
        var limits = limits
        if let chunkSize { limits.chunkRecords = chunkSize.value }
        if let word = try settings.word(.onError, ["continue", "abort"]) { limits.abortOnReject = word == "abort" }
        if let text = settings[.maxRejects]?.text {
            limits.maxRejects = nil
            limits.maxRejectPercent = nil
            if text.hasSuffix("%"), let percent = Double(text.dropLast()), (0...100).contains(percent) {
                limits.maxRejectPercent = percent
            } else if let count = UInt64(text) {
                limits.maxRejects = count
            } else {
                throw settings.unusable(.maxRejects, "a number, or a percentage from 0% to 100%")
            }
        }
        return limits
    }

    /// Who set a limit that a run came to: the run before, where this one says nothing.
    func origin(of name: LimitName) -> String { settings[name]?.origin ?? "the import's first run" }

    /// Why the import must end after `counts`; nil if it may go on.
    package func violation(of limits: ImportSubmitted.Limits, by counts: Counts) -> String? {
        let rejected = "\(counts.rejected.grouped) \(counts.rejected == 1 ? "record" : "records") rejected"
        if limits.abortOnReject && counts.rejected > 0 {
            return "stopped at the first rejected record; on_error is abort (set by \(origin(of: .onError)))"
        }
        if let most = limits.maxRejects, counts.rejected > most {
            return "\(rejected); max_rejects is \(most) (set by \(origin(of: .maxRejects)))"
        }
        if let most = limits.maxRejectPercent, Double(counts.rejected) * 100 > most * Double(counts.read) {
            return "\(rejected) of \(counts.read.grouped); max_rejects is \(most) % (set by \(origin(of: .maxRejects)))"
        }
        return nil
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
}
