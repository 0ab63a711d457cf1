internal import Mapping
internal import Records

extension SourceConfiguration {
    /// What holds for a file's sections where no key of `sections` fits.
    ///
    /// - Parameter file: the file's name, in which the table's may stand.
    func settings(for file: String) -> SectionSettings {
        guard let table = match.lazy.compactMap({ TablePart($0)?.table(in: file) }).first else { return section }
        var settings = section.overridden(by: settings(ofTable: table))
        settings.table = settings.table ?? table
        return settings
    }

    private func settings(ofTable name: String) -> SectionSettings {
        tables.first { $0.name.lowercased() == name.lowercased() }?.settings ?? SectionSettings()
    }

    /// How sections go into their tables whose names fit a pattern, the first that fits first.
    ///
    /// - Parameter flags: what goes before all that the file says.
    func rules(over base: SectionSettings, _ flags: SectionSettings) throws -> [(pattern: String, plan: SectionPlan)] {
        var rules: [(pattern: String, plan: SectionPlan)] = []
        for (pattern, settings) in sections {
            guard let part = TablePart(pattern) else {
                let table = settings.table.map(self.settings(ofTable:)) ?? SectionSettings()
                var settings = base.overridden(by: table).overridden(by: settings)
                settings.table = table.table ?? settings.table
                rules.append((pattern, try SectionPlan(shared: settings.overridden(by: flags))))
                continue
            }
            for (name, table) in tables {
                var merged = base.overridden(by: table).overridden(by: settings)
                merged.table = settings.table ?? table.table ?? name
                merged.after = merged.after?.map { TablePart($0)?.pattern(of: name) ?? $0 }
                rules.append((part.pattern(of: name), try SectionPlan(shared: merged.overridden(by: flags))))
            }
            var merged = base.overridden(by: settings)
            merged.table = settings.table
            rules.append((part.pattern, SectionPlan(merged.overridden(by: flags), ofTableIn: part)))
        }
        for (name, table) in tables {
            var merged = base.overridden(by: table)
            merged.table = table.table ?? name
            rules.append((name, try SectionPlan(merged.overridden(by: flags))))
        }
        return rules
    }
}

extension SectionPlan {
    fileprivate init(shared settings: SectionSettings) throws {
        try self.init(settings)
        sharesMapping = true
    }

    /// The plan of a table that only a section's name tells.
    fileprivate init(_ settings: SectionSettings, ofTableIn part: TablePart) {
        do {
            try self.init(settings)
        } catch {
            // Whether there is such a section is not known yet.
            self.init()
            isSkipped = settings.skip ?? false
            problem = error as? DataError
        }
        tablePart = part
    }

    /// The plan for a section with one of these names.
    ///
    /// - Throws: `DataError.unusableOption` where something is missing that only an entry under `tables` can say.
    func named(by names: [String]) throws -> SectionPlan {
        guard let part = tablePart, let table = names.lazy.compactMap(part.table(in:)).first else { return self }
        if let problem, !isSkipped {
            throw DataError(
                .unusableOption, "\(names[0]): \(problem.message)",
                remedy: "Add '\(table)' with its settings under 'tables' in \(Configuration.defaultPath), or skip the "
                    + "section with 'skip: true'.")
        }
        var plan = self
        plan.table = self.table ?? table
        plan.after = after.map { TablePart($0)?.pattern(of: table) ?? $0 }
        return plan
    }
}

extension SectionMapping {
    /// What of a table's mapping a section needs that only deletes: it may have no more than the key.
    func forDeletion(by key: [String], inSource columns: [String]) -> SectionMapping {
        var result = self
        result.columns = self.columns.filter { columns.contains($0.key) }
        result.compose = compose.filter { key.contains($0.name) }
        return result
    }
}
