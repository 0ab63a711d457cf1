internal import ImportLog

/// What the user said of a source's parts by their names, before it is known whether they are sections.
struct SectionNaming: Sendable {
    enum Naming: Sendable, Comparable {
        case not
        /// By a pattern with `*` or `?`, which may mean others.
        case byPattern
        case literally
    }

    private let only: [String]
    private let rules: [(pattern: String, isSkipped: Bool)]
    private let skipsOthers: Bool

    init(_ plan: ImportPlan) {
        only = plan.only
        // What constants come from is read.
        rules =
            plan.rules.map { ($0.pattern, $0.plan.isSkipped) } + (plan.constantsFrom.map { [($0.name, false)] } ?? [])
        skipsOthers = plan.section.isSkipped
    }

    /// Whether somebody named this part, so that it is to be imported whatever it looks like.
    func naming(of name: String) -> Naming {
        if !only.isEmpty { return only.map { Self.naming($0, of: name) }.max() ?? .not }
        guard let rule = rules.first(where: { Self.naming($0.pattern, of: name) > .not }), !rule.isSkipped else {
            return .not
        }
        return Self.naming(rule.pattern, of: name)
    }

    /// Whether the user left this part out, so that nothing of it can stop the import.
    func isUnwanted(_ name: String) -> Bool {
        if naming(of: name) > .not { return false }
        if !only.isEmpty { return true }
        return rules.first { Self.naming($0.pattern, of: name) > .not }?.isSkipped ?? skipsOthers
    }

    private func isSkipped(_ name: String) -> Bool {
        rules.first { Self.naming($0.pattern, of: name) > .not }?.isSkipped ?? false
    }

    /// Parts that are left out, those of them as asked for that the user does not want.
    ///
    /// - Parameter areOfSections: they are missing from sections that are imported, and so only a setting of their own
    ///   says that this is meant.
    func judged(_ parts: [LeftOutPart], areOfSections: Bool = false) -> [LeftOutPart] {
        parts.compactMap { part in
            if part.kind == .misread { return !part.name.isEmpty && isUnwanted(part.name) ? nil : part }
            // Who names a section of a page wants all of it, and not the first page.
            let isMeant = part.isNextPage || areOfSections ? isSkipped(part.name) : isUnwanted(part.name)
            guard part.isDoubtful && isMeant else { return part }
            let reason =
                only.isEmpty || part.isNextPage || areOfSections
                ? "the configuration skips it" : "--section does not name it"
            return LeftOutPart(name: part.name, reason: reason, kind: .asked)
        }
    }

    private static func naming(_ pattern: String, of name: String) -> Naming {
        let isLiteral = !pattern.contains { $0 == "*" || $0 == "?" }
        // What is named inside an entry names the entry, too.
        if pattern.lowercased().hasPrefix(name.lowercased() + "/") { return isLiteral ? .literally : .byPattern }
        let section = SurveyedSection(name: name, reading: .init())
        return section.isNamed(pattern) ? (isLiteral ? .literally : .byPattern) : .not
    }
}
