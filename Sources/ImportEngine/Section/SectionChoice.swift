internal import ImportLog
internal import Records

/// Which of a source's sections are imported, how, and in which order.
struct SectionChoice {
    private(set) var chosen: [(section: SurveyedSection, plan: SectionPlan)] = []
    private(set) var leftOut: [LeftOutPart] = []
    private let names: Set<String>
    /// The name of the file where it is the one section, which has no name of its own.
    private let file: String?

    /// - Parameter others: the source's parts that are no sections.
    /// - Throws: `DataError.unusableOption` where a section was named that the source does not have, where nothing is left,
    ///   or where two sections are each to come after the other; `DataError.malformed` where a required one is missing.
    init(of sections: [SurveyedSection], besides others: [LeftOutPart], by plan: ImportPlan) throws {
        try RequiredSections(plan).check(sections, besides: others)
        names = Set(sections.map(\.name))
        file = sections.count == 1 && sections[0].name.isEmpty ? Configuration.fileName(of: plan.source) : nil
        let wanted = try wanted(plan.only, of: sections, besides: others)
        for (index, section) in sections.enumerated() {
            let rule = try plan.rules.first { means($0.pattern, section) }?.plan.named(
                by: file.map { [$0] } ?? [String(section.lastName), section.name, section.tableName])
            let sectionPlan = rule ?? plan.section
            if !wanted.contains(index) {
                leaveOut(section, "--section names others", .asked)
            } else if sectionPlan.isSkipped {
                leaveOut(section, "the configuration says so", .asked)
            } else if let part = section.beside, plan.only.isEmpty && rule == nil {
                leaveOut(section, part.reason, part.kind, remedy: part.remedy ?? section.naming)
            } else if section.isHidden && rule == nil && plan.only.isEmpty {
                leaveOut(section, section.hiddenReason, section.hiddenKind, remedy: section.naming)
            } else {
                chosen.append((section, sectionPlan))
            }
        }
        if chosen.isEmpty {
            throw DataError(
                .unusableOption, "All of the source's sections are left out.",
                remedy: "It has: \(Self.names(of: sections)).")
        }
        try sort()
    }

    private mutating func leaveOut(
        _ section: SurveyedSection, _ reason: String, _ kind: LeftOutPart.Kind, remedy: String? = nil
    ) {
        leftOut.append(
            LeftOutPart(
                name: section.name.isEmpty ? section.ownName : section.name, reason: reason, kind: kind, remedy: remedy)
        )
    }

    /// Whether a pattern means a section. Where it is the exact name of one, it means no other whose name differs only in the
    /// case of letters.
    private func means(_ pattern: String, _ section: SurveyedSection) -> Bool {
        if let file, NamePattern(pattern).fits(file) { return true }
        let isAnothers =
            section.name != pattern && names.contains(pattern) && section.name.lowercased() == pattern.lowercased()
        return !isAnothers && section.isNamed(pattern, outright: section.isBeside)
    }

    private func wanted(
        _ only: [String], of sections: [SurveyedSection], besides others: [LeftOutPart]
    ) throws -> Set<Int> {
        if only.isEmpty { return Set(sections.indices) }
        let counted = sections.indices.filter { !sections[$0].isBeside }
        var wanted: Set<Int> = []
        for name in only {
            var found = sections.indices.filter { means(name, sections[$0]) }
            if found.isEmpty, let number = Int(name) {
                found = counted.enumerated().filter { (sections[$1].number ?? $0 + 1) == number }.map(\.element)
            }
            if found.isEmpty { throw Self.missing(name, sections, besides: others) }
            wanted.formUnion(found)
        }
        return wanted
    }

    private static func missing(
        _ name: String, _ sections: [SurveyedSection], besides others: [LeftOutPart]
    ) -> DataError {
        if sections.count == 1, sections[0].name.isEmpty && sections[0].ownName.isEmpty {
            return DataError(
                .unusableOption, "--section '\(name)' does not apply: the source is one table and has no sections.",
                remedy: "Leave out --section (or --sheet).")
        }
        let has = "It has: \(names(of: sections))."
        guard let part = others.first(where: { SurveyedSection(name: $0.name, reading: .init()).isNamed(name) }) else {
            return DataError(.unusableOption, "The source has no section '\(name)'.", remedy: has)
        }
        return DataError(
            .unusableOption, "\(part.name) cannot be imported: \(part.reason).", remedy: part.remedy ?? has)
    }

