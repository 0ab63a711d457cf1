package import ImportLog
internal import Readers
internal import Records

/// What is known of an import before anything is written, and that it may begin.
package struct Preflight: Sendable {
    package let plan: ImportPlan
    let source: OpenSource
    let limits: Limits
    /// What to import: one import, or several where the source is split.
    package let submissions: [ImportSubmitted]
    /// Parts of the source that are not imported, and why.
    package let leftOut: [LeftOutPart]
    /// Why columns are text, by the names of sections.
    let doubts: [String: [TypeDoubt]]
    /// How many records there are: exactly, or as the sample lets expect; nil for a stream.
    package let records: RecordEstimate?
    /// What is worth knowing and stops nothing.
    package let warnings: [String]

    /// Looks at the source, and at what it is to go into.
    ///
    /// - Throws: `DataError`, naming the limit in force and who set it, for what must not be imported.
    package init(_ plan: ImportPlan, program: String) throws {
        self.plan = plan
        limits = try Limits(plan.limits)
        let (source, survey) = try SourceSurvey.opened(plan) { [limits] source in
            try PreflightChecks(limits: limits, plan: plan, source: source).requireSize()
        }
        if plan.batch == nil, let conflict = survey.batchConflict { throw conflict }
        self.source = source
        let checks = PreflightChecks(limits: limits, plan: plan, source: source)
        let prepared = try SectionPreparation(
            source: source, plan: plan,
            missingColumns: { names, table in
                if plan.destination.isMissing { return [] }
                return try plan.destination.open(isTrial: true).missingColumns(names, of: table)
            }
        ).sections(of: survey)
        try plan.destination.requireDistinctTables(of: prepared.sections)
        leftOut = prepared.leftOut.map { part in
            var part = part
            if plan.source != "-" {
                part.remedy = part.remedy?.replacing("inspect FILE", with: "inspect \(ShellWord.quoted(plan.source))")
            }
            return part
        }
        doubts = Dictionary(zip(prepared.sections.map(\.name), prepared.doubts)) { first, _ in first }
        var submitted = ImportSubmitted(
            source: source.address.description, destination: plan.destination.description,
            sections: prepared.sections, limits: try limits.applied(to: ImportSubmitted.Limits()),
            batch: plan.batch ?? survey.batch, identity: source.identity, submittedBy: CurrentUser.description,
            program: program)
        submitted.recordLimit = plan.recordLimit
        submitted.resubmits = plan.resubmits
        submitted.leaveOut(leftOut)
        if submitted.batch != nil { submitted.finalize = plan.finalize }
        submitted.reading[setting: "pages"] = plan.access.pages
        submitted.reading[setting: "page_records"] = plan.access.paging?.recordsPath.map(JSONPath.name)
        if let file = source.address.file, let size = submitted.identity?.size, !submitted.digestsWholeSource {
            submitted.identity?.digest = try file.digest(upTo: size).value
        }
        let counting = RecordCounting(source: source, submitted: submitted, survey: survey)
        let parts = try checks.parts(of: submitted, counting)
        submissions = parts.submissions
        records = parts.records
        warnings =
            try plan.limits.renamings + survey.warnings + prepared.notes + checks.requireRecords(records)
            + checks.requireSpace()
            + checks.tailWarnings(of: submitted)
    }

    /// How many records the beginnings of the sections have, where nobody can tell how many there are.
    package func leastRecords() throws -> UInt64 {
        try submissions.reduce(0) { try $0 + RecordCounting(source: source, submitted: $1).sampled() }
    }
}

/// How many records a source has.
package struct RecordEstimate: Sendable, Equatable {
    package var count: UInt64
    /// Whether they were counted, and not estimated from a sample.
    package var isExact: Bool

    package init(count: UInt64, isExact: Bool) {
        self.count = count
        self.isExact = isExact
    }
}
