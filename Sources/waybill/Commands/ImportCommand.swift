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
        help: ArgumentHelp(
            "Do not ask for confirmation (asked on a terminal for 10,000 records or more); files whose columns differ get tables of their own."
        ))
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
            try refuseDestination()
            let shared = try sharedTable(options, session)
            let engine = isDryRun ? nil : try global.openEngine(create: true)
            if let engine, sources.count > 1 {
                try confirm(engine, session) { index, source in
                    try plan(for: source, index: index, table: shared.table(for: source), options)
                }
            }
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
            session.summarize(files, engine?.log)
            let waiting = sources.dropFirst(files.begun).map(ImportResult.notBegun)
            try session.finish(files.results + waiting, isOne: sources.count == 1 && files.results.count == 1)
        }
    }

    /// Throws for a destination among the files: its flag was forgotten.
    private func refuseDestination() throws {
        let schemes = ["sqlite:", "postgres://", "postgresql://"]
        guard table.destination == nil, sources.count > 1,
            let place = sources.first(where: { source in schemes.contains { source.hasPrefix($0) } })
        else { return }
        // Behind the scheme, there may be a password.
        let scheme = place.prefix { $0 != ":" }
        throw CommandFailure(
            ImportFailure(
                usage: "A destination is among the files: \(scheme):…", remedy: "Put --into in front of it."),
            asJSON: global.json)
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
        if sources.count == 1, !isConfirmed, session.canAsk, let question = question(preflight, engine) {
            try session.confirm(question)
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
            // The night on which only one of them comes, its own name counts.
            let isOwn = files.contains { Format.name(ofPath: $0).hasPrefix(table + ".") }
            session.note(
                "\(Format.count(files.count, "file")) go into one table, \(table)"
                    + (isOwn ? "" : " (a single file is named after itself: give --table \(ShellWord.quoted(table)))"))
        case .each(let tables, let difference) where isConfirmed || session.canAsk:
            session.note("The columns differ: \(difference).")
            if isConfirmed { break }
            try session.confirm("Import them into \(Format.count(tables.count, "table")) (\(tables.shortList))?")
        case .each(_, let difference):
            throw CommandFailure(
                ImportFailure(
                    usage: "The columns differ: \(difference).",
                    remedy: "To import all files into one table: --table NAME. For a table of each file's own: --yes."),
                asJSON: global.json)
        }
        return shared
    }

    /// What a person is asked before a file with many records; nil for few.
    private func question(_ preflight: Preflight, _ engine: ImportEngine) -> String? {
        let size = ImportSize(preflight)
        guard size.isLarge else { return nil }
        let name = Format.name(ofPath: preflight.plan.source)
        // What is wrong with the destination, the import itself says.
        if let earlier = try? engine.unfinished(preflight) {
            return "Continue import \(earlier.importID) of \(name) at record "
                + "\(Format.count(earlier.record)), into \(size.target)?"
        }
        return "Import \(size.words) from \(name) into \(size.target)?"
    }

    /// Asks once for all files, before the first one is written. Those that are there already, and those that cannot be looked
    /// at beforehand, do not count.
    private func confirm(
        _ engine: ImportEngine, _ session: ImportSession, _ plan: (Int, String) throws -> ImportPlan
    ) throws {
        guard !isConfirmed, session.canAsk else { return }
        var (size, count) = (ImportSize(), 0)
        for (index, source) in sources.enumerated() where source != "-" && !source.contains("://") {
            // What is wrong with a file is said when its turn comes.
            guard let preflight = try? Preflight(plan(index, source), program: Waybill.program),
                (try? engine.isThere(preflight)) != true
            else { continue }
            size.add(preflight)
            count += 1
        }
        guard size.isLarge else { return }
        try session.confirm("Import \(size.words) from \(Format.count(count, "file")) into \(size.target)?")
    }

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
