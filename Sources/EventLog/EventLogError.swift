internal import LMDB

/// What the log refused or could not do, and what to do now.
package struct EventLogError: Error, Sendable, CustomStringConvertible {
    package enum Code: Sendable, Equatable {
        /// Someone else appended to the stream first.
        case conflict
        /// A name or size that the log does not take.
        case invalid
        /// The log's content contradicts itself.
        case corrupted
        /// A newer version of the program keeps this log's views.
        case newerViews
        case noSpace
        case notFound
        /// Any other refusal of the store.
        case storage
    }

    package let code: Code
    package let message: String
    package let remedy: Remedy?

    package init(_ code: Code, _ message: String, remedy: Remedy? = nil) {
        self.code = code
        self.message = message
        self.remedy = remedy
    }

    /// What the log has contradicts itself: `log verify` says where that begins.
    static func damaged(_ message: String) -> EventLogError {
        EventLogError(.corrupted, message, remedy: .verifyAndRestore)
    }

    package var description: String {
        if case .words(let words) = remedy { "\(message)\n\(words)" } else { message }
    }

    /// Any error of the layers below, as one of this type where it is theirs.
    static func wrapping(_ error: any Error) -> any Error {
        guard let error = error as? LMDBError else { return error }
        let code: Code =
            switch error.code {
            case .noSpace: .noSpace
            case .missing: .notFound
            case .corrupted, .invalidFile: .corrupted
            default: .storage
            }
        let remedy: Remedy? = error.code == .corrupted ? .verifyAndRestore : error.remedy.map { .words($0) }
        return EventLogError(code, "The log could not \(error.operation): \(error.reason).", remedy: remedy)
    }
}

func storage<R>(_ body: () throws -> R) throws -> R {
    do { return try body() } catch { throw EventLogError.wrapping(error) }
}
