package import ImportLog
internal import Records

/// What a source holds, as far as a look at it tells. Nothing is written anywhere.
package struct Inspection: Sendable {
    package let source: String
    /// What it is packed in, such as `gzip` or `zip`; empty if it is not.
    package let container: String
    /// In bytes, as it is packed; nil for a stream.
    package let size: UInt64?
    package let sections: [Section]
    /// Parts of the source that are not imported, and why.
    package let leftOut: [LeftOutPart]
    package let warnings: [String]
    /// The delivery that the source says it belongs to.
    package let batch: ImportSubmitted.Batch?

    package struct Section: Sendable {
        /// Empty if the source is one section.
        package var name: String
        package var table: String
        package var reading: ImportSubmitted.Reading
        package var columns: [ImportSubmitted.Column]
        /// Why columns are text.
        package var doubts: [TypeDoubt]
        /// What would make numbers and dates of them.
        package var advice: [FormatAdvice]
        /// Nil if it is not known.
        package var records: RecordEstimate?
        /// The first usable records' values, nil for NULL.
        package var rows: [[String?]]
        /// The first rejects among the sample's records.
        package var rejects: [Reject]
    }

    /// - Parameter rows: how many sample rows of each section.
    package init(_ plan: ImportPlan, rows: Int) throws {
        let limits = try Limits(plan.limits)
        let (source, survey) = try SourceSurvey.opened(plan)
        let prepared = try SectionPreparation(source: source, plan: plan).sections(of: survey)
        let submitted = ImportSubmitted(
            source: source.address.description, destination: "", sections: prepared.sections)
        let counting = RecordCounting(source: source, submitted: submitted, survey: survey)
        self.source = submitted.source
        container = source.container.name
        size = source.identity?.size
        // One look at all sections after the other: the entries of an archive are cheap to read in their order only.
        let samples = try prepared.sections.map { try Self.sample($0, rows, of: submitted, source) }
        let counts = try prepared.sections.map { section in
            section.hasRecords ? try counting.estimate(of: section) : RecordEstimate(count: 0, isExact: true)
        }
        sections = prepared.sections.indices.map { index in
            let section = prepared.sections[index]
            return Section(
                name: section.name, table: section.table, reading: section.reading,
                columns: section.columns, doubts: prepared.doubts[index], advice: prepared.advice[index],
                records: counts[index], rows: samples[index].0, rejects: samples[index].1)
        }
        leftOut = prepared.leftOut
        let checks = PreflightChecks(limits: limits, plan: plan, source: source)
        warnings = try survey.warnings + prepared.notes + checks.tailWarnings(of: submitted)
        batch = survey.batch
    }

    /// How many records are looked at for rejects.
    private static let sampleRecords = 1_000

    private static func sample(
        _ section: ImportSubmitted.Section, _ rows: Int, of submitted: ImportSubmitted, _ source: OpenSource
    ) throws -> ([[String?]], [Reject]) {
        guard section.hasRecords else { return ([], []) }
        var reading = try SectionReading(beginning: section, of: submitted, source, digests: false)
        var chunk = Chunk()
        _ = try reading.fill(&chunk, limit: ChunkLimit(records: max(sampleRecords, rows)))
        let values = chunk.withValues { values in
            chunk.records.indices.prefix(rows).map { record in
                section.columns.indices.map { values.text(record: record, column: $0) }
            }
        }
        return (values, chunk.rejects.prefix(5).map(Reject.init))
    }
}
