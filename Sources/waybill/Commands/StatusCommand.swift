internal import ArgumentParser
internal import Glibc
internal import ImportLog

struct StatusCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "status",
        abstract: "Show the progress and result of an import.",
        usage: "waybill status [<options>] <id>",
        discussion: """
            The exit code reflects the import's state, as for 'import'.

            Example:
              waybill status 3 --watch
            """)

    @OptionGroup(title: "Common options") var global: GlobalOptions

    @Argument(help: ArgumentHelp("The import's number.", valueName: "id"))
    var id: ImportID

    @Option(
        help: ArgumentHelp(
            "Show the state at this position of the log (see 'waybill log show').", valueName: "position"))
    var at: UInt64?

    @Flag(help: "Refresh the display until the import ends.")
    var watch = false

    func validate() throws {
        if watch && at != nil { throw ValidationError("--watch and --at cannot be combined.") }
    }

    func run() throws {
        try global.run {
            let log = try global.openLog()
            if watch { try follow(log) }
            let status = try log.status(of: id, at: at)
            if global.json {
                Console.output.writeJSON(status)
            } else {
                let lines = Self.lines(
                    status, rejects: try log.rejectCounts(of: id, at: at),
                    details: try global.verbose ? details(log) : [])
                for (index, line) in lines.enumerated() {
                    // The first one may end with a failure's message, which has lines of its own.
                    let word = index == 0 ? status.state.words : ""
                    Console.output.writeText(global.hinted(line), word, as: status.state.style)
                }
                // What was to be done then is not what is to be done now.
                let steps = at == nil ? status.nextSteps : []
                for step in steps { Console.output.write("  \(step.what): \(global.hinted(step.command))") }
            }
            let code = status.state.exitCode
            if code != .success { throw code }
        }
    }

    /// What it was asked to do: how each section is read, into which columns.
    private func details(_ log: ImportLog) throws -> [[String]] {
        let submitted = try log.submission(of: id)
        return [["program", submitted.program]]
            + submitted.sections.flatMap { section in
                let name = section.name.isEmpty ? "" : "\(section.name): "
                let key = section.key.isEmpty ? "" : ", key \(section.key.joined(separator: ", "))"
                let reading = section.reading.facts.joined(separator: ", ")
                return [
                    ["read as", "\(name)\(reading); mode \(section.mode)\(key)"],
                    ["columns", "\(name)\(Format.columns(section.columns, to: nil).joined())"],
                ]
            }
    }

    /// Shows the progress until nobody works on the import.
    private func follow(_ log: ImportLog) throws {
        let line = ProgressLine(isQuiet: global.quiet)
        defer { line.clear() }
        while true {
            let status = try log.status(of: id)
            guard status.state == .running || status.state == .queued else { return }
            let speed = status.recordsPerSecond.map { ", \(Format.count(Int($0)))/s" } ?? ""
            let left = status.secondsLeft.map { ", \(Format.duration(seconds: $0)) left" } ?? ""
            line.show(
                fraction: status.percent.map { $0 / 100 },
                "\(status.state.words), \(Format.count(status.records.read, "record"))\(speed)\(left)")
            usleep(200_000)
        }
    }

    /// What was said of the mode that it does not do anyway.
    private static func writing(_ status: ImportStatus) -> String {
        (status.onDuplicate == "skip" ? ", duplicates skipped" : "")
            + (status.keepsNonNull ? ", keep non-null" : "") + (status.keyIndex.map { ", key index \($0)" } ?? "")
    }

    static func lines(_ status: ImportStatus, rejects: [CodeCount], details: [[String]]) -> [String] {
        var rows = [
            ["source", status.source == "-" ? "standard input" : status.source],
            [
                "destination",
                status.sections.isEmpty
                    ? "\(status.destination), table \(status.table), mode \(status.mode)\(Self.writing(status))"
                    : status.destination,
            ],
        ]
        if let batch = status.batch {
            var text = batch.id
            if let part = batch.part { text += ", part \(part)" + (batch.totalParts.map { " of \($0)" } ?? "") }
            if let items = batch.totalItems { text += ", \(Format.count(items)) records in all" }
            rows.append(["batch", text])
        }
        rows.append(["records", status.recordWords])
        if !rejects.isEmpty {
            let codes = rejects.map { "\($0.code) \(Format.count($0.count))" }.joined(separator: ", ")
            let fixed = status.records.rejected - status.openRejects
            let rest =
                status.openRejects == 0
                ? "; all fixed" : "; \(Format.count(fixed)) fixed, \(Format.count(status.openRejects)) open"
            rows.append(["rejects", codes + (fixed == 0 ? "" : rest)])
        }
        for section in status.sections {
            let records = section.records.map { Format.records($0) } ?? "not started"
            rows.append(["section", "\(section.section) into \(section.table): \(records)"])
        }
        for part in status.leftOut where part.kind == .mayBeData {
            rows.append(["left out", "\(part.name): \(part.reason)"])
        }
        for part in status.leftOut where part.kind == .notRun {
            rows.append(["not run", "\(part.name): \(part.reason)"])
        }
        for part in status.leftOut where part.kind == .misread {
            rows.append(["misread", (part.name.isEmpty ? "" : "\(part.name): ") + part.reason])
        }
        for widened in status.widened {
            let table = status.sections.first { $0.section == widened.section }?.table
            rows.append(["type", widened.column.words(of: table)])
        }
        let chunks = status.chunks
        var chunkWords = "\(Format.count(chunks.committed)) committed"
        if chunks.recovered > 0 {
            chunkWords += ", \(Format.count(chunks.recovered)) recovered from the database's ledger"
        }
        if chunks.lost > 0 { chunkWords += ", \(Format.count(chunks.lost)) lost and read again" }
        if chunks.retried > 0 { chunkWords += ", \(Format.count(chunks.retried)) retried" }
        rows.append(["chunks", chunkWords])
        let stayed = status.rollback.map { $0.counts.kept + $0.counts.refused } ?? 0
        if stayed > 0 { rows.append(["kept", "\(Format.count(stayed, "row")), not rolled back"]) }
        if let part = status.takenBackInPart {
            rows.append(["rolled back", "in part: \(Format.count(part.reversed + part.handedOver, "change")) undone"])
        }
        let total = status.bytesTotal.map { " of \(Format.bytes($0))" } ?? ""
        rows.append([
            "bytes",
            Format.bytes(status.bytesDone) + total + (status.percent.map { " (\(Format.oneDigit($0)) %)" } ?? ""),
        ])
        if let rate = status.recordsPerSecond {
            let worked = Format.duration(seconds: Double(status.workedMicroseconds) / 1e6)
            let left = status.secondsLeft.map { ", \(Format.duration(seconds: $0)) left" } ?? ""
            rows.append(["speed", "\(Format.count(Int(rate))) records/s over \(worked)\(left)"])
        }
        rows.append(["submitted", "\(status.submittedAt.iso8601) by \(status.submittedBy)"])
        if let startedAt = status.startedAt { rows.append(["started", startedAt.iso8601]) }
        if let finishedAt = status.finishedAt { rows.append(["finished", finishedAt.iso8601]) }
        rows.append(["position", "\(status.position)"])
        rows += details
        let reason =
            status.reason.isEmpty ? "" : status.state == .cancelled ? " \(status.reason)" : ": \(status.reason)"
        return ["import \(status.importID) \(status.state.words)\(reason)"] + Format.table(rows).map { "  " + $0 }
    }
}
