internal import ImportLog
internal import Records

extension ImportEngine {
    /// Makes the tables ready. Where one is refused that an import of this log made and left empty, because its records were
    /// all rejected or are rolled back, the refusal says so: nobody needs it as it is.
    func prepare(
        _ sections: [ImportSubmitted.Section], of submitted: ImportSubmitted, _ destination: any Destination,
        stop: StopSwitch
    ) throws -> [(plan: TablePlan, created: Bool)] {
        do {
            return try destination.prepare(sections, logID: log.id, stop: stop)
        } catch var error as DataError where error.code == .unusableOption {
            for section in sections {
                guard let maker = try makerOfEmptyTable(section, submitted, destination) else { continue }
                let name = try destination.tableName(section.table).name
                let isPlain = name.first == "\"" || name.utf8.allSatisfy { $0 < 0x80 && !" -\"'`;".utf8.contains($0) }
                error.message += "; import \(maker) created the table with these columns, and it is empty"
                error.remedy =
                    "To create it again: DROP TABLE \(isPlain ? name : "\"\(name)\""); then import again."
                break
            }
            throw error
        }
    }

    /// The import that made the table of a section, where it is empty and has other columns than are needed.
    private func makerOfEmptyTable(
        _ section: ImportSubmitted.Section, _ submitted: ImportSubmitted, _ destination: any Destination
    ) throws -> ImportID? {
        guard try destination.hasTable(section.table), (try? destination.isEmpty(section.table)) == true else {
            return nil
        }
        let table = try destination.tableName(section.table).identity
        guard let maker = try makers(of: [table], of: submitted, destination)[table] else { return nil }
        let needed = Set(section.columns.map { $0.name.lowercased() })
        let made = try log.submission(of: maker.importID).sections.first {
            try destination.tableName($0.table).identity == table
        }
        return needed.isSubset(of: made?.columns.map { $0.name.lowercased() } ?? []) ? nil : maker.importID
    }

    /// The imports into the destination of `submitted` that created tables, by the tables' identities; the newest where
    /// several did.
    private func makers(
        of tables: Set<String>, of submitted: ImportSubmitted, _ destination: any Destination
    ) throws -> [String: ImportStatus] {
        var makers: [String: ImportStatus] = [:]
        for status in try log.imports() where makers.count < tables.count {
            let earlier = try log.submission(of: status.importID)
            guard earlier.isInto(destinationOf: submitted) else { continue }
            let written = try tables.intersection(earlier.sections.map { try destination.tableName($0.table).identity })
            if written.isEmpty { continue }
            var isMaker = false
            try log.forEachEvent(of: status.importID) { recorded, _ in
                if case .started(_, tableCreated: true) = recorded.event { isMaker = true }
            }
            if isMaker { for table in written where makers[table] == nil { makers[table] = status } }
        }
        return makers
    }

    /// Drops the tables of an import that is being rolled back, or all of whose records were rejected, where nothing uses them,
    /// so that the next import guesses their types again. They stay as long as the import stands that created them.
    func dropCreatedTables(
        of id: ImportID, _ destination: any Destination
    ) throws -> [(table: String, maker: ImportID)] {
        let submitted = try log.submission(of: id)
        let empty = try submitted.sections.map(\.table).filter { try isEmpty($0, destination) }
            .map { (table: $0, identity: try destination.tableName($0).identity) }
        if empty.isEmpty { return [] }
        let makers = try makers(of: Set(empty.map(\.identity)), of: submitted, destination)
        let void = try log.imports(in: [.failed]).filter(\.isWhollyRejected).map(\.importID) + [id]
        return try empty.compactMap { table, identity in
            // One that was killed before it was in the log may have created it: that nobody else did, the destination knows.
            let maker = makers[identity]
            guard
                maker == nil || maker?.importID == id || maker?.state == .rolledBack || maker?.isWhollyRejected == true,
                try destination.removeCreated(table, logID: log.id, besides: void.map(\.rawValue))
            else { return nil }
            return (table, maker?.importID ?? id)
        }
    }

    /// Whether a table is there and surely has no rows.
    private func isEmpty(_ table: String, _ destination: any Destination) throws -> Bool {
        do { return try destination.hasTable(table) && destination.isEmpty(table) } catch let error as DataError
            where error.code == .conflict
        {
            // Its rows may be hidden.
            return false
        }
    }
}
