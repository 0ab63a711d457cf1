internal import ArgumentParser
internal import ImportLog

struct LogCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "log", abstract: "Read and verify the log itself.",
        subcommands: [LogShowCommand.self, LogHeadCommand.self, LogVerifyCommand.self, LogStatsCommand.self])
}

struct LogShowCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "show", abstract: "Show the log's events.",
        usage: "waybill log show [<options>]",
        discussion: """
            Example:
              waybill log show --import 3
            """)

    @OptionGroup(title: "Common options") var global: GlobalOptions

    @Option(help: ArgumentHelp("Only this import's events.", valueName: "id"))
    var `import`: ImportID?

    @Option(
        help: ArgumentHelp(
            "Start at this position (with --import: at the import's event of this number).", valueName: "n"))
    var from: UInt64?

    @Option(help: "Show at most this many events")
    var limit = 50

    @Flag(help: "Show the newest event first.")
    var reverse = false

    func validate() throws {
        if !(1...1_000_000).contains(limit) { throw ValidationError("Give --limit a number from 1 to 1000000.") }
        if reverse && `import` != nil { throw ValidationError("--reverse cannot be combined with --import.") }
    }

    func run() throws {
        try global.run {
            let log = try global.openLog()
            let entries =
                if let id = `import` {
                    try log.audit(of: id, from: from ?? 1, limit: limit)
                } else if reverse {
                    try log.audit(before: (from ?? .max - 1) + 1, limit: limit)
                } else {
                    try log.audit(from: from ?? 1, limit: limit)
                }
            if global.json { return Console.output.writeJSON(entries) }
            if entries.isEmpty && !reverse && `import` == nil {
                Console.error.write(
                    "The log ends at position \(try log.audit(before: .max, limit: 1).first?.position ?? 0).")
            }
            for entry in entries {
                Console.output.write(
                    "\(entry.position)  \(entry.recordedAt.iso8601)  \(entry.stream)/\(entry.version)  \(entry.type)  "
                        + entry.detailsJSON)
                if global.verbose { Console.output.write("  \(try log.head(at: entry.position))") }
            }
            if entries.count == limit, let last = entries.last {
                let next = `import` == nil ? (reverse ? last.position - 1 : last.position + 1) : last.version + 1
                let more =
                    "log show --from \(next)" + (`import`.map { " --import \($0)" } ?? "")
                    + (reverse ? " --reverse" : "")
                if next > 0 { Console.error.write("… there may be more: \(global.hint(more))") }
            }
        }
    }
}

struct LogHeadCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "head",
        abstract: "Print the log's head: with it you can prove later that no event up to now was changed or removed.",
        usage: "waybill log head [<options>]",
        discussion: """
            Keep it outside the log, and pass it to 'waybill log verify --head'.

            Example:
              waybill log head > head.txt
            """)

    @OptionGroup(title: "Common options") var global: GlobalOptions

    @Option(help: ArgumentHelp("Print the head that the log had at this position.", valueName: "position"))
    var at: UInt64?

    func run() throws {
        try global.run {
            let head = try global.openLog().head(at: at)
            if global.json { Console.output.writeJSON(head) } else { Console.output.write("\(head)") }
        }
    }
}

struct LogVerifyCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "verify",
        abstract: "Check every event's position and hash, and report the first one that is wrong.",
        usage: "waybill log verify [<options>]",
        discussion: """
            The chain of hashes shows any change inside the log. Only a head saved elsewhere reveals that the end \
            was cut off or the whole log rewritten; pass it with --head.

            Example:
              waybill log verify --head "$(cat head.txt)"
            """)

    @OptionGroup(title: "Common options") var global: GlobalOptions

    @Option(help: ArgumentHelp("An earlier head of this log, from 'waybill log head'.", valueName: "head"))
    var head: String?

    func validate() throws {
        if let head, LogHead(head) == nil {
            throw ValidationError(
                "'\(head)' is not a head. Give one that 'waybill log head' printed: LOGID:POSITION:HASH.")
        }
    }

    func run() throws {
        try global.run {
            switch try verify() {
            case .intact(let head):
                if global.json {
                    Console.output.writeJSON(Result(intact: true, head: head))
                } else {
                    Console.output.write("The log is intact: \(Format.count(head.position, "event")), head \(head)")
                }
            case .broken(let position, let reason):
                if global.json {
                    Console.output.writeJSON(Result(intact: false, firstBadPosition: position, reason: reason))
                } else {
                    Console.output.write("The log is damaged at position \(position): \(reason).")
                    Console.error.write(
                        "All events before it are intact. Check the disk, then restore the log's directory from a backup."
                    )
                }
                throw ExitCode.failed
            }
        }
    }

    private func verify() throws -> LogVerification {
        let line = ProgressLine(isQuiet: global.quiet)
        defer { line.clear() }
        // Damage may end the process itself: then this is where it begins.
        MemoryFaults.verified = 1
        defer { MemoryFaults.verified = 0 }
        do {
            return try global.openLogToVerify().verify(against: head.flatMap(LogHead.init)) { position in
                MemoryFaults.verified = position
                // Where the log ends is not known: its end may be what is damaged.
                if position % 1_000 == 0 { line.show(fraction: nil, "\(Format.count(position)) events") }
            }
        } catch let error as ImportLogError where error.code == .corrupted {
            let what = error.message.hasSuffix(".") ? error.message.dropLast() : error.message[...]
            return .broken(position: MemoryFaults.verified, reason: "it cannot be read from here on (\(what))")
        }
    }

    private struct Result: Encodable {
        var intact: Bool
        var head: LogHead?
        var firstBadPosition: UInt64?
        var reason: String?

        private enum CodingKeys: String, CodingKey {
            case intact, head, reason
            case firstBadPosition = "first_bad_position"
        }
    }
}

struct LogStatsCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "stats", abstract: "Show how large the log is.",
        discussion: """
            Example:
              waybill log stats
            """)

    @OptionGroup(title: "Common options") var global: GlobalOptions

    func run() throws {
        try global.run {
            let statistics = try global.openLog().statistics()
            if global.json { return Console.output.writeJSON(statistics) }
            var rows = [
                ["log id", statistics.logID],
                ["events", Format.count(statistics.events)],
                ["streams", Format.count(statistics.streams)],
                ["rejects", Format.count(statistics.rejects)],
                ["size", "\(Format.bytes(statistics.usedBytes)), room for \(Format.bytes(statistics.mapBytes))"],
                ["readers", Format.count(statistics.readers)],
            ]
            rows += statistics.eventsByType.map { ["  " + $0.type, Format.count($0.count)] }
            for line in Format.table(rows) { Console.output.write(line) }
        }
    }
}
