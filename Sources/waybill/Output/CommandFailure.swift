internal import ArgumentParser
internal import ImportEngine

extension ExitCode {
    static let failed = ExitCode(1)
    static let wrongUsage = ExitCode(2)
    static let withRejects = ExitCode(3)
    static let notFinished = ExitCode(4)
}

/// A command that could not do what it was asked to, in words for the user.
struct CommandFailure: Error {
    private let failure: ImportFailure
    private let asJSON: Bool

    init(_ error: any Error, asJSON: Bool) { self.init(ImportFailure(error), asJSON: asJSON) }

    init(_ failure: ImportFailure, asJSON: Bool) {
        self.failure = failure
        self.asJSON = asJSON
    }

    var message: String { failure.message }

    var exitCode: ExitCode { failure.isUsersMistake ? .wrongUsage : .failed }

    func report() { report(asJSON: asJSON) }

    func report(asJSON: Bool) {
        Console.error.writeText("waybill: " + failure.message)
        if let remedy = failure.remedy { Console.error.writeText(remedy) }
        if asJSON { Console.output.writeJSON(document) }
    }

    var document: Document {
        Document(error: .init(code: failure.code, message: failure.message, remedy: failure.remedy))
    }

    struct Document: Encodable {
        struct Failure: Encodable {
            var code: String
            var message: String
            var remedy: String?
        }

        var error: Failure
    }
}
