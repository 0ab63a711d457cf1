internal import ArgumentParser
internal import ImportEngine
internal import ImportLog

struct RejectsCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "rejects",
        abstract: "Show an import's rejected records, each with its place, reason and bytes.",
        discussion: """
            Examples:
              waybill rejects 3
              waybill rejects 3 --output mend.csv
            """, aliases: ["errors"])

    @OptionGroup var global: GlobalOptions

    @Argument(help: ArgumentHelp("The import's number.", valueName: "id"))
    var id: ImportID

    @Option(
        help: ArgumentHelp("Show the state at this position of the log, from the events alone.", valueName: "position"))
    var at: UInt64?

    @Option(help: "Show at most this many; 0 for all. --json always writes all.")
    var limit: UInt64 = 100

    @Option(
        help: ArgumentHelp(
            "Write the records not mended yet to this new file, in the source's format (a workbook's as CSV), with the reasons in extra columns at the end. Fix them, then run: waybill resubmit ID FILE.",
            valueName: "file"))
    var output: String?

    @Option(help: ArgumentHelp("With --output: only this section's records.", valueName: "name"))
    var section: String?

    func run() throws {
        try global.run {
            if let output { return try write(to: output) }
            let log = try global.openLog()
            if global.json { try writeJSON(log) } else { try writeText(log) }
        }
    }

    private func write(to path: String) throws {
        let written = try global.openEngine().writeRejects(of: id, to: path, section: section)
        if global.json { return Console.output.writeJSON(RejectsDocument(file: path, written)) }
        Console.output.write("\(path): \(Format.count(written.records, "record"))")
        if written.mended > 0 {
            let verb = written.mended == 1 ? "is" : "are"
            Console.output.write("  \(Format.count(written.mended)) more \(verb) already mended")
        }
        if written.leftOut > 0 {
            Console.output.write(
                "  \(Format.count(written.leftOut)) more are not JSON objects and are left out: \(global.hint("rejects \(id)"))"
            )
        }
        if written.records == 0 { return }
        Console.output.write("  fix them, then: \(global.hint("resubmit \(id) \(path)"))")
    }

    private func writeText(_ log: ImportLog) throws {
        let counts = try log.rejectCounts(of: id, at: at)
        let total = counts.reduce(0) { $0 + $1.count }
        // Only those that are shown are looked up: there may be millions of both.
        var shownNames: Set<RecordName> = []
        if limit > 0 {
            try log.rejects(of: id, at: at) {
                shownNames.insert(RecordName(section: $0.reject.section, record: $0.reject.record))
                return shownNames.count < limit
            }
        }
        var mending: [RecordName: Mending] = [:]
        var mended: UInt64 = 0
        try log.forEachMended(of: id, at: at) { name, by in
            mended += 1
            if limit == 0 || shownNames.contains(name) { mending[name] = by }
        }
        guard total > 0 else { return Console.output.write("Import \(id) rejected nothing.") }
        Console.output.write(
            "import \(id) rejected \(Format.count(total, "record")): "
                + counts.map { "\($0.code) \(Format.count($0.count))" }.joined(separator: ", ")
                + (mended == 0 ? "" : "; \(Format.count(mended)) mended since"))
        if let cause = try RejectCause.of(id, in: log) {
            Console.output.write("  \(cause.what) \(cause.flag ?? "")")
            if let advice = cause.advice { Console.output.write("  " + global.hinted(advice)) }
        }
        var shown: UInt64 = 0
        try log.rejects(of: id, at: at) { rejected in
            let reject = rejected.reject
            let field = reject.field.map { ", field \($0)" } ?? ""
            let key = reject.key.map { $0.isEmpty ? ", empty key" : ", key \($0)" } ?? ""
            let section = reject.section.isEmpty ? "" : "\(reject.section), "
            Console.output.write(
                "\(section)line \(reject.line), record \(reject.record), byte \(reject.byteOffset)\(field)\(key): "
                    + "\(reject.code): \(reject.message)")
            if !reject.raw.isEmpty {
                Console.output.write("    " + Format.excerpt(reject.raw, limit: global.verbose ? .max >> 8 : 120))
            }
            if let mending = mending[RecordName(section: reject.section, record: reject.record)] {
                Console.output.write("    mended by import \(mending.by), record \(mending.byRecord)")
            }
            shown += 1
            return limit == 0 || shown < limit
        }
        if counts.contains(where: { $0.code == "too_large" }) {
            Console.output.write(
                "too_large: allow larger records with --max-record-size SIZE, or max_record_size in waybill.yaml (at most 512MiB), and import the file again"
            )
        }
        if mended < total && at == nil {
            Console.output.write("mend them: \(global.hint("rejects \(id) --output FILE"))")
            Console.output.write("then: \(global.hint("resubmit \(id) FILE"))")
        }
        if shown < total {
            Console.error.write(
                "… and \(Format.count(total - shown)) more: \(global.hint("rejects \(id) --limit 0" + (at.map { " --at \($0)" } ?? "")))"
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
        Console.output.writeText(separator.hasPrefix("[") ? "[]" : "\n]")
    }
}

/// What was written to a file of rejects, as JSON.
private struct RejectsDocument: Encodable {
    private enum CodingKeys: String, CodingKey {
        case file, records, mended
        case leftOut = "left_out"
    }

    let file: String
    let records: UInt64
    let mended: UInt64
    let leftOut: UInt64

    init(file: String, _ written: RejectsWritten) {
        self.file = file
        records = written.records
        mended = written.mended
        leftOut = written.leftOut
    }
}
