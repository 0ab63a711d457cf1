internal import ArgumentParser
internal import ImportEngine
internal import ImportLog

struct ResumeCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "resume",
        abstract: "Continue an unfinished import.",
        discussion: """
            The destination's ledger is compared with the log first, so that nothing is lost or written twice. \
            The source must not have changed.

            Examples:
              waybill resume 3
              waybill resume 3 --from /mnt/feed/products.csv
            """)

    @OptionGroup var global: GlobalOptions
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
