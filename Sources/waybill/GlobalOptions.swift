internal import ArgumentParser
internal import Glibc
internal import ImportEngine
internal import ImportLog

/// What every command takes.
struct GlobalOptions: ParsableArguments {
    @Option(
        name: .customLong("log-dir"),
        help: ArgumentHelp(
            "The log's directory (default: $WAYBILL_LOG, or the nearest .waybill here or in a directory above).",
            valueName: "dir"))
    var directory: String?

    @Flag(help: "Write the result as one JSON document to standard output; notes go to standard error.")
    var json = false

    @Flag(name: .shortAndLong, help: "Print more detail.")
    var verbose = false

    @Flag(name: .shortAndLong, help: "Print only results and errors.")
    var quiet = false

    func logDirectory() throws -> String {
        if let directory { return directory }
        let fromEnvironment = getenv("WAYBILL_LOG").map { String(cString: $0) } ?? ""
        return try fromEnvironment.isEmpty ? LogDirectory.nearest() : fromEnvironment
    }

    /// A command for the user to give next, on the same log.
    func hint(_ command: String) -> String { hinted("waybill \(command)") }

    /// A text whose commands are for the same log.
    func hinted(_ text: String) -> String {
        guard let directory else { return text }
        let command =
            /\bwaybill (?:(?:log|group|backup) [a-z]+|import|resume|cancel|list|status|rejects|resubmit|verify|rollback|trace|replay)\b(?: \d[\w\-]*)?/
        return text.replacing(command) { match in
            let isSaid = text[match.range.upperBound...].hasPrefix(" --log-dir")
            return match.output + (isSaid ? "" : " --log-dir \(ShellWord.quoted(directory))")
        }
    }

    /// An error in words for the user, with commands for the same log.
    func failure(_ error: any Error) -> CommandFailure {
        let failure = (error as? CommandFailure) ?? CommandFailure(error, asJSON: json)
        return failure.edited(hinted)
    }

    /// Opens the log; only a command that begins something makes one.
    func openLog(create: Bool = false) throws -> ImportLog {
        try noteLog()
        return try ImportLog(directory: logDirectory(), create: create)
    }

    /// Opens a log that may be damaged, in order to verify it.
    func openLogToVerify() throws -> ImportLog {
        try noteLog()
        return try ImportLog(toVerify: logDirectory())
    }

    private func noteLog() throws {
        if verbose && !quiet { Console.error.write("log: \(try logDirectory())") }
    }

    func openEngine(create: Bool = false) throws -> ImportEngine {
        ImportEngine(log: try openLog(create: create), program: Waybill.program)
    }

    /// Runs a command's work; what it throws is reported as this command reports.
    func run(_ body: () throws -> Void) throws {
        do {
            try body()
        } catch let code as ExitCode {
            throw code
        } catch let error as ValidationError {
            throw error
        } catch {
            throw failure(error)
        }
    }
}
