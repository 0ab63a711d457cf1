internal import ArgumentParser
internal import ImportEngine

struct BackupMakeCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "make",
        abstract: "Make a backup now.",
        discussion: """
            An SQLite database is copied whole. Of a PostgreSQL database, the rows are copied that rolling back its \
            imports could change; pg_dump copies all of it.
            """)

    @OptionGroup var global: GlobalOptions

    @Option(
        name: .customLong("into"),
        help: ArgumentHelp(
            "The database to copy: sqlite:PATH or postgres://USER@HOST/DB (default: the one that all imports went to).",
            valueName: "dest"))
    var destination: String?

    func run() throws {
        try global.run {
            let engine = try global.openEngine()
            let backup = try engine.makeBackup(of: destination.map { try DestinationAddress($0) })
            if global.json { return Console.output.writeJSON(backup) }
            Console.output.write("backup \(backup.name): \(Format.bytes(backup.bytes)) of \(backup.destination)")
            Console.output.write("  restore it: \(global.hint("backup restore \(backup.name)"))")
        }
    }
}
