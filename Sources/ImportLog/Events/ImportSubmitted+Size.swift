internal import EventLog

extension ImportSubmitted {
    /// Whether the log takes the description of this import: of very many sections or columns with long names it does not.
    ///
    /// - Throws: `ImportLogError.invalid` if it does not; nothing should be made for such an import.
    package func requireRoomInLog() throws {
        // The times that are added when it is submitted.
        let size = try ImportEvent.submitted(self).encoded().payload.count + 64 * sections.count
        guard size > EventLog.largestPayload else { return }
        let columns = sections.reduce(0) { $0 + $1.columns.count }
        throw ImportLogError(
            .invalid,
            "The import is too large for the log: the description of its \(sections.count) sections and \(columns) columns takes "
                + "\(size) bytes (limit: \(EventLog.largestPayload)). Nothing was written.",
            remedy: .words(
                "Import fewer sections at a time, or give columns shorter names. "
                    + "If the section names are data, convert them to a field of one section."))
    }
}
