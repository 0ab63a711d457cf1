internal import ArgumentParser
internal import ImportLog

struct ReplayCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "replay",
        abstract:
            "Rebuild all views (the tables behind status, list, group and rejects) from the log, or check that they match it.",
        discussion: """
            Imports and queries can run at the same time.

            Example:
              waybill replay --check
            """)

    @OptionGroup(title: "Common options") var global: GlobalOptions

    @Flag(help: "Compare the live views with a rebuild, byte for byte, and change nothing.")
    var check = false

    func run() throws {
        try global.run {
            let log = try global.openLog()
            let line = ProgressLine(isQuiet: global.quiet)
            let end = try log.head().position
            func show(_ position: UInt64) {
                line.showWithTimeLeft(
                    fraction: min(1, Double(position) / Double(max(1, end))), "\(Format.count(position)) events")
            }
            if check {
                let (position, differences) = try log.checkViews(progress: show)
                line.clear()
                try report(position, differences)
            } else {
                try log.replay(progress: show)
                line.clear()
                try report(log.head().position, nil)
            }
        }
    }

    private func report(_ position: UInt64, _ differences: [String]?) throws {
        if global.json {
            Console.output.writeJSON(Result(position: position, same: differences?.isEmpty, differences: differences))
        } else if let differences {
            if differences.isEmpty {
                Console.output.write(
                    "The views match a rebuild from \(Format.count(position, "event")), byte for byte.")
            } else {
                for difference in differences { Console.output.write("different: \(difference)") }
                Console.error.write(
                    "First check that the log is intact: \(global.hint("log verify")). If it is, rebuild the views: "
                        + global.hint("replay"))
            }
        } else {
            Console.output.write("The views were rebuilt from \(Format.count(position, "event")).")
        }
        if differences?.isEmpty == false { throw ExitCode.failed }
    }

    private struct Result: Encodable {
        var position: UInt64
        var same: Bool?
        var differences: [String]?
    }
}
