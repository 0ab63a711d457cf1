internal import ImportLog
internal import Records

/// Any error of an engine, for whoever shows it to a user.
package struct ImportFailure: Sendable {
    /// A stable word.
    package var code: String
    /// What happened and where, in a sentence.
    package var message: String
    /// What to do now, where it is known.
    package var remedy: String?
    /// Whether what was asked for is not possible or not there, so that the user must ask for something else.
    package var isUsersMistake: Bool

    /// Wrong usage, in words of its own.
    package init(usage message: String, remedy: String) {
        code = "usage"
        self.message = message
        self.remedy = remedy
        isUsersMistake = true
    }

    package init(_ error: any Error) {
        switch error {
        case let error as DataError:
            code = Self.snakeCase(error.code.rawValue)
            message = error.message
            remedy = error.remedy
            isUsersMistake = error.code == .unusableOption || error.code == .notFound
        case let error as ImportLogError:
            code = Self.snakeCase("\(error.code)")
            message = error.message
            remedy = error.remedy
            isUsersMistake = error.code == .notFound || error.code == .invalid
        default:
            code = "other"
            message = "\(error)"
            isUsersMistake = false
        }
    }

    /// `notFound` as `not_found`, like all words in JSON.
    private static func snakeCase(_ word: String) -> String {
        word.map { $0.isUppercase ? "_" + $0.lowercased() : String($0) }.joined()
    }
}
