internal import ArgumentParser
internal import ImportEngine

struct ResumeCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "resume",
        abstract: "Go on with an import that did not end.",
        discussion: """
            The destination's ledger is compared with the log first, so that nothing is lost and nothing is written \
            twice. The source must be the file it was.
            """)

    @OptionGroup var global: GlobalOptions

    @Argument(help: ArgumentHelp("The import's number.", valueName: "id"))
    var id: UInt64

    @Option(help: ArgumentHelp("The most records written in one transaction from here on.", valueName: "records"))
    var chunkSize: UInt64?

    func run() throws {
        try global.run {
            let engine = try global.openEngine()
            let session = ImportSession(global: global)
            let outcome = try session.run { news in
                try engine.resume(id, chunkRecords: chunkSize, stop: session.stop, news: news)
            }
            try session.finish([outcome])
        }
    }
}
