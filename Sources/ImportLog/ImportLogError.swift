internal import EventLog
internal import SwiftProtobuf

/// What an import log refused or could not do, and what to do now.
public struct ImportLogError: Error, Sendable, CustomStringConvertible {
    @nonexhaustive public enum Code: Sendable, Equatable {
        /// There is no such log, import, group or position.
        case notFound
        /// Someone else is at work on the import, or appended to it first.
        case conflict
        /// An impossible value: a part beyond the total, counts that do not add up.
        case invalid
        /// The log contradicts itself.
        case corrupted
        /// The disk appears to be full. What was appended is safe.
        case noSpace
        /// Any other refusal of the store or the system.
        case storage
    }

    public let code: Code
    /// What happened and where, in a sentence.
    public let message: String
    /// What to do now, if that is known.
    public let remedy: Remedy?

    public init(_ code: Code, _ message: String, remedy: Remedy? = nil) {
        self.code = code
        self.message = message
        self.remedy = remedy
    }

    public var description: String { remedy.map { "\(message)\n\($0)" } ?? message }

    init(_ error: EventLogError) {
        code =
            switch error.code {
            case .conflict: .conflict
            case .invalid: .invalid
            case .notFound: .notFound
            case .corrupted: .corrupted
            case .noSpace: .noSpace
            case .newerViews, .storage: .storage
            }
        message = error.message
        remedy = error.remedy.map(Remedy.init)
    }
}

extension ImportLogError {
    /// What the layers below threw, as this module's own error; any other error as it is.
    static func wrapping(_ error: any Error) -> any Error {
        switch error {
        case let error as EventLogError: ImportLogError(error)
        case is BinaryDecodingError, is SwiftProtobufError:
            ImportLogError(
                .corrupted, "The log holds something that cannot be read: \(error).", remedy: .verifyAndRestore)
        default: error
        }
    }
}

/// Runs `body`; what the layers below throw comes out as this module's own error.
func publicly<R>(_ body: () throws -> R) throws -> R {
    do { return try body() } catch { throw ImportLogError.wrapping(error) }
}
