import Foundation
import PostgreSQLTestSupport
import Testing

/// A command that a message shows does what the message says when it is pasted.
@Suite struct PastedRemedyTests {
    private let space: Workspace
    init() throws { space = try Workspace() }

    /// The command behind some words, to the end of its line.
    private func command(_ words: String, in text: String) throws -> String {
        let start = try #require(text.range(of: words), "'\(words)' is not in: \(text)").upperBound
        return String(text[start...].prefix { $0 != "\n" })
    }

    @Test func filesWithOddNamesAreQuoted() throws {
        let name = "my file's (1).csv"
        try space.write("id,q\n1,x\n2,5\n", to: name)
        let initialised = try space.run(["init", name])
        let run = try space.shell(command("then run: ", in: initialised.output))
        #expect(run.status == 0 && run.output.contains("2 inserted"), "\(run)")
        let second = try space.run(
            ["import", name, "--into", "sqlite:b.db", "--types", "q=integer", "--config", "none", "-t", "b"])
        #expect(second.status == 3)
        let written = try space.run(["rejects", "2", "--output", "re j.csv"])
        let sent = try space.shell("sed -i 's/,x,/,4,/' 're j.csv'; " + command("fix them, then: ", in: written.output))
        #expect(sent.status == 0, "\(sent)")
        #expect(try Table.all(space.file("b.db"), "b").count == 2)
    }

    @Test(arguments: ["--max-rejects 2", "--max-rejects 5%", "--on-error abort"])
    func anImportThatRanIntoALimitGoesOn(_ limit: String) throws {
        try space.write("id,n\n" + (1...300).map { "\($0),\($0 % 10 == 0 ? "x" : "1")\n" }.joined(), to: "a.csv")
        let failed = try space.run("import a.csv --into sqlite:a.db -t a --types n=integer --chunk-size 20 \(limit)")
        #expect(failed.status == 1, "\(failed)")
        let resumed = try space.shell(command("  continue anyway: ", in: failed.output))
        #expect(resumed.status == 3 && resumed.output.contains("300 read: 270 inserted, 30 rejected"), "\(resumed)")
    }

    @Test func aDatabaseIsImportedByItsDump() throws {
        try space.tool(
            "sqlite3", "shop.db",
            "CREATE TABLE a (x); INSERT INTO a VALUES (1), (2); CREATE TABLE b (y, z); INSERT INTO b VALUES (3, 4)")
        let refused = try space.run("import shop.db --into sqlite:n.db")
        let line = try command("Import its dump: ", in: refused.error)
            .replacingOccurrences(of: "FILE", with: "shop.db").replacingOccurrences(of: "DEST", with: "sqlite:n.db")
        let run = try space.shell(line)
        #expect(run.status == 0, "\(run)")
        #expect(try Table.all(space.file("n.db"), "a").count == 2)
        #expect(try Table.all(space.file("n.db"), "b") == ["1:3|1:4"])
    }

