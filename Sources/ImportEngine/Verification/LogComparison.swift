internal import Checks
internal import ImportLog
internal import Records

/// The comparison of an import's traces in the destination with the log.
struct LogComparison {
    let log: ImportLog
    let status: ImportStatus
    let destination: any Destination
    let engine: ImportEngine

    func results(_ progress: (_ done: Int, _ total: Int) -> Void) throws -> [CheckResult] {
        let known = try engine.knownChunks(of: status.importID)
        return [try ledger(known), conservation(known)] + (try rows(known, progress))
    }

    private func result(
        _ name: String, _ passes: Bool, expected: String, found: String, _ message: String = ""
    ) -> CheckResult {
        CheckResult(
            name: name, outcome: passes ? .passed : .failed, expected: expected, found: found, message: message,
            milliseconds: 0)
    }

    /// What is worth knowing and can neither pass nor fail.
    private func note(
        _ name: String, found: String, _ message: String = "", rows: QueryResult? = nil
    ) -> CheckResult {
        CheckResult(
            name: name, outcome: .info, expected: "", found: found, message: message, rows: rows, milliseconds: 0)
    }

    /// The rows that a rollback left as they were.
    private func keptRows() throws -> QueryResult {
        var kept = QueryResult(columns: ["table", "key", "why"], rows: [], isCut: false)
        try log.keptRows(of: status.importID) { row in
            kept.isCut = kept.rows.count == Check.maximumFigures
            if !kept.isCut { kept.rows.append([row.table, row.key, row.message]) }
            return !kept.isCut
        }
        return kept
    }

    /// Whether the destination's ledger has the chunks that the log has.
    private func ledger(_ known: [KnownChunk]) throws -> CheckResult {
        let expected = "\(known.count) chunk\(known.count == 1 ? "" : "s")"
        do {
            let ledger = try engine.reconcile(status, known, destination)
            let found = known.count - ledger.lost.count + ledger.recovered.count
            var message = ""
            if status.state == .rolledBack && ledger.last == nil {
                return result(
                    "ledger matches log", true, expected: expected, found: "nothing of it",
                    known.isEmpty ? "" : "the database is from before the import, which is rolled back")
            }
            if !ledger.lost.isEmpty { message = "the database lost the last \(ledger.lost.count)" }
            if !ledger.recovered.isEmpty {
                message = "\(ledger.recovered.count) not in the log yet: waybill resume \(status.importID)"
            }
            return result(
                "ledger matches log", message.isEmpty, expected: expected,
                found: "\(found) chunk\(found == 1 ? "" : "s")", message)
        } catch let error as DataError where error.code == .conflict {
            return result("ledger matches log", false, expected: expected, found: "a contradiction", error.message)
        }
    }

    /// Whether each record that was read is accounted for once.
    private func conservation(_ known: [KnownChunk]) -> CheckResult {
        var sum = Counts()
        for chunk in known { sum += chunk.event.counts }
        let passes = sum.isConserved && known.allSatisfy(\.event.counts.isConserved) && sum == status.records
        let used = sum.inserted + sum.updated + sum.unchanged + sum.skipped + sum.rejected
        return result(
            "records accounted for", passes, expected: "\(status.records.read) read", found: "\(used) in all",
            passes ? "" : "the chunks and the import's totals differ")
    }

    /// A table that the import put rows into and that has none, or is not there; nil where there is none such, or where that
    /// cannot be told.
    private func emptyTable() throws -> String? {
        let sections = status.sections.map { (name: $0.section, table: $0.table, records: $0.records ?? Counts()) }
        let single = [(name: "", table: status.table, records: status.records)]
        let deletions = try log.submission(of: status.importID).sections
            .filter { $0.mode == WriteMode.delete.rawValue }.map(\.name)
        return try (sections.isEmpty ? single : sections).first { section in
            guard section.records.inserted + section.records.updated + section.records.unchanged > 0,
                !deletions.contains(section.name)
            else { return false }
            return try !destination.hasTable(section.table) || (try? destination.isEmpty(section.table)) == true
        }?.table
    }

