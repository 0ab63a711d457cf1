internal import ArgumentParser
internal import ImportEngine
internal import ImportLog

struct CancelCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "cancel",
        abstract: "End an import that is not to be gone on with.",
        discussion: "What it wrote stays in the table. A running import must be stopped first.")

    @OptionGroup var global: GlobalOptions

    @Argument(help: ArgumentHelp("The import's number.", valueName: "id"))
    var id: UInt64

    func run() throws {
        try global.run {
            let status = try global.openEngine().cancel(id)
            if global.json {
                Console.output.writeJSON(status)
            } else {
                Console.output.write(
                    "import \(id) cancelled: \(Format.records(status.records)), which stay in the table")
            }
        }
    }
}
