internal import ArgumentParser
internal import ImportEngine
internal import ImportLog

struct ImportCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "import",
        abstract: "Import files into a table.",
        discussion: """
            If the table does not exist, Waybill creates it. A record that cannot be imported is rejected and kept \
            with the reason; the import continues (see 'waybill rejects'). Run the same command again to continue an \
            interrupted import. A file that was already imported into the table is reported and skipped.

            Examples:
              waybill import products.csv --into sqlite:shop.db
              waybill import feed.json --into postgres://ann@localhost/shop -t items \\
                --key sku --mode upsert
              waybill import export.zip --into sqlite:shop.db --dry-run
            """)

    @OptionGroup(title: "Table options") var table: TableOptions
    @OptionGroup(title: "Reading options") var reading: ReadingArguments
    @OptionGroup(title: "URLs") var access: AccessArguments
    @OptionGroup(title: "Batch options") var batch: BatchOptions
    @OptionGroup(title: "Limits of a run") var limits: LimitArguments
    @OptionGroup(title: "Limits of a source") var sourceLimits: SourceLimitArguments

    @Argument(
        help: ArgumentHelp("The files to import, one after the other; - for standard input.", valueName: "source"))
    var sources: [String]

    @OptionGroup(title: "The configuration") var configured: ConfigurationArguments
    @OptionGroup(title: "Common options") var global: GlobalOptions

    @Option(
        name: .customLong("limit"),
        help: ArgumentHelp("Import only this many records of each section, for a trial.", valueName: "records"))
    var recordLimit: UInt64?

    @Flag(
        name: [.customShort("n"), .customLong("dry-run")],
        help: "Read, check and report as the import would, but keep nothing: no row and no event.")
    var isDryRun = false

    @Flag(
        name: [.customShort("y"), .customLong("yes")],
        help: "Do not ask for confirmation (asked on a terminal for 10,000 records or more).")
    var isConfirmed = false

    @Flag(
        help:
            "Import even if the same bytes are already in the table, there are more records than --force-records, or disk space is short."
    )
    var force = false

    func run() throws {
        try global.run {
            let configuration = try configured.read()
            let session = ImportSession(global: global, files: sources.count)
            if batch.isOfNoPart(of: sources.count) {
                session.note("This import counts as no part of the batch: give its number with --part.")
            }
            let options = try commonOptions(configuration)
            let shared = try sharedTable(options, session)
            let engine = isDryRun ? nil : try global.openEngine(create: true)
            var files = SeveralFiles(count: sources.count)
            for (index, source) in sources.enumerated() {
                var planned: ImportPlan?
                session.begin()
                do {
                    var plan = try plan(for: source, index: index, table: shared.table(for: source), options)
                    plan.next = Array(sources[(index + 1)...])
                    planned = plan
                    files.add(source, try run(plan, engine, session))
                } catch  where !(error is ExitCode) {
                    let id = try noted(planned, error, engine, session)
                    if sources.count == 1 {
                        if let id { session.note("recorded as import \(id), which failed") }
                        throw error is ValidationError ? error : global.failure(error).naming(source)
                    }
                    // One source that fails never stops the others.
                    let failure = global.failure(error)
                    failure.report(of: source)
                    files.add(source, [.failed(source: source, failure, id: id)])
                }
                if session.isStopped { break }
            }
            session.summarize(files)
            try session.finish(files.results, isOne: sources.count == 1 && files.results.count == 1)
        }
    }

    /// Notes a source that could not begin, where others of its command or its batch are in the log.
    private func noted(
        _ plan: ImportPlan?, _ error: any Error, _ engine: ImportEngine?, _ session: ImportSession
    ) throws -> ImportID? {
        guard let plan, let engine, !session.hasBegun, sources.count > 1 || plan.batch != nil else { return nil }
        return try engine.noteRefused(plan, because: error)
    }

    /// - Parameter engine: nil for a dry run, which touches no log.
    private func run(_ plan: ImportPlan, _ engine: ImportEngine?, _ session: ImportSession) throws -> [ImportResult] {
        let preflight = try Preflight(plan, program: Waybill.program)
        for warning in preflight.warnings { session.warn(warning) }
        guard let engine else {
            return [.tried(try session.run(trial: TrialRun(preflight, stop: session.stop) { session.show($0) }))]
        }
        if !isConfirmed, let records = preflight.records, records.count >= Self.confirmedFrom {
            try session.confirm(question(records, preflight, engine))
        }
        return try session.run(engine.log) { try engine.start(preflight, stop: session.stop, news: $0) }.map(
            ImportResult.ended)
    }

    /// Finds the table for several files that have none. Where their columns differ, the user decides.
    private func sharedTable(_ options: ImportOptions, _ session: ImportSession) throws -> SharedTable {
        let shared = options.sharedTable(of: sources)
        switch shared {
        case .none: break
        case .one(let table, let files):
            session.note("\(Format.count(files.count, "file")) go into one table, \(table)")
        case .each(let tables, let difference) where isConfirmed || session.canAsk:
            session.note("The columns differ: \(difference).")
            if isConfirmed { break }
            try session.confirm("Import them into \(Format.count(tables.count, "table")) (\(tables.shortList))?")
        case .each(_, let difference):
            throw CommandFailure(
                ImportFailure(
                    usage: "The columns differ: \(difference).",
                    remedy:
                        "To import all files into one table: --table NAME. Otherwise import each file with a separate "
                        + "command."),
                asJSON: global.json)
        }
        return shared
    }

    private func question(_ records: RecordEstimate, _ preflight: Preflight, _ engine: ImportEngine) -> String {
        let name = Format.name(ofPath: preflight.plan.source)
        // As a user would write it here.
        let here = "sqlite:" + (LogDirectory.currentDirectory ?? "") + "/"
        let address = preflight.plan.destination.description
        let destination = address.hasPrefix(here) ? "sqlite:" + address.dropFirst(here.count) : address
        let tables = Set(preflight.submissions.flatMap(\.sections).filter(\.hasRecords).map(\.table))
        let target = tables.count == 1 ? "table \(tables.first ?? "")" : Format.count(tables.count, "table")
        // What is wrong with the destination, the import itself says.
        if let earlier = try? engine.unfinished(preflight) {
            return "Continue import \(earlier.importID) of \(name) at record "
                + "\(Format.count(earlier.record)), into \(destination), \(target)?"
        }
        return "Import \(Format.records(records)) from \(name) into \(destination), \(target)?"
    }

    /// From how many records on a person at a terminal is asked.
    private static let confirmedFrom = 10_000

    private func commonOptions(_ configuration: Configuration?) throws -> ImportOptions {
        var options = ImportOptions()
        table.add(to: &options)
        reading.add(to: &options)
        options.access = try access.options(records: reading.records, for: sources)
        options.configuration = configuration
        configured.add(to: &options)
        options.environment = LimitArguments.environment
        options.limits = limits.settings
        sourceLimits.add(to: &options.limits)
        options.recordLimit = recordLimit
        options.force = force
        return options
    }

    private func plan(
        for source: String, index: Int, table: String?, _ options: ImportOptions
    ) throws -> ImportPlan {
        var options = options
        if let table { options.section.table = table }
        options.others = sources.filter { $0 != source }
        options.batch = batch.batch(index: index, of: sources.count)
        return try options.plan(for: source)
    }
}

extension [String] {
    /// The first five, with commas between.
    fileprivate var shortList: String {
        prefix(5).joined(separator: ", ") + (count > 5 ? " and \(count - 5) more" : "")
    }
}
