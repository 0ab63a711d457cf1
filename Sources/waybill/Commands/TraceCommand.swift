internal import ArgumentParser
internal import ImportEngine
internal import ImportLog

struct TraceCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "trace",
        abstract: "Show which imports wrote a row, from which file and line, and what it was before.",
        usage: "waybill trace --into <dest> --table <table> --key <key> [<options>]",
        discussion: """
            Examples:
              waybill trace --into sqlite:shop.db -t products --key A-101
              waybill trace --into postgres://ann@localhost/shop -t products --key sku=A-101
            """)

    @OptionGroup(title: "Common options") var global: GlobalOptions

    @Option(
        name: .customLong("into"),
        help: ArgumentHelp("The database: sqlite:PATH or postgres://USER@HOST/DB.", valueName: "dest"))
    var destination: String

    @Option(name: .shortAndLong, help: "The row's table.")
    var table: String

    @Option(
        help: ArgumentHelp(
            "The row's key: COLUMN=VALUE, separated by commas; or only the values, if the rows were imported with --key.",
            valueName: "key"))
    var key: String

    func run() throws {
        try global.run {
            let engine = try global.openEngine()
            let changes = try engine.trace(key, in: table, of: DestinationAddress(destination))
            if global.json { return Console.output.writeJSON(changes.map(TraceDocument.init)) }
            guard !changes.isEmpty else {
                Console.output.write("No import that kept undo data wrote a row with this key.")
                throw ExitCode.wrongUsage
            }
            for change in changes {
                write(change)
                if global.verbose, change.logID == engine.log.id { try write(engine.log.status(of: change.importID)) }
            }
        }
    }

    private func write(_ status: ImportStatus) {
        Console.output.write(
            "  import \(status.importID): \(status.state.words), mode \(status.mode), submitted "
                + "\(status.submittedAt.iso8601) by \(status.submittedBy); \(status.recordWords)")
    }

    private func write(_ change: TracedChange) {
        if change.isClosing {
            Console.output.write("\(change.change) by finalize SQL, at the end of import \(change.importID)")
            return writeBefore(change)
        }
        let place = change.place
        let section = change.section.isEmpty ? "" : "\(change.section), "
        let source = change.source ?? "an import of another log (\(change.logID))"
        Console.output.write(
            "\(change.change) by import \(change.importID), chunk \(change.chunk)"
                + (change.at.map { ", \($0.iso8601)" } ?? ""))
        Console.output.write(
            "  from \(source): \(section)line \(place.line), record \(place.record), byte \(place.byteOffset)")
        writeBefore(change)
    }

    private func writeBefore(_ change: TracedChange) {
        if !change.before.isEmpty {
            let values = change.before.map { "\($0.column)=\($0.value ?? "NULL")" }.joined(separator: ", ")
            Console.output.write("  before: \(values)")
        }
    }
}

/// A change of a row, as JSON.
private struct TraceDocument: Encodable {
    let change: TracedChange

    init(_ change: TracedChange) { self.change = change }

    private enum CodingKeys: String, CodingKey {
        case importID = "import"
        case log, chunk, closing, change, source, section, line, record, at, before
        case byteOffset = "byte_offset"
    }

    func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(change.importID, forKey: .importID)
        try container.encode(change.logID, forKey: .log)
        if change.isClosing {
            try container.encode(true, forKey: .closing)
        } else {
            try container.encode(change.chunk, forKey: .chunk)
        }
        try container.encode(change.change, forKey: .change)
        try container.encode(change.source, forKey: .source)
        try container.encode(change.section, forKey: .section)
        try container.encode(change.place.line, forKey: .line)
        try container.encode(change.place.record, forKey: .record)
        try container.encode(change.place.byteOffset, forKey: .byteOffset)
        try container.encode(change.at?.iso8601, forKey: .at)
        let before = Dictionary(change.before.map { ($0.column, $0.value) }) { first, _ in first }
        try container.encode(change.before.isEmpty ? nil : before, forKey: .before)
    }
}
