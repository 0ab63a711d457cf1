internal import ArgumentParser
internal import Glibc
internal import ImportEngine
internal import ImportLog

struct BackupCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "backup", abstract: "Back up databases; list and restore backups.",
        discussion: """
            Rollbacks make a backup first. An SQLite database is copied in full; of a PostgreSQL database only the \
            rows that a rollback could change. Backups are files in the log directory's 'backups' folder; delete \
            those you no longer need.
            """,
        subcommands: [BackupMakeCommand.self, BackupListCommand.self, BackupRestoreCommand.self])
}

struct BackupListCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list", abstract: "List the backups, the newest first.",
        discussion: """
            Example:
              waybill backup list
            """)

    @OptionGroup(title: "Common options") var global: GlobalOptions

    func run() throws {
        try global.run {
            let (backups, unreadable) = try Backups(global.openLog()).list()
            for path in unreadable {
                Console.error.write("\(path) cannot be read, so its backup is not listed.")
            }
            if global.json { return Console.output.writeJSON(backups) }
            guard !backups.isEmpty else { return Console.output.write("No backups.") }
            let rows = backups.map {
                [$0.name, Format.minute($0.madeAt), Format.bytes($0.bytes), $0.occasion, $0.destination]
            }
            let header = ["backup", "made (UTC)", "size", "before", "of"]
            let lines = Format.table(
                [header] + rows, rightAligned: [2], shortening: [4, 3], to: Console.output.terminalWidth)
            for line in lines { Console.output.write(line) }
        }
    }
}

extension Backup {
    /// What it was made before.
    fileprivate var occasion: String {
        if isOnDemand == true { return "(on demand)" }
        if let beforeRestoreOf { return "restore of \(beforeRestoreOf)" }
        return "rollback of \(imports.map(String.init).joined(separator: ", "))"
    }
}

