package import ImportLog

extension [LeftOutPart] {
    /// What imports the parts that may be data, each remedy once.
    package func remedies(upTo most: Int) -> [String] {
        var remedies: [String] = []
        for part in self where part.kind == .mayBeData && remedies.count < most {
            guard let remedy = part.remedy else { continue }
            let words = "\(part.name): \(remedy)"
            if !remedies.contains(words) { remedies.append(words) }
        }
        return remedies
    }
}
