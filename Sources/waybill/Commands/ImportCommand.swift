internal import ArgumentParser
internal import ImportEngine
internal import ImportLog

struct ImportCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "import",
        abstract: "Import files into a table.",
        discussion: """
            A missing table is created. A record that cannot be used is kept with its reason and stops nothing; see \
            'waybill rejects'. Run the same command again to continue an interrupted import. A file that is already in \
            the table is reported and skipped.

            Examples:
              waybill import products.csv --into sqlite:shop.db
              waybill import feed.json --into postgres://ann@localhost/shop -t items \\
                --key sku --mode upsert
              waybill import export.zip --into sqlite:shop.db --dry-run
            """)

    @OptionGroup var global: GlobalOptions
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
        help: "Skip the confirmation that a terminal gets for 10,000 records or more.")
    var isConfirmed = false

    @Flag(
        help:
            "Import even if the same bytes are already in the table, there are more records than --force-records, or disk space is short."
    )
    var force = false

    func run() throws {
        try global.run {
            let configuration = try configured.read()
            let session = ImportSession(global: global)
            if batch.isOfNoPart(of: sources.count) {
                session.note("This import counts as no part of the batch: give its number with --part.")
            }
            let options = try commonOptions(configuration)
            try requireTable(options)
            let engine = isDryRun ? nil : try global.openEngine(create: true)
            var results: [ImportResult] = []
            for (index, source) in sources.enumerated() {
                do {
                    var plan = try plan(for: source, index: index, options)
                    plan.next = Array(sources[(index + 1)...])
                    results += try run(plan, engine, session)
                } catch  where sources.count > 1 && !(error is ExitCode) {
                    // One source that fails never stops the others.
                    let failure = global.failure(error)
                    session.report(failure, of: source)
                    results.append(.failed(source: source, failure))
                }
                if session.isStopped { break }
            }
            try session.finish(results, isOne: results.count == 1)
        }
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

    /// The files of the parts would each name a table of its own.
    private func requireTable(_ options: ImportOptions) throws {
        if batch.id == nil || sources.count == 1 { return }
        // What cannot be planned says so in its turn.
        if sources.allSatisfy({ (try? options.plan(for: $0))?.namesTables ?? true }) { return }
        throw CommandFailure(
            ImportFailure(
                usage: "Several sources of one batch go into one table, which has no name yet.",
                remedy: "Name it with --table, or with 'table' in \(Configuration.defaultPath)."),
            asJSON: global.json)
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

    private func plan(for source: String, index: Int, _ options: ImportOptions) throws -> ImportPlan {
        var options = options
        options.others = sources.filter { $0 != source }
        options.batch = batch.batch(index: index, of: sources.count)
        return try options.plan(for: source)
    }
}
