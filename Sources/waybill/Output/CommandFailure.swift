internal import ArgumentParser
internal import ImportEngine
internal import ImportLog

extension ExitCode {
    static let failed = ExitCode(1)
    static let wrongUsage = ExitCode(2)
    static let withRejects = ExitCode(3)
    static let notFinished = ExitCode(4)
}

/// A command that could not do what it was asked to, in words for the user.
struct CommandFailure: Error {
    private var failure: ImportFailure
    private let asJSON: Bool
    /// What stands below it: what became of the import, and what leads on.
    private var notes: [String] = []

    init(_ error: any Error, asJSON: Bool) { self.init(ImportFailure(error), asJSON: asJSON) }

    init(_ failure: ImportFailure, asJSON: Bool) {
        self.failure = failure
        self.asJSON = asJSON
    }

    var message: String { failure.message }

    /// The same, of an import that had begun.
    init(_ error: any Error, of status: ImportStatus, asJSON: Bool) {
        self.init(error, asJSON: asJSON)
        let extent = status.state.isCompleted ? "" : " so far"
        notes = ["import \(status.importID) \(status.state.words): \(status.recordWords)\(extent)"]
        let said = failure.remedy ?? ""
        notes += status.nextSteps.filter { !said.contains($0.command) }.map { "  \($0.what): \($0.command)" }
    }

    /// The same with a source's name in place of `the file`: where nobody sees the command, the message is all there is.
    func naming(_ source: String) -> CommandFailure {
        let name = Format.name(ofPath: source)
        var named = self
        if message.hasPrefix("the file ") {
            named.failure.message = name + message.dropFirst("the file".count)
        } else if message.hasPrefix("the document ") {
            named.failure.message = "\(name): \(message)"
        }
        return named
    }

    /// The same with other words for what to do.
    func edited(_ edit: (String) -> String) -> CommandFailure {
        var edited = self
        edited.failure.message = edit(failure.message)
        edited.failure.remedy = failure.remedy.map(edit)
        edited.notes = notes.map(edit)
        return edited
    }

    var exitCode: ExitCode { failure.isUsersMistake ? .wrongUsage : .failed }

    func report() { report(asJSON: asJSON) }

    func report(asJSON: Bool) {
        write()
        if asJSON { Console.output.writeJSON(document) }
    }

    /// The same of one of several sources.
    func report(of source: String) { write(source + ": ") }

    private func write(_ subject: String = "") {
        Console.error.writeText("waybill: " + subject + failure.message, "waybill:", as: .bad)
        if let remedy = failure.remedy { Console.error.writeText(remedy) }
        for note in notes { Console.error.write(note) }
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
