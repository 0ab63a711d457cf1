internal import ArgumentParser
internal import ImportEngine
internal import ImportLog

struct CancelCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "cancel",
        abstract: "Abandon an unfinished import; rows already written stay.",
        discussion: "A running import must be stopped first.")

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
                    "import \(id) cancelled: \(Format.records(status.records)); rows already written stay in the table")
            }
        }
    }
}