    /// Whether the rows are there as they were written, and whether what is remembered of them is what the log says.
    private func rows(
        _ known: [KnownChunk], _ progress: (_ done: Int, _ total: Int) -> Void
    ) throws -> [CheckResult] {
        if status.state == .rolledBack {
            if try engine.isBack(status, in: destination) {
                return [
                    result(
                        "rows", false, expected: "rolled back", found: "present again: the database is an older copy",
                        "the database has rows that the log says were rolled back: it is, or was restored from, a copy "
                            + "from before the rollback; remove them with: waybill rollback \(status.importID)")
                ]
            }
            let kept = status.rollback.map { $0.counts.kept + $0.counts.refused } ?? 0
            return [
                try note(
                    "rows",
                    found: kept == 0 ? "rolled back" : "rolled back, except for \(kept) row\(kept == 1 ? "" : "s")",
                    rows: kept == 0 ? nil : keptRows())
            ]
        }
        let digests = known.compactMap { chunk in chunk.event.rowsDigest.map { (chunk.event.chunk, $0) } }
        let wrote = status.records.inserted + status.records.updated
        guard !digests.isEmpty || known.isEmpty else {
            let means = "the import keeps no undo data (--no-undo)"
            guard let empty = try emptyTable() else { return [note("rows", found: "not compared: \(means)")] }
            return [
                result(
                    "rows", false, expected: "rows in \(empty)", found: "\(empty) is empty",
                    "someone deleted the rows or the table; \(means), so single rows cannot be compared")
            ]
        }
        let comparison = try destination.compareRows(
            logID: log.id, importID: status.importID.rawValue, progress: progress)
        let total =
            comparison.asWritten + comparison.importedSince + comparison.edited + comparison.missing
            + comparison.unclear
        if total == 0 && wrote == 0 { return [note("rows", found: "nothing to compare: the import wrote no rows")] }
        let there = total - comparison.missing
        var words: [String] = []
        if comparison.importedSince > 0 { words.append("\(comparison.importedSince) changed by later imports") }
        if comparison.edited > 0 { words.append("\(comparison.edited) changed since") }
        if comparison.missing > 0 { words.append("\(comparison.missing) missing") }
        if comparison.unclear > 0 { words.append("\(comparison.unclear) with the same key") }
        let others = words.isEmpty ? "" : " (\(words.joined(separator: ", ")))"
        let wrong = digests.filter { comparison.digests[$0.0] != $0.1 }
        let touched = status.wasTakenBackInPart || comparison.importedSince > 0 || comparison.unclear > 0
        let away =
            "no longer there: \(comparison.columnsAway.joined(separator: ", ")). The rows that had \(comparison.columnsAway.count == 1 ? "it" : "them") were compared by their keys only"
        let deleted = try comparison.importedSince > 0 && comparison.missing == 0 ? emptyTable() : nil
        let rows = "\(total == 0 ? Int(wrote) : total) row\(total == 1 ? "" : "s")"
        return [
            deleted.map { note("row count", found: "\($0) is empty: later imports deleted the rows") }
                ?? result(
                    "row count", comparison.missing == 0 && total > 0, expected: rows,
                    found: "\(there) row\(there == 1 ? "" : "s"), looked up one by one",
                    total == 0 ? "the undo data, by which rows are compared, is gone" : ""),
            comparison.unclear > 0 && comparison.edited == 0 && comparison.missing == 0
                ? note("rows unchanged", found: "not comparable\(others)", away)
                : result(
                    "rows unchanged", comparison.edited == 0 && comparison.missing == 0 && total > 0, expected: rows,
                    found: "\(comparison.asWritten + comparison.importedSince), compared value by value\(others)",
                    comparison.unclear > 0 ? away : ""),
            touched
                ? note(
                    "row digests", found: "not comparable",
                    comparison.unclear > 0 ? away : "the rows were changed by a rollback or later imports")
                : result(
                    "row digests", wrong.isEmpty, expected: "\(digests.count) matching",
                    found: "\(digests.count - wrong.count) matching",
                    wrong.isEmpty
                        ? "" : "they differ in chunk \(wrong.prefix(5).map { "\($0.0)" }.joined(separator: ", "))"),
        ]
    }
}
