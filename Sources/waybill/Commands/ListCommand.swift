internal import ArgumentParser
internal import ImportEngine
internal import ImportLog

struct ListCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list", abstract: "List the imports, newest first.",
        usage: "waybill list [<options>]",
        discussion: """
            Example:
              waybill list --state failed --state interrupted --since 24h
            """)

    @OptionGroup(title: "Common options") var global: GlobalOptions

    @Option(help: "Show only imports in this state (repeatable).", transform: Self.state)
    var state: [ImportState] = []

    @Option(
        help: ArgumentHelp(
            "Show only imports submitted within this time, as in 24h or 7d, or since a date (UTC), as in 2026-11-30.",
            valueName: "time"))
    var since: String?

    @Option(help: ArgumentHelp("Show only this batch's imports.", valueName: "batch-id"))
    var batch: String?

    @Option(
        help: ArgumentHelp(
            "Show at most this many; 0 for all (default: 50, and all with --json).", valueName: "limit"))
    var limit: Int?

    private static func state(_ text: String) throws -> ImportState {
        guard let state = ImportState(rawValue: text.replacing(" ", with: "_")) else {
            throw ValidationError("The states are \(ImportState.allCases.map(\.rawValue).joined(separator: ", ")).")
        }
        return state
    }

    func validate() throws {
        if let limit, limit < 0 { throw ValidationError("Give --limit a number from 0.") }
        _ = try start()
    }

    /// Since when imports are shown.
    private func start() throws -> Timestamp? {
        guard let since else { return nil }
        guard let start = Moment.ago(since) ?? Moment.start(of: since) else {
            throw ValidationError(
                "'\(since)' is not a valid value for --since. Give a duration such as 24h or 7d, or a date such as 2026-11-30."
            )
        }
        return start
    }

    /// How many are shown.
    private var most: Int {
        if let limit { return limit == 0 ? .max : limit }
        return global.json ? .max : 50
    }

    /// - Parameter limit: how many are wanted.
    private func found(_ log: ImportLog, _ limit: Int) throws -> [ImportStatus] {
        let start = try start()
        let isFiltered = start != nil || batch != nil
        let imports = try log.imports(in: state.isEmpty ? nil : Set(state), limit: isFiltered ? .max : limit)
        guard isFiltered else { return imports }
        return Array(
            imports.lazy.filter { status in
                start.map { status.submittedAt >= $0 } ?? true && (batch == nil || status.batch?.id == batch)
            }.prefix(limit))
    }

    /// The options that narrow the list, as a shell takes them.
    private var filters: String {
        var options = state.map { "--state \($0.rawValue) " }
        if let since { options.append("--since \(ShellWord.quoted(since)) ") }
        if let batch { options.append("--batch \(ShellWord.quoted(batch)) ") }
        return options.joined()
    }

    func run() throws {
        try global.run {
            let log = try global.openLog()
            if global.json { return Console.output.writeJSON(try found(log, most)) }
            // One more, to know whether there is one.
            var imports = try found(log, most == .max ? .max : most + 1)
            let isCut = imports.count > most
            if isCut { imports.removeLast() }
            guard !imports.isEmpty else {
                return Console.output.write("No imports in the log \(try global.logDirectory()).")
            }
            let text = ImportListText(
                imports: imports, width: Console.output.terminalWidth,
                isVerbose: global.verbose, hinted: global.hinted)
            for line in text.lines() {
                if let state = line.state {
                    Console.output.write(line.text, state.words, as: state.style)
                } else {
                    Console.output.write(line.text)
                }
            }
            if isCut { Console.error.write("… and more: \(global.hint("list \(filters)--limit 0"))") }
        }
    }
}

extension ImportSubmitted.Batch {
    /// `2026-11-21 2/4`.
    var words: String {
        guard let part else { return id }
        return "\(id) \(part)" + (totalParts.map { "/\($0)" } ?? "")
    }
}
