internal import Records

/// The results of checks as text: a line for each, in aligned columns, and under it what is wrong and the
/// figures.
package struct CheckTable {
    private let results: [CheckResult]

    package init(_ results: [CheckResult]) { self.results = results }

    /// Ends with a newline; the last line says how many checks passed, failed and so on.
    package var text: String {
        let cells = results.map { [$0.outcome.mark, $0.name, $0.found, $0.expectation] }
        let lines = Self.lines(of: cells.map { $0.map(Self.printable) })
        var all: [String] = []
        for (line, result) in zip(lines, results) {
            all.append(line)
            let isWrong = result.outcome == .broken || result.outcome == .failed
            if isWrong && !result.message.isEmpty { all.append("          " + Self.oneLine(result.message)) }
            if let rows = result.rows { all += Self.figures(rows).map { "          " + $0 } }
        }
        return (all + [total]).joined(separator: "\n") + "\n"
    }

    /// `12 checks: 9 passed, 1 failed, 2 info`
    private var total: String {
        let counts = CheckResult.Outcome.allCases.compactMap { outcome -> String? in
            let count = results.count { $0.outcome == outcome }
            return count > 0 ? "\(count) \(outcome.rawValue)" : nil
        }
        let checks = "\(results.count) check\(results.count == 1 ? "" : "s")"
        return counts.isEmpty ? checks : "\(checks): \(counts.joined(separator: ", "))"
    }

    private static func figures(_ result: QueryResult) -> [String] {
        guard !result.rows.isEmpty else { return [] }
        let cells = [result.columns] + result.rows.map { row in row.map { $0 ?? "NULL" } }
        return lines(of: cells.map { $0.map(printable) }) + (result.isCut ? ["…"] : [])
    }

    /// Lines of cells with aligned columns.
    private static func lines(of rows: [[String]]) -> [String] {
        let columns = rows.map(\.count).max() ?? 0
        let widths = (0..<columns).map { column in rows.map { $0.count > column ? $0[column].count : 0 }.max() ?? 0 }
        return rows.map { row in
            var line = zip(row, widths).map { cell, width in cell + String(repeating: " ", count: width - cell.count) }
                .joined(separator: "  ")
            while line.last == " " { line.removeLast() }
            return line
        }
    }

    /// A message in full, without what could break the line or steer a terminal.
    private static func oneLine(_ message: String) -> String {
        let scalars = message.unicodeScalars.map { $0.properties.generalCategory == .control ? " " : $0 }
        return String(String.UnicodeScalarView(scalars))
    }

    /// A value on one line, cut where it is long.
    private static func printable(_ text: String) -> String { String(Excerpt.of(text).dropFirst().dropLast()) }
}

extension CheckResult {
    fileprivate var expectation: String { expected.isEmpty ? "" : "expected: \(expected)" }
}

extension CheckResult.Outcome {
    fileprivate var mark: String {
        switch self {
        case .passed: "PASS"
        case .failed: "FAIL"
        case .info: "INFO"
        case .broken: "BROKEN"
        }
    }
}