    private static func names(of sections: [SurveyedSection]) -> String {
        let names = sections.prefix(50).map {
            $0.name.isEmpty ? ($0.ownName.isEmpty ? "one without a name" : $0.ownName) : $0.name
        }
        return names.joined(separator: ", ") + (sections.count > 50 ? " and \(sections.count - 50) more" : "")
    }

    /// What is wrong with a document after its arrays is told by the section that goes on to the document's end. Where that
    /// one is left out, the last one that is not goes on so far.
    mutating func answerForDamage() {
        let damaged = chosen.indices.filter { chosen[$0].section.isOfDamagedDocument }
        for (_, indices) in Dictionary(grouping: damaged, by: { chosen[$0].section.reading[setting: "entry"] ?? "" }) {
            let isTold = indices.contains { chosen[$0].section.reading[setting: "section_end"] == nil }
            let last = indices.max { chosen[$0].section.reading.dataOffset < chosen[$1].section.reading.dataOffset }
            guard !isTold, let last else { continue }
            chosen[last].section.reading[setting: "section_end"] = nil
            chosen[last].section.records? += 1
        }
    }

    /// Puts each section after those it comes after, and leaves the source's order otherwise.
    private mutating func sort() throws {
        guard chosen.contains(where: { !$0.plan.after.isEmpty }) else { return }
        var waiting: [String: Waiting] = [:]
        for pattern in Set(chosen.flatMap(\.plan.after)) {
            waiting[pattern] = Waiting(Set(chosen.indices.filter { chosen[$0].section.isNamed(pattern) }))
        }
        var sorted: [Int] = []
        var rest = Array(chosen.indices)
        while !rest.isEmpty {
            let next = rest.firstIndex { candidate in
                chosen[candidate].plan.after.allSatisfy { waiting[$0]?.isOver(for: candidate) ?? true }
            }
            guard let next else {
                throw DataError(
                    .unusableOption,
                    "The sections \(rest.map { chosen[$0].section.name }.joined(separator: ", ")) depend on "
                        + "each other in a circle ('after').",
                    remedy: "Remove one of their 'after' settings from the configuration.")
            }
            let section = rest.remove(at: next)
            sorted.append(section)
            for pattern in waiting.keys { waiting[pattern]?.sections.remove(section) }
        }
        chosen = sorted.map { chosen[$0] }
    }

    /// The sections of a pattern that others wait for.
    private struct Waiting {
        var sections: Set<Int>

        init(_ sections: Set<Int>) { self.sections = sections }

        /// A section does not wait for itself.
        func isOver(for section: Int) -> Bool {
            sections.isEmpty || sections.count == 1 && sections.contains(section)
        }
    }
}

extension SurveyedSection {
    /// The last part of the name, such as `places.json` of `export/places.json`.
    var lastName: Substring { name.split(separator: "/").last ?? "" }

    /// The name of a table that none was given for. Only an entry's name has an ending: Jan.24 is a sheet's whole name.
    var tableName: String { isEntry ? String(NameEnding.stem(of: lastName)) : name }

    /// How it is imported although it is left out by itself.
    var naming: String { "Import it with --section '\(name)'." }

    /// Whether a pattern means this section: by its whole name, by the last part, or by that without its ending.
    ///
    /// - Parameter outright: whether patterns with wildcards mean nothing.
    func isNamed(_ pattern: String, outright: Bool = false) -> Bool {
        if outright && pattern.contains(where: { $0 == "*" || $0 == "?" }) { return false }
        let pattern = NamePattern(pattern)
        if pattern.fits(name) || pattern.fits(String(lastName)) { return true }
        if !ownName.isEmpty && pattern.fits(ownName) { return true }
        // `stops` means the file, and not its backup copy.
        return NameEnding.original(ofBackup: name) == nil && pattern.fits(tableName)
    }
}
