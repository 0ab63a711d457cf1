internal import ImportEngine
internal import ImportLog

/// Numbers, sizes and times for people.
enum Format {
    /// `1,234,567`.
    static func count(_ number: some BinaryInteger) -> String { number.grouped }

    /// `1 record`, `2 records`.
    static func count(_ number: some BinaryInteger, _ noun: String) -> String {
        "\(count(number)) \(noun)\(number == 1 ? "" : "s")"
    }

    /// `12.3 MB`, in powers of 1,000.
    static func bytes(_ number: UInt64) -> String {
        let units = ["bytes", "kB", "MB", "GB", "TB"]
        var value = Double(number)
        var unit = 0
        while value >= 999.95 && unit < units.count - 1 {
            value /= 1000
            unit += 1
        }
        return unit == 0 ? "\(number) bytes" : "\(oneDigit(value)) \(units[unit])"
    }

    /// `45 s`, `3 min 20 s`, `2 h 5 min`.
    static func duration(seconds: Double) -> String {
        if seconds < 10 { return "\(oneDigit(seconds)) s" }
        let total = Int(seconds.rounded())
        switch total {
        case ..<60: return "\(total) s"
        case ..<3600: return "\(total / 60) min \(total % 60) s"
        default: return "\(total / 3600) h \(total % 3600 / 60) min"
        }
    }

    static func oneDigit(_ value: Double) -> String {
        let tenths = Int((value * 10).rounded())
        return "\(tenths / 10).\(tenths % 10)"
    }

    /// Lines of cells with aligned columns, numbers on the right.
    ///
    /// - Parameters:
    ///   - names: the columns that may be cut if the lines are too long; of two that are equally long, the first.
    ///   - width: the characters that a line may have; nil if it may be as long as it needs.
    static func table(
        _ rows: [[String]], rightAligned: Set<Int> = [], shortening names: [Int] = [], to width: Int? = nil
    ) -> [String] {
        let rows = shortened(rows.map { $0.map(TerminalText.line) }, names, to: width)
        guard let columns = rows.map(\.count).max() else { return [] }
        let widths = (0..<columns).map { widest($0, of: rows) }
        return rows.map { row in
            var line = row.enumerated().map { column, cell in
                let space = String(repeating: " ", count: widths[column] - TextWidth.of(cell))
                return rightAligned.contains(column) ? space + cell : cell + space
            }.joined(separator: "  ")
            while line.last == " " { line.removeLast() }
            return line
        }
    }

    private static func widest(_ column: Int, of rows: [[String]]) -> Int {
        rows.map { $0.count > column ? TextWidth.of($0[column]) : 0 }.max() ?? 0
    }

    /// Cuts the longest names until the lines fit, or until little is left of each.
    private static func shortened(_ rows: [[String]], _ names: [Int], to width: Int?) -> [[String]] {
        guard let width, let columns = rows.map(\.count).max() else { return rows }
        let leastOfName = 8
        var rows = rows
        func widest(_ column: Int) -> Int { self.widest(column, of: rows) }
        var excess = (0..<columns).reduce(2 * (columns - 1)) { $0 + widest($1) } - width
        while excess > 0, let column = names.max(by: { widest($0) < widest($1) }), widest(column) > leastOfName {
            let before = widest(column)
            for row in rows.indices where rows[row].count > column {
                rows[row][column] = cut(rows[row][column], to: max(leastOfName, before - 1))
            }
            excess -= before - widest(column)
        }
        return rows
    }

    /// At most so many columns of a terminal, with a mark where some are missing.
    static func cut(_ text: String, to width: Int) -> String {
        TextWidth.of(text) <= width ? text : TextWidth.prefix(text, max(1, width - 1)) + "…"
    }

    /// Lines that are broken between words; one for no width. A word that is longer stays whole.
    static func wrapped(_ text: String, to width: Int?) -> [String] {
        guard let width, TextWidth.of(text) > width else { return [text] }
        var lines = [""]
        for word in text.split(separator: " ") {
            if lines[lines.count - 1].isEmpty {
                lines[lines.count - 1] = String(word)
            } else if TextWidth.of(lines[lines.count - 1]) + 1 + TextWidth.of(word) <= width {
                lines[lines.count - 1] += " " + word
            } else {
                lines.append(String(word))
            }
        }
        return lines
    }

    /// The date, hour and minute of an ISO time: `2026-11-01 03:00`.
    static func minute(_ iso8601: String) -> String { String(iso8601.prefix(16)).replacing("T", with: " ") }

    /// The end of a path that tells files apart.
    static func name(ofPath path: String) -> String {
        path == "-" ? "standard input" : path.split(separator: "/").last.map(String.init) ?? path
    }

    /// `7`, or `1, 3 to 5, 9`.
    static func ranges(_ numbers: [UInt32]) -> String {
        var ranges: [(UInt32, UInt32)] = []
        for number in numbers {
            if let last = ranges.last, last.1 + 1 == number {
                ranges[ranges.count - 1].1 = number
            } else {
                ranges.append((number, number))
            }
        }
        return ranges.map { $0 == $1 ? "\($0)" : $1 == $0 + 1 ? "\($0), \($1)" : "\($0) to \($1)" }
            .joined(separator: ", ")
    }

    /// `sku text, qty integer`; of a wide table the first columns.
    ///
    /// - Parameter width: the terminal's; nil for one line.
    static func columns(_ columns: [ImportSubmitted.Column], to width: Int?) -> [String] {
        let shown = columns.prefix(50).map { "\($0.name) \($0.type)" }.joined(separator: ", ")
        let text = columns.count > 50 ? "\(shown) and \(count(columns.count - 50)) more" : shown
        return wrapped(TerminalText.line(text), to: width.map { $0 - 4 })
    }

    /// What became of the records: `1,000 read: 990 inserted, 10 rejected`.
    ///
    /// - Parameter deletes: whether rows were not changed but deleted.
    static func records(_ counts: Counts, deletes: Bool = false) -> String {
        let parts = [
            (counts.inserted, "inserted"), (counts.updated, deletes ? "deleted" : "updated"),
            (counts.unchanged, "unchanged"),
            (counts.skipped, "skipped"), (counts.rejected, "rejected"),
        ].filter { $0.0 > 0 }.map { "\(count($0.0)) \($0.1)" }
        return "\(count(counts.read)) read" + (parts.isEmpty ? "" : ": " + parts.joined(separator: ", "))
    }

    /// `12,000 records`, `about 1,200,000 records`.
    static func records(_ estimate: RecordEstimate) -> String {
        (estimate.isExact ? "" : "about ") + count(estimate.count, "record")
    }

    /// A text on one line, cut at `limit` characters.
    static func excerpt(_ whole: String, limit: Int = 120) -> String {
        var (text, count) = ("", 0)
        for scalar in whole.unicodeScalars {
            count += 1
            switch scalar {
            case "\n": text += "\\n"
            case "\r": text += "\\r"
            case "\t": text += "\\t"
            case _ where scalar.properties.generalCategory == .control:
                text += scalar.asEscape
            default: text.unicodeScalars.append(scalar)
            }
            if count > limit || text.utf8.count > limit, text.count > limit { return text.prefix(limit - 1) + "…" }
        }
        return text
    }
}
