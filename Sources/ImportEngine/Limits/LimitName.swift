/// The limits that can be set for a source: in `waybill.yaml`, in the environment and by flags.
package enum LimitName: String, Sendable, CaseIterable {
    /// The most records written in one transaction.
    case chunkSize = "chunk_size"
    /// `continue` or `abort`: what a rejected record does.
    case onError = "on_error"
    /// The most rejected records: a number, or a share as in `5%`.
    case maxRejects = "max_rejects"
    /// The most records that a source may have.
    case maxBatchSize = "max_batch_size"
    /// `reject` or `split`: what happens to a source with more records than that.
    case onMaxBatchSize = "on_max_batch_size"
    /// From how many records on a source is worth a warning.
    case warnBatchSize = "warn_batch_size"
    /// The most records that a source may have without being forced.
    case forceBatchSize = "force_batch_size"
    /// After how many minutes a run stops, so that it can be resumed.
    case timeoutMinutes = "timeout_minutes"
    /// The largest source, in bytes.
    case maxFileSize = "max_file_size"
    /// The largest record, in bytes.
    case maxRecordSize = "max_record_size"

    /// `--max-batch-size`.
    package var flag: String { "--" + rawValue.replacing("_", with: "-") }

    /// `WAYBILL_MAX_BATCH_SIZE`.
    package var environmentVariable: String { "WAYBILL_" + rawValue.uppercased() }
}
