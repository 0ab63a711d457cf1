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

    private static let header = ["import", "state", "records", "table", "source", "submitted (UTC)"]
    private static let indent = String(repeating: " ", count: 8)
    /// The columns of names, which are cut where the line is too long, and what is left of them at least.
    private static let names = [4, 3]
    private static let leastOfName = 8

    func lines() -> [Line] {
        var rows = [Self.header] + imports.map(cells)
        shorten(&rows)
        let table = Format.table(rows, rightAligned: [0, 2])
        return [Line(text: table[0])]
            + zip(table.dropFirst(), imports).flatMap { line, status in
                [Line(text: line, state: status.state)] + notes(status).flatMap(wrapped).map { Line(text: $0) }
            }
    }

    private func cells(_ status: ImportStatus) -> [String] {
        [
            "\(status.importID)", status.state.words, Format.count(status.records.read),
            status.tables.joined(separator: ", "),
            isVerbose ? status.source : Format.name(ofPath: status.source),
            String(status.submittedAt.iso8601.prefix(16)).replacing("T", with: " "),
        ]
    }

    /// Cuts the longest names until the lines fit.
    private func shorten(_ rows: inout [[String]]) {
        guard let width else { return }
        func widest(_ column: Int) -> Int { rows.map { TerminalText.line($0[column]).count }.max() ?? 0 }
        let needed = (0..<Self.header.count).reduce(2 * (Self.header.count - 1)) { $0 + widest($1) }
        var excess = needed - width
        while excess > 0, let column = Self.names.max(by: { widest($0) < widest($1) }),
            widest(column) > Self.leastOfName
        {
            let limit = max(Self.leastOfName, widest(column) - 1)
            excess -= widest(column) - limit
            for row in rows.indices { rows[row][column] = Format.cut(TerminalText.line(rows[row][column]), to: limit) }
        }
    }

    private func notes(_ status: ImportStatus) -> [String] {
        var notes: [String] = []
        if isVerbose { notes.append("into \(status.destination), by \(status.submittedBy)") }
        if let batch = status.batch { notes.append("batch \(batch.words)") }
        if !status.widened.isEmpty {
            let columns = status.widened.map { "\($0.column.column): \($0.column.to)" }
            notes.append("types changed: \(columns.joined(separator: ", "))")
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
