internal import ImportLog

/// A list of imports for people: a line each, and below it what is to be known or done.
struct ImportListText {
    let imports: [ImportStatus]
    /// The terminal's; nil where lines may be as long as they need.
    let width: Int?
    let isVerbose: Bool
    let hinted: (String) -> String

    struct Line {
        let text: String
        /// The state that is named in it, if one is.
        var state: ImportState?
    }

    private static let indent = String(repeating: " ", count: 8)

    func lines() -> [Line] {
        // The databases are told apart where there are several.
        let hasDatabases = !isVerbose && Set(imports.map(\.destination)).count > 1
        let header =
            ["import", "state", "records", "table"] + (hasDatabases ? ["database"] : []) + [
                "source", "submitted (UTC)",
            ]
        let table = Format.table(
            [header] + imports.map { cells($0, hasDatabases: hasDatabases) }, rightAligned: [0, 2],
            shortening: hasDatabases ? [5, 3, 4] : [4, 3],
            to: width)
        return [Line(text: table[0])]
            + zip(table.dropFirst(), imports).flatMap { line, status in
                [Line(text: line, state: status.state)] + notes(status).flatMap(wrapped).map { Line(text: $0) }
            }
    }

    private func cells(_ status: ImportStatus, hasDatabases: Bool) -> [String] {
        [
            "\(status.importID)", status.state.words, Format.count(status.records.read),
            status.tables.joined(separator: ", "),
        ] + (hasDatabases ? [Format.name(ofPath: status.destination)] : []) + [
            isVerbose ? status.source : Format.name(ofPath: status.source),
            Format.minute(status.submittedAt.iso8601),
        ]
    }

    private func notes(_ status: ImportStatus) -> [String] {
        var notes: [String] = []
        if isVerbose { notes.append("into \(status.destination), by \(status.submittedBy)") }
        if let batch = status.batch { notes.append("batch \(batch.words)") }
        if !status.widened.isEmpty {
            let columns = status.widened.map { "\($0.column.column) to \(WidenedColumn.name(ofType: $0.column.to))" }
            notes.append("type changed: \(columns.joined(separator: ", "))")
        }
        if status.takenBackInPart != nil { notes.append("rolled back in part") }
        let open = status.openRejects
        let reason = status.reason.split(separator: "\n").first.map(String.init)
        let what = status.isWhollyRejected || reason == nil ? open > 0 ? "\(Format.count(open)) rejected" : nil : reason
        // The first one: `status` shows all.
        let next = status.nextSteps.first.map { hinted($0.command) }
        if let what, let next {
            notes.append("\(what): \(next)")
        } else if let note = next ?? what {
            notes.append(note)
        }
        return notes
    }

    private func wrapped(_ note: String) -> [String] {
        Format.wrapped(TerminalText.line(note), to: width.map { $0 - Self.indent.count }).map { Self.indent + $0 }
    }
}

extension ImportStatus {
    /// All tables that it writes into, each once.
    var tables: [String] {
        var seen: Set<String> = []
        return (sections.isEmpty ? [table] : sections.map(\.table)).filter { seen.insert($0).inserted }
    }
}
