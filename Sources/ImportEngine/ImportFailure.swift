internal import ImportLog
internal import Records

/// Any error of an engine, ready to be shown to a user.
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

    /// A word that is no command.
    package init(noCommand word: String, of known: [String]) {
        self.init(
            usage: "There is no command '\(word)'.",
            remedy: NearestName.question(word, in: known) + "See which there are: waybill help")
    }

    package init(code: String, _ message: String, remedy: String?) {
        self.code = code
        self.message = message
        self.remedy = remedy
        isUsersMistake = false
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
            remedy = error.remedy.map(Self.command(for:))
            isUsersMistake = error.code == .notFound || error.code == .invalid
        default:
            code = "other"
            message = "\(error)"
            isUsersMistake = false
        }
    }

    /// The remedy as the command that does it.
    private static func command(for remedy: ImportLogError.Remedy) -> String {
        switch remedy {
        case .listImports: "To list the imports: waybill list"
        case .listGroups: "To list the batches: waybill group list"
        case .waitForOwner(let id): "Stop it first, with Ctrl-C or SIGTERM, or watch it: waybill status \(id) --watch"
        case .nameDirectory: "Give the log's directory with --log-dir or WAYBILL_LOG, or import something first."
        case .verifyAndRestore:
            "See where the damage begins: waybill log verify. Then restore the log's directory from a backup."
        case .rebuildViews: "Run: waybill replay"
        case .verifyAndRebuildViews: "Run: waybill log verify, then: waybill replay"
        case .stopOlderVersion: "An older Waybill is also in use. Stop it, then run: waybill replay"
        case .words(let words): words
        }
    }

    /// `notFound` as `not_found`, like all words in JSON.
    private static func snakeCase(_ word: String) -> String {
        word.map { $0.isUppercase ? "_" + $0.lowercased() : String($0) }.joined()
    }
}
