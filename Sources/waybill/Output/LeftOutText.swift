internal import ImportLog

extension LeftOutPart {
    /// One line: what, why, and how it is imported all the same.
    var words: String {
        "\(name) is left out: \(reason)" + (remedy.map { kind == .mayBeData ? ". \($0)" : "" } ?? "")
    }
}

extension [LeftOutPart] {
    /// What a summary says of the parts that may hold records and that nobody asked to leave out; none for none.
    var passedOverLines: [String] {
        let names = filter { $0.kind == .mayBeData }.map(\.name)
        if names.isEmpty { return [] }
        let shown = names.prefix(20).joined(separator: ", ") + (names.count > 20 ? ", …" : "")
        return [
            "not imported, though it may be data: \(shown)",
            "import it with --section NAME, or leave it out for good with 'skip: true' in waybill.yaml",
        ]
    }
}
