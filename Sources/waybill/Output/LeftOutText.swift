internal import ImportEngine
internal import ImportLog

extension LeftOutPart {
    /// One line: what, why, and how it is imported all the same, or as it is meant.
    var words: String {
        if kind == .misread {
            let place = name.isEmpty ? "" : "\(name): "
            return "probably misread: \(place)\(reason)" + (remedy.map { ". \($0)" } ?? "")
        }
        return "\(name) is left out: \(reason)" + (remedy.map { kind == .mayBeData ? ". \($0)" : "" } ?? "")
    }
}

extension [LeftOutPart] {
    /// What is not imported.
    var notImported: [LeftOutPart] { filter { $0.kind != .misread } }

    /// What a summary says of the parts that may hold records and that nobody asked to leave out, and of those that are
    /// most likely misread; none for none.
    var passedOverLines: [String] {
        let misread = filter { $0.kind == .misread }
        var lines = misread.prefix(20).map(\.words)
        if misread.count > 20 { lines.append("and \(Format.count(misread.count - 20)) more are probably misread") }
        let names = filter { $0.kind == .mayBeData }.map(\.name)
        if names.isEmpty { return lines }
        let shown = names.prefix(20).joined(separator: ", ") + (names.count > 20 ? ", …" : "")
        return lines + ["not imported, though it may be data: \(shown)"]
            + remedies(upTo: 5).map { "  \($0)" }
            + ["to leave it out for good, set 'skip: true' for it in waybill.yaml"]
    }
}
