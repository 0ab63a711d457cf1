internal import ArgumentParser
internal import ImportLog

struct ListCommand: ParsableCommand {
    static let configuration = CommandConfiguration(commandName: "list", abstract: "List the imports, newest first.")

    @OptionGroup var global: GlobalOptions

    @Option(help: "Show only imports in this state (repeatable).", transform: Self.state)
    var state: [ImportState] = []

    @Option(help: "Show at most this many.")
    var limit = 50

    private static func state(_ text: String) throws -> ImportState {
        guard let state = ImportState(rawValue: text) else {
            throw ValidationError("The states are \(ImportState.allCases.map(\.rawValue).joined(separator: ", ")).")
        }
        return state
    }

    func validate() throws {
        if limit < 1 { throw ValidationError("--limit takes a number from 1 up.") }
    }

    func run() throws {
        try global.run {
            let imports = try global.openLog().imports(in: state.isEmpty ? nil : Set(state), limit: limit)
            if global.json { return Console.output.writeJSON(imports) }
            guard !imports.isEmpty else { return Console.output.write("No imports.") }
            var header = ["import", "state", "read", "rejected", "done", "table", "source", "batch", "submitted"]
            let showsTypes = imports.contains { !$0.widened.isEmpty }
            if showsTypes { header.append("changed types") }
            let showsParts = imports.contains { $0.takenBackInPart != nil }
            if showsParts { header.append("rolled back") }
            let rows = imports.map { status in
                [
                    "\(status.importID)", status.state.rawValue, Format.count(status.records.read),
                    Format.count(status.records.rejected), status.percent.map { "\(Int($0)) %" } ?? "",
                    status.table, Format.name(ofPath: status.source), status.batch?.words ?? "",
                    status.submittedAt.iso8601,
                ]
                    + (showsTypes
                        ? [status.widened.map { "\($0.column.column): \($0.column.to)" }.joined(separator: ", ")] : [])
                    + (showsParts ? [status.takenBackInPart == nil ? "" : "in part"] : [])
            }
            for line in Format.table([header] + rows, rightAligned: [0, 2, 3, 4]) { Console.output.write(line) }
        }
    }
}

extension ImportSubmitted.Batch {
    /// `2026-11-21 2/4`.
    var words: String {
        guard let part else { return id }
        return "\(id) \(part)" + (totalParts.map { "/\($0)" } ?? "")
    }
}
