package import ImportLog
internal import Records

/// What an engine reports during a rollback.
package enum RollbackNews: Sendable {
    /// A backup is there.
    case backedUp(Backup)
    case began(ImportStatus, chunks: Int)
    case chunk(done: Int, of: Int, ReversalCounts)
    /// - Parameter chunk: nil for what comes before the first one.
    case retrying(chunk: UInt64?, attempt: Int, error: String)
    /// A table that an import had created went with it.
    case dropped(table: String, ImportID)
    /// So did a column that an import had added.
    case droppedColumn(String, table: String)
    /// One stays, because something uses it.
    case keptColumn(String, table: String)
}

extension ImportEngine {
    /// Takes imports back, newest first, after a backup of each destination.
    ///
    /// Blocks the thread. It can be stopped between two chunks, or killed at any moment, and continued by the same
    /// call.
    ///
    /// - Parameters:
    ///   - imports: newest first, as `imports(_:)` gives them.
    ///   - selection: what they were chosen by; where it means only some rows, the imports keep their states.
    ///   - overwritesEdited: whether rows that someone edited since are undone anyway.
    /// - Throws: `DataError.conflict` if an import keeps no undo data; nothing of it is changed then.
    package func rollBack(
        _ imports: [ImportStatus], as selection: RollbackSelection, overwritesEdited: Bool = false,
        makesBackup: Bool = true,
        stop: StopSwitch = StopSwitch(), news: @escaping @Sendable (RollbackNews) -> Void = { _ in }
    ) throws -> [ImportStatus] {
        do {
            return try rollBackAll(
                imports, as: selection, overwritesEdited: overwritesEdited, makesBackup: makesBackup, stop: stop,
                news: news)
        } catch let error as DataError where error.code == .busy {
            throw DataError(
                .busy, error.message,
                remedy:
                    "Check that the server is up and who holds locks, then run the same command again: it continues "
                    + "where it stopped.")
        } catch var error as DataError where error.code == .noSpace {
            error.remedy =
                "Free some space there, then run the same command again: it continues where it stopped. A rollback without "
                + "a backup (--no-backup) needs less."
            throw error
        }
    }

    private func rollBackAll(
        _ imports: [ImportStatus], as selection: RollbackSelection, overwritesEdited: Bool, makesBackup: Bool,
        stop: StopSwitch, news: @escaping @Sendable (RollbackNews) -> Void
    ) throws -> [ImportStatus] {
        var locked: Set<String> = []
        let working = try imports.filter { locked.insert($0.destination).inserted }.map { status in
            try DestinationLock(
                log, address(of: status.importID), openDestination(of: status.importID), for: .work)
        }
        defer { for lock in working { lock.release() } }
        let imports = try imports.map { status in
            guard status.state == .rolledBack else { return status }
            return try followIfBack(status, openDestination(of: status.importID)) ?? status
        }
        for status in imports { try patiently(news) { try requireUndo(status) } }
        if let condition = selection.condition { try requireColumn(condition.column, of: imports) }
        var backups: [String: String] = [:]
        if makesBackup {
            for destination in Set(imports.map(\.destination)) {
                let concerned = imports.filter { $0.destination == destination && $0.rollback?.isFinished != false }
                if concerned.isEmpty { continue }
                let backup = try patiently(news) {
                    try Backups(log).make(
                        of: place ?? DestinationAddress(destination), before: concerned.map(\.importID))
                }
                backups[destination] = backup.name
                news(.backedUp(backup))
            }
        }
        var ended: [ImportStatus] = []
        for status in imports {
            if stop.reason != nil { break }
            ended.append(
                try rollBack(
                    status.importID, only: selection.condition, overwritesEdited: overwritesEdited,
                    backup: backups[status.destination] ?? "", stop: stop, news: news))
        }
        return ended
    }

