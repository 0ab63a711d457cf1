package import ImportLog
internal import Records

/// What a user can say of an import's limits, at its beginning or when it is gone on with; nil leaves what was.
package struct LimitOptions: Sendable {
    package var chunkRecords: UInt64?
    package var abortOnReject: Bool?
    /// A number, or a share as in `5%`.
    package var maxRejects: String?

    package init() {}

    /// - Throws: `DataError.unusableOption`, naming the option, for what is not possible.
    package func applied(to limits: ImportSubmitted.Limits) throws -> ImportSubmitted.Limits {
        var limits = limits
        if let chunkRecords {
            guard (1...1_000_000).contains(chunkRecords) else {
                throw ImportOptions.unusable("--chunk-size", "\(chunkRecords)", "1 to 1000000 records")
            }
            limits.chunkRecords = chunkRecords
        }
        if let abortOnReject { limits.abortOnReject = abortOnReject }
        if let maxRejects {
            limits.maxRejects = nil
            limits.maxRejectPercent = nil
            if maxRejects.hasSuffix("%"), let percent = Double(maxRejects.dropLast()), (0...100).contains(percent) {
                limits.maxRejectPercent = percent
            } else if let count = UInt64(maxRejects) {
                limits.maxRejects = count
            } else {
                throw ImportOptions.unusable("--max-rejects", maxRejects, "a number, or a share from 0% to 100%")
            }
        }
        return limits
    }
}
