internal import ImportLog
internal import Records

/// The sections that a source must have, as the configuration says.
struct RequiredSections {
    /// Names or patterns of sections, each with who says so.
    private let patterns: [String]
    private let source: String

    init(_ plan: ImportPlan) {
        patterns = plan.rules.filter(\.plan.isRequired).map(\.pattern)
        source = plan.source.split(separator: "/").last.map(String.init) ?? plan.source
    }

    /// Throws `DataError(.malformed)`, naming each that is missing and why, if that is known.
    ///
    /// What is there and has no records is there.
    func check(_ sections: [SurveyedSection], besides others: [LeftOutPart]) throws {
        let missing = patterns.filter { pattern in
            !sections.contains { $0.isNamed(pattern) || $0.name.isEmpty && NamePattern(pattern).fits(source) }
                && !others.contains { $0.kind == .noRecords && $0.isNamed(pattern) }
        }
        if missing.isEmpty { return }
        let words = missing.map { pattern in
            others.first { $0.isNamed(pattern) }.map { "\($0.name) (\($0.reason))" } ?? pattern
        }
        throw DataError(
            .malformed, "\(source) lacks sections that the configuration requires: \(words.joined(separator: ", ")).",
            remedy:
                "Nothing was imported. Get the complete delivery, or remove 'required: true' from the configuration.")
    }
}

extension LeftOutPart {
    fileprivate func isNamed(_ pattern: String) -> Bool {
        SurveyedSection(name: name, reading: .init()).isNamed(pattern)
    }
}
