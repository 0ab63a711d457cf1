/// The limits that can be set for a source: in `waybill.yaml`, in the environment and by flags.
package enum LimitName: String, Sendable, CaseIterable {
    /// The most records written in one transaction.
    case chunkSize = "chunk_size"
    /// `continue` or `abort`: what a rejected record does.
    case onError = "on_error"
    /// The most rejected records: a number, or a share as in `5%`.
    case maxRejects = "max_rejects"
    /// The most records that a source may have.
    case maxRecords = "max_records"
    /// `reject` or `split`: what happens to a source with more records than that.
    case onMaxRecords = "on_max_records"
    /// From how many records on a source is worth a warning.
    case warnRecords = "warn_records"
    /// The most records that a source may have without being forced.
    case forceRecords = "force_records"
    /// How long a run lasts before it stops, so that it can be resumed.
    case timeout = "timeout"
    /// The largest source, in bytes.
    case maxFileSize = "max_file_size"
    /// The largest record, in bytes.
    case maxRecordSize = "max_record_size"

    /// What it was called before; still understood, with a warning.
    package var formerName: String? {
        switch self {
        case .maxRecords: "max_batch_size"
        case .onMaxRecords: "on_max_batch_size"
        case .warnRecords: "warn_batch_size"
        case .forceRecords: "force_batch_size"
        case .timeout: "timeout_minutes"
        default: nil
        }
    }

    /// The value that a text under the former name means.
    package func value(ofFormer text: String) -> String { self == .timeout ? text + "m" : text }

    /// `--max-records`.
    package var flag: String { Self.flag(rawValue) }

    package static func flag(_ name: String) -> String { "--" + name.replacing("_", with: "-") }

    /// `WAYBILL_MAX_RECORDS`.
    package var environmentVariable: String { Self.environmentVariable(rawValue) }

    static func environmentVariable(_ name: String) -> String { "WAYBILL_" + name.uppercased() }
}
