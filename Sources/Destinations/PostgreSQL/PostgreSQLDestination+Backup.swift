internal import Glibc
package import Records

extension PostgreSQLDestination {
    package func backUp(to path: String, logID: String, importIDs: [UInt64]) throws {
        guard access(path, F_OK) != 0 else {
            throw DataError(.destination, "\(path) already exists.", remedy: "Give the backup another name.")
        }
        guard let file = fopen(path, "w") else {
            throw DataError(.unreadable, "\(path) cannot be written: \(String(cString: strerror(errno))).")
        }
        defer { fclose(file) }
        func failure() -> DataError {
            DataError(
                .noSpace, "\(path) cannot be written: \(String(cString: strerror(errno))).",
                remedy: "Free some space for the backup, or skip it with --no-backup.")
        }
        try transaction { connection in
            try PostgreSQLSchema(connection).create()
            try PostgreSQLBackup(connection).write(logID: logID, importIDs: importIDs) { bytes in
                guard fwrite(bytes.baseAddress, 1, bytes.count, file) == bytes.count else { throw failure() }
            }
        }
        guard fflush(file) == 0, fsync(fileno(file)) == 0 else { throw failure() }
    }

    /// Ends a transaction in which something was only tried.
    private struct Tried: Error {}

    package func restore(
        from path: String, logID: String, importIDs: [UInt64], overwritesEdited: Bool, isTrial: Bool
    ) throws -> RestoreReport {
        guard let file = fopen(path, "r") else {
            throw DataError(
                .unreadable, "The backup \(path) cannot be read: \(String(cString: strerror(errno))).",
                remedy: "To list the backups: waybill backup list")
        }
        let reader = PostgreSQLBackupReader(file, path: path)
        var report = RestoreReport(isWhole: false)
        do {
            try transaction { connection in
                try PostgreSQLSchema(connection).create()
                let restore = try PostgreSQLRestore(
                    connection, logID: logID, importIDs: importIDs, overwritesEdited: overwritesEdited)
                while let next = try reader.next() {
                    switch next {
                    case .table(let id, let head):
                        try restore.load(id, head: head, rows: reader.copyLines, undo: reader.copyLines)
                    case .part(let part): try restore.load(part, reader.copyLines)
                    }
                }
                report = try restore.run()
                if isTrial { throw Tried() }
            }
        } catch is Tried {}
        return report
    }
}

/// Reads a backup file line by line.
///
/// Not `Sendable`, and used within one call.
final class PostgreSQLBackupReader {
    private let file: UnsafeMutablePointer<FILE>
    private let path: String
    private var line: UnsafeMutablePointer<CChar>?
    private var capacity = 0
    private var hasEnd = false
    private var isOld = true
    private var hasTable = false

    /// - Parameter file: is closed with this.
    init(_ file: UnsafeMutablePointer<FILE>, path: String) {
        self.file = file
        self.path = path
    }

    deinit {
        free(line)
        fclose(file)
    }

    private func nextLine() -> UnsafeRawBufferPointer? {
        let count = getline(&line, &capacity, file)
        return count > 0 ? UnsafeRawBufferPointer(start: line, count: count) : nil
    }

    private var damage: DataError {
        DataError(
            .malformed, "The backup \(path) is damaged or is not a Waybill backup. Nothing was changed.",
            remedy: "Restore another backup. To list them: waybill backup list")
    }

    enum Next {
        /// The table's id, and what its head says of its columns.
        case table(id: String, head: Substring)
        case part(PostgreSQLBackup.Part)
    }

    /// What comes next; nil at the end.
    func next() throws -> Next? {
        guard let bytes = nextLine() else {
            if isOld && hasTable || hasEnd { return nil }
            throw damage
        }
        let text = String(decoding: bytes, as: UTF8.self)
        if text == PostgreSQLBackup.end {
            hasEnd = true
            return nil
        }
        if let part = PostgreSQLBackup.Part.allCases.first(where: { $0.mark == text }) { return .part(part) }
        let parts = text.dropFirst(PostgreSQLBackup.mark.count).dropLast()
            .split(separator: " ", maxSplits: 1, omittingEmptySubsequences: false)
        guard text.hasPrefix(PostgreSQLBackup.mark), text.hasSuffix("\n"), let id = parts.first.flatMap({ Int($0) })
        else { throw damage }
        hasTable = true
        // Older backups have neither columns nor an end mark.
        if parts.count > 1 { isOld = false }
        return .table(id: "\(id)", head: parts.count > 1 ? parts[1] : "")
    }

    func copyLines(to send: (UnsafeRawBufferPointer) throws -> Void) throws {
        while let bytes = nextLine() {
            if bytes.elementsEqual("\\.\n".utf8) { return }
            try send(bytes)
        }
        throw damage
    }
}
