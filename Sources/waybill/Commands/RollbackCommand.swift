internal import ArgumentParser
internal import Glibc
internal import ImportEngine
internal import ImportLog

struct RollbackCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "rollback",
        abstract: "Undo imports: remove the rows they inserted, restore those they changed or deleted.",
        discussion: """
            Rows that someone else has changed since are kept and reported. The destination is backed up first; see \
            'waybill backup'. Afterwards the same file can be imported again. To continue an interrupted rollback, \
            run the \
            same command again.

            Exit codes: 0: everything undone; 3: rows were kept; 4: interrupted.

            Examples:
              waybill rollback 3
              waybill rollback --since 24h
            """)

    @OptionGroup(title: "Common options") var global: GlobalOptions
    @OptionGroup var place: PlaceArguments
    @OptionGroup(title: "Which imports") var selection: RollbackArguments

    @Flag(name: [.customShort("y"), .customLong("yes")], help: "Skip the confirmation.")
    var isConfirmed = false

    @Flag(help: "Also undo rows that someone has changed since.")
    var overwriteEdited = false

    @Flag(help: "Do not make a backup first.")
    var noBackup = false

    func run() throws {
        try global.run {
            let engine = try place.engine(global)
            let selection = try selection.selection()
            let imports = try engine.imports(selection)
            try noteDone(selection, imports, engine.log)
            guard !imports.isEmpty else {
                if global.json { return Console.output.writeJSON([ImportStatus]()) }
                return Console.output.write("There is no import to roll back.")
            }
            try confirm(imports, selection)
            let session = RollbackSession(global: global)
            let ended = try engine.rollBack(
                imports, as: selection, overwritesEdited: overwriteEdited, makesBackup: !noBackup,
                stop: session.signals.stop
            ) { session.show($0) }
            try session.finish(
                ended, log: engine.log, isOne: imports.count == 1, retry: overwriteEdited ? nil : selection)
        }
    }

    /// Names the imports that were asked for and are rolled back already.
    private func noteDone(_ selection: RollbackSelection, _ imports: [ImportStatus], _ log: ImportLog) throws {
        guard case .imports(let ids) = selection, !global.json, !global.quiet else { return }
        for id in Set(ids).subtracting(imports.map(\.importID)).sorted() {
            Console.error.write("Import \(id) is already rolled back.")
        }
    }

    /// Shows what will be done, and asks.
    private func confirm(_ imports: [ImportStatus], _ selection: RollbackSelection) throws {
        if !global.json {
            var what = Format.count(imports.count, "import")
            if case .rows(let column, let value) = selection {
                what = "the rows with \(column) = '\(value)' of \(what)"
            }
            Console.error.write("This rolls back \(what), newest first:")
            let header = ["import", "source", "table", "submitted (UTC)", "inserted", "updated"]
            let rows = imports.map { status in
                [
                    "\(status.importID)", Format.name(ofPath: status.source),
                    status.sections.isEmpty ? status.table : Format.count(status.sections.count, "section"),
                    Format.minute(status.submittedAt.iso8601),
                    Format.count(status.records.inserted),
                    Format.count(status.records.updated),
                ]
            }
            let lines = Format.table(
                [header] + rows, rightAligned: [0, 4, 5], shortening: [1, 2],
                to: Console.error.terminalWidth.map { $0 - 2 })
            for line in lines { Console.error.write("  " + line) }
        }
        if isConfirmed { return }
        guard isatty(STDIN_FILENO) == 1, Console.error.isTerminal, !global.json else {
            throw CommandFailure(
                ImportFailure(
                    usage: "A rollback must be confirmed.", remedy: "To roll back without being asked, add --yes."),
                asJSON: global.json)
        }
        Console.error.put("Roll back? [y/N] ")
        let answer = readLine()?.lowercased() ?? ""
        guard answer == "y" || answer == "yes" else {
            Console.error.write("Nothing was changed.")
            throw ExitCode.failed
        }
    }
}

