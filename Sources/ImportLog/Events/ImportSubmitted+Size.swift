internal import EventLog

extension ImportSubmitted {
    /// Whether the log takes the description of this import: of very many sections or columns with long names it does not.
    ///
    /// - Throws: `ImportLogError.invalid` where it does not; nothing should be made for such an import.
    package func requireRoomInLog() throws {
        // The times that are added when it is submitted.
        let size = try ImportEvent.submitted(self).encoded().payload.count + 64 * sections.count
        guard size > EventLog.largestPayload else { return }
        let columns = sections.reduce(0) { $0 + $1.columns.count }
        throw ImportLogError(
            .invalid,
            "The log cannot describe this import: its \(sections.count) sections with \(columns) columns in all take "
                + "\(size) bytes, and the limit is \(EventLog.largestPayload). Nothing was written.",
            remedy: "Import fewer sections at a time with --section, or give columns shorter names with --columns. "
                + "Sections whose names are data should be one section with a field more.")
    }
}
