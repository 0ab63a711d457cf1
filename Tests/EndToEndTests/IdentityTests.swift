import Foundation
import PostgreSQLTestSupport
import Testing

/// Which database and which table an import went into, whatever they are called later.
@Suite struct IdentityTests {
    private let space: Workspace

    init() throws {
        space = try Workspace()
        try space.write("n\na\n", to: "a.csv")
    }

    private func expectKnown(_ arguments: [String], environment: [String: String] = [:]) throws {
        let again = try space.run(["import", "a.csv"] + arguments, environment: environment)
        #expect(again.status == 0 && again.output.contains("already"), "\(arguments): \(again.output)\(again.error)")
    }

    @Test(arguments: Store.Kind.allCases) func aTableIsOneInEverySpelling(_ kind: Store.Kind) throws {
        let store = try Store(kind, in: space)
        try store.execute("CREATE TABLE items (n text)")
        let schema = kind == .sqlite ? "main" : "public"
        let spellings = ["items", "Items", "ITEMS", "\(schema).items", "\(schema).ITEMS", "\"items\""]
        #expect(try space.run(["import", "a.csv", "--into", store.into, "--table", spellings[3]]).status == 0)
        for table in spellings { try expectKnown(["--into", store.into, "--table", table]) }
        #expect(try store.all("items") == ["a"])
        #expect(try space.run("status 1 --json").json()["table"] as? String == "items")
    }

