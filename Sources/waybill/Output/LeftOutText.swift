internal import ImportEngine
internal import ImportLog

extension LeftOutPart {
    /// One line: what, why, and how it is imported anyway, or as it is meant.
    var words: String {
        if kind == .misread {
            let place = name.isEmpty ? "" : "\(name): "
            return "probably misread: \(place)\(reason)" + (remedy.map { ". \($0)" } ?? "")
        }
        if kind == .notRun { return "\(name) is not run: \(reason)" + (remedy.map { ". \($0)" } ?? "") }
        // It may be a section that is imported, with a table that stays empty.
        if kind == .noRecords, reason.hasPrefix("it ") { return "\(name) \(reason.dropFirst(3))" }
        return "\(name) is left out: \(reason)" + (remedy.map { isDoubtful ? ". \($0)" : "" } ?? "")
    }
}

extension [LeftOutPart] {
    /// What is not imported, and is nothing that a summary speaks of.
    var notImported: [LeftOutPart] { filter { !$0.isDoubtful } }

    /// What a summary says of the parts that may hold records and that nobody asked to leave out, and of those that are
    /// most likely misread; none for none.
    ///
    /// - Parameter status: the import, if there is one: its rows are in the way of another reading.
    func passedOverLines(of status: ImportStatus? = nil) -> [String] {
        let misread = filter { $0.kind == .misread }
        var lines = misread.prefix(20).map(\.words)
        if misread.count > 20 { lines.append("and \(Format.count(misread.count - 20)) more are probably misread") }
        if misread.contains(where: { $0.remedy?.contains("waybill rollback") != true }), let status,
            status.wroteRows
        {
            lines.append("before you import it again: waybill rollback \(status.importID)")
        }
        lines += self.lines(of: .notRun, "not run, but may add or change rows")
        let parts = self.lines(of: .mayBeData, "not imported, but may be data")
        if parts.isEmpty { return lines }
        return lines + parts + ["to leave it out for good, set 'skip: true' for it in waybill.yaml"]
    }

    private func lines(of kind: LeftOutPart.Kind, _ what: String) -> [String] {
        let names = filter { $0.kind == kind }.map(\.name)
        if names.isEmpty { return [] }
        if names.count == 1 { return reasons(kind, upTo: 1).map { "\(what): \($0)" } }
        let shown = names.prefix(20).joined(separator: ", ") + (names.count > 20 ? ", …" : "")
        return ["\(what): \(shown)"] + reasons(kind, upTo: 5).map { "  \($0)" }
    }
}
