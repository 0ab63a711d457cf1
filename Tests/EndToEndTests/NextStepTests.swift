import Foundation
import Testing

/// What a command says at its end leads on, as it stands, on the log in use.
@Suite struct NextStepTests {
    private let space: Workspace

    init() throws {
        space = try Workspace()
        try space.write("id,v\n1,a\n2\n", to: "bad.csv")
        try space.write("id,v\n1\n2\n", to: "void.csv")
    }

    @Test(arguments: Store.Kind.allCases) func allRejectedIsFailedAndLeavesNoTable(_ kind: Store.Kind) throws {
        let store = try Store(kind, in: space)
        func run(_ more: String) throws -> Finished {
            try space.run(
                ["import", "void.csv", "--into", store.into, "-t", "void"] + more.split(separator: " ").map(String.init)
            )
        }
        let first = try run("")
        #expect(first.status == 1, "\(first)")
        #expect(first.output.contains("import 1 failed: all its records were rejected"), "\(first)")
        #expect(first.output.contains("waybill rejects 1") && !first.output.contains("resume"), "\(first)")
        #expect(first.error.contains("table void dropped: no row was inserted"), "\(first)")
        #expect(try space.run("status 1 --json").json()["state"] as? String == "failed")
        #expect(try space.run("rejects 1").status == 0)
        let resumed = try space.run("resume 1")
        #expect(resumed.status == 1 && resumed.output.contains("waybill rejects 1"), "\(resumed)")
        // Nothing of the first try is in the way of another one, and the guess is made anew.
        let second = try run("--short-rows null")
        #expect(second.status == 0 && second.error.contains("table void (created)"), "\(second)")
        // The first one does not keep the table when the second one goes.
        let gone = try space.run("rollback 2 --yes --no-backup")
        #expect(gone.status == 0 && gone.error.contains("table void dropped"), "\(gone)")
        #expect(try space.run("replay --check").status == 0)
        let same = try run("")
        #expect(same.status == 1 && same.output.contains("import 3 failed"), "\(same)")
    }

    @Test func aTableThatWasThereStaysAndAnEmptyFileIsNoFailure() throws {
        try space.write("id,v\n1,a\n", to: "good.csv")
        #expect(try space.run("import good.csv --into sqlite:a.db -t t").status == 0)
        #expect(try space.run("import void.csv --into sqlite:a.db -t t").status == 1)
        #expect(try Table.all(space.file("a.db"), "t").count == 1)
        try space.write("id,v\n", to: "empty.csv")
        #expect(try space.run("import empty.csv --into sqlite:a.db -t e").status == 0)
        #expect(try space.run("import void.csv --into sqlite:a.db -t n -n").status == 1, "a dry run says the same")
    }

    @Test func rejectsOfAnImportThatLeftNothingAreMended() throws {
        try space.write("id,n\n1,x\n2,y\n", to: "texts.csv")
        #expect(try space.run("import texts.csv --into sqlite:a.db -t t --types n=integer").status == 1)
        #expect(try space.run("status 1").output.contains("  fix them: waybill rejects 1 --output FILE\n"))
        #expect(try space.run("rejects 1 --output mend.csv").status == 0)
        try space.tool("sed", "-i", "s/,[xy],/,7,/", "mend.csv")
        let mended = try space.run("resubmit 1 mend.csv")
        #expect(mended.status == 0, "\(mended)")
        #expect(try Table.all(space.file("a.db"), "t").count == 2)
        #expect(try space.run("status 1 --json").json()["mended"] as? Int == 2)
        #expect(!(try space.run("status 1").output.contains("fix them")), "there is nothing left")
    }

    @Test func aPartAllOfWhichIsRejectedIsAFailedPart() throws {
        _ = try space.run("import void.csv --into sqlite:a.db -t t --batch-id b --part 1 --total-parts 1")
        let group = try space.run("group status b --json").json()
        #expect(group["failed_parts"] as? [Int] == [1])
        let shown = try space.run("group status b")
        #expect(shown.output.contains("part 1, import 1 failed; see why: waybill rejects 1"), "\(shown)")
    }

