internal import ArgumentParser
internal import ImportEngine

struct BackupMakeCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "make",
        abstract: "Make a backup now.",
        usage: "waybill backup make [<options>]",
        discussion: """
            An SQLite database is copied in full; of a PostgreSQL database only the rows that rolling back its imports \
            could change. To copy all of it, use pg_dump.
            """)

    @OptionGroup(title: "Common options") var global: GlobalOptions

    @Option(
        name: .customLong("into"),
        help: ArgumentHelp(
            "The database to copy: sqlite:PATH or postgres://USER@HOST/DB (default: the database of the log's imports; required if there are several).",
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