    @Test(arguments: Store.Kind.allCases) func aFileThatGrewIsNotInsertedOnceMore(_ kind: Store.Kind) throws {
        let store = try Store(kind, in: space)
        let into = ["--into", store.into]
        func rows(_ text: String, _ arguments: [String], name: String = "log.csv") throws -> Int32 {
            try space.write(text, to: name)
            return try space.run(["import", name] + into + arguments).status
        }
        #expect(try rows("n\na\nb\n", []) == 0)
        let grown = try space.run(["import", "log.csv"] + into)
        #expect(grown.status == 0 && grown.output.contains("already"))
        try space.write("n\na\nb\nc\n", to: "log.csv")
        let refused = try space.run(["import", "log.csv"] + into)
        #expect(refused.status == 1)
        #expect(refused.error.contains("log.csv has grown since import 1: its first 2 records are already in"))
        #expect(try store.all("log") == ["a", "b"])
        // Another table, another beginning, another name, a deletion and a key are none of that.
        #expect(try rows("n\na\nb\nc\n", ["--table", "other"]) == 0)
        #expect(try rows("n\nx\nb\nc\nd\n", []) == 0)
        #expect(try rows("n\na\nb\nc\n", ["--table", "log"], name: "elsewhere.csv") == 0)
        #expect(try rows("n\na\nb\nc\nd\n", ["--force"]) == 0)
        #expect(
            try space.run(["import", "log.csv", "--table", "k", "--mode", "upsert", "--key", "n"] + into).status == 0)
        #expect(try rows("n\na\nb\nc\nd\ne\n", ["--table", "k", "--mode", "upsert", "--key", "n"]) == 0)
        #expect(try store.all("k") == ["a", "b", "c", "d", "e"])
        // What is rolled back is not there.
        #expect(try rows("n\n1\n", ["--table", "r"]) == 0)
        let last = try space.run(["list", "--json"]).output
        #expect(!last.isEmpty)
        try space.write("n\n1\n2\n", to: "log.csv")
        #expect(try space.run(["import", "log.csv", "--table", "r"] + into).status == 1)
    }

    @Test func aSchemaThatIsNotThereIsAnErrorUnlessTheNameIsAFiles() throws {
        let store = try Store(.postgres, in: space)
        for table in ["othr.a", "Public.a"] {
            let refused = try space.run(["import", "a.csv", "--into", store.into, "--table", table])
            #expect(refused.status == 2 && refused.error.contains("there is no schema"), "\(refused.error)")
        }
        #expect(try store.tables().isEmpty)
        try space.tool("cp", "a.csv", "orders.2026.csv")
        for arguments in [["orders.2026.csv"], ["a.csv", "--table", "\"othr.a\""]] {
            #expect(try space.run(["import"] + arguments + ["--into", store.into]).status == 0)
        }
        #expect(try store.tables() == ["orders.2026", "othr.a"])
    }

    @Test func aDatabaseIsOneByEveryURL() throws {
        let server = try PostgreSQLServer.shared.get()
        let url = try server.makeDatabase()
        let database = String(url.split(separator: "/").last ?? "")
        #expect(try space.run(["import", "a.csv", "--into", url]).status == 0)
        let host = String(url.dropFirst("postgres://postgres@".count).prefix { $0 != "/" })
        let directory = host.replacingOccurrences(of: "%2F", with: "/")
        try space.write("[shop]\nhost=\(directory)\ndbname=\(database)\nuser=postgres\n", to: "service.conf")
        let service = ["PGSERVICEFILE": space.file("service.conf")]
        let session = ["PGHOST": directory, "PGUSER": "postgres", "PGDATABASE": database]
        try expectKnown(["--into", "postgresql://\(host)/\(database)?user=postgres"])
        try expectKnown(["--into", "postgres:///\(database)?host=\(directory)&user=postgres&sslmode=prefer"])
        try expectKnown(["--into", "postgres://?service=shop"], environment: service)
        try expectKnown(["--into", "postgres://"], environment: session)
        #expect(try PostgreSQLServer.rows(url, "SELECT * FROM a") == ["a"])
    }

    /// What makes the URL `postgres://` mean the database of another one.
    private static func environment(of url: String) -> [String: String] {
        let host = String(url.dropFirst("postgres://postgres@".count).prefix { $0 != "/" })
        return [
            "PGDATABASE": String(url.split(separator: "/").last ?? ""), "PGUSER": "postgres",
            "PGHOST": host.replacingOccurrences(of: "%2F", with: "/"),
        ]
    }

    @Test func twoDatabasesByOneURLAreTwo() throws {
        let server = try PostgreSQLServer.shared.get()
        let urls = try (0..<2).map { _ in try server.makeDatabase() }
        let environments = urls.map(Self.environment)
        for environment in environments {
            #expect(try space.run(["import", "a.csv", "--into", "postgres://"], environment: environment).status == 0)
        }
        for url in urls { #expect(try PostgreSQLServer.rows(url, "SELECT * FROM a") == ["a"]) }
        for command in ["verify 1", "rollback 1 --yes", "resume 1"] {
            let refused = try space.run(command, environment: environments[1])
            #expect(
                refused.status == 1 && refused.error.contains("is not the database that"),
                "\(command): \(refused.error)")
        }
        #expect(try space.run("verify 1", environment: environments[0]).status == 0)
        #expect(try space.run("rollback 1 --yes", environment: environments[0]).status == 0)
        #expect(try PostgreSQLServer.rows(urls[0], "SELECT 1 FROM pg_class WHERE relname = 'a'").isEmpty)
        #expect(try PostgreSQLServer.rows(urls[1], "SELECT * FROM a") == ["a"])
    }

    // MARK: Moved and copied databases

    @Test func aDatabaseThatIsAwayIsNotMade() throws {
        #expect(try space.run("import a.csv --into sqlite:s.db").status == 0)
        try space.tool("mv", "s.db", "moved.db")
        for command in [
            "verify 1", "rollback 1 --yes", "resume 1", "trace --into sqlite:s.db --table a --key n=a", "status 1",
        ] {
            let ended = try space.run(command)
            #expect(ended.status == (command == "status 1" ? 0 : 1), "\(command): \(ended.error)")
            #expect(!FileManager.default.fileExists(atPath: space.file("s.db")), "\(command)")
        }
        #expect(try space.run("status 1 --json").json()["state"] as? String == "succeeded")
        try expectKnown(["--into", "sqlite:moved.db", "--table", "a"])
        #expect(try space.run("verify 1 --into sqlite:moved.db").status == 0)
        #expect(try space.run("rollback 1 --yes --into sqlite:moved.db").status == 0)
        #expect(try Table.rows(space.file("moved.db"), "SELECT 1 FROM sqlite_schema WHERE name = 'a'").isEmpty)
    }

    /// An import of a batch with a reject, one that was undone, and commands that change the database.
    private func prepareChanges(into: String, environment: [String: String] = [:]) throws -> [String] {
        try space.write("k,n\n1,5\n2,x\n", to: "b.csv")
        try space.write("sources:\n  s:\n    match: \"*.csv\"\n    finalize: [\"DELETE FROM b\"]\n", to: "closing.yaml")
        for line in [
            "import a.csv --into \(into)",
            "import b.csv --into \(into) --types n=integer --batch-id B --total-parts 1 --part 1",
            "rejects 2 --output mended.csv", "rollback 1 --yes",
        ] {
            let ended = try space.run(line, environment: environment)
            try #require([0, 3].contains(ended.status), "\(line): \(ended.error)")
        }
        let backups = try space.run("backup list --json").jsonArray()
        let name = try #require(backups.first?["name"] as? String)
        return ["backup restore \(name) --yes", "resubmit 2 mended.csv", "group finalize B --config closing.yaml"]
    }

    @Test func noCommandMakesADatabaseThatIsAwayOrChangesAnotherOneInItsPlace() throws {
        let commands = try prepareChanges(into: "sqlite:s.db")
        try space.tool("mv", "s.db", "moved.db")
        for command in commands {
            let refused = try space.run(command)
            #expect(refused.status == 1 && refused.error.contains("s.db"), "\(command): \(refused.error)")
            #expect(refused.error.contains("does not exist. Nothing was changed"), "\(command): \(refused.error)")
            #expect(!FileManager.default.fileExists(atPath: space.file("s.db")), "\(command)")
        }
        try space.tool("sqlite3", "s.db", "CREATE TABLE b (k, n); INSERT INTO b VALUES (1, 2)")
        for command in commands.dropFirst() {
            let refused = try space.run(command)
            #expect(
                refused.status == 1 && refused.error.contains("contains nothing of import"),
                "\(command): \(refused.error)")
            #expect(try Table.rows(space.file("s.db"), "SELECT * FROM b") == ["1:1|1:2"], "\(command)")
        }
    }

    @Test func noCommandChangesAnotherDatabaseByTheSameURL() throws {
        let server = try PostgreSQLServer.shared.get()
        let urls = try (0..<2).map { _ in try server.makeDatabase() }
        let environments = urls.map(Self.environment)
        let commands = try prepareChanges(into: "postgres://", environment: environments[0])
        _ = try PostgreSQLServer.rows(urls[1], "CREATE TABLE b (k int, n int); INSERT INTO b VALUES (1, 2)")
        for command in commands {
            let refused = try space.run(command, environment: environments[1])
            #expect(
                refused.status == 1 && refused.error.contains("is not the database that"),
                "\(command): \(refused.error)")
        }
        #expect(try PostgreSQLServer.rows(urls[1], "SELECT * FROM b") == ["1|2"])
        for command in commands {
            let ended = try space.run(command, environment: environments[0])
            // A record that is rejected once more is a failure.
            let isRejected = ended.status == 1 && ended.output.contains("1 rejected")
            #expect([0, 3].contains(ended.status) || isRejected, "\(command): \(ended.output)\(ended.error)")
        }
    }

    @Test func aBackupIsOfTheDatabaseWhereItWasMovedTo() throws {
        #expect(try space.run("import a.csv --into sqlite:s.db").status == 0)
        try space.tool("mv", "s.db", "moved.db")
        #expect(try space.run("rollback 1 --yes --into sqlite:moved.db").status == 0)
        let name = try #require(try space.run("backup list --json").jsonArray().first?["name"] as? String)
        let ended = try space.run("backup restore \(name) --yes")
        #expect(ended.status == 0, "\(ended.error)")
        #expect(try Table.rows(space.file("moved.db"), "SELECT * FROM a") == ["3:a"])
        #expect(!FileManager.default.fileExists(atPath: space.file("s.db")))
        #expect(try space.run("status 1 --json").json()["state"] as? String == "succeeded")
    }

    @Test(arguments: Store.Kind.allCases) func nothingIsPutBackUnderAnImportByAnotherAddress(_ kind: Store.Kind) throws
    {
        try space.tool("mkdir", "here")
        var (into, other) = ("sqlite:here/s.db", "sqlite:there/s.db")
        if kind == .postgres {
            into = try PostgreSQLServer.shared.get().makeDatabase()
            other = into.replacing("postgres://postgres@", with: "postgresql://") + "?user=postgres"
        }
        #expect(try space.run("import a.csv --into \(into)").status == 0)
        #expect(try space.run("rollback 1 --yes").status == 0)
        let name = try #require(try space.run("backup list --json").jsonArray().first?["name"] as? String)
        // The folder is moved, and a link stands in its place.
        if kind == .sqlite { try space.tool("sh", "-c", "mv here there && ln -s there here") }
        try space.write("k,v\n" + (10..<30_010).map { "\($0),x\n" }.joined(), to: "big.csv")
        let running = try space.start(["import", "big.csv", "--into", other, "--table", "t", "--chunk-size", "50"])
        while running.isRunning, try space.run("status 2").status == 2 {}
        let refused = try space.run("backup restore \(name) --yes")
        let wasRunning = running.isRunning
        running.signal(SIGINT)
        _ = running.wait()
        if wasRunning {
            #expect(refused.status == 1 && refused.error.contains("import 2 is working on"), "\(refused.error)")
        }
        #expect(try space.run("backup restore \(name) --yes").status == 0)
    }

    @Test func aDatabaseWithoutTheImportIsNotItsNewPlace() throws {
        #expect(try space.run("import a.csv --into sqlite:s.db").status == 0)
        try space.tool("sqlite3", "other.db", "CREATE TABLE a (n)")
        let refused = try space.run("rollback 1 --yes --into sqlite:other.db")
        #expect(refused.status == 1 && refused.error.contains("contains nothing of import"), "\(refused.error)")
    }

    /// An import that was killed, and a copy of its database.
    private func interrupted() throws {
        try space.generate(1_000)
        let killed = try space.run(
            ["import", "catalogue-1.csv", "--into", "sqlite:s.db", "--table", "c", "--chunk-size", "200"],
            environment: ["WAYBILL_FAULT": "after-destination-commit:2"])
        #expect(killed.status == -SIGKILL)
    }

    private static let again = "import catalogue-1.csv --table c --into "

    @Test(arguments: ["resume 1 --into sqlite:moved.db", again + "sqlite:moved.db"])
    func anInterruptedImportGoesOnWhereItsDatabaseWasMoved(_ command: String) throws {
        try interrupted()
        for suffix in ["", "-wal", "-shm"] { try space.tool("mv", "s.db\(suffix)", "moved.db\(suffix)") }
        let ended = try space.run(command)
        #expect(ended.status == 0, "\(ended.output)\(ended.error)")
        #expect(try Table.rows(space.file("moved.db"), "SELECT count(*) FROM c") == ["1:1000"])
        #expect(!FileManager.default.fileExists(atPath: space.file("s.db")))
    }

    @Test func anInterruptedImportDoesNotGoOnInACopyByItself() throws {
        try interrupted()
        try space.copyDatabase("s.db", to: "copy.db")
        let refused = try space.run(Self.again + "sqlite:copy.db")
        #expect(refused.status == 1 && refused.error.contains("waybill resume 1 --into"), "\(refused.error)")
        #expect(try space.run("resume 1").status == 0)
        #expect(try Table.rows(space.file("s.db"), "SELECT count(*) FROM c") == ["1:1000"])
    }

    // MARK: Rows that are gone

    @Test(arguments: Store.Kind.allCases, ["", "--key k", "--no-undo"])
    func theSameBytesAreImportedWhereTheirRowsAreGone(_ kind: Store.Kind, _ options: String) throws {
        let store = try Store(kind, in: space)
        try space.write("k,n\n1,a\n2,b\n", to: "a.csv")
        let arguments =
            ["import", "a.csv", "--into", store.into, "--table", "t"]
            + options.split(separator: " ").map(String.init)
        #expect(try space.run(arguments).status == 0)
        for change in ["DELETE FROM t", "DROP TABLE t", "DROP TABLE t; CREATE TABLE t (k int PRIMARY KEY, n text)"] {
            try store.execute(change)
            let ended = try space.run(arguments)
            #expect(ended.status == 0 && !ended.output.contains("already"), "\(change): \(ended.output)\(ended.error)")
            #expect(try store.all("t", "n") == ["a", "b"], "\(change)")
            let again = try space.run(arguments)
            #expect(again.output.contains("already"), "\(change): \(again.output)\(again.error)")
        }
    }

    @Test(arguments: Store.Kind.allCases) func rowsThatAreGoneInPartAreSaidToBe(_ kind: Store.Kind) throws {
        let store = try Store(kind, in: space)
        try space.write("k,n\n1,a\n2,b\n3,c\n", to: "a.csv")
        let arguments = ["import", "a.csv", "--into", store.into, "--table", "t", "--key", "k"]
        #expect(try space.run(arguments).status == 0)
        try store.execute("UPDATE t SET n = 'x' WHERE k = 1")
        #expect(try space.run(arguments).output.contains("already"))
        try store.execute("DELETE FROM t WHERE k = 2")
        let refused = try space.run(arguments)
        #expect(refused.status == 1)
        #expect(
            refused.error.contains("of 3 rows checked, 1 no longer exists"), "\(refused.error)"
        )
        #expect(try store.all("t", "k") == ["1", "3"])
    }

    @Test(arguments: Store.Kind.allCases, ["text", "integer"])
    func rowsThatSomebodyEditedAreThere(_ kind: Store.Kind, _ type: String) throws {
        let store = try Store(kind, in: space)
        try space.write("k,n\n1,a\n2,b\n3,c\n", to: "a.csv")
        let arguments = [
            "import", "a.csv", "--into", store.into, "--table", "t", "--key", "k", "--types", "k=\(type),n=text",
        ]
        #expect(try space.run(arguments).status == 0)
        try store.execute("UPDATE t SET n = 'x'")
        let again = try space.run(arguments)
        #expect(again.status == 0 && again.output.contains("already"), "\(again.output)\(again.error)")
        try store.execute("DELETE FROM t WHERE k = '2'")
        let refused = try space.run(arguments)
        #expect(refused.status == 1 && refused.error.contains(" 1 no longer exist"), "\(refused.error)")
        // Others in their place are not they.
        try store.execute("DELETE FROM t; INSERT INTO t VALUES ('7', 'a'), ('8', 'b'), ('9', 'c')")
        let anew = try space.run(arguments)
        #expect(anew.status == 0 && !anew.output.contains("already"), "\(anew.output)\(anew.error)")
        #expect(try store.all("t", "k") == ["1", "2", "3", "7", "8", "9"])
    }

    @Test func rowsWithoutAKeyThatAllDifferAreAskedAbout() throws {
        let store = try Store(.sqlite, in: space)
        let arguments = ["import", "a.csv", "--into", store.into, "--table", "t"]
        #expect(try space.run(arguments).status == 0)
        try store.execute("UPDATE t SET n = 'x'")
        let refused = try space.run(arguments)
        #expect(
            refused.status == 1
                && refused.error.contains("Without --key, Waybill cannot tell edited rows"),
            "\(refused.error)")
        #expect(try store.all("t") == ["x"])
    }

    // MARK: The log

    @Test func aLogIsFoundFromTheDirectoriesBelow() throws {
        #expect(try space.run("import a.csv --into sqlite:s.db").status == 0)
        try space.tool("mkdir", "-p", "sub/deeper")
        for directory in ["sub", "sub/deeper"] {
            try space.tool(
                "sh", "-c", "cd \(directory) && \(Running.binary) status 1 > /dev/null && test ! -e .waybill")
        }
        // The nearest one wins.
        try space.tool(
            "sh", "-c", "cd sub && \(Running.binary) import ../a.csv --into sqlite:t.db --log-dir .waybill --force")
        try space.tool("sh", "-c", "cd sub/deeper && \(Running.binary) status 1 --json | grep -q t.db")
        try space.tool(
            "sh", "-c", "cd sub/deeper && WAYBILL_LOG=../../.waybill \(Running.binary) status 1 --json | grep -q s.db")
    }

    @Test func theConfigurationNamesTheLog() throws {
        try space.write("log: audit\n", to: "waybill.yaml")
        #expect(try space.run("import a.csv --into sqlite:s.db").status == 0)
        #expect(FileManager.default.fileExists(atPath: space.file("audit/data.mdb")))
        try space.tool(
            "sh", "-c", "mkdir sub && cd sub && \(Running.binary) status 1 > /dev/null && test ! -e .waybill")
        #expect(try space.run("status 1 --log-dir nowhere").status == 2)
    }

    /// Whether the rows are there, nobody knows who may not look.
    @Test(arguments: ["--no-undo", "--key k"])
    func aRoleThatMayNotReadIsNotToldThatRowsAreThere(_ option: String) throws {
        let store = try Store(.postgres, in: space)
        let role = "writer\(UInt32.random(in: 0 ... .max))"
        for statement in [
            "CREATE ROLE \(role) LOGIN", "CREATE TABLE t (k int PRIMARY KEY, v text)",
            "CREATE SCHEMA _waybill AUTHORIZATION \(role)", "GRANT INSERT ON t TO \(role)",
        ] { try store.execute(statement) }
        try space.write("k,v\n1,a\n2,b\n", to: "a.csv")
        let address = store.into.replacing(/\/\/[^@\/]*@/, with: "//\(role)@")
        let line = "import a.csv --into \(address) --table t \(option)"
        let first = try space.run(line)
        #expect(first.status == 0, "\(first.output) \(first.error)")
        try store.execute("TRUNCATE t")
        let refused = try space.run(line)
        #expect(refused.status == 1 && refused.error.contains("may not read the table"), "\(refused.error)")
        #expect(try space.run("\(line) --force").status == 0)
        #expect(try store.all("t").count == 2)
    }

    @Test(arguments: Store.Kind.allCases, ["", "--no-undo"])
    func aTableThatWasDroppedTakesTheFileAgainWhateverTheLog(_ kind: Store.Kind, _ option: String) throws {
        let store = try Store(kind, in: space)
        try space.write("k,v\n1,a\n2,b\n", to: "a.csv")
        let line = "import a.csv --into \(store.into) --table t \(option)"
        #expect(try space.run("\(line) --log-dir one").status == 0)
        try store.execute("DROP TABLE t")
        let again = try space.run("\(line) --log-dir two")
        #expect(again.status == 0, "\(again.output) \(again.error)")
        #expect(try store.all("t").count == 2)
    }

    @Test(arguments: Store.Kind.allCases) func anotherLogIsNamedByItsPlace(_ kind: Store.Kind) throws {
        let store = try Store(kind, in: space)
        let arguments = ["import", "a.csv", "--into", store.into, "--table", "a"]
        #expect(try space.run(arguments).status == 0)
        let refused = try space.run(arguments + ["--log-dir", "other"])
        #expect(refused.status == 1 && refused.error.contains(":\(space.path)/.waybill"), "\(refused.error)")
        try store.execute("DELETE FROM a")
        #expect(try space.run(arguments + ["--log-dir", "other"]).status == 0)
    }
}
