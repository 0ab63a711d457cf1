internal import ArgumentParser
internal import ImportLog

struct ErrorsCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "errors",
        abstract: "Show the records that an import rejected, each with its place, its reason and its bytes.")

    @OptionGroup var global: GlobalOptions

    @Argument(help: ArgumentHelp("The import's number.", valueName: "id"))
    var id: UInt64

    @Option(help: ArgumentHelp("As of this position of the log, from the events alone.", valueName: "position"))
    var at: UInt64?

    @Option(help: "At most so many; 0 for all. With --json all are written.")
    var limit: UInt64 = 100

    func run() throws {
        try global.run {
            let log = try global.openLog()
            if global.json { try writeJSON(log) } else { try writeText(log) }
        }
    }

    private func writeText(_ log: ImportLog) throws {
        let counts = try log.rejectCounts(of: id, at: at)
        let total = counts.reduce(0) { $0 + $1.count }
        guard total > 0 else { return Console.output.write("Import \(id) rejected nothing.") }
        Console.output.write(
            "import \(id) rejected \(Format.count(total, "record")): "
                + counts.map { "\($0.code) \(Format.count($0.count))" }.joined(separator: ", "))
        var shown: UInt64 = 0
        try log.rejects(of: id, at: at) { rejected in
            let reject = rejected.reject
            let field = reject.field.map { ", field \($0)" } ?? ""
            let key = reject.key.map { ", key \($0)" } ?? ""
            let section = reject.section.isEmpty ? "" : "\(reject.section), "
            Console.output.write(
                "\(section)line \(reject.line), record \(reject.record), byte \(reject.byteOffset)\(field)\(key): "
                    + "\(reject.code): \(reject.message)")
            Console.output.write("    " + Format.excerpt(reject.raw))
            shown += 1
            return limit == 0 || shown < limit
        }
        if shown < total {
            Console.error.write(
                "… and \(Format.count(total - shown)) more: \(global.hint("errors \(id) --limit 0" + (at.map { " --at \($0)" } ?? "")))"
            )
        }
    }

    /// One array, written as it is read: there may be more rejects than memory.
    private func writeJSON(_ log: ImportLog) throws {
        var separator = "[\n  "
        try log.rejects(of: id, at: at) { rejected in
            Console.output.put(separator + Console.json(rejected))
            separator = ",\n  "
            return true
        }
        Console.output.write(separator.hasPrefix("[") ? "[]" : "\n]")
    }
}
