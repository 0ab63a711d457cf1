internal import ArgumentParser

struct GenerateCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "generate",
        abstract: "Generate CSV files with sample catalogue records.",
        usage: "waybill generate [<options>]",
        discussion: """
            The same options always produce the same bytes. The files are named catalogue-1.csv, catalogue-2.csv …; \
            existing files are not overwritten.

            Example:
              waybill generate --records 100000 --parts 4 --bad 0.1
            """
    )

    @OptionGroup(title: "Common options") var global: GlobalOptions

    @Option(help: "How many records in total")
    var records: UInt64 = 1_000

    @Option(help: "How many files")
    var parts: UInt32 = 1

    @Option(help: ArgumentHelp("The share of bad records, in percent", valueName: "percent"))
    var bad: Double = 0

    @Option(help: "Random seed; another number gives other records")
    var seed: UInt64 = 1

    @Option(help: ArgumentHelp("The directory to write to", valueName: "directory"))
    var output = "."

    func validate() throws {
        if !(1...100_000).contains(parts) { throw ValidationError("Give --parts a number from 1 to 100000.") }
        if !(0...100).contains(bad) { throw ValidationError("Give --bad a percentage from 0 to 100.") }
    }

    func run() throws {
        try global.run {
            let catalogue = Catalogue(records: records, parts: parts, badPercent: bad, seed: seed)
            let files = try catalogue.write(to: output)
            if global.json {
                Console.output.writeJSON(files)
            } else {
                for file in files {
                    Console.output.write(
                        "\(file.path): \(Format.count(file.records, "record")), \(Format.count(file.bad)) bad")
                }
            }
        }
    }
}
