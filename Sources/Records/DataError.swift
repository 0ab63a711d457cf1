/// What went wrong with a source or a destination, where, and what to do now.
package struct DataError: Error, Sendable, CustomStringConvertible {
    package enum Code: String, Sendable {
        /// There is no file of this name.
        case notFound
        /// The source cannot be opened or read.
        case unreadable
        /// The source's content is not what it should be (no header, an unknown encoding).
        case malformed
        /// Options that do not fit the source or the destination.
        case unusableOption
        /// The destination cannot be opened or refused a statement.
        case destination
        /// The destination is in use by someone else; trying again may help.
        case busy
        /// No space left where the destination or the log is.
        case noSpace
        /// The destination and the log contradict each other.
        case conflict
    }

    package var code: Code
    /// What happened and where, in one sentence.
    package var message: String
    /// What to do now.
    package var remedy: String?

    package init(_ code: Code, _ message: String, remedy: String? = nil) {
        self.code = code
        self.message = message
        self.remedy = remedy
    }

    package var description: String { remedy.map { "\(message)\n\($0)" } ?? message }

    /// The end of a command that changes a file on its way into an import, for remedies.
    package static let pipedImport = "waybill import - --into DEST --table NAME"
}
