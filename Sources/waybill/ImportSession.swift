internal import ArgumentParser
internal import Glibc
internal import ImportEngine
internal import ImportLog
internal import Synchronization

/// The terminal's side of running imports: progress, signals, the summary and the exit code.
final class ImportSession: Sendable {
    var stop: StopSwitch { signals.stop }
    private let global: GlobalOptions
    private let line: ProgressLine
    private let signals: StopSignals
    private let state = Mutex(State())
    /// How many files the command imports: with several, each has one line.
    private let files: Int

    private struct State {
        var startedAt = ContinuousClock.now
        /// The import that is at work.
        var current: ImportID?
    }

    /// The tables that the command's imports made in PostgreSQL.
    private let created = Mutex<[PreparedTable]>([])

    init(global: GlobalOptions, files: Int = 1) {
        self.global = global
        self.files = files
        line = ProgressLine(isQuiet: global.quiet)
        signals = StopSignals(line)
        signals.say { [weak self] isAsking in self?.sayLastWords(isAsking: isAsking) }
    }

    /// What is said when a signal ends the program at once.
    private func sayLastWords(isAsking: Bool) {
        let current = state.withLock(\.current)
        if isAsking { Console.error.put("\n") }
        let words =
            isAsking
            ? Self.declined
            : ImportFailure(
                code: "interrupted",
                current.map { "Import \($0) was stopped at once." } ?? "Stopped at once; no import had begun.",
                remedy: current.map { "continue: waybill resume \($0)" } ?? "To import: run this command again.")
        global.failure(CommandFailure(words, asJSON: global.json)).report()
    }

    private static let declined = ImportFailure(
        code: "declined", "Nothing was imported.", remedy: "Use --yes to skip this question.")

    /// Whether the log has the import that was run last.
    var hasBegun: Bool { state.withLock { $0.current != nil } }

    /// The next file's turn.
    func begin() { state.withLock { $0 = State() } }

    /// Whether the user asked to stop.
    var isStopped: Bool { signals.isStopped }

    /// Runs imports, showing how it goes.
    ///
    /// - Parameter log: tells why records were rejected.
    func run(_ log: ImportLog, _ body: (@escaping @Sendable (ImportNews) -> Void) throws -> [ImportOutcome]) throws
        -> [ImportOutcome]
    {
        state.withLock { $0 = State() }
        defer { line.clear() }
        let outcomes: [ImportOutcome]
        do {
            outcomes = try body { [self] news in show(news) }
        } catch {
            guard let id = state.withLock(\.current), let status = try? log.status(of: id) else { throw error }
            throw CommandFailure(error, of: status, asJSON: global.json)
        }
        line.clear()
        if !global.json { for outcome in outcomes { summarize(outcome, log) } }
        return outcomes
    }

    /// Runs a dry run, showing how it goes.
    func run(trial: TrialRun) throws -> TrialOutcome {
        state.withLock { $0.startedAt = .now }
        defer { line.clear() }
        let outcome = try trial.run()
        line.clear()
        if !global.json { summarize(outcome) }
        return outcome
    }

    /// Whether there is a person at a terminal.
    var canAsk: Bool { isatty(STDIN_FILENO) == 1 && Console.error.isTerminal }

    /// Asks a person at a terminal; without one, the answer is yes.
    func confirm(_ question: @autoclosure () -> String) throws {
        guard canAsk else { return }
        let lines = Format.wrapped("\(TerminalText.line(question())) [y/N]", to: Console.error.width - 2)
        let answer = signals.asking {
            Console.error.put(lines.joined(separator: "\n") + " ")
            return readLine()?.lowercased() ?? ""
        }
        guard answer == "y" || answer == "yes" else { throw CommandFailure(Self.declined, asJSON: global.json) }
    }

    func note(_ text: String) { line.note(text) }

    func warn(_ text: String) {
        if global.quiet { return }
        line.clear()
        Console.error.write("warning: \(text)", "warning:", as: .doubtful)
    }