/// The ways to say which imports are meant.
struct RollbackArguments: ParsableArguments {
    @Argument(help: ArgumentHelp("The imports' numbers.", valueName: "id"))
    var ids: [ImportID] = []

    @Flag(help: "The newest import that is not rolled back; imports rolled back with kept rows are skipped.")
    var last = false

    @Option(help: ArgumentHelp("The imports submitted within this time, as in 24h, 90m or 7d.", valueName: "duration"))
    var since: String?

    @Option(
        parsing: .upToNextOption,
        help: ArgumentHelp(
            "The imports submitted between two times (UTC), as in 2026-11-01 2026-11-30T12:00:00Z, or those from one number to another.",
            valueName: "from to"))
    var between: [String] = []

    @Option(help: ArgumentHelp("The imports of this batch.", valueName: "batch-id"))
    var group: String?

    @Option(
        name: .customLong("where"),
        help: ArgumentHelp(
            "Only rows that have this value now, whichever import wrote them.", valueName: "column=value"))
    var condition: String?

    @Flag(help: "All imports.")
    var all = false

    func validate() throws {
        let given = [!ids.isEmpty, last, since != nil, !between.isEmpty, group != nil, condition != nil, all]
        guard given.count(where: \.self) == 1 else {
            throw ValidationError(
                "Select imports in exactly one way: numbers, --last, --since, --between, --group, --where or --all."
            )
        }
        if !between.isEmpty && between.count != 2 { throw ValidationError("Give --between two values.") }
        _ = try selection()
    }

    func selection() throws -> RollbackSelection {
        if last { return .last }
        if all { return .all }
        if let group { return .group(group) }
        if let since {
            guard let start = Moment.ago(since) else {
                throw ValidationError(
                    "'\(since)' is not a valid value for --since. Give a number with s, m, h, d or w, such as 24h.")
            }
            return .since(start)
        }
        if let condition {
            guard let equals = condition.firstIndex(of: "="), equals > condition.startIndex else {
                throw ValidationError("'\(condition)' is not a valid value for --where. Give COLUMN=VALUE.")
            }
            return .rows(
                column: String(condition[..<equals]), value: String(condition[condition.index(after: equals)...]))
        }
        if between.count == 2 {
            if let first = UInt64(between[0]), let second = UInt64(between[1]) {
                guard first <= second, second - first < 1_000_000 else {
                    throw ValidationError("Give --between the lower number first.")
                }
                return .numbers(ImportID(rawValue: first)...ImportID(rawValue: second))
            }
            guard let start = Moment.start(of: between[0]), let end = Moment.end(of: between[1]), start <= end else {
                throw ValidationError(
                    "'\(between.joined(separator: " "))' is not valid for --between. Give two dates or times, the earlier one first, such as 2026-11-01 2026-11-30T12:00:00Z."
                )
            }
            return .between(start, end)
        }
        return .imports(ids)
    }
}

/// The terminal's side of a rollback.
final class RollbackSession: Sendable {
    let signals: StopSignals
    private let global: GlobalOptions
    private let line: ProgressLine

    init(global: GlobalOptions) {
        self.global = global
        line = ProgressLine(isQuiet: global.quiet)
        signals = StopSignals(line)
        signals.say { _ in
            let failure = ImportFailure(
                code: "interrupted", "The rollback was stopped at once.",
                remedy: "To continue: run this command again.")
            global.failure(CommandFailure(failure, asJSON: global.json)).report()
        }
    }

