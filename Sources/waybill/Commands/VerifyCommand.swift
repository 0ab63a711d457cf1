internal import ArgumentParser
internal import ImportEngine
internal import ImportLog

struct VerifyCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "verify",
        abstract: "Compare an import's rows with the log, and run the checks of waybill.yaml.",
        usage: "waybill verify [<options>] <id>",
        discussion: """
            The result is recorded in the log.

            Exit codes: 0: all checks passed; 1: a check failed or could not run; 3: no check failed, but a rollback \
            kept some rows.

            Example:
              waybill verify 3
            """)

    @OptionGroup(title: "Common options") var global: GlobalOptions
    @OptionGroup var place: PlaceArguments
    @OptionGroup(title: "The configuration") var configured: ConfigurationFileArguments

    @Argument(help: ArgumentHelp("The import's number.", valueName: "id"))
    var id: ImportID

    func run() throws {
        try global.run {
            let verification = try verify()
            if global.json {
                Console.output.writeJSON(VerificationDocument(verification))
            } else {
                Console.output.writeText(
                    verification.text.hasSuffix("\n") ? String(verification.text.dropLast()) : verification.text)
            }
            if !verification.hasPassed { throw ExitCode.failed }
            if verification.hasKeptRows { throw ExitCode.withRejects }
        }
    }

    private func verify() throws -> Verification {
        let line = ProgressLine(isQuiet: global.quiet)
        defer { line.clear() }
        return try place.engine(global).verify(id, configured.read(), sourceName: configured.sourceName) {
            done, total in
            line.showWithTimeLeft(
                fraction: Double(done) / Double(max(1, total)),
                "\(Format.count(done)) of \(Format.count(total, "chunk"))")
        }
    }
}

/// What a verification found, as JSON.
private struct VerificationDocument: Encodable {
    private enum CodingKeys: String, CodingKey {
        case importID = "import"
        case passed, checks
    }

    let importID: ImportID
    let passed: Bool
    let checks: [CheckOutcome]

    init(_ verification: Verification) {
        importID = verification.importID
        passed = verification.hasPassed
        checks = verification.checks
    }
}