    func show(_ news: ImportNews) {
        switch news {
        case .began(let id, let submitted, let tables, let leftOut):
            state.withLock { $0.current = id }
            let name = Format.name(ofPath: submitted.source)
            let only = tables.count == 1 ? tables.first : nil
            if files == 1 || global.verbose || tables.contains(where: \.isCreated) || !leftOut.notImported.isEmpty {
                line.note(
                    "import \(id): \(name) into \(submitted.destination), "
                        + (only.map { "table \($0.table)\($0.isCreated ? " (created)" : "")" }
                            ?? Format.count(tables.count, "table")))
            }
            for (table, section) in zip(tables, submitted.sections.filter { !$0.columns.isEmpty }) {
                if only == nil {
                    line.note("  \(section.name) into \(table.table)\(table.isCreated ? " (created)" : "")")
                }
                if only?.isCreated == true || global.verbose {
                    let lines = Format.columns(table.columns, to: Console.error.terminalWidth)
                    for text in lines { line.note("  " + text) }
                }
                if table.isCreated { for doubt in TypeDoubt.lines(table.doubts) { line.note("  " + doubt) } }
                for doubt in table.emptyTexts { line.note("  " + doubt) }
            }
            if global.verbose {
                for section in submitted.sections {
                    let name = section.name.isEmpty ? "" : "\(section.name): "
                    line.note("  \(name)\(section.reading.facts.joined(separator: ", ")); mode \(section.mode)")
                }
            }
            if (try? DestinationAddress(submitted.destination))?.isServer == true {
                created.withLock { $0 += tables.filter(\.isCreated) }
                if files == 1 {
                    let before = "\(global.hint("rollback \(id)")), then "
                    for mixed in tables.mixedColumns.lines(before: before) { line.note("  " + mixed) }
                }
            }
            for part in leftOut.notImported { line.note("  " + global.hinted(part.words)) }
            for note in tables.flatMap(\.notes) { line.warn("  " + note) }
        case .rowsAreGone(let status):
            line.note(
                "import \(status.importID) had the same bytes, but its rows are no longer in \(status.table): importing again"
            )
        case .rowsWereChanged(let status, let later):
            let who =
                later.isEmpty
                ? status.wasTakenBackInPart
                    ? "a part of it was rolled back" : "another log's import changed rows of \(status.table)"
                : "\(later.count == 1 ? "import" : "imports") \(later.prefix(5).map { "\($0)" }.joined(separator: ", "))"
                    + (later.count > 5 ? " …" : "") + " changed rows of \(status.table)"
            line.note("import \(status.importID) had the same bytes, but \(who) since: importing again")
        case .hasFormerVersion(let status):
            line.note(
                "  \(Format.name(ofPath: status.source)) had other content in import \(status.importID), whose "
                    + "\(status.records.inserted == 1 ? "row stays" : "\(Format.count(status.records.inserted)) rows stay") in "
                    + "\(status.table); if this file replaces that one: \(global.hint("rollback \(status.importID)"))")
        case .rowsAreBack(let status):
            line.warn(
                "import \(status.importID) was rolled back, but its rows are in \(status.table): the database is, or was restored from, a "
                    + "copy made before the rollback. In the log it is \(status.state.words) again")
        case .resumes(let status, let source, let recovered, let lost):
            state.withLock { $0.current = status.importID }
            line.note(
                "import \(status.importID): \(Format.name(ofPath: source)) continues at record "
                    + "\(Format.count(status.records.read + 1))"
                    + (status.percent.map { " (\(Format.oneDigit($0)) %)" } ?? ""))
            if recovered > 0 {
                line.note(
                    "  \(Format.count(recovered, "chunk")) had been written but not logged: recovered from the database's ledger"
                )
            }
            if lost > 0 {
                line.note("  \(Format.count(lost, "chunk")) had been logged but lost by the database: read again")
            }
        case .readsAgain(let records):
            line.note("  this source is read again from its beginning to skip \(Format.count(records, "record"))")
        case .widened(let columns, let table):
            // Whoever reads the table must know, however quiet the import is to be.
            for column in columns { line.warn("  \(column.words(of: table))") }
        case .retrying(let chunk, let attempt, let error):
            line.note("  chunk \(chunk), attempt \(attempt): \(error); trying again")
        case .dropped(let tables):
            line.note(
                "  \(tables.count == 1 ? "table" : "tables") \(tables.joined(separator: ", ")) dropped: no row was inserted"
            )
        case .lastLineIsOpen(let source): line.warn("  \(ImportNews.openLine(of: Format.name(ofPath: source)))")
        case .chunk(let progress):
            if global.verbose { line.note("  " + describe(progress)) }
            line.show(fraction: progress.fraction, describe(progress))
        }
    }

