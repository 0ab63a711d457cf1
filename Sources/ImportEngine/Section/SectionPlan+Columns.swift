internal import ImportLog
internal import Mapping
internal import Readers
internal import Records

extension SectionPlan {
    /// The columns of the table, with types given or guessed.
    ///
    /// - Parameter mapped: the columns that go into the table; a type that the mapping gives goes before a guess.
    /// - Parameter guess: called only if a type must be guessed.
    func columns(_ mapped: [MappedColumn], guess: () throws -> [ColumnType]) throws -> [Column] {
        let names = mapped.map(\.name)
        let known =
            switch types {
            case .inferred: mapped.map(\.type)
            case .text: mapped.map { $0.type ?? .text }
            // The source's name counts where no column of the table has it.
            case .given(let given):
                mapped.map { column in
                    given[column.name] ?? column.source.flatMap { names.contains($0) ? nil : given[$0] } ?? column.type
                }
            }
        let guessed = known.contains(nil) ? try guess() : []
        return mapped.indices.map { index in
            let type = known[index] ?? (guessed.indices.contains(index) ? guessed[index] : .text)
            return Column(name: names[index], type: type, isInferred: known[index] == nil)
        }
    }

    /// The plan with names that the destination keeps whole, and with `--columns` as a part of the mapping where that is about
    /// all columns alike, or columns are skipped.
    func fitting(_ names: [String], longest: Int?) throws -> SectionPlan {
        var plan = self
        if mode == .delete && sharesMapping {
            plan.mapping = mapping.forDeletion(by: key, inSource: names)
        }
        var others = plan.mapping
        (others.trim, others.null) = (false, [])
        if columns != nil && (plan.mapping != others || !skippedColumns.isEmpty) && others == SectionMapping() {
            for (source, name) in zip(names, try self.names(inSource: names)) where source != name {
                plan.mapping.columns[source] = ColumnMapping(to: name)
            }
            plan.columns = nil
        }
        guard let longest, plan.columns == nil, names.contains(where: { $0.utf8.count > longest }) else { return plan }
        let short = names.map { $0.shortened(to: longest) }
        plan.useShortNames(Dictionary(zip(names, short)) { $1 })
        if plan.mapping == SectionMapping() {
            plan.columns = short
            return plan
        }
        for (source, name) in zip(names, short) where source != name {
            var column = plan.mapping.columns[source] ?? ColumnMapping()
            if column.to == nil && !column.drop { column.to = name }
            plan.mapping.columns[source] = column
        }
        return plan
    }

    /// Takes names that the user wrote in full for what the table has in their place.
    private mutating func useShortNames(_ short: [String: String]) {
        key = key.map { short[$0] ?? $0 }
        writing.defaultIfEmpty = writing.defaultIfEmpty.map { short[$0] ?? $0 }
    }

    /// The plan without the columns that are to be left out.
    func skipping(_ names: [String]) -> SectionPlan {
        var plan = self
        for name in names where skippedColumns.contains(where: { $0.meansColumn(name, among: names) }) {
            plan.mapping.columns[name] = .dropped
        }
        return plan
    }

    /// The columns that go into the table, and where they come from.
    func mapped(_ mapper: Mapper?, inSource: [String]) throws -> [MappedColumn] {
        try mapper?.columns
            ?? zip(names(inSource: inSource), inSource).map { MappedColumn(name: $0, type: nil, source: $1) }
    }

    /// Leaves out the columns of the source that the table lacks, and says which; nil where there are none. Where it lacks the
    /// key, or all of them, they stay and the table refuses them.
    mutating func ignore(_ sourceColumns: [String], missing: ([String]) throws -> [String]) throws -> String? {
        if sourceColumns.isEmpty { return nil }
        let mapped = try mapped(mapper(inSource: sourceColumns), inSource: sourceColumns).filter { $0.source != nil }
        let keys = key.map { $0.lowercased() }
        let names = try missing(mapped.map(\.name)).filter { !keys.contains($0.lowercased()) }
        if names.isEmpty || names.count == mapped.count { return nil }
        if columns != nil {
            for column in mapped { mapping.columns[column.source ?? ""] = ColumnMapping(to: column.name) }
            columns = nil
        }
        for column in mapped where names.contains(column.name) {
            mapping.columns[column.source ?? ""] = .dropped
        }
        return "\(names.count == 1 ? "column" : "columns") \(names.joined(separator: ", "))"
    }

