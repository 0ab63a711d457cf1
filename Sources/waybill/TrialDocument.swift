internal import ImportEngine
internal import ImportLog

/// A dry run's result as JSON.
struct TrialDocument: Encodable {
    private struct Section: Encodable {
        var section: String
        var table: String
        var table_created: Bool
        var columns: [Column]
        var records: Counts
    }

    private struct Column: Encodable {
        var name: String
        var type: String
    }

    private struct Trial: Encodable {
        var dry_run = true
        var source: String
        var destination: String
        var records: Counts
        var sections: [Section]
        var imports: Int
        var warnings: [String]
        var skipped: [String]
        var reject_codes: [CodeCount]
        var rejects: [Rejected]
        var ended_because: String?
    }

    private struct Rejected: Encodable {
        var section: String
        var record: UInt64
        var line: UInt64
        var byte_offset: UInt64
        var field: String?
        var code: String
        var message: String
        var raw: String

        init(_ reject: Reject) {
            section = reject.section
            record = reject.record
            line = reject.line
            byte_offset = reject.byteOffset
            field = reject.field
            code = reject.code
            message = reject.message
            raw = String(decoding: reject.raw, as: UTF8.self)
        }
    }

    private let trial: Trial

    init(_ outcome: TrialOutcome) {
        trial = Trial(
            source: outcome.preflight.submissions.first?.source ?? outcome.preflight.plan.source,
            destination: outcome.preflight.plan.destination.description, records: outcome.records,
            sections: outcome.sections.map { section in
                Section(
                    section: section.section, table: section.table.table, table_created: section.table.isCreated,
                    columns: section.table.columns.map { Column(name: $0.name, type: $0.type) },
                    records: section.records)
            }, imports: outcome.preflight.submissions.count, warnings: outcome.preflight.warnings,
            skipped: outcome.preflight.skipped.map(\.name), reject_codes: outcome.rejectCodes,
            rejects: outcome.rejects.map(Rejected.init), ended_because: outcome.endedBecause)
    }

    func encode(to encoder: any Encoder) throws { try trial.encode(to: encoder) }
}
