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
                error.message += "; import \(maker) created it like this, and it is empty"
                error.remedy =
                    "To have it created again: DROP TABLE \(isPlain ? name : "\"\(name)\""); then import again."
                break
            }
            throw error
        }
    }

    /// The import that made the table of a section, where it is empty and has other columns than are needed.
    private func makerOfEmptyTable(
        _ section: ImportSubmitted.Section, _ submitted: ImportSubmitted, _ destination: any Destination
    ) throws -> ImportID? {
        guard try destination.hasTable(section.table), try destination.isEmpty(section.table) else { return nil }
        let table = try destination.tableName(section.table).identity
        let needed = Set(section.columns.map { $0.name.lowercased() })
        for status in try log.imports(in: [.succeeded, .partiallySucceeded, .failed, .cancelled, .rolledBack]) {
            let earlier = try log.submission(of: status.importID)
            let isHere =
                earlier.destinationID.isEmpty
                ? earlier.destination == submitted.destination : earlier.destinationID == submitted.destinationID
            guard isHere else { continue }
            let made = try earlier.sections.first { try destination.tableName($0.table).identity == table }
            guard let made, !needed.isSubset(of: made.columns.map { $0.name.lowercased() }) else { continue }
            let events = try log.events(of: status.importID)
            let isMaker = events.contains { if case .started(_, tableCreated: true) = $0.event { true } else { false } }
            if isMaker { return status.importID }
        }
        return nil
    }
}
