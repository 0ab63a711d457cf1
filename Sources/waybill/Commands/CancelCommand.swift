internal import ArgumentParser
internal import ImportEngine
internal import ImportLog

struct CancelCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "cancel",
        abstract: "Abandon an unfinished import; rows already written stay.",
        discussion: """
            Waybill asks the database which rows it has. First stop the import if it is running, and finish an \
            interrupted rollback.

            Example:
              waybill cancel 3
            """)

    @OptionGroup var global: GlobalOptions

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
        let records = Format.records(status.records)
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
                "  \(Format.count(ended.recovered, "chunk")) had been written but not logged: recovered from the ledger"
            )
        }
        if ended.lost > 0 {
            lines.append(
                "  \(Format.count(ended.lost, "chunk")) had been logged but lost by the destination: no longer counted"
            )
        }
        return lines
    }
}
