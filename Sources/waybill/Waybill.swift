internal import ArgumentParser
internal import Glibc
internal import ImportEngine

@main
struct Waybill: ParsableCommand {
    static let version = "0.1.0"
    static var program: String { "waybill \(version)" }

    static let configuration = CommandConfiguration(
        commandName: "waybill",
        abstract: "Imports data files into a database and remembers exactly what happened.",
        discussion: """
            Every import is recorded chunk by chunk in an append-only log. A killed import continues exactly where \
            it stopped. You can query progress, rejects and missing parts at any time.

            Examples:
              waybill inspect products.csv
              waybill import products.csv --into sqlite:shop.db
              waybill import products.csv --into postgres://ann@localhost/shop
              waybill list

            Exit codes: 0: success; 1: failed; 2: wrong usage, or not found; 3: finished, but records were rejected, \
            possible data was left out, or data was probably misread; 4: not finished (interrupted, or parts \
            missing).
            """,
        version: version,
        groupedSubcommands: [
            CommandGroup(
                name: "Import",
                subcommands: [
                    ImportCommand.self, InspectCommand.self, InitCommand.self, ResumeCommand.self, CancelCommand.self,
                ]),
            CommandGroup(
                name: "Query",
                subcommands: [
                    ListCommand.self, StatusCommand.self, GroupCommand.self, VerifyCommand.self, TraceCommand.self,
                ]),
            CommandGroup(
                name: "Repair",
                subcommands: [RejectsCommand.self, ResubmitCommand.self, RollbackCommand.self, BackupCommand.self]),
            CommandGroup(name: "Log", subcommands: [LogCommand.self, ReplayCommand.self]),
            CommandGroup(name: "Trial", subcommands: [DemoCommand.self, GenerateCommand.self]),
        ])

    static func main() {
        // A reader that goes away (`| head`) ends a command quietly; an import must not die of it.
        signal(SIGPIPE, SIG_IGN)
        Console.occupyStandardDescriptors()
        Memory.giveBackWhatIsFree()
        if !CommandLine.arguments.contains(where: { ["-q", "--quiet"].contains($0) }) {
            DestinationNotice.tell { Console.error.write($0) }
        }
        MemoryFaults.explain(asJSON: CommandLine.arguments.contains("--json"))
        do {
            let (arguments, warnings) = FormerNames.replaced(in: Array(CommandLine.arguments.dropFirst()))
            for warning in warnings { Console.error.write("warning: \(warning)", "warning:", as: .doubtful) }
            let words = arguments.first == "help" ? arguments.dropFirst() : arguments[...]
            if let word = words.first, !word.hasPrefix("-"), !commands.contains(word) {
                throw CommandFailure(
                    ImportFailure(noCommand: word, of: commands), asJSON: arguments.contains("--json"))
            }
            var command = try parseAsRoot(arguments)
            try command.run()
            end(.success)
        } catch let code as ExitCode {
            end(code)
        } catch let failure as CommandFailure {
            failure.report()
            end(failure.exitCode)
        } catch {
            // What is left is the parser's own: help that was asked for, or wrong usage.
            let isHelp = exitCode(for: error) == .success
            let arguments = Array(CommandLine.arguments.dropFirst())
            let option = isHelp ? nil : UnknownOption(in: message(for: error), of: UnknownOption.known(to: arguments))
            let corrected = { (text: String) in option?.corrected(text) ?? text }
            let text = corrected(fullMessage(for: error))
            (isHelp ? Console.output : Console.error).writeText(text)
            if !isHelp && CommandLine.arguments.contains("--json") {
                let usage = ImportFailure(
                    usage: corrected(message(for: error)), remedy: "See: waybill help")
                Console.output.writeJSON(CommandFailure(usage, asJSON: true).document)
            }
            end(isHelp ? .success : .wrongUsage)
        }
    }

    private static let commands =
        ["help"]
        + configuration.subcommands.flatMap { command in
            [command.configuration.commandName].compactMap(\.self) + command.configuration.aliases
        }

    private static func end(_ code: ExitCode) -> Never {
        if let failure = Console.outputFailure {
            Console.error.write("waybill: The result could not be written to standard output: \(failure).")
            Glibc.exit(ExitCode.failed.rawValue)
        }
        Glibc.exit(code.rawValue)
    }
}
