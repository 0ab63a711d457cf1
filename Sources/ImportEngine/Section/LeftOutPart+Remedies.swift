package import ImportLog

extension [LeftOutPart] {
    /// What is to be done about the parts of a kind, each remedy once.
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