    /// Does what changes nothing of a database, again where another try may help.
    private func patiently<T>(_ news: (RollbackNews) -> Void, _ body: () throws -> T) throws -> T {
        var attempt = 1
        while true {
            do {
                return try body()
            } catch let error as DataError where error.code == .busy && attempt < RollbackRun.mostAttempts {
                news(.retrying(chunk: nil, attempt: attempt, error: error.message))
                RetryDelay.wait(beforeAttempt: attempt + 1)
                attempt += 1
            }
        }
    }

    private func rollBack(
        _ id: ImportID, only: RowCondition?, overwritesEdited: Bool, backup: String, stop: StopSwitch,
        news: @escaping @Sendable (RollbackNews) -> Void
    ) throws -> ImportStatus {
        let owner = try log.own(id)
        var status = try log.status(of: id)
        let destination = try patiently(news) { try openDestination(of: id) }
        if status.rollback == nil {
            // What its process wrote and could not log any more is undone with the rest.
            let ledger = try patiently(news) { try reconcile(status, knownChunks(of: id), destination) }
            if !ledger.recovered.isEmpty || !ledger.lost.isEmpty {
                try note(ledger, status, owner)
                _ = try owner.submit([.interrupted(reason: "it is being rolled back", noticedLater: false)]).wait()
                status = try log.status(of: id)
            }
        }
        // A rollback is continued as it began.
        var (only, overwritesEdited) = (only, overwritesEdited)
        let isUnfinished = status.rollback?.isFinished == false
        let rollback: UInt64
        if isUnfinished {
            let started: RollbackStarted
            (rollback, started) = try log.startOfRollback(of: id)
            overwritesEdited = started.overwritesEdited
            only =
                started.onlyColumn.isEmpty
                ? nil : RowCondition(column: started.onlyColumn, value: started.onlyValue)
            _ = try owner.submit([.resumed(.current)]).wait()
        } else {
            rollback = try owner.submit([
                .rollbackStarted(
                    RollbackStarted(
                        run: .current, requestedBy: CurrentUser.description, overwritesEdited: overwritesEdited,
                        backup: backup, stateBefore: status.state, onlyColumn: only?.column ?? "",
                        onlyValue: only?.value ?? ""))
            ]).wait()
        }
        // What is undone, the destination says: it may have lost what the log has, and have what the log lacks.
        let logged = try log.reversals(of: id, since: rollback)
        var done: Set<UInt64> = []
        var counts = ReversalCounts()
        let entries = try patiently(news) {
            var entries: [ReversalEntry] = []
            try destination.forEachReversal(logID: log.id, importID: id.rawValue) { receipt in
                guard let entry = try? ReversalEntry(bytes: receipt.entry), entry.rollback == rollback else { return }
                entries.append(entry)
            }
            return entries
        }
        for entry in entries {
            done.insert(entry.chunk.chunk)
            counts += entry.chunk.counts
            if !logged.contains(entry.chunk.chunk) { _ = try owner.submit(entry).wait() }
        }
        let chunks = try patiently(news) { try destination.chunksWithUndo(logID: log.id, importID: id.rawValue) }
            .filter { !done.contains($0) }.sorted(by: >)
        news(.began(status, chunks: chunks.count))
        let run = RollbackRun(
            owner: owner, logID: log.id, destination: destination, rollback: rollback,
            overwritesEdited: overwritesEdited, only: only, versioned: try versionedTables(of: status.destination),
            stop: stop, news: news)
        do {
            switch try run.run(chunks, &counts) {
            case .completed:
                if only == nil {
                    try patiently(news) {
                        try destination.finishReversal(logID: log.id, importID: id.rawValue)
                        try dropAddedColumns(of: id, destination).forEach(news)
                        for (table, maker) in try dropCreatedTables(of: id, destination) {
                            news(.dropped(table: table, maker))
                        }
                    }
                }
                _ = try owner.submit([
                    .rollbackCompleted(counts, state: only == nil ? .rolledBack : log.stateBeforeRollback(of: id))
                ]).wait()
                owner.removeLock()
            case .stopped(let reason):
                _ = try owner.submit([.interrupted(reason: reason, noticedLater: false)]).wait()
            }
        } catch {
            _ = try? owner.submit([.interrupted(reason: "\(error)", noticedLater: false)]).wait()
            throw error
        }
        return try log.status(of: id)
    }

