internal import ArgumentParser
internal import ImportEngine
internal import ImportLog

struct CancelCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "cancel",
        abstract: "Cancel an unfinished import; rows already written stay in the table.",
        discussion: """
            If the import is running, stop it first (Ctrl-C or SIGTERM). An interrupted rollback must be finished \
            first. To remove the rows as well: waybill rollback.

            Example:
              waybill cancel 3
            """)

    @OptionGroup(title: "Common options") var global: GlobalOptions

    @Argument(help: ArgumentHelp("The import's number.", valueName: "id"))
    var id: ImportID

    func run() throws {
        try global.run {
            let ended = try global.openEngine().cancel(id)
            if global.json {
                Console.output.writeJSON(ended.status)
            } else {
                for line in Self.lines(ended) { Console.output.write(line) }
            }
        }
    }

    private static func lines(_ ended: Cancellation) -> [String] {
        let status = ended.status
        let records = status.recordWords
        if let unasked = ended.unasked {
            return [
                "import \(status.importID) cancelled: \(records) according to the log; the database could not be checked",
                "  \(unasked)",
            ]
        }
        let reversed = status.rollback?.counts.reversed ?? 0
        var lines = [
            "import \(status.importID) cancelled: \(records); rows already written stay in the table"
                + (reversed > 0 ? ", except for \(Format.count(reversed, "change")) that a rollback undid" : "")
        ]
        if ended.recovered > 0 {
            lines.append(
                "  \(Format.count(ended.recovered, "chunk")) had been written but not logged: recovered from the database's ledger"
            )
        }
        if ended.lost > 0 {
            lines.append(
                "  \(Format.count(ended.lost, "chunk")) had been logged but lost by the database: no longer counted"
            )
        }
        return lines
    }
}
