internal import ArgumentParser
internal import ImportEngine
internal import ImportLog

struct ResubmitCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "resubmit",
        abstract: "Import fixed records with the settings of the import that rejected them.",
        usage: "waybill resubmit [<options>] <id> <file>",
        discussion: """
            Use the file that 'waybill rejects ID --output FILE' wrote. Records that can be imported now are marked \
            as fixed in the original import; the others are rejected again.

            Example:
              waybill resubmit 3 fix.csv
            """)

    @OptionGroup(title: "Common options") var global: GlobalOptions

    @Argument(help: ArgumentHelp("The number of the import that rejected them.", valueName: "id"))
    var id: ImportID

    @Argument(help: "The file with the fixed records.")
    var file: String

    @Option(help: ArgumentHelp("The section that the records belong to.", valueName: "name"))
    var section: String?

    func run() throws {
        try global.run {
            let engine = try global.openEngine()
            let session = ImportSession(global: global)
            let plan = try engine.resubmissionPlan(of: id, from: file, section: section)
            let preflight = try engine.preflight(plan)
            let outcomes = try session.run(engine.log) { try engine.start(preflight, stop: session.stop, news: $0) }
            if !global.json {
                let skipped = outcomes.reduce(0) { $0 + ($1.isRun ? $1.status.records.skipped : 0) }
                if skipped > 0, outcomes.last?.status.onDuplicate != "skip" {
                    session.note("  \(Format.count(skipped, "record")) had been mended before and came in only once")
                }
                // A resubmission's rejects are some of the first import's.
                var next: ImportID? = id
                while let current = next {
                    let status = try engine.log.status(of: current)
                    session.note(
                        "import \(current): \(Format.count(status.mended)) of \(Format.count(status.records.rejected)) rejected records fixed, \(Format.count(status.openRejects)) still open"
                    )
                    next = status.resubmits
                }
            }
            try session.finish(outcomes.map(ImportResult.ended), isOne: true)
        }
    }
}
