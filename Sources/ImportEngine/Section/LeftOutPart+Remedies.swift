package import ImportLog

extension [LeftOutPart] {
    /// What to say of the parts of a kind, each once: why, and what to do.
    package func reasons(_ kind: LeftOutPart.Kind, upTo most: Int) -> [String] {
        filter { $0.kind == kind }.prefix(most).map { part in
            "\(part.name): \(part.reason)" + (part.remedy.map { ". \($0)" } ?? "")
        }
    }

    /// What to do about the parts of a kind, each remedy once.
    package func remedies(_ kind: LeftOutPart.Kind, upTo most: Int) -> [String] {
        var remedies: [String] = []
        for part in self where part.kind == kind && remedies.count < most {
            guard let remedy = part.remedy else { continue }
            let words = "\(part.name): \(remedy)"
            if !remedies.contains(words) { remedies.append(words) }
        }
        return remedies
    }
}

extension LeftOutPart {
    /// What is said of a section that has columns and nothing else; the name is the section's.
    static let headerOnly = LeftOutPart(name: "", reason: "it has a header and no records", kind: .noRecords)
}