struct BackupRestoreCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "restore",
        abstract: "Restore a backup, undoing the rollback that it was made for.",
        usage: "waybill backup restore [<options>] <name>",
        discussion: """
            SQLite: restores the whole database. Changes made since are listed, saved in a separate backup, and \
            removed. PostgreSQL: restores only the rows that the rollback removed or changed; rows changed since are \
            kept and listed (exit code 3).

            Example:
              waybill backup restore 20261130T143000123-import-3
            """)

    @OptionGroup(title: "Common options") var global: GlobalOptions

    @Argument(help: "The backup's name.")
    var name: String

    @Flag(help: "PostgreSQL: also restore rows that someone has changed since.")
    var overwriteEdited = false

    @Flag(name: [.customShort("y"), .customLong("yes")], help: "Skip the confirmation.")
    var isConfirmed = false

    func run() throws {
        try global.run {
            let engine = try global.openEngine()
            let backup = try Backups(engine.log).find(name)
            if !isConfirmed || !global.json { try confirm(backup, engine) }
            let done = try engine.restore(backup, overwritesEdited: overwriteEdited)
            if global.json {
                Console.output.writeJSON(RestoreDocument(backup, done))
            } else {
                summarize(backup, done)
            }
            if !done.kept.isEmpty || !done.contradictions.isEmpty { throw ExitCode.withRejects }
        }
    }

    /// Shows what will be changed, and asks.
    private func confirm(_ backup: Backup, _ engine: ImportEngine) throws {
        if !global.json {
            let planned = try engine.previewRestore(backup, overwritesEdited: overwriteEdited)
            Console.error.write("This restores \(backup.destination) to its state of \(backup.madeAt):")
            for line in Self.lines(planned) { Console.error.write("  " + line) }
        }
        if isConfirmed { return }
        guard isatty(STDIN_FILENO) == 1, Console.error.isTerminal, !global.json else {
            throw CommandFailure(
                ImportFailure(
                    usage: "A restore must be confirmed.", remedy: "To restore without being asked, add --yes."),
                asJSON: global.json)
        }
        Console.error.put("Restore it? [y/N] ")
        let answer = readLine()?.lowercased() ?? ""
        guard answer == "y" || answer == "yes" else {
            Console.error.write("Nothing was changed.")
            throw ExitCode.failed
        }
    }

    private static func lines(_ restoration: Restoration, isDone: Bool = false) -> [String] {
        var lines = restoration.tables.map { table in
            let parts = [
                table.added > 0 ? "\(Format.count(table.added, "row")) \(isDone ? "restored" : "to restore")" : nil,
                table.removed > 0 ? "\(Format.count(table.removed, "row")) \(isDone ? "removed" : "to remove")" : nil,
                table.changed > 0
                    ? "\(Format.count(table.changed, "row")) \(isDone ? "changed back" : "to change back")" : nil,
            ]
            return "\(table.table): \(parts.compactMap(\.self).joined(separator: ", "))"
        }
        for (status, chunks) in restoration.losing {
            lines.append(
                "import \(status.importID) of \(status.submittedAt.iso8601) (\(Format.name(ofPath: status.source))) "
                    + "loses \(Format.count(chunks, "chunk")) written since")
        }
        for (logID, chunks) in restoration.foreign {
            lines.append("imports of another log, \(logID), lose \(Format.count(chunks, "chunk")) written since")
        }
        for row in restoration.kept.prefix(20) {
            lines.append("\(row.table) \(row.key) is not restored: \(row.message)")
        }
        let rest = restoration.kept.count - 20
        if rest > 0 { lines.append("… nor \(rest == 1 ? "is" : "are") \(Format.count(rest, "more row"))") }
        if lines.isEmpty { lines.append("no row differs from the backup") }
        return lines
    }

    private func summarize(_ backup: Backup, _ done: Restoration) {
        Console.output.write(
            done.isWhole
                ? "\(backup.destination) restored to its state of \(backup.madeAt)"
                : done.isFutile
                    ? "Nothing was restored: every row stays as it is"
                    : backup.isOnDemand == true
                        ? "Restored rows of \(backup.destination) to their state of \(backup.madeAt)"
                        : "Restored the rows that the rollback had removed or changed in \(backup.destination)")
        for line in Self.lines(done, isDone: true) { Console.output.write("  " + line) }
        for status in done.followed {
            let left =
                status.state == .rolledBack
                ? status.rollback.map { Int($0.counts.kept + $0.counts.refused) } ?? 0 : done.kept.count
            let rest = left > 0 ? ", except for \(Format.count(left, "row"))" : ""
            let reason = rest + (status.reason.isEmpty ? "" : ": \(status.reason)")
            Console.output.write("  import \(status.importID): now \(status.state.words)\(reason)")
        }
        for text in done.contradictions { Console.output.write("  " + text) }
        if let kept = done.keptAs {
            Console.output.write("  to undo this: \(global.hint("backup restore \(kept.name)"))")
        }
        if done.kept.contains(where: { $0.reason == "edited" }) && !done.isWhole && !overwriteEdited {
            Console.output.write(
                "  restore changed rows too: \(global.hint("backup restore \(backup.name) --overwrite-edited"))")
        }
    }
}

/// What a restore did, as JSON.
private struct RestoreDocument: Encodable {
    struct Followed: Encodable {
        var importID: ImportID
        var state: ImportState

        enum CodingKeys: String, CodingKey {
            case importID = "import"
            case state
        }
    }

    let backup: Backup
    let tables: [Restoration.Table]
    let kept: [KeptRow]
    let imports: [Followed]
    let keptAs: String?
    let contradictions: [String]

    enum CodingKeys: String, CodingKey {
        case backup, tables, kept, imports, contradictions
        case keptAs = "kept_as"
    }

    init(_ backup: Backup, _ done: Restoration) {
        self.backup = backup
        tables = done.tables
        kept = done.kept
        imports = done.followed.map { Followed(importID: $0.importID, state: $0.state) }
        keptAs = done.keptAs?.name
        contradictions = done.contradictions
    }
}
