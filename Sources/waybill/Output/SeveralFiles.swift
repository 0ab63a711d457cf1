internal import ArgumentParser
internal import ImportEngine
internal import ImportLog

/// What came of the files of one command, as its last lines.
struct SeveralFiles {
    /// How many files the command names.
    let count: Int
    private var files: [(source: String, results: [ImportResult])] = []

    init(count: Int) { self.count = count }

    /// How many of them had their turn.
    var begun: Int { files.count }

    mutating func add(_ source: String, _ results: [ImportResult]) { files.append((source, results)) }

    var results: [ImportResult] { files.flatMap(\.results) }

    /// The last import that is a part of a batch.
    var lastOfBatch: ImportStatus? { results.compactMap(\.delivered).last { $0.batch != nil } }

    /// One file's line.
    static func line(_ outcome: ImportOutcome) -> String {
        let status = outcome.status
        let name = Format.name(ofPath: status.source)
        let records = status.recordWords
        switch outcome {
        case .skipped(_, let notedAs):
            let noted = notedAs.map { "; recorded as import \($0)" } ?? ""
            return "\(name) skipped: import \(status.importID) already imported it into \(status.table)\(noted)"
        case .completed: return "import \(status.importID): \(name) \(status.state.words), \(records)"
        case .stopped:
            let reason = status.reason.isEmpty ? "" : ": \(status.reason)"
            return "import \(status.importID): \(name) \(status.state.words) after \(records)\(reason)"
        }
    }

    /// - Parameter hint: words a command that the user may give next.
    func summary(_ hint: (String) -> String) -> [String] {
        var counts: [(words: String, count: Int)] = ["imported", "tried", "skipped", "not finished", "failed"].map {
            ($0, 0)
        }
        for file in files {
            let words = Self.words(file.results)
            for index in counts.indices where counts[index].words == words { counts[index].count += 1 }
        }
        if count > files.count { counts.append(("not begun", count - files.count)) }
        let parts = counts.filter { $0.count > 0 }.map { "\(Format.count($0.count)) \($0.words)" }
        var lines = ["\(Format.count(count, "file")): \(parts.joined(separator: ", "))"]
        var records = Counts()
        for result in results { records += result.newRecords }
        if records.read > 0 { lines.append("  \(Format.records(records))") }
        for file in files {
            for result in file.results {
                guard case .failed(_, let failure, let id) = result else { continue }
                let number = id.map { " (import \($0))" } ?? ""
                lines.append("  failed: \(Format.name(ofPath: file.source))\(number): \(failure.message)")
            }
        }
        let ended = results.compactMap(\.ended)
        func next(_ label: String, _ command: String, _ ids: [ImportID], flag: String = "") {
            if ids.isEmpty { return }
            let others = Format.ranges(ids.dropFirst().map { UInt32(clamping: $0.rawValue) })
            let more = ids.count > 1 ? "; also of \(others)" : ""
            lines.append("  \(label): \(hint("\(command) \(ids[0])\(flag)"))\(more)")
        }
        next("see why", "rejects", ended.filter { $0.records.rejected > 0 }.map(\.importID))
        let open = Dictionary(
            grouping: ended.filter { !$0.state.isCompleted && !$0.isWhollyRejected }, by: \.flagToContinue)
        for (flag, imports) in open.sorted(by: { $0.key < $1.key }) {
            next(flag.isEmpty ? "continue" : "continue anyway", "resume", imports.map(\.importID), flag: flag)
        }
        if count > files.count {
            let others = count - files.count == 1 ? "other file" : "other \(Format.count(count - files.count)) files"
            lines.append("  then, for the \(others): run this command again")
        }
        return lines
    }

    private static func words(_ results: [ImportResult]) -> String {
        if results.contains(where: { $0.exitCode == .failed }) { return "failed" }
        if results.contains(where: { $0.exitCode == .notFinished }) { return "not finished" }
        if results.contains(where: \.isTrial) { return "tried" }
        return results.allSatisfy(\.isSkipped) ? "skipped" : "imported"
    }
}

extension ImportResult {
    fileprivate var isTrial: Bool { if case .tried = self { true } else { false } }
    fileprivate var isSkipped: Bool { if case .ended(.skipped) = self { true } else { false } }

    /// The import that was run; nil where none was.
    fileprivate var ended: ImportStatus? {
        if case .ended(let outcome) = self, !isSkipped { outcome.status } else { nil }
    }

    /// The import that was run, or found there already.
    fileprivate var delivered: ImportStatus? { if case .ended(let outcome) = self { outcome.status } else { nil } }

    /// Those that this command read.
    fileprivate var newRecords: Counts {
        if case .tried(let trial) = self { trial.records } else { ended?.records ?? Counts() }
    }
}
