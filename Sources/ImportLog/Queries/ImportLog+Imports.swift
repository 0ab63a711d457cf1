internal import EventLog
internal import SwiftProtobuf

extension ImportLog {
    /// How far an import has come.
    ///
    /// - Parameters:
    ///   - id: the import's number.
    ///   - position: answers as of this position of the log, folded from the events; nil for now.
    /// - Throws: `ImportLogError.notFound` if there is no such import or position.
    public func status(of id: ImportID, at position: UInt64? = nil) throws -> ImportStatus {
        let status = try read(at: position) { try $0.status(of: id) }
        guard var status else { throw notFound(id, at: position) }
        try countMended(&status, at: position)
        if position == nil { noteDeath(&status) }
        return status
    }

    /// The imports, newest first, at most `limit`.
    ///
    /// - Parameters:
    ///   - states: only imports in one of these states; nil for all.
    ///   - limit: the most imports to return.
    public func imports(in states: Set<ImportState>? = nil, limit: Int = .max) throws -> [ImportStatus] {
        try read(at: nil) { snapshot in
            var found: [ImportStatus] = []
            for id in try snapshot.importIDs(in: states, limit: limit) where found.count < limit {
                guard var status = try snapshot.status(of: id) else { continue }
                noteDeath(&status)
                try countMended(&status, at: nil)
                if states?.contains(status.state) ?? true { found.append(status) }
            }
            return found
        }
    }

    /// What was submitted as import `id`.
    ///
    /// - Throws: `ImportLogError.notFound` if there is no such import.
    public func submission(of id: ImportID) throws -> ImportSubmitted {
        let submitted = try read(at: nil) { snapshot in
            try snapshot.importView(id).map { ImportSubmitted($0.submitted) }
        }
        guard let submitted else { throw notFound(id) }
        return submitted
    }

    /// The imports whose source has `size` bytes, oldest first.
    package func imports(ofSize size: UInt64) throws -> [ImportID] {
        try imports(in: ImportsProjection.sizePrefix(size))
    }

    /// The imports of a source of this name, oldest first.
    package func imports(ofSource source: String) throws -> [ImportID] {
        try imports(in: ImportsProjection.sourcePrefix(source)).filter { try submission(of: $0).source == source }
    }

    private func imports(in index: [UInt8]) throws -> [ImportID] {
        try read(at: nil) { snapshot in
            var found: [ImportID] = []
            try snapshot.view("imports").scan(prefix: index) { key, _ in
                found.append(ImportID(endOf: key))
                return true
            }
            return found
        }
    }

    /// An import that says it is running but whose process is gone is interrupted.
    private func noteDeath(_ status: inout ImportStatus) {
        if status.state == .running && owner(of: status.importID) == nil {
            status.state = .interrupted
            status.reason = ProcessLock.lastWords(of: lockPath(status.importID)) ?? "its process is gone"
        }
    }

    func read<R>(at position: UInt64?, _ body: (borrowing Snapshot) throws -> R) throws -> R {
        try publicly {
            if let position { try events.read(at: position, body) } else { try events.read(body) }
        }
    }
}

extension Snapshot {
    /// The imports that may be in one of the states, newest first; for nil all, but no more than `limit`.
    fileprivate func importIDs(in states: Set<ImportState>?, limit: Int) throws -> [ImportID] {
        var prefixes = [ImportsProjection.listPrefix]
        if var states {
            // What is interrupted may say that it is running still.
            if states.contains(.interrupted) { states.insert(.running) }
            prefixes = states.map { ImportsProjection.statePrefix($0.rawValue) }
        }
        var ids: [ImportID] = []
        for prefix in prefixes {
            try view("imports").scan(prefix: prefix, backwards: true) { key, _ in
                ids.append(ImportID(endOf: key))
                return states != nil || ids.count < limit
            }
        }
        return ids.sorted(by: >)
    }

    func importView(_ id: ImportID) throws -> PBImportView? {
        try view("imports").value(at: ImportsProjection.listKey(id)).map { try PBImportView(serializedBytes: $0) }
    }

    func status(of id: ImportID) throws -> ImportStatus? {
        guard let submitted = try importView(id), let progress = try progress(of: id) else { return nil }
        return ImportStatus(id, submitted, progress, mended: progress.mended == 0 ? (0, false) : try mended(of: id))
    }

    private func progress(of id: ImportID) throws -> PBProgressView? {
        try view("progress").value(at: key(id)).map { try PBProgressView(serializedBytes: $0) }
    }

    /// How many of the import's rejected records were mended by imports that are not rolled back, and whether some may be
    /// counted twice.
    private func mended(of id: ImportID) throws -> (count: UInt64, mayRepeat: Bool) {
        var count: UInt64 = 0
        var menders: Set<ImportID> = []
        for mended in try standingMendings(of: id) {
            count = count.addingToLimit(mended.count)
            menders.insert(mended.by)
        }
        let isAnyBack = try menders.contains { try progress(of: $0)?.wasRestored == true }
        return (count, menders.count > 1 && isAnyBack)
    }

    /// The events that say which of the import's rejected records were mended, by imports that are not rolled back.
    func standingMendings(of id: ImportID) throws -> [(position: UInt64, by: ImportID, count: UInt64)] {
        var found: [(position: UInt64, by: ImportID, count: UInt64)] = []
        var isTakenBack: [ImportID: Bool] = [:]
        try view("mended").scan(prefix: key(id)) { key, value in
            let mended = try PBMendedView(serializedBytes: value)
            found.append((UInt64(endOf: key), ImportID(rawValue: mended.by), mended.count))
            return true
        }
        return try found.filter { mended in
            if let known = isTakenBack[mended.by] { return !known }
            let state = try progress(of: mended.by)?.state
            isTakenBack[mended.by] = state == ImportState.rolledBack.rawValue
            return state != ImportState.rolledBack.rawValue
        }
    }
}