    /// How the source's columns become the table's; nil where they stay as they are, but for their names.
    func mapper(inSource: [String]) throws -> Mapper? {
        if mapping == SectionMapping() { return nil }
        guard columns == nil else {
            throw DataError(
                .unusableOption, "--columns cannot be combined with a mapping in the configuration.",
                remedy: "Name the columns in the mapping, with 'to'.")
        }
        return try Mapper(mapping, sourceColumns: inSource)
    }

    /// Throws where a column is to get its default that does not go into the table.
    ///
    /// - Parameter section: its name, where it is one of several.
    func requireDefaultColumns(among names: [String], of section: String?) throws {
        let known = names.map { $0.lowercased() }
        for name in writing.defaultIfEmpty where name != "*" && !known.contains(name.lowercased()) && !names.isEmpty {
            throw DataError(
                .unusableOption,
                "--default-if-empty names a column that does not go into the table\(section.map { " from \($0)" } ?? ""): \(name).",
                remedy: NearestName.question(name, in: names) + "These do: \(names.joined(separator: ", ")).")
        }
    }

    /// The source's names, or those that were given in their place.
    func names(inSource: [String]) throws -> [String] {
        guard let columns else { return inSource }
        guard columns.count == inSource.count else {
            throw DataError(
                .unusableOption,
                "--columns names \(columns.count) \(columns.count == 1 ? "column" : "columns"), but the source has \(inSource.count): "
                    + "\(inSource.joined(separator: ", ")).",
                remedy: "Name each column of the source once, in its order.")
        }
        return columns
    }
}

extension [(plan: SectionPlan, columns: [MappedColumn])] {
    /// Throws where a type is given to a column that none of the sections has which it is given for, by the table's name or the
    /// source's.
    func requireTypedColumns() throws {
        var given: Set<String> = []
        for case .given(let types) in map(\.plan.types) { given.formUnion(types.keys) }
        let unknown = given.filter { name in
            !contains { section in
                guard case .given(let types) = section.plan.types, types[name] != nil else { return false }
                return section.columns.isEmpty || section.columns.contains { $0.name == name || $0.source == name }
            }
        }
        guard !unknown.isEmpty else { return }
        let names = flatMap { $0.columns.map(\.name) }
        let list = unknown.sorted()
        throw DataError(
            .unusableOption, "--types names columns that the source does not have: \(list.joined(separator: ", ")).",
            remedy: NearestName.question(list[0], in: names) + "It has: \(names.joined(separator: ", ")).")
    }
}

extension [(section: SurveyedSection, plan: SectionPlan)] {
    /// Throws where a column is to be skipped that none of the sections has.
    func requireSkippedColumns() throws {
        for text in Set(flatMap(\.plan.skippedColumns)).sorted() {
            let names = filter { $0.plan.skippedColumns.contains(text) }.flatMap(\.section.reading.sourceColumns)
            if names.isEmpty || names.contains(where: { text.meansColumn($0, among: names) }) { continue }
            throw DataError(
                .unusableOption, "--skip-columns names a column that the source does not have: \(text).",
                remedy: NearestName.question(text, in: names) + "It has: \(names.joined(separator: ", ")).")
        }
        for (section, plan) in self where !section.reading.sourceColumns.isEmpty {
            let names = section.reading.sourceColumns
            guard names.allSatisfy({ name in plan.skippedColumns.contains { $0.meansColumn(name, among: names) } })
            else { continue }
            throw DataError(
                .unusableOption, "--skip-columns leaves no column: the source has \(names.joined(separator: ", ")).",
                remedy: "Skip fewer columns.")
        }
    }
}

extension String {
    /// Whether this, a name or a pattern, means one of these columns.
    fileprivate func meansColumn(_ name: String, among names: [String]) -> Bool {
        self == name || !names.contains(self) && NamePattern(self).fits(name)
    }

    /// A name of at most so many bytes, which depends on the whole one and on nothing else: the first characters, and 32 bits
    /// of its hash, whatever its case.
    func shortened(to most: Int) -> String {
        if utf8.count <= most { return self }
        let hash = Array(lowercased().utf8).withUnsafeBytes { SipHash(key: (0, 0))($0).low }
        let digits = String(UInt32(truncatingIfNeeded: hash), radix: 16)
        let mark = "_" + String(repeating: "0", count: 8 - digits.count) + digits
        var short = self
        while short.utf8.count + mark.utf8.count > most { short.unicodeScalars.removeLast() }
        return short + mark
    }
}
