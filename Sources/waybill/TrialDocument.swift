internal import ImportEngine
internal import ImportLog

/// A dry run's result as JSON.
struct TrialDocument: Encodable {
    private struct Section: Encodable {
        var section: String
        var table: String
        var isCreated: Bool
        var columns: [Column]
        var records: Counts

        private enum CodingKeys: String, CodingKey {
            case section, table, columns, records
            case isCreated = "table_created"
        }
    }

    private struct Column: Encodable {
        var name: String
        var type: String
    }

    private struct Trial: Encodable {
        var isDryRun = true
        var source: String
        var destination: String
        var records: Counts
        var sections: [Section]
        var imports: Int
        var warnings: [String]
        var leftOut: [LeftOutPart]
        var rejectCodes: [CodeCount]
        var rejects: [Rejected]
        var endedBecause: String?

        private enum CodingKeys: String, CodingKey {
            case source, destination, records, sections, imports, warnings, rejects
            case leftOut = "left_out"
            case isDryRun = "dry_run"
            case rejectCodes = "reject_codes"
            case endedBecause = "ended_because"
        }

        func encode(to encoder: any Encoder) throws {
            var document = encoder.container(keyedBy: CodingKeys.self)
            try document.encode(isDryRun, forKey: .isDryRun)
            try document.encode(source, forKey: .source)
            try document.encode(destination, forKey: .destination)
            try document.encode(records, forKey: .records)
            try document.encode(sections, forKey: .sections)
            try document.encode(imports, forKey: .imports)
            try document.encode(warnings, forKey: .warnings)
            try document.encode(leftOut, forKey: .leftOut)
            try document.encode(rejectCodes, forKey: .rejectCodes)
            try document.encode(rejects, forKey: .rejects)
            try document.encode(endedBecause, forKey: .endedBecause)
        }
    }

    private struct Rejected: Encodable {
        var section: String
        var record: UInt64
        var line: UInt64
        var byteOffset: UInt64
        var field: String?
        var code: String
        var message: String
        var raw: String

        private enum CodingKeys: String, CodingKey {
            case section, record, line, field, code, message, raw
            case byteOffset = "byte_offset"
        }

        init(_ reject: Reject) {
            section = reject.section
            record = reject.record
            line = reject.line
            byteOffset = reject.byteOffset
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
                    section: section.section, table: section.table.table, isCreated: section.table.isCreated,
                    columns: section.table.columns.map { Column(name: $0.name, type: $0.type) },
                    records: section.records)
            }, imports: outcome.preflight.submissions.count, warnings: outcome.preflight.warnings,
            leftOut: outcome.preflight.leftOut, rejectCodes: outcome.rejectCodes,
            rejects: outcome.rejects.map(Rejected.init), endedBecause: outcome.endedBecause)
    }

    func encode(to encoder: any Encoder) throws { try trial.encode(to: encoder) }
}