    /// Another type, key or mode for the same bytes is another import: nothing is doubled, and nothing ignored.
    @Test(arguments: Store.Kind.allCases, ["--types lat=real", "--key id", "--key id --mode upsert", "--types text"])
    func whatAskedForOtherTypesOrKeysReplacesTheRows(_ kind: Store.Kind, _ options: String) throws {
        let store = try Store(kind, in: space)
        // No spelling of a number fits both.
        try space.write("id,lat\n1,48.053808600000004\n2,10.5\n", to: "a.csv")
        let line = "import a.csv --into \(store.into) -t a"
        #expect(try space.run(line).status == 0)
        #expect(try space.run(line).output.contains("already imported the same bytes into a"))
        let refused = try space.run("\(line) \(options)")
        #expect(refused.status == 1 && refused.error.contains("To replace its rows: waybill rollback 1"), "\(refused)")
        #expect(try store.all("a").count == 2)
        #expect(try space.shell("waybill rollback 1 --yes --no-backup").status == 0)
        #expect(try space.run("\(line) \(options)").status == 0)
        #expect(try store.all("a").count == 2)
        #expect(
            try space.run("\(line) \(options)").output.contains("already imported the same bytes into a"),
            "it is the same import now")
        if options.contains("real") {
            let type = try store.definition(of: "a").last?.lowercased() ?? ""
            #expect(type.contains(kind == .sqlite ? "real" : "double"), "\(type)")
        }
    }

    @Test(arguments: ["sqlite://a.db", "sqlite:///a.db", "sqlite:////tmp/a.db"])
    func aURLOfAFileIsRefusedWithTheFormThatIsMeant(_ destination: String) throws {
        try space.write("id\n1\n", to: "a.csv")
        let refused = try space.run(["import", "a.csv", "--into", destination])
        #expect(refused.status == 2 && !FileManager.default.fileExists(atPath: "/a.db"), "\(refused)")
        let meant = try command("without //: ", in: refused.error).prefix { $0 != " " }
        if destination != "sqlite:////tmp/a.db" {
            #expect(try space.shell("waybill import a.csv --into \(meant)").status == 0)
            #expect(FileManager.default.fileExists(atPath: space.file("a.db")))
        }
    }

    @Test func aDatabaseAndARoleThatAreMissingAreMade() throws {
        let server = try PostgreSQLServer.shared.get()
        try space.write("id\n1\n", to: "a.csv")
        let database = "odd name \(UInt32.random(in: 0 ... .max))"
        let url = server.url(of: database.replacingOccurrences(of: " ", with: "%20"))
        let missing = try space.run(["import", "a.csv", "--into", url])
        #expect(missing.status == 1)
        let create = try command("Create the database first: ", in: missing.error)
        #expect(try space.shell(create).status == 0, "\(create)")
        #expect(try space.run(["import", "a.csv", "--into", url]).status == 0)

        let role = "nobody_\(UInt32.random(in: 0 ... .max))"
        let asRole = server.url(of: "postgres", user: role)
        for sql in ["create the role: ", "let the role log in: "] {
            let refused = try space.run(["import", "a.csv", "--into", asRole, "-t", role])
            #expect(refused.status == 1)
            _ = try PostgreSQLServer.rows(server.url(of: "postgres"), command(sql, in: refused.error))
            if sql.hasPrefix("create") {
                _ = try PostgreSQLServer.rows(server.url(of: "postgres"), "ALTER ROLE \(role) NOLOGIN")
            }
        }
        let last = try space.run(["import", "a.csv", "--into", asRole, "-t", role])
        #expect(!last.error.contains("FATAL"), "\(last)")
    }

    @Test func aPatternInQuotesIsToldFromOneThatFitsNothing() throws {
        try space.write("id\n1\n", to: "a.txt")
        let quoted = try space.run(["import", "*.txt", "--into", "sqlite:a.db"])
        #expect(quoted.status == 2 && quoted.error.contains("Leave out the quotes"), "\(quoted)")
        #expect(try space.run(["import", "*.dat", "--into", "sqlite:a.db"]).error.contains("No file matches"))
        try FileManager.default.createDirectory(atPath: space.file("in"), withIntermediateDirectories: true)
        try space.write("id\n1\n", to: "in/b.csv")
        let folder = try command("or all of them: ", in: space.run("import in --into sqlite:a.db").error)
        #expect(try space.shell("waybill import \(folder) --into sqlite:a.db").status == 0)
    }

    @Test(arguments: [("improt", "import"), ("reject", "rejects"), ("lits", "list"), ("roll-back", "rollback")])
    func aMistypedCommandIsGuessed(_ word: String, _ meant: String) throws {
        let refused = try space.run("\(word) 1")
        #expect(refused.status == 2 && refused.error.contains("There is no command '\(word)'."), "\(refused)")
        #expect(refused.error.contains("Did you mean '\(meant)'?") && refused.output.isEmpty, "\(refused)")
        #expect(try space.run("\(word) 1 --json").json()["error"] != nil)
        #expect(try space.run("help").status == 0 && space.run("errors 1").status == 2)
    }

    @Test func aDestinationAmongTheFilesIsNamed() throws {
        try space.write("id\n1\n", to: "a.csv")
        let refused = try space.run("import a.csv postgres://u:secret@h/d")
        #expect(refused.status == 2 && refused.error.contains("Put --into in front of it."), "\(refused)")
        #expect(!refused.error.contains("secret"))
    }

    @Test func aWordForNoValueIsOfferedAsNull() throws {
        let rows = (1...60).map { "\($0),\($0 % 3 == 0 ? "N/A" : "\($0)")\n" }.joined()
        try space.write("id,n\n" + rows, to: "a.csv")
        let first = try space.run("import a.csv --into sqlite:a.db -t a --types n=integer")
        let flags = try command("then import with ", in: first.output)
        let line = "waybill import a.csv --into sqlite:a.db -t a --types n=integer \(flags)"
        #expect(try space.shell("waybill rollback 1 --yes --no-backup && \(line)").status == 0, "\(first)")
        #expect(try Table.rows(space.file("a.db"), "SELECT count(*) FROM a WHERE n IS NULL") == ["1:20"])
    }

    @Test func theListSaysThatThereIsMore() throws {
        for number in 1...3 {
            try space.write("id\n\(number)\n", to: "\(number).csv")
            let line = "import \(number).csv --into sqlite:a.db -t a --batch-id b --part \(number)"
            #expect(try space.run(line).status == 0)
        }
        let list = try space.run("list --batch b --limit 2")
        #expect(list.output.split(separator: "\n").count { $0.contains("succeeded") } == 2)
        let all = try space.shell(command("… and more: ", in: list.error))
        #expect(all.output.split(separator: "\n").count { $0.contains("succeeded") } == 3, "\(all)")
        #expect(!(try space.run("list --limit 3").error.contains("more")))
    }

    @Test func aPartThatTheBatchDoesNotHaveIsRefused() throws {
        for number in 1...3 { try space.write("id\n\(number)\n", to: "\(number).csv") }
        func deliver(_ part: Int, _ more: String) throws -> Finished {
            try space.run("import \(part).csv --into sqlite:a.db -t a --batch-id L --part \(part) \(more)")
        }
        #expect(try deliver(1, "--total-parts 2").status == 0)
        let refused = try deliver(3, "")
        #expect(refused.status == 2, "\(refused)")
        #expect(refused.error.contains("the batch 'L' has the parts 1 to 2."), "\(refused)")
        #expect(try deliver(2, "").output.contains("complete, 2 of 2 parts"))
        let group = try space.run("group status L --json").json()
        #expect(group["late_parts"] as? [Int] == [] && group["state"] as? String == "complete")
        #expect(try deliver(3, "--total-parts 3").status == 0, "there may be more than was said first")
    }

    @Test func aLogThatCannotBeReadIsNotSaidToBeMissing() throws {
        try FileManager.default.createDirectory(atPath: space.file("lg"), withIntermediateDirectories: true)
        try FileManager.default.createSymbolicLink(atPath: space.file("lg/data.mdb"), withDestinationPath: "data.mdb")
        let refused = try space.run("list --log-dir lg")
        #expect(refused.status == 1 && refused.error.contains("lg cannot be opened: Too many levels"), "\(refused)")
        #expect(try space.run("list --log-dir none").error.contains("There is no log in none"))
    }
}