    private func describe(_ progress: ImportProgress) -> String {
        let (seconds, attoseconds) = (ContinuousClock.now - state.withLock { $0.startedAt }).components
        let elapsed = max(1e-3, Double(seconds) + Double(attoseconds) / 1e18)
        let rate = Double(progress.recordsThisRun) / elapsed
        var text = "\(Format.count(progress.records.read, "record")), \(Format.count(Int(rate)))/s"
        if progress.records.rejected > 0 { text += ", \(Format.count(progress.records.rejected)) rejected" }
        if let total = progress.bytesTotal, progress.bytesThisRun > 0 {
            let left = Double(total - min(total, progress.bytesDone)) / (Double(progress.bytesThisRun) / elapsed)
            text += ", \(Format.duration(seconds: left)) left"
        }
        return text
    }

    /// Says the likely cause of rejects, unless the file is said to be misread already.
    private func writeCause(_ status: ImportStatus, _ log: ImportLog) {
        guard !status.leftOut.contains(where: { $0.kind == .misread }),
            let cause = try? RejectCause.of(status.importID, in: log)
        else { return }
        let first = status.wroteRows ? "\(global.hint("rollback \(status.importID)")), then " : ""
        let width = Console.output.terminalWidth.map { $0 - 2 }
        for line in Format.wrapped(cause.what, to: width) { Console.output.write("  " + line) }
        if let flag = cause.flag {
            Console.output.write("    to try again: \(first)import with \(flag)")
        } else if let advice = cause.advice {
            Console.output.write("    " + global.hinted(advice))
        }
    }

    private func summarize(_ outcome: ImportOutcome, _ log: ImportLog) {
        let status = outcome.status
        let id = status.importID
        if files > 1 {
            Console.output.writeText(SeveralFiles.line(outcome))
            writeCause(status, log)
            for line in status.leftOut.passedOverLines(of: status) { Console.output.write("  " + global.hinted(line)) }
            return
        }
        switch outcome {
        case .skipped(_, let notedAs):
            Console.output.write(
                "\(Format.name(ofPath: status.source)) skipped: import \(id) (\(Format.minute(status.submittedAt.iso8601)) UTC) "
                    + "already imported the same bytes into \(status.table) (\(status.recordWords))")
            if status.resubmits == nil { Console.output.write("  to import it again: add --force") }
            if let notedAs {
                Console.output.write("  recorded as import \(notedAs): its part of the batch has arrived")
                writeBatch(of: (try? log.status(of: notedAs)) ?? status, log)
            }
            writeNextSteps(status)
            for line in status.leftOut.passedOverLines(of: status) { Console.output.write("  " + global.hinted(line)) }
        case .completed where state.withLock { $0.current } == nil:
            Console.output.write("import \(id) is finished (\(status.state.words)): there is nothing to resume")
            writeNextSteps(status)
        case .completed:
            var speed = ""
            if let rate = status.recordsPerSecond {
                let seconds = Double(status.workedMicroseconds) / 1e6
                speed = " in \(Format.duration(seconds: seconds)) (\(Format.count(Int(rate)))/s)"
            }
            let reason = status.reason.isEmpty ? speed : ": \(status.reason)"
            Console.output.write(
                "import \(id) \(status.state.words)\(reason)", status.state.words, as: status.state.style)
            Console.output.write("  " + status.recordWords)
            writeCause(status, log)
            writeNextSteps(status)
            writeBatch(of: status, log)
            for line in status.leftOut.passedOverLines(of: status) { Console.output.write("  " + global.hinted(line)) }
        case .stopped:
            let reason = status.reason.isEmpty ? "" : ": \(status.reason)"
            Console.output.writeText(
                global.hinted("import \(id) \(status.state.words)\(reason)"), status.state.words,
                as: status.state.style)
            Console.output.write("  \(status.recordWords) so far")
            writeCause(status, log)
            if status.state == .failed {
                for line in status.leftOut.passedOverLines(of: status) {
                    Console.output.write("  " + global.hinted(line))
                }
            }
            writeNextSteps(status)
        }
    }

    private func writeNextSteps(_ status: ImportStatus) {
        for step in status.nextSteps { Console.output.write("  \(step.what): \(global.hinted(step.command))") }
    }

