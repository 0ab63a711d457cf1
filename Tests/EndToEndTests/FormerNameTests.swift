import Foundation
import Testing

/// A flag that was renamed works under its old name, with one line on standard error that says the new one.
@Suite struct FormerNameTests {
    private let space: Workspace

    init() throws {
        space = try Workspace()
        try space.write("id,v\n1,a\n2,b\n3,c\n", to: "a.csv")
        try space.write("sources: {shop: {into: 'sqlite:shop.db', table: shop}}", to: "waybill.yaml")
    }

    /// The old flag with its value, the new one with its value, and what both do to an import.
    @Test(arguments: [
        ("--max-batch-size 2", "--max-records 2", 2), ("--max-batch-size=2", "--max-records=2", 2),
        ("--max-batch-size 2 --on-max-batch-size split", "--max-records 2 --on-max-records split", 0),
        ("--warn-batch-size 2", "--warn-records 2", 0), ("--force-batch-size 2", "--force-records 2", 2),
        ("--timeout-minutes 60", "--timeout 60m", 0), ("--timeout-minutes=60", "--timeout=60m", 0),
        ("--timeout-minutes 0", "--timeout 0m", 2), ("--source shop", "--profile shop", 0),
        ("--source other", "--profile other", 2), ("--header A:b", "--http-header A:b", 2),
        ("--log here", "--log-dir here", 0), ("--log=here", "--log-dir=here", 0),
    ])
    func theOldFlagDoesWhatTheNewOneDoes(_ old: String, _ new: String, _ status: Int32) throws {
        let command = "import a.csv --into sqlite:t.db --dry-run --json"
        let (before, now) = (try space.run("\(command) \(old)"), try space.run("\(command) \(new)"))
        #expect(now.status == status && before.status == status, "\(now) \(before)")
        #expect(before.output == now.output)
        let pairs = zip(old.split(separator: " "), new.split(separator: " ")).filter { $0 != $1 && $0.hasPrefix("--") }
        let warnings = pairs.map { old, new in
            let (old, new) = (old.prefix { $0 != "=" }, new.prefix { $0 != "=" })
            return "warning: \(old) is now \(new)" + (new == "--timeout" ? ", as in --timeout 60m" : "")
        }
        #expect(!warnings.isEmpty)
        #expect(before.error == warnings.map { $0 + "\n" }.joined() + now.error)
    }

    @Test func theOldFlagsAreNotInTheHelp() throws {
        let help = try ["import", "resume", "inspect", "init", "verify"].map { try space.run("\($0) --help").output }
            .joined()
        for old in ["--header ", "-batch-size", "--timeout-minutes", "--source ", "--log "] {
            #expect(!help.contains(old), "\(old)")
        }
        #expect(help.contains("-n, --dry-run") && help.contains("-y, --yes") && help.contains("-t, --table"))
    }

    @Test func aWordThatIsAValueIsNoFlag() throws {
        let result = try space.run("import a.csv --into sqlite:t.db --set=log=--log --dry-run -- a.csv")
        #expect(!result.error.contains("is now"), "\(result)")
        #expect(try space.run("inspect -- --log").error.contains("--log"), "a file's name behind the hyphens")
    }

    @Test func errorsIsRejects() throws {
        try space.write("id,v\n1,a\n2\n", to: "bad.csv")
        #expect(try space.run("import bad.csv --into sqlite:t.db -t bad").output.contains("waybill rejects 1"))
        let (old, new) = (try space.run("errors 1"), try space.run("rejects 1"))
        #expect(new.status == 0 && new.output.contains("line 3") && old.output == new.output)
        #expect(old.error.isEmpty)
    }

    @Test func theShortFlagsAreTheLongOnes() throws {
        #expect(try space.run("import a.csv --into sqlite:t.db -t one -n").output.contains("table one (would be"))
        #expect(try space.run("import a.csv --into sqlite:t.db -t one -y").status == 0)
        #expect(!(try space.run("trace --into sqlite:t.db -t one --key id=1").error.contains("Unknown option")))
        #expect(try space.run("rollback 1 -y").status == 0)
    }

    @Test func theOldSettingsAndVariablesWorkAndAreNamed() throws {
        try space.write(
            "sources: {a: {match: a.csv, into: 'sqlite:t.db', max_batch_size: 2, on_max_batch_size: split}}",
            to: "waybill.yaml")
        let result = try space.run("import a.csv", environment: ["WAYBILL_TIMEOUT_MINUTES": "5"])
        #expect(result.status == 0 && result.output.contains("import 2 succeeded"), "\(result)")
        for words in [
            "waybill.yaml, line 1: max_batch_size is now max_records",
            "waybill.yaml, line 1: on_max_batch_size is now on_max_records",
            "WAYBILL_TIMEOUT_MINUTES is now WAYBILL_TIMEOUT",
        ] {
            #expect(result.error.contains("warning: \(words)\n"), "\(result.error)")
        }
        let typo = try space.run("import a.csv --max-batch-sise 2")
        #expect(typo.status == 2)
    }
}
