import Foundation
import Testing

/// Mistakes of every day, and what the screen says of them.
@Suite struct EverydayMistakeTests {
    private let space: Workspace

    init() throws { space = try Workspace() }

    private func isThere(_ name: String) -> Bool { FileManager.default.fileExists(atPath: space.file(name)) }

    @Test(arguments: ["--key nokey", "--mode update --key id", "--mode delete --key id", "--part 3 --batch-id b"])
    func aRefusedImportMakesNoDatabase(_ options: String) throws {
        try space.write("id,v\n1,x\n", to: "f.csv")
        try space.write("id,v\n2,x\n", to: "g.csv")
        let batch = "--batch-id b --part 1 --total-parts 2"
        try #require(space.run("import g.csv --into sqlite:other.db \(batch)").status == 0)
        let refused = try space.run("import f.csv --into sqlite:typo.db \(options)")
        #expect(refused.status == 2 && !isThere("typo.db"), "\(refused)")
        if options.contains("mode") { #expect(refused.error.contains("typo.db yet: check the path"), "\(refused)") }
    }

    /// Pasting the command that is printed leaves what a user of a corrected file wants.
    @Test func aFileThatChangedIsImportedWithAWordOnItsFormerRows() throws {
        try space.write("id,v\n1,x\n2,y\n", to: "f.csv")
        let first = try space.run("import f.csv --into sqlite:a.db")
        #expect(!first.error.contains("other content"), "\(first)")
        try space.write("id,v\n1,x\n2,Y\n", to: "f.csv")
        let second = try space.run("import f.csv --into sqlite:a.db")
        let words =
            "f.csv had other content in import 1, whose 2 rows stay in f; if this file replaces that one: waybill rollback 1"
        #expect(second.status == 0 && second.error.contains(words), "\(second)")
        try #require(space.run("rollback 1 --yes").status == 0)
        #expect(try Table.all(space.file("a.db"), "f").count == 2)
        // What is gone is not spoken of, and neither is another table.
        for options in ["--table t", "--table f --limit 1 --force"] {
            let other = try space.run("import f.csv --into sqlite:a.db \(options)")
            #expect(!other.error.contains("other content"), "\(other)")
        }
    }

    @Test func aMarkThatImportedRecordsBeginWithIsNoComments() throws {
        try space.write("a,b\n#1,x\n# only a remark\n2,y\n", to: "f.csv")
        #expect(try !space.run("import f.csv --into sqlite:a.db").output.contains("--comment"))
        try space.write("a,b\n1,x\n# only a remark\n2,y\n", to: "g.csv")
        #expect(try space.run("import g.csv --into sqlite:a.db").output.contains("--comment '#'"))
    }

    @Test func aTableNamedAfterSeveralFilesComesWithTheOptionThatKeepsItsName() throws {
        for name in ["sales-1.csv", "sales-2.csv", "a.csv"] { try space.write("id\n1\n", to: name) }
        let shared = try space.run("import sales-1.csv sales-2.csv --into sqlite:a.db --force")
        #expect(shared.error.contains("one table, sales (a single file is named after itself: give --table sales)"))
        let named = try space.run("import sales-1.csv sales-2.csv --into sqlite:b.db --table sales --force")
        #expect(!named.error.contains("a single file"), "\(named)")
    }

    @Test func deletedRowsAreCalledDeleted() throws {
        try space.write("id,v\n1,x\n2,y\n", to: "f.csv")
        try space.write("id\n1\n9\n", to: "d.csv")
        try #require(space.run("import f.csv --into sqlite:a.db -t t --key id --mode upsert").status == 0)
        let deletion = try space.run("import d.csv --into sqlite:a.db -t t --key id --mode delete")
        #expect(deletion.output.contains("2 read: 1 deleted, 1 unchanged"), "\(deletion)")
        #expect(try space.run("status 2").output.contains("1 deleted"))
        #expect(try space.run("status 1").output.contains("2 read: 2 inserted"))
    }

    @Test(arguments: [
        ("--dry", "--dry-run"), ("--sep", "--delimiter"), ("--db", "--into"), ("--upsert", "--mode"),
        ("--tabel", "--table"),
    ])
    func anUnknownOptionComesWithTheOneThatWasMeant(_ option: String, _ meant: String) throws {
        let refused = try space.run("import f.csv \(option)")
        #expect(refused.status == 2 && refused.error.contains("Did you mean '\(meant)'?"), "\(refused)")
        let json = try space.run("import f.csv \(option) --json").json()["error"] as? [String: Any]
        #expect((json?["message"] as? String)?.contains("'\(meant)'") == true)
    }

    @Test func anOptionThatIsLikeNoneComesWithoutSuggestion() throws {
        let refused = try space.run("import f.csv --bogus")
        #expect(refused.status == 2 && !refused.error.contains("Did you mean"), "\(refused)")
    }

    @Test func helpOnAnUnknownCommandIsRefused() throws {
        let refused = try space.run("help improt")
        #expect(refused.status == 2 && refused.error.contains("Did you mean 'import'?"), "\(refused)")
        #expect(try space.run("help import").status == 0 && space.run("help group status").status == 0)
    }

    @Test func aFileWhoseDelimiterIsNamedIsNoJSON() throws {
        try space.write("\"a\":\"b\"\n\"1\":\"2\"\n", to: "q.csv")
        let result = try space.run(["import", "q.csv", "--into", "sqlite:a.db", "--delimiter", ":"])
        #expect(result.status == 0 && result.error.contains("a integer, b integer"), "\(result)")
    }

    /// What is in the comments, uncommented, gives the column the type that NA keeps from it.
    @Test func initProposesWhatANullNeeds() throws {
        try space.write("id,delay\n1,5\n2,NA\n3,7\n", to: "flights.csv")
        try #require(space.run("init flights.csv").status == 0)
        var text = String(decoding: try space.read("waybill.yaml"), as: UTF8.self)
        #expect(text.contains("delay: {type: integer, null: [NA]}"), "\(text)")
        text = text.replacing("# columns:", with: "columns:").replacing("#   delay:", with: "  delay:")
        try space.write(text, to: "waybill.yaml")
        let result = try space.run("import flights.csv")
        #expect(result.status == 0 && result.error.contains("id integer, delay integer"), "\(result)")
    }

    @Test(arguments: ["My File's.csv", "[min].csv"]) func initNamesTheTableAsImportDoes(_ name: String) throws {
        try space.write("id\n1\n", to: name)
        let plain = try space.run(["import", name, "--into", "sqlite:a.db", "--dry-run"])
        try #require(space.run(["init", name]).status == 0)
        let configured = try space.run(["import", name, "--dry-run"])
        let table = try #require(plain.output.firstMatch(of: /table .* \(would be created\)/)).output
        #expect(configured.output.contains(table), "\(configured)")
    }

    @Test func wideCharactersTakeTwoColumns() throws {
        try space.write("名前,n\n東京,1\nab,2\n", to: "f.csv")
        let lines = try space.run("inspect f.csv").output.split(separator: "\n")
        #expect(lines.contains("    名前    text     東京   ab"), "\(lines)")
        #expect(lines.contains("    n       integer  1      2"), "\(lines)")
    }

    @Test func theListNamesDatabasesWhereThereAreSeveral() throws {
        try space.write("id\n1\n", to: "f.csv")
        try #require(space.run("import f.csv --into sqlite:a.db").status == 0)
        #expect(try !space.run("list").output.contains("database"))
        try #require(space.run("import f.csv --into sqlite:b.db").status == 0)
        let list = try space.run("list").output
        #expect(list.contains("database") && list.contains("a.db") && list.contains("b.db"), "\(list)")
        #expect(try space.run(["list", "--state", "partially succeeded"]).status == 0)
    }

    @Test func aTraceSaysMoreOfTheImportWhenAsked() throws {
        try space.write("id,v\n1,x\n", to: "f.csv")
        try #require(space.run("import f.csv --into sqlite:a.db --key id").status == 0)
        let trace = "trace --into sqlite:a.db -t f --key 1"
        #expect(try !space.run(trace).output.contains("mode insert"))
        let more = try space.run(trace + " -v")
        #expect(more.output.contains("  import 1: succeeded, mode insert, submitted "), "\(more)")
        #expect(try space.run("log show -v").output.contains("  " + space.run("log head").output))
    }

    @Test func aTrialThatWasStoppedIsNotFinished() throws {
        try space.write("id,v\n" + (0..<300_000).map { "\($0),x\n" }.joined(), to: "long.csv")
        // What runs in the background ignores the signal until it catches it.
        let end = try space.shell(
            """
            waybill import long.csv --into sqlite:a.db --dry-run --chunk-size 100 & pid=$!
            while kill -INT $pid 2>/dev/null; do sleep 0.1; done
            wait $pid
            """)
        #expect(end.status == 4 && !end.output.contains("would stop here"), "\(end)")
    }

    @Test func aGeneratedFileHasItsNameOnlyWhenItIsWhole() throws {
        let cut = try space.shell("ulimit -f 8; waybill generate --records 10000")
        #expect(cut.status != 0 && !isThere("catalogue-1.csv"), "\(cut)")
        #expect(try space.run("generate --records 10").status == 0 && isThere("catalogue-1.csv"))
        #expect(!isThere("catalogue-1.csv.unfinished"))
        #expect(try space.run("generate --records 10").error.contains("already exists"))
    }
}
