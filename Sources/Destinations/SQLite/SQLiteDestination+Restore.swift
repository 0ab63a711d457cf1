internal import Glibc
package import Records

extension SQLiteDestination {
    /// The whole database becomes what the backup is, in one transaction of SQLite's own.
    package func restore(
        from path: String, logID: String, importIDs: [UInt64], overwritesEdited _: Bool, isTrial: Bool
    ) throws -> RestoreReport {
        guard access(path, R_OK) == 0 else {
            throw DataError(
                .unreadable, "The backup \(path) cannot be read: \(String(cString: strerror(errno))).",
                remedy: "To list the backups: waybill backup list")
        }
        let report = try SQLiteBackupComparison(connection, backup: path).report(logID: logID, importIDs: importIDs)
        if !isTrial { try connection.restore(from: path) }
        return report
    }
}
