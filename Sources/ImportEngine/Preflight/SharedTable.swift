internal import ImportLog
internal import Records

/// Where the files of one command go that nobody named a table for.
package enum SharedTable: Sendable {
    /// There are not several such files.
    case none
    /// Their columns have the same names, in any order: they go into one table.
    case one(String, sources: Set<String>)
    /// Their columns differ, so that each would have a table of its own.
    case each([String], difference: String)

    /// The table for a source; nil where it is not one of those.
    package func table(for source: String) -> String? {
        if case .one(let table, let sources) = self, sources.contains(source) { table } else { nil }
    }

    /// What the files' names have in common, without numbers, as `prices` of `prices-2024-11-01` and `prices-2024-11-02`;
    /// `otherwise` where there is nothing.
    static func name(of tables: [String], otherwise: String) -> String {
        let words = tables.map { $0.split { !$0.isLetter } }
        var common = words[0]
        for other in words { common = zip(common, other).prefix { $0 == $1 }.map(\.0) }
        let isOne = tables.allSatisfy { $0 == otherwise }
        return isOne || common.isEmpty ? otherwise : common.joined(separator: "_")
    }
}

extension ImportOptions {
    /// Looks at the heads of files that each would go into a table called after the file.
    ///
    /// What cannot be opened says so in its turn. Streams, which are read only once, take no part, and neither do sources
    /// with sections, which are tables of their own.
    package func sharedTable(of sources: [String]) -> SharedTable {
        let all = sources.count > 1 ? sources.compactMap { file($0, among: sources) } : []
        let files = all.filter { !$0.columns.isEmpty }
        guard let first = files.first, all.count > 1 else { return .none }
        guard let other = files.first(where: { Set($0.columns) != Set(first.columns) }) else {
            // Today's name must not depend on which of the files is broken today.
            let table = SharedTable.name(of: all.map(\.table), otherwise: first.table)
            return .one(table, sources: Set(all.map(\.source)))
        }
        func names(_ columns: [String], besides others: [String]) -> String {
            let names = columns.filter { !others.contains($0) }
            return names.prefix(5).joined(separator: ", ") + (names.count > 5 ? " and \(names.count - 5) more" : "")
        }
        let lacks = names(first.columns, besides: other.columns)
        let has = names(other.columns, besides: first.columns)
        let words = [lacks.isEmpty ? nil : "lacks \(lacks)", has.isEmpty ? nil : "has \(has)"].compactMap(\.self)
        return .each(
            Set(files.map(\.table)).sorted(),
            difference: "\(other.source) \(words.joined(separator: " and ")), unlike \(first.source)")
    }

    /// - Returns: a file without columns where it cannot be read, nil for what goes its own way.
    private func file(_ source: String, among sources: [String]) -> (source: String, table: String, columns: [String])?
    {
        var options = self
        options.others = sources.filter { $0 != source }
        guard var plan = try? options.plan(for: source), !plan.namesTables,
            let file = try? SourceAddress(source).file, let name = plan.sourceName
        else { return nil }
        // Only the names matter.
        plan.section.types = .text
        do {
            guard try file.identity() != nil else { return nil }
            let (opened, survey) = try SourceSurvey.opened(plan)
            let sections = try SectionPreparation(source: opened, plan: plan).sections(of: survey).sections
            guard sections.count == 1, sections[0].name.isEmpty, sections[0].table == name else { return nil }
            return (source, name, sections[0].columns.map(\.name))
        } catch {
            return (source, name, [])
        }
    }
}