    /// The tables of a destination that keep versions of their rows, as far as the log knows.
    private func versionedTables(of destination: String) throws -> [VersionedTable] {
        let versioned = WriteMode.versioned.rawValue
        let imports = try log.imports().filter {
            $0.destination == destination && ($0.mode == versioned || !$0.sections.isEmpty)
        }
        let tables = try imports.flatMap { try log.submission(of: $0.importID).sections }
            .filter { $0.mode == versioned }.map {
                VersionedTable(
                    table: $0.table, key: $0.key,
                    isCurrent: $0.writing.historyColumns.first ?? HistoryColumns().isCurrent)
            }
        return Array(Set(tables))
    }

    /// Throws if no row can have a value in a column, since no table has it.
    private func requireColumn(_ name: String, of imports: [ImportStatus]) throws {
        let isThere = try imports.contains {
            try openDestination(of: $0.importID)
                .changedTables(haveColumn: name, logID: log.id, importID: $0.importID.rawValue)
        }
        if isThere { return }
        throw DataError(
            .unusableOption, "No table that these imports changed has a column \(name). Nothing was changed.",
            remedy: "Name a column as the table does: --where COLUMN=VALUE.")
    }

    /// Throws if what would take an import back is not there.
    private func requireUndo(_ status: ImportStatus) throws {
        let submitted = try log.submission(of: status.importID)
        let id = status.importID
        if status.state == .running {
            throw ImportLogError(
                .conflict, "Import \(id) is running.", remedy: "Stop it first, with Ctrl-C or SIGTERM."
            )
        }
        let destination = try openDestination(of: id)
        // A ledger that contradicts the log is another import's, whose rows are not this log's to take.
        if status.rollback == nil {
            _ = try reconcile(status, knownChunks(of: id), destination)
            _ = try openDestination(
                holding: id,
                orElse: "there is nothing to undo; to write the import again: waybill resume")
        }
        try destination.requireReversible(logID: log.id, importID: id.rawValue)
        let chunks = Set(try destination.chunksWithUndo(logID: log.id, importID: id.rawValue))
        var without: UInt64?
        try destination.forEachReceipt(logID: log.id, importID: id.rawValue) { receipt in
            if without == nil && !chunks.contains(receipt.key.chunk) { without = receipt.key.chunk }
        }
        guard let without else { return }
        throw DataError(
            .conflict,
            "Import \(id) cannot be rolled back: chunk \(without) has no undo data in \(submitted.destination). "
                + "Nothing was changed.",
            remedy: submitted.sections.contains { !$0.writing.keepsUndo }
                ? "It was imported with --no-undo: remove its rows by hand."
                : "It was imported before Waybill kept undo data: remove its rows by hand.")
    }
}

extension ImportLog {
    /// An import's last rollback: the position of its beginning, and what was said there.
    fileprivate func startOfRollback(of id: ImportID) throws -> (position: UInt64, started: RollbackStarted) {
        var found: (UInt64, RollbackStarted)?
        try forEachEvent(of: id) { recorded, _ in
            if case .rollbackStarted(let started) = recorded.event { found = (recorded.position, started) }
        }
        guard let found else { throw ImportLogError(.notFound, "Import \(id) has no rollback.") }
        return found
    }

    fileprivate func stateBeforeRollback(of id: ImportID) throws -> ImportState {
        try status(of: id).rollback?.stateBefore ?? .rolledBack
    }

    /// The chunks that a rollback undid, and what became of their rows.
    fileprivate func reversals(of id: ImportID, since position: UInt64) throws -> Set<UInt64> {
        var chunks: Set<UInt64> = []
        try forEachEvent(of: id) { recorded, _ in
            guard recorded.position > position, case .chunkReversed(let chunk) = recorded.event else { return }
            chunks.insert(chunk.chunk)
        }
        return chunks
    }
}
