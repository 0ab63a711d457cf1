internal import Glibc
internal import ImportEngine
internal import ImportLog

/// Waybill's story: a delivery in four parts, one of which never comes, and a crash in the middle.
struct Demo {
    let directory: String

    private let database = "sqlite:shop.db"
    private let batch = "2026-11"
    private let parts = 4
    private let missingPart = 3
    private let killedPart = 2

    struct Failure: Error { var what: String }

    func run() throws {
        // So that the commands read as a user would write them there. The log is named: a .waybill in a directory above is
        // the user's own.
        guard chdir(directory) == 0 else { throw Failure(what: "\(directory) cannot be entered") }
        setenv("WAYBILL_LOG", ".waybill", 1)
        say("A catalogue of 400,000 records comes in four parts; a few records are bad.")
        try waybill("generate --records 400000 --parts \(parts) --bad 0.02", as: 0)

        say("Part 1 is imported.")
        try waybill(importing(1), as: 3)
        say("Part 2 is killed halfway with SIGKILL, like a crash.")
        try killHalfWay(importing(killedPart))
        try waybill("status 2", as: 4)
        say(
            "Waybill resumes it exactly where it stopped. Chunks missing from the log are recovered from the database's ledger."
        )
        try waybill("resume 2", as: 3)
        say("Part 3 never arrives. Part 4 does.")
        try waybill(importing(4), as: 3)

        say("What is missing?")
        try waybill("group status \(batch)", as: 4)
        say("Which records could not be used, and why?")
        try waybill("rejects 2 --limit 5", as: 0)

        say("Is the log intact, and do the views match it?")
        try waybill("log verify", as: 0)
        try waybill("replay --check", as: 0)
        try compare()
        say("The files, shop.db and the log (.waybill) are in \(directory). Delete it when you are done.")
    }

    private func importing(_ part: Int, into database: String? = nil) -> String {
        "import catalogue-\(part).csv --into \(database ?? self.database) --table catalogue --key sku --mode upsert "
            + "--batch-id \(batch) --part \(part) --total-parts \(parts)"
    }

    private func say(_ text: String) { Console.output.writeText("\n# " + text) }

    /// Runs a command where the user can see it, and expects its exit code.
    private func waybill(_ line: String, as expected: Int32) throws {
        Console.output.write("$ waybill \(line)")
        let code = try ChildProcess(line.words, isSilent: false).wait()
        guard code == expected else {
            throw Failure(what: "'waybill \(line)' ended with exit code \(code), not \(expected)")
        }
    }

    /// Starts an import with small chunks and kills it when about half of it is in the log.
    private func killHalfWay(_ line: String) throws {
        Console.output.write("$ waybill \(line) --chunk-size 500 &  … kill -9")
        let child = try ChildProcess((line + " --chunk-size 500").words, isSilent: true)
        let log = try ImportLog(directory: ".waybill", create: false)
        while (try? log.status(of: 2).percent ?? 0) ?? 0 < 50 { usleep(1_000) }
        child.kill()
        let code = child.wait()
        guard code == 128 + SIGKILL else {
            throw Failure(what: "the import that was to be killed had ended with exit code \(code)")
        }
    }

    /// Imports the same parts again, undisturbed and elsewhere, and compares the tables.
    private func compare() throws {
        say("Does the table match an import without the crash?")
        let calm = "sqlite:undisturbed.db"
        for part in 1...parts where part != missingPart {
            let line = importing(part, into: calm) + " --log-dir undisturbed-log"
            guard try ChildProcess(line.words, isSilent: true).wait() == 3 else {
                throw Failure(what: "the undisturbed import of part \(part) failed")
            }
        }
        let comparison = try TableComparison(
            of: "catalogue", in: DestinationAddress(database), and: DestinationAddress(calm))
        guard comparison.isSame else { throw Failure(what: "the table differs from that of an undisturbed import") }
        Console.output.write(
            "Yes: \(Format.count(comparison.rows, "row")) are identical, compared one by one.")
    }
}

extension String {
    fileprivate var words: [String] { split(separator: " ").map(String.init) }
}