    func show(_ news: RollbackNews) {
        switch news {
        case .backedUp(let backup):
            line.note(
                "backup \(backup.name) (\(Format.bytes(backup.bytes))): \(global.hint("backup restore \(backup.name)"))"
            )
        case .began(let status, let chunks):
            line.note("rolling back import \(status.importID): \(Format.count(chunks, "chunk"))")
        case .chunk(let done, let total, let counts):
            line.showWithTimeLeft(
                fraction: Double(done) / Double(max(1, total)), "\(Format.count(counts.reversed, "change")) undone")
        case .dropped(let table, let id):
            line.note("  table \(table) dropped: import \(id) created it, and it is empty and unchanged")
        case .droppedColumn(let column, let table):
            line.note("  column \(column) of table \(table) dropped: an import had added it, and nothing uses it")
        case .keptColumn(let column, let table):
            line.note(
                "  column \(column) of table \(table) stays: an import added it, and rows have values in it, or the database uses it"
            )
            line.note("  to drop it: ALTER TABLE \(table) DROP COLUMN \(column)")
        case .retrying(let chunk, let attempt, let error):
            line.note("  \(chunk.map { "chunk \($0), " } ?? "")attempt \(attempt): \(error); trying again")
        }
    }

    /// - Parameter retry: what was chosen, where edited rows were kept that the same command undoes when it is told to.
    func finish(_ ended: [ImportStatus], log: ImportLog, isOne: Bool, retry: RollbackSelection? = nil) throws {
        line.clear()
        signals.end()
        if global.json {
            if isOne, let status = ended.first {
                Console.output.writeJSON(status)
            } else {
                Console.output.writeJSON(ended)
            }
        } else {
            for status in ended { try summarize(status, log, retry) }
            if ended.isEmpty, signals.isStopped {
                Console.output.write("Nothing was rolled back. To continue: run this command again.")
            }
        }
        if signals.isStopped || ended.contains(where: { $0.rollback?.isFinished == false }) {
            throw ExitCode.notFinished
        }
        if ended.contains(where: \.hasKeptRows) { throw ExitCode.withRejects }
    }

    private func summarize(_ status: ImportStatus, _ log: ImportLog, _ retry: RollbackSelection?) throws {
        guard let rollback = status.rollback else { return }
        let counts = rollback.counts
        let id = status.importID
        guard rollback.isFinished else {
            Console.output.write("the rollback of import \(id) was interrupted: \(status.reason)")
            Console.output.write("  continue: \(global.hint("rollback \(id)"))")
            return
        }
        let isWhole = status.state == .rolledBack
        Console.output.write(
            "import \(id) \(isWhole ? "rolled back" : "partly rolled back"): \(Format.count(counts.reversed, "change")) undone"
                + (counts.handedOver > 0
                    ? ", \(Format.count(counts.handedOver, "change")) kept because later imports wrote the same rows"
                    : "")
                + (counts.kept > 0 ? ", \(Format.count(counts.kept, "row")) kept (changed since)" : "")
                + (counts.refused > 0 ? ", \(Format.count(counts.refused, "row")) kept (refused by the database)" : ""))
        var shown = 0
        var isAnyEdited = false
        try log.keptRows(of: id) { row in
            if global.verbose || shown < 20 {
                Console.output.write("  \(row.table) \(row.key): \(row.message)")
                shown += 1
            }
            if row.reason == "edited" { isAnyEdited = true }
            return global.verbose || shown < 20 || !isAnyEdited
        }
        let rest = counts.kept + counts.refused - min(UInt64(shown), counts.kept + counts.refused)
        if rest > 0 { Console.output.write("  … and \(Format.count(rest)) more") }
        // What was rejected and came in later is another import's.
        let fixing =
            isWhole ? try log.imports().filter { $0.resubmits == id && $0.wroteRows && $0.state != .rolledBack } : []
        for later in fixing.reversed() {
            Console.output.write(
                "  import \(later.importID) has records fixed from it, which stay: "
                    + global.hint("rollback \(later.importID)"))
        }
        if isAnyEdited, let retry {
            var which = "\(id)"
            if case .rows(let column, let value) = retry { which = "--where \(ShellWord.quoted("\(column)=\(value)"))" }
            Console.output.write("  undo them anyway: \(global.hint("rollback \(which) --overwrite-edited"))")
        }
    }
}
