internal import ArgumentParser
internal import ImportEngine
internal import ImportLog

struct InspectCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "inspect",
        abstract: "Show what sources contain: format, sections, columns with guessed types, sample rows.",
        discussion: """
            Writes nothing, neither to the log nor to a database.

            Example:
              waybill inspect products.csv export.zip
            """)

    @OptionGroup(title: "Reading options") var reading: ReadingArguments
    @OptionGroup(title: "URLs") var access: AccessArguments
    @OptionGroup(title: "The configuration") var configured: ConfigurationArguments
    @OptionGroup(title: "Common options") var global: GlobalOptions

    @Option(help: ArgumentHelp("How many sample rows to show for each section", valueName: "n"))
    var rows = 5

    @Argument(help: ArgumentHelp("The files or URLs to inspect; - for standard input.", valueName: "source"))
    var sources: [String]

    func validate() throws {
        if rows < 0 || rows > 10_000 { throw ValidationError("Give --rows a number from 0 to 10000.") }
    }

    func run() throws {
        try global.run {
            let configuration = try configured.read()
            var options = ImportOptions()
            reading.add(to: &options)
            configured.add(to: &options)
            options.access = try access.options(records: reading.records, for: sources)
            options.configuration = configuration
            options.environment = LimitArguments.environment
            let found = try sources.map { source in
                options.others = sources.filter { $0 != source }
                do {
                    return try Inspection(options.inspectionPlan(for: source), rows: rows)
                } catch {
                    throw global.failure(error).naming(source)
                }
            }
            if global.json {
                let documents = found.map(InspectionDocument.init)
                if let only = documents.first, documents.count == 1 {
                    Console.output.writeJSON(only)
                } else {
                    Console.output.writeJSON(documents)
                }
            } else {
                for (index, inspection) in found.enumerated() {
                    if index > 0 { Console.output.write("") }
                    InspectionText(inspection, width: Console.output.terminalWidth ?? 100).write()
                }
            }
        }
    }
}

/// What a configuration says, and which of a source's sections are meant.
/// Which configuration, and which of its sources.
struct ConfigurationFileArguments: ParsableArguments {
    @Option(
        name: .customLong("config"),
        help: ArgumentHelp("The configuration file, or none (default: waybill.yaml, if it exists).", valueName: "file"))
    var path: String?

    @Option(
        name: .customLong("profile"),
        help: ArgumentHelp(
            "The source of this name in the configuration (default: the first whose 'match' fits the file name).",
            valueName: "name"))
    var sourceName: String?

    func read() throws -> Configuration? { try Configuration.read(path) }
}

struct ConfigurationArguments: ParsableArguments {
    @OptionGroup var file: ConfigurationFileArguments

    @Option(
        name: [.customLong("section"), .customLong("sheet")],
        help: ArgumentHelp(
            "Read only this section: an archive's entry, a sheet or an array, by name, pattern or number (repeatable).",
            valueName: "name"))
    var sections: [String] = []

    func read() throws -> Configuration? { try file.read() }

    func add(to options: inout ImportOptions) {
        options.sourceName = file.sourceName
        options.only = sections
    }
}
