internal import ArgumentParser
internal import ImportEngine
internal import ImportLog

struct ResumeCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "resume",
        abstract: "Continue an unfinished import.",
        discussion: """
            First compares the database's ledger with the log, so that nothing is lost or written twice. The source \
            must be unchanged.

            Examples:
              waybill resume 3
              waybill resume 3 --from /mnt/feed/products.csv
            """)

    @OptionGroup(title: "Common options") var global: GlobalOptions
    @OptionGroup var place: PlaceArguments

    @Argument(help: ArgumentHelp("The import's number.", valueName: "id"))
    var id: ImportID

    @OptionGroup(title: "The source") var access: ResumeAccessArguments
    @OptionGroup(title: "Changed limits") var limits: LimitArguments

    func run() throws {
        try global.run {
            let engine = try place.engine(global)
            let session = ImportSession(global: global)
            let settings = LimitArguments.environment.overridden(by: limits.settings)
            let outcomes = try session.run(engine.log) { news in
                [
                    try engine.resume(
                        id, from: access.source, access.options(), limits: settings, stop: session.stop, news: news)
                ]
            }
            try session.finish(outcomes.map(ImportResult.ended), isOne: true)
        }
    }
}
