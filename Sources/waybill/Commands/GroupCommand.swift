internal import ArgumentParser
internal import ImportEngine
internal import ImportLog

struct GroupCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "group", abstract: "Show batches: which parts have arrived, and which are missing.",
        subcommands: [GroupListCommand.self, GroupStatusCommand.self, GroupFinalizeCommand.self])
}

struct GroupListCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list", abstract: "List the batches.",
        discussion: """
            Example:
              waybill group list
            """)

    @OptionGroup(title: "Common options") var global: GlobalOptions

    func run() throws {
        try global.run {
            let groups = try global.openLog().groups()
            if global.json { return Console.output.writeJSON(groups) }
            guard !groups.isEmpty else { return Console.output.write("No batches.") }
            let header = ["batch", "state", "parts", "read", "rejected", "missing"]
            let rows = groups.map { group in
                [
                    group.batchID, group.state.rawValue,
                    "\(group.receivedParts)" + (group.totalParts.map { "/\($0)" } ?? ""),
                    Format.count(group.records.read), Format.count(group.records.rejected),
                    Format.ranges(group.missingParts),
                ]
            }
            let lines = Format.table(
                [header] + rows, rightAligned: [2, 3, 4], shortening: [0, 5], to: Console.output.terminalWidth)
            for line in lines { Console.output.write(line) }
        }
    }
}

struct GroupStatusCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "status", abstract: "Show how complete a batch is, and which parts are missing.",
        usage: "waybill group status [<options>] <batch-id>",
        discussion: """
            Exit codes: 0: complete; 3: all parts arrived, but one failed, was rolled back or has rejects; 4: not \
            finished, or the finalize SQL has not run yet.

            Example:
              waybill group status 2026-11
            """)

    @OptionGroup(title: "Common options") var global: GlobalOptions

    @Argument(help: ArgumentHelp("The batch's id.", valueName: "batch-id"))
    var batchID: String

    @Option(
        help: ArgumentHelp(
            "Show the state at this position of the log (see 'waybill log show').", valueName: "position"))
    var at: UInt64?

    func run() throws {
        try global.run {
            let log = try global.openLog()
            let group = try log.group(batchID, at: at)
            if global.json {
                Console.output.writeJSON(group)
            } else {
                for line in Self.lines(group) { Console.output.write(line) }
                for line in try nextSteps(group, log) { Console.output.write("  " + line) }
            }
            switch group.state {
            case .complete where group.finalized == .pending, .partialSuccess where group.finalized == .pending:
                throw ExitCode.notFinished
            case .complete: break
            case .partialSuccess: throw ExitCode.withRejects
            case .incomplete, .inProgress: throw ExitCode.notFinished
            }
        }
    }

    /// What leads on: the imports that did not end well, and the finalize SQL.
    private func nextSteps(_ group: GroupStatus, _ log: ImportLog) throws -> [String] {
        if at != nil { return [] }
        var lines: [String] = []
        for id in group.imports where lines.count < Self.mostSteps {
            let status = try log.status(of: id)
            let part = status.batch?.part.map { "part \($0), " } ?? ""
            if global.verbose {
                lines.append("\(part)import \(id) \(status.state.words): \(status.recordWords)")
            }
            guard let step = status.nextSteps.first else { continue }
            lines.append("\(part)import \(id) \(status.state.words); \(step.what): \(global.hinted(step.command))")
        }
        if group.finalized == .pending && group.state != .incomplete && group.state != .inProgress {
            lines.append("run the finalize SQL: \(global.hint("group finalize \(ShellWord.quoted(batchID))"))")
        }
        return lines
    }

    private static let mostSteps = 20

    static func lines(_ group: GroupStatus) -> [String] {
        let total = group.totalParts.map { "of \($0)" } ?? "(total unknown)"
        var rows = [["parts", "\(group.receivedParts) \(total)"]]
        func parts(_ name: String, _ numbers: [UInt32], _ meaning: String = "") {
            if !numbers.isEmpty { rows.append([name, Format.ranges(numbers) + meaning]) }
        }
        parts("missing", group.missingParts)
        parts("unfinished", group.unfinishedParts)
        parts("failed", group.failedParts)
        parts("rolled back", group.rolledBackParts)
        parts(
            "conflicting", group.conflictingParts,
            " (delivered more than once, with different bytes: roll back the wrong import)")
        parts("repeated", group.repeatedParts, " (delivered more than once, with the same bytes)")
        parts("late", group.lateParts, " (delivered again after the batch was complete)")
        if !group.earlierTotalParts.isEmpty {
            rows.append(["earlier totals", group.earlierTotalParts.map(String.init).joined(separator: ", ")])
        }
        let items = group.totalItems.map { " of \(Format.count($0)) expected" } ?? ""
        rows.append(["records", Format.records(group.records) + items])
        rows.append(["imports", group.imports.map(String.init).joined(separator: ", ")])
        switch group.finalized {
        case nil: break
        case .done: rows.append(["finalize SQL", "done"])
        case .pending:
            let error = group.finalizeError.isEmpty ? "" : ": \(group.finalizeError)"
            rows.append(["finalize SQL", "pending" + error])
        }
        return ["batch \(group.batchID) \(group.state.words)"] + Format.table(rows).map { "  " + $0 }
    }
}

struct GroupFinalizeCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "finalize",
        abstract: "Run the batch's finalize SQL from waybill.yaml, if it has not run yet.",
        usage: "waybill group finalize [<options>] <batch-id>",
        discussion: """
            It runs automatically when the last part arrives. Use this command if that failed.

            Example:
              waybill group finalize 2026-11
            """)

    @OptionGroup(title: "Common options") var global: GlobalOptions
    @OptionGroup(title: "The configuration") var configured: ConfigurationFileArguments

    @Argument(help: ArgumentHelp("The batch's id.", valueName: "batch-id"))
    var batchID: String

    func run() throws {
        try global.run {
            let outcome = try global.openEngine().finalize(batchID, configured.read(), configured.sourceName)
            switch outcome {
            case .done(let event):
                if global.json { return Console.output.writeJSON(FinalizeDocument(event)) }
                Console.output.write("Batch '\(batchID)' is finalized.")
                for step in event.steps { Console.output.write("  \(Format.count(step.rows, "row")): \(step.sql)") }
            case .wasDone:
                if global.json { return Console.output.writeJSON(FinalizeDocument(nil)) }
                Console.output.write("Batch '\(batchID)' is already finalized, and no new part has arrived since.")
            case .notComplete(let group):
                if global.json {
                    Console.output.writeJSON(group)
                } else {
                    for line in GroupStatusCommand.lines(group) { Console.output.write(line) }
                }
                throw ExitCode.notFinished
            }
        }
    }
}

/// What finalize SQL did, as JSON; without steps where it was done before.
private struct FinalizeDocument: Encodable {
    struct Step: Encodable {
        var sql: String
        var rows: UInt64
    }

    let steps: [Step]

    init(_ event: GroupFinalized?) {
        steps = event?.steps.map { Step(sql: $0.sql, rows: $0.rows) } ?? []
    }
}
