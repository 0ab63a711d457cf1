internal import ArgumentParser
internal import ImportEngine

/// An option that a command does not have, and the one that was probably meant: the parser's own suggestion knows nothing of what
/// options are called elsewhere.
struct UnknownOption {
    /// What the parser said of it, its suggestion included.
    private let said: Substring
    private let name: String
    private let nearest: String?

    /// Nil if a message is of something else.
    ///
    /// - Parameter known: the command's options.
    init?(in message: String, of known: @autoclosure () -> [String]) {
        guard let found = message.firstMatch(of: /Unknown option '(--[^']+)'\.?( Did you mean '[^']*'\?)?/) else {
            return nil
        }
        let (name, known) = (String(found.output.1), known())
        (said, self.name) = (found.output.0, name)
        nearest =
            Self.namesElsewhere[name].flatMap { known.contains($0) ? $0 : nil }
            ?? known.first { $0.hasPrefix(name) } ?? NearestWord.of(name, in: known)
    }

    func corrected(_ message: String) -> String {
        let words = "Unknown option '\(name)'." + (nearest.map { " Did you mean '\($0)'?" } ?? "")
        return message.replacing(said, with: words)
    }

    private static let namesElsewhere = [
        "--sep": "--delimiter", "--separator": "--delimiter", "--db": "--into", "--database": "--into",
        "--to": "--into", "--upsert": "--mode", "--replace": "--mode", "--update": "--mode", "--pk": "--key",
        "--charset": "--encoding",
        "--noheader": "--no-header", "--no-headers": "--no-header", "--na": "--null", "--nulls": "--null",
        "--skip-rows": "--skip-lines", "--dtype": "--types", "--name": "--table",
    ]

    /// All options that the help of the command in some arguments names.
    static func known(to arguments: [String]) -> [String] {
        var command: any ParsableCommand.Type = Waybill.self
        for word in arguments {
            let next = command.configuration.subcommands.first { type in
                type.configuration.commandName == word || type.configuration.aliases.contains(word)
            }
            guard let next else { break }
            command = next
        }
        let help = Waybill.helpMessage(for: command, columns: 200)
        let names = help.matches(of: /(?m)^\s+(?:-\w, )?(--[a-z][a-z\-]*)(?:\/(--[a-z\-]+))?/)
        return names.flatMap { [String($0.output.1)] + ($0.output.2.map { [String($0)] } ?? []) }
    }
}
