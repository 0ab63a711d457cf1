internal import ArgumentParser
internal import ImportEngine
internal import ImportLog

struct ImportCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "import",
        abstract: "Import files into a table.",
        discussion: """
            The table is made where it is missing. A record that cannot be used is kept with its reason and stops \
            nothing; see them with 'waybill errors'. Importing a file again whose import was interrupted goes on with \
            that import; importing a file again that is in the table already does nothing.
            """)

    @OptionGroup var global: GlobalOptions
    @OptionGroup(title: "Table options") var table: TableOptions
    @OptionGroup(title: "CSV options") var csv: CSVFileOptions
    @OptionGroup(title: "Batch options") var batch: BatchOptions
    @OptionGroup(title: "Limits of a run") var limits: LimitArguments
    @OptionGroup(title: "Limits of a source") var sourceLimits: SourceLimitArguments

    @Argument(help: ArgumentHelp("The CSV files to import, one after the other.", valueName: "source"))
    var sources: [String]

    @Option(
        name: .customLong("config"),
        help: ArgumentHelp("The configuration (default: waybill.yaml, where it is there).", valueName: "file"))
    var configurationPath: String?

    @Option(
        name: .customLong("source"),
        help: ArgumentHelp(
            "Which of the configuration's sources this is (default: the first whose 'match' fits the file's name).",
            valueName: "name"))
    var sourceName: String?

    @Option(
        name: [.customLong("section"), .customLong("sheet")],
        help: ArgumentHelp(
            "Read this section only: an archive's entry, a sheet, an array, by name, pattern or number; may be given again.",
            valueName: "name"))
    var sections: [String] = []

    @Option(
        name: .customLong("limit"),
        help: ArgumentHelp("Take only the first so many records of each section, for a trial.", valueName: "records"))
    var recordLimit: UInt64?

    @Flag(help: "Import a source even though the same bytes are in the table already.")
    var force = false

    func validate() throws {
        if table.name == nil, sources.count > 1, batch.id != nil {
            throw ValidationError("Several sources of one batch go into one table: name it with --table.")
        }
    }

    func run() throws {
        try global.run {
            let configuration = try Configuration.read(configurationPath)
            let engine = try global.openEngine(create: true)
            let session = ImportSession(global: global)
            if batch.isOfNoPart(of: sources.count) {
                session.note("This import counts for no part of the batch: say which part it is with --part.")
            }
            var results: [ImportResult] = []
            for (index, source) in sources.enumerated() {
                let plan = try plan(for: source, index: index, configuration)
                do {
                    results.append(.ended(try session.run { try engine.start(plan, stop: session.stop, news: $0) }))
                } catch  where sources.count > 1 {
                    // One source that fails never stops the others.
                    let failure = CommandFailure(error, asJSON: global.json)
                    session.report(failure, of: source)
                    results.append(.failed(source: source, failure))
                }
                if session.isStopped { break }
            }
            try session.finish(results, isOne: sources.count == 1)
        }
    }

    private func plan(for source: String, index: Int, _ configuration: Configuration?) throws -> ImportPlan {
        var options = ImportOptions()
        table.add(to: &options)
        csv.add(to: &options)
        options.configuration = configuration
        options.sourceName = sourceName
        options.only = sections
        options.environment = LimitArguments.environment
        options.limits = limits.settings
        sourceLimits.add(to: &options.limits)
        options.recordLimit = recordLimit
        options.batch = batch.batch(index: index, of: sources.count)
        options.force = force
        return try options.plan(for: source)
    }
}
