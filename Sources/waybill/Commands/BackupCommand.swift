internal import ArgumentParser
internal import Glibc
internal import ImportEngine
internal import ImportLog

struct BackupCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "backup", abstract: "The copies that were made before rollbacks.",
        discussion: """
            Of an SQLite database all is copied; of a PostgreSQL database the rows that the rollback could change. They \
            stand in the folder 'backups' of the log, and may be deleted there.
            """,
        subcommands: [BackupListCommand.self, BackupRestoreCommand.self])
}

struct BackupListCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list", abstract: "List the backups, the newest first.")

    @OptionGroup var global: GlobalOptions

    func run() throws {
        try global.run {
            let backups = try Backups(global.openLog()).list()
            if global.json { return Console.output.writeJSON(backups) }
            guard !backups.isEmpty else { return Console.output.write("No backups.") }
            let rows = backups.map {
                [
                    $0.name, $0.madeAt, Format.bytes($0.bytes), $0.imports.map(String.init).joined(separator: ","),
                    $0.destination,
                ]
            }
            let header = ["backup", "made", "size", "before rolling back", "of"]
            for line in Format.table([header] + rows, rightAligned: [2]) { Console.output.write(line) }
        }
    }
}

struct BackupRestoreCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "restore",
        abstract: "Put a backup back, which undoes the rollback that it was made for.",
        discussion: "Of an SQLite database all is replaced: what was written since is lost.")

    @OptionGroup var global: GlobalOptions

    @Argument(help: "The backup's name.")
    var name: String

    @Flag(name: .customLong("yes"), help: "Do not ask.")
    var isConfirmed = false

    func run() throws {
        try global.run {
            let engine = try global.openEngine()
            let backup = try Backups(engine.log).find(name)
            if !isConfirmed {
                guard isatty(STDIN_FILENO) == 1, Console.error.isTerminal, !global.json else {
                    throw CommandFailure(
                        ImportFailure(usage: "A backup is not put back without a yes.", remedy: "Add --yes."),
                        asJSON: global.json)
                }
                Console.error.put("Put back \(backup.destination) as it was at \(backup.madeAt)? [y/N] ")
                let answer = readLine()?.lowercased() ?? ""
                guard answer == "y" || answer == "yes" else {
                    Console.error.write("Nothing was changed.")
                    throw ExitCode.failed
                }
            }
            try engine.restore(backup)
            if global.json { return Console.output.writeJSON(backup) }
            Console.output.write("\(backup.destination) is as it was at \(backup.madeAt)")
        }
    }
}