    /// Which parts of the batch are there now, and which are missing.
    private func writeBatch(of status: ImportStatus, _ log: ImportLog) {
        guard let id = status.batch?.id, let group = try? log.group(id) else { return }
        let more = group.state == .complete ? "" : ": \(global.hint("group status \(ShellWord.quoted(id))"))"
        let state = group.state == .incomplete ? "" : "\(group.state.words), "
        Console.output.write("  batch \(id): \(state)\(group.partWords)\(more)")
    }

    private func summarize(_ trial: TrialOutcome) {
        let isOnly = trial.sections.count == 1
        Console.output.write("dry run: nothing was written")
        Console.output.write("  \(Format.records(trial.records))")
        if trial.preflight.submissions.count > 1 {
            Console.output.write("  as \(trial.preflight.submissions.count) parts, each an import of its own")
        }
        for section in trial.sections {
            let table = "table \(section.table.table)\(section.table.isCreated ? " (would be created)" : "")"
            Console.output.write(
                isOnly ? "  \(table)" : "  \(section.section) into \(table): \(Format.records(section.records))")
            if section.table.isCreated || global.verbose {
                let lines = Format.columns(section.table.columns, to: Console.output.terminalWidth)
                for text in lines { Console.output.write("    " + text) }
            }
            for note in section.table.notes { Console.output.write("    " + note) }
            if section.table.isCreated {
                for line in TypeDoubt.lines(section.table.doubts) { Console.output.write("    " + line) }
            }
        }
        if trial.preflight.plan.destination.isServer {
            let mixed = trial.sections.map(\.table).mixedColumns
            for line in mixed.lines(before: "") { Console.output.write("  " + line) }
        }
        for part in trial.preflight.leftOut.notImported { Console.output.write("  " + part.words) }
        for line in trial.preflight.leftOut.passedOverLines() { Console.output.write("  " + line) }
        for reject in trial.rejects.prefix(10) {
            let section = reject.section.isEmpty ? "" : "\(reject.section), "
            Console.output.write("  \(section)line \(reject.line): \(reject.code): \(reject.message)")
        }
        if trial.records.rejected > 10 {
            Console.output.write("  … and \(Format.count(trial.records.rejected - 10)) more")
        }
        if let reason = trial.endedBecause {
            Console.output.write(
                trial.isStopped
                    ? "  \(reason): the figures are of the records up to then"
                    : "  the import would stop here: \(reason)")
        }
    }

    /// Writes the summary of several files.
    ///
    /// - Parameter log: nil after a dry run.
    func summarize(_ files: SeveralFiles, _ log: ImportLog?) {
        if global.json || files.count < 2 { return }
        for line in files.summary(global.hint) { Console.output.write(line) }
        for line in created.withLock(\.mixedColumns).lines(before: "roll these imports back, then ") {
            Console.output.write("  " + line)
        }
        if let log, let status = files.lastOfBatch { writeBatch(of: status, log) }
    }

    /// Writes the results as JSON where that was asked for, and ends with the worst exit code.
    ///
    /// - Parameter isOne: whether one import was asked for, so that its result is no list.
    func finish(_ results: [ImportResult], isOne: Bool) throws {
        signals.end()
        if global.json {
            if isOne, let result = results.first {
                Console.output.writeJSON(result)
            } else {
                Console.output.writeJSON(results)
            }
        }
        let codes = results.map(\.exitCode)
        if codes.contains(.failed) { throw ExitCode.failed }
        if isStopped || codes.contains(.notFinished) { throw ExitCode.notFinished }
        if codes.contains(.withRejects) { throw ExitCode.withRejects }
    }
}

extension ImportProgress {
    var fraction: Double? {
        bytesTotal.map { $0 == 0 ? 1 : min(1, Double(bytesDone) / Double($0)) }
    }
}

extension ImportStatus {
    /// What became of its records.
    var recordWords: String { Format.records(records, deletes: deletesRows) }
}

extension ImportState {
    /// `partially succeeded`.
    var words: String { rawValue.split(separator: "_").joined(separator: " ") }

    var exitCode: ExitCode {
        switch self {
        case .succeeded, .rolledBack: .success
        case .partiallySucceeded: .withRejects
        case .failed, .cancelled: .failed
        case .queued, .running, .paused, .interrupted: .notFinished
        }
    }
}