    @Test func aCutFilesRemedyDoublesNoRows() throws {
        try space.write("id,v\n" + (0..<60_000).map { "\($0),\($0 * 7919 % 10_007)\n" }.joined(), to: "a.csv")
        try space.tool("gzip", "-k", "a.csv")
        let whole = try space.read("a.csv.gz")
        try Data(whole[..<(whole.count / 2)]).write(to: URL(fileURLWithPath: space.file("cut.csv.gz")))
        let cut = try space.run("import cut.csv.gz --into sqlite:t.db -t t --chunk-size 1000")
        #expect(cut.status == 1)
        #expect(
            cut.error.contains("First remove the rows already written: waybill rollback 1\nFetch the file"), "\(cut)")
        #expect(cut.error.contains("import 1 failed: ") && !cut.error.contains("waybill resume"), "\(cut)")
        let status = try space.run("status 1").output
        #expect(status.hasSuffix("  start over: waybill rollback 1\n"), "\(status)")
        // What it says, and then the unpacked file.
        #expect(try space.run("rollback 1 --yes --no-backup").status == 0)
        #expect(try space.run("import a.csv --into sqlite:t.db -t t").status == 0)
        #expect(try Table.all(space.file("t.db"), "t").count == 60_000)
    }

    @Test func aFailureInTheMiddleSaysHowFarItCameAndHowToContinue() throws {
        try space.write("id\n" + (0..<5_000).map { "\($0)\n" }.joined(), to: "a.csv")
        let limited = try space.run(
            "import a.csv --into sqlite:t.db --types id=text --chunk-size 500 --max-rejects 0 --log-dir l")
        #expect(limited.status == 0)
        try space.write("id,n\n" + (0..<3_000).map { "\($0),\($0 == 1_700 ? "x" : "1")\n" }.joined(), to: "b.csv")
        let failed = try space.run(
            "import b.csv --into sqlite:b.db --types n=integer --chunk-size 500 --max-rejects 0 --log-dir l")
        #expect(failed.status == 1, "\(failed)")
        #expect(
            failed.output.hasSuffix(
                "  continue anyway: waybill resume 2 --log-dir l --max-rejects 100%\n  start over: waybill rollback 2 --log-dir l\n"
            ), "\(failed)"
        )
        let status = try space.run("status 2 --log-dir l").output
        #expect(
            status.contains("import 2 failed: 1 record rejected; max_rejects is 0 (set by --max-rejects)"), "\(status)")
        #expect(status.hasSuffix("  start over: waybill rollback 2 --log-dir l\n"), "\(status)")
        let listed = try space.run("list --log-dir l").output
        #expect(listed.contains(": waybill resume 2 --log-dir l --max-rejects 100%\n"), "\(listed)")
    }

    @Test(arguments: [
        ("mysql://u:secret@h/db", "mysql is not supported; sqlite: and postgres:// are."),
        ("oracle:x", "oracle is not supported; sqlite: and postgres:// are."),
        ("shop.db", "'shop.db' is not a destination."), ("sqlite:", "'sqlite' is not a destination."),
        ("postgres:shop", "'postgres' is not a destination."),
    ])
    func anUnknownSchemeIsNamedAndNothingBehindIt(_ destination: String, _ words: String) throws {
        let result = try space.run(["import", "bad.csv", "--into", destination])
        #expect(result.status == 2 && result.error.contains("waybill: \(words)\n"), "\(result)")
        #expect(result.error.contains("sqlite:PATH") && result.error.contains("postgres://"))
        #expect(!result.error.contains("secret"))
    }

    @Test func aMissingSourceIsNotFound() throws {
        for command in [
            "import no.csv --into sqlite:a.db", "inspect no.csv", "init no.csv", "import no/no.csv --into sqlite:a.db",
        ] {
            #expect(try space.run(command).status == 2, "\(command)")
        }
        let json = try space.run("import no.csv --into sqlite:a.db --json").json()["error"] as? [String: String]
        #expect(json?["code"] == "not_found")
        // A resume names the import.
        try space.write("id\n1\n2\n3\n", to: "a.csv")
        let crash = ["WAYBILL_FAULT": "after-destination-commit:1"]
        _ = try space.run("import a.csv --into sqlite:a.db --chunk-size 1", environment: crash)
        try FileManager.default.moveItem(atPath: space.file("a.csv"), toPath: space.file("b.csv"))
        let resumed = try space.run("resume 1 --log-dir .waybill")
        #expect(resumed.status == 2)
        #expect(
            resumed.error.contains("If the source moved: waybill resume 1 --log-dir .waybill --from PATH"), "\(resumed)"
        )
        #expect(try space.run("resume 1 --from b.csv").status == 0)
    }

    /// A directory's name that a shell would take apart is shown in quotes.
    @Test func commandsAreForTheLogInUse() throws {
        let arguments = ["--log-dir", "my log"]
        let imported = try space.run(["import", "bad.csv", "--into", "sqlite:a.db"] + arguments)
        #expect(imported.output.contains("  see why: waybill rejects 1 --log-dir 'my log'\n"), "\(imported)")
        #expect(imported.output.contains("then: waybill resubmit 1 --log-dir 'my log' FILE\n"), "\(imported)")
        let missing = try space.run(["status", "7"] + arguments)
        #expect(missing.error.contains("waybill list --log-dir 'my log'"), "\(missing)")
        #expect(
            try space.run(["log", "show", "--limit", "1"] + arguments).error.contains(
                "waybill log show --log-dir 'my log' --from 2"))
        #expect(!(try space.run(["list"], environment: ["WAYBILL_LOG": "my log"]).output.contains("--log-dir")))
    }

    @Test func moreIsSaidWhenAskedTo() throws {
        let plain = try space.run("import bad.csv --into sqlite:a.db")
        for command in ["list", "status 1", "rejects 1", "log show", "verify 1", "group list", "backup list"] {
            let (brief, more) = (try space.run(command), try space.run("\(command) -v"))
            #expect((more.output + more.error).count > (brief.output + brief.error).count, "\(command)")
            #expect(more.error.contains("log: .waybill"), "\(command)")
        }
        let verbose = try space.run("import bad.csv --into sqlite:b.db -v")
        #expect(verbose.error.contains("csv, utf-8, delimiter ',', with a header; mode insert"))
        #expect(!plain.error.contains("delimiter"))
        #expect(try space.run("status 1 -v").output.contains("  columns      id integer, v text\n"))
    }

    @Test(arguments: Store.Kind.allCases)
    func whatIsToBeOverwrittenIsChosenAsBefore(_ kind: Store.Kind) throws {
        let store = try Store(kind, in: space)
        try store.execute("CREATE TABLE e (id integer PRIMARY KEY, name text)")
        try space.write("id,name\n1,a\n2,b\n3,c\n", to: "e.csv")
        try #require(try space.run("import e.csv --into \(store.into) --table e --key id --mode upsert").status == 0)
        try store.execute("UPDATE e SET name = 'of mine' WHERE id = 2")
        let choice = ["rollback", "--where", "name=of mine", "--yes", "--no-backup"]
        let kept = try space.run(choice)
        #expect(
            kept.status == 3 && kept.output.contains("waybill rollback --where 'name=of mine' --overwrite-edited"),
            "\(kept.output)")
        let done = try space.run(choice + ["--overwrite-edited"])
        #expect(done.status == 0 && !done.output.contains("undo them anyway"), "\(done.output)")
        #expect(try store.rows("SELECT id FROM e ORDER BY 1") == ["1", "3"])
    }

    @Test(arguments: Store.Kind.allCases)
    func aRowThatNothingTellsFromOthersIsNotOfferedToBeOverwritten(_ kind: Store.Kind) throws {
        let store = try Store(kind, in: space)
        try store.execute("CREATE TABLE e (id integer, name text)")
        try space.write("id,name\n1,a\n2,b\n3,c\n", to: "e.csv")
        try #require(try space.run("import e.csv --into \(store.into) --table e").status == 0)
        try store.execute("UPDATE e SET name = 'edited' WHERE id = 3")
        for more in ["", " --overwrite-edited"] {
            let kept = try space.run("rollback 1 --yes --no-backup" + more)
            #expect(kept.status == 3 && kept.output.contains("1 row kept"), "\(kept.output)")
            #expect(!kept.output.contains("undo them anyway"), "\(kept.output)")
            #expect(try store.rows("SELECT id, name FROM e") == ["3|edited"])
        }
    }

    @Test func aFileThatWasResubmittedIsNotOfferedToBeForced() throws {
        try space.write("id,n\n1,1\n2,x,y\n", to: "e.csv")
        try #require(try space.run("import e.csv --into sqlite:e.db --table e").status == 3)
        try #require(try space.run("rejects 1 --output m.csv").status == 0)
        try space.tool("sed", "-i", "s/2,x,y/2,2/", "m.csv")
        try #require(try space.run("resubmit 1 m.csv").status == 0)
        let again = try space.run("resubmit 1 m.csv")
        #expect(again.output.contains("m.csv skipped") && !again.output.contains("--force"), "\(again.output)")
        let none = try space.run("rejects 1 --output m2.csv")
        #expect(none.output.contains("No file was written") && !none.output.contains("fix them"), "\(none.output)")
    }
}
