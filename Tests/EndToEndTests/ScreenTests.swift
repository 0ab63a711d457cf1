import Foundation
import Testing

/// What a user sees at a terminal of 80 columns and 24 lines.
@Suite struct ScreenTests {
    private let space: Workspace
    private let terminal: Terminal

    init() throws {
        space = try Workspace()
        terminal = Terminal(space)
        try space.write(
            "id,v\n" + (0..<12_000).map { "\($0),x\n" }.joined(), to: "products-of-the-northern-warehouse.csv")
        try space.write("id,v\n1,a\n2\n", to: "bad.csv")
        try space.write("id,v\n1\n2\n", to: "void.csv")
    }

    private let large = "import products-of-the-northern-warehouse.csv --into sqlite:shop.db -t a_table_of_a_long_name"

    /// Without the times of day, and without what depends on the machine.
    private func steady(_ screen: Screen) -> [String] {
        screen.lines.map {
            $0.replacing(/\d{4}-\d\d-\d\d \d\d:\d\d/, with: "2026-11-30 14:35").replacing(
                #/ in [0-9.]+ s \(.*/s\)/#, with: "")
        }
    }

    @Test func theQuestionBeforeALargeImportNamesTheTarget() throws {
        let asked = try terminal.run(large, answers: ["n"])
        #expect(asked.status == 1)
        #expect(
            asked.screen.lines == [
                "Import about 12,322 records from products-of-the-northern-warehouse.csv into",
                "sqlite:shop.db, table a_table_of_a_long_name? [y/N] n",
                "waybill: Nothing was imported.", "Use --yes to skip this question.",
            ])
        #expect(!FileManager.default.fileExists(atPath: space.file("shop.db")))
        #expect(try terminal.run(large + " -y").status == 0, "not asked")
    }

    @Test func theQuestionBeforeGoingOnSaysWhere() throws {
        let crash = ["WAYBILL_FAULT": "after-destination-commit:3"]
        #expect(try space.run(large + " -y --chunk-size 1000", environment: crash).status != 0)
        let asked = try terminal.run(large, answers: ["n"])
        let question = asked.screen.lines.prefix(2).joined(separator: " ")
        let record = try #require(question.firstMatch(of: /at record ([0-9,]+), into/)).1
        #expect(
            question == "Continue import 1 of products-of-the-northern-warehouse.csv at record \(record), into "
                + "sqlite:shop.db, table a_table_of_a_long_name? [y/N] n")
        #expect(!asked.screen.isBroken)
        let resumed = try terminal.run(large, answers: ["y"])
        #expect(resumed.status == 0)
        #expect(resumed.raw.contains("continues at record \(record) "), "as it said: \(resumed.screen.text)")
        #expect(try space.run("status 1 --json").json()["state"] as? String == "succeeded")
    }

    @Test func ctrlCAtTheQuestionLeaves() throws {
        let left = try terminal.run(large, answers: ["^C"])
        #expect(left.status == 1, "\(left)")
        #expect(left.screen.text.contains("Nothing was imported.") && !left.screen.text.contains("Stopping"), "\(left)")
        #expect(!FileManager.default.fileExists(atPath: space.file("shop.db")))
        #expect(try space.run("list --json").jsonArray().isEmpty)
    }

    /// Whatever is asked, a program that reads the result gets one document.
    @Test(arguments: ["--json", "--quiet"], ["n", "^C", "y"])
    func aPersonIsAskedHoweverTheResultIsWritten(_ option: String, _ answer: String) throws {
        let asked = try terminal.run("\(large) \(option)", answers: [answer])
        #expect(asked.status == (answer == "y" ? 0 : 1), "\(asked)")
        #expect(asked.raw.contains("[y/N] "), "\(asked)")
        guard option == "--json" else { return }
        let start = try #require(asked.raw.range(of: "{\r\n") ?? asked.raw.range(of: "{\n")).lowerBound
        let document = try #require(
            JSONSerialization.jsonObject(with: Data(asked.raw[start...].utf8)) as? [String: Any], "\(asked)")
        if answer == "y" {
            #expect(document["state"] as? String == "succeeded")
        } else {
            #expect((document["error"] as? [String: String])?["code"] == "declined")
        }
    }

    @Test func severalFilesAreAskedAboutOnce() throws {
        try space.write("id,v\n" + (0..<9_000).map { "\($0),y\n" }.joined(), to: "two.csv")
        let files = "products-of-the-northern-warehouse.csv two.csv products-of-the-northern-warehouse.csv"
        let line = "import \(files) --into sqlite:shop.db -t t"
        let declined = try terminal.run(line, answers: ["n"])
        #expect(declined.status == 1 && declined.raw.matches(of: /\[y\/N\]/).count == 1, "\(declined)")
        #expect(!FileManager.default.fileExists(atPath: space.file("shop.db")))
        let asked = try terminal.run(line, answers: ["y"])
        #expect(asked.status == 0 && asked.raw.matches(of: /\[y\/N\]/).count == 1, "\(asked)")
        #expect(try Table.all(space.file("shop.db"), "t").count == 21_000)
        let again = try terminal.run(line)
        #expect(again.status == 0 && !again.raw.contains("[y/N]"), "all are there: \(again)")
    }

    @Test func anArchiveIsAskedAbout() throws {
        try space.write("id,v\n" + (0..<200_000).map { "\($0),x\n" }.joined(), to: "long.csv")
        try space.tool("zip", "-q", "all.zip", "bad.csv", "long.csv")
        let asked = try terminal.run("import all.zip --into sqlite:shop.db", answers: ["n"])
        #expect(asked.status == 1 && asked.raw.contains("Import at least "), "\(asked)")
        #expect(!FileManager.default.fileExists(atPath: space.file("shop.db")))
    }

    @Test(arguments: ["dumb", ""]) func aTerminalWithoutEscapesGetsNone(_ kind: String) throws {
        try space.write("id,v\n" + (0..<100_000).map { "\($0),x\n" }.joined(), to: "long.csv")
        let run = try terminal.run(
            "import long.csv --into sqlite:shop.db -y --chunk-size 1000", environment: ["TERM": kind])
        #expect(run.status == 0)
        // The terminal itself puts a carriage return before each line feed.
        let text = run.raw.replacingOccurrences(of: "\r\n", with: "\n")
        #expect(!text.contains("\u{1B}") && !text.contains("\r") && !text.contains("\u{2588}"), "\(run.raw)")
    }

    @Test func theListFitsAndSaysWhatToDo() throws {
        _ = try space.run(large + " --batch-id night --part 1 --total-parts 3")
        _ = try space.run("import bad.csv --into sqlite:shop.db -t bad")
        _ = try space.run("import void.csv --into sqlite:shop.db -t void")
        let list = try terminal.run("list")
        #expect(!list.screen.isBroken && list.screen.lines.allSatisfy { $0.count <= 80 })
        #expect(
            steady(list.screen) == [
                "import  state                records  table        source       submitted (UTC)",
                "     3  failed                     2  void         void.csv     2026-11-30 14:35",
                "        2 rejected: waybill rejects 3",
                "     2  partially succeeded        2  bad          bad.csv      2026-11-30 14:35",
                "        1 rejected: waybill rejects 2",
                "     1  succeeded             12,000  a_table_of…  products-o…  2026-11-30 14:35",
                "        batch night 1/3",
            ])
        let narrow = try Terminal(space, columns: 60).run("list")
        #expect(narrow.screen.lines.count >= 7)
        #expect(try space.run("list").output.contains("products-of-the-northern-warehouse.csv"), "not cut in a pipe")
    }

    @Test(arguments: [
        ("--state failed", [3]), ("--batch night", [1]), ("--since 1h", [3, 2, 1]), ("--since 2020-01-01", [3, 2, 1]),
        ("--since 2999-01-01", []), ("--since 1h --state partially_succeeded", [2]), ("--since 1h --limit 2", [3, 2]),
        ("--batch none", []), ("--batch night --state failed", []),
    ])
    func theListIsNarrowed(_ options: String, _ expected: [Int]) throws {
        _ = try space.run(large + " --batch-id night --part 1 --total-parts 3")
        _ = try space.run("import bad.csv --into sqlite:shop.db -t bad")
        _ = try space.run("import void.csv --into sqlite:shop.db -t void")
        #expect(try space.run("list --json \(options)").jsonArray().map { $0["import"] as? Int } == expected)
    }

    @Test func theListShowsAllTables() throws {
        try space.write(#"{"orders": [{"x": 1}], "items": [{"y": 2}]}"#, to: "two.json")
        #expect(try space.run("import two.json --into sqlite:shop.db").status == 0)
        #expect(try space.run("list").output.contains("  orders, items  two.json  "))
    }

    @Test func aSummarySaysWhatIsNextInLinesThatFit() throws {
        let summary = try terminal.run(
            "import bad.csv --into sqlite:b.db -t bad --batch-id night --part 2 --total-parts 3")
        #expect(summary.status == 3)
        #expect(
            steady(summary.screen).suffix(8) == [
                "  2 read: 1 inserted, 1 rejected",
                "  1 of 2 records has fewer fields than the header: read the missing ones as", "  NULL?",
                "    to try again: waybill rollback 1, then import with --short-rows null",
                "  see why: waybill rejects 1", "  fix them: waybill rejects 1 --output FILE",
                "  then: waybill resubmit 1 FILE",
                "  batch night: 1 of 3 parts, missing 1, 3: waybill group status night",
            ])
    }

    @Test func statesHaveColoursOnTerminalsThatWantThem() throws {
        let green = "\u{1B}[32msucceeded\u{1B}[0m"
        #expect(try terminal.run(large + " -y").raw.contains("import 1 \(green)"))
        #expect(try terminal.run("list").raw.contains(green))
        #expect(try terminal.run("status 1").raw.contains("import 1 \(green)"))
        #expect(try terminal.run("status 9").raw.contains("\u{1B}[31mwaybill:\u{1B}[0m There is no"))
        for plain in [["NO_COLOR": "1"], ["TERM": "dumb"], ["TERM": ""]] {
            #expect(!(try terminal.run("list", environment: plain).raw.contains("\u{1B}")))
        }
        #expect(try terminal.run("list", environment: ["NO_COLOR": ""]).raw.contains(green), "empty is as if unset")
        #expect(!(try space.run("list").output.contains("\u{1B}")))
    }

    @Test func progressStaysOnOneLine() throws {
        try space.write("id,v\n" + (0..<200_000).map { "\($0),x\n" }.joined(), to: "long.csv")
        for columns in [80, 40] as [UInt16] {
            let run = try Terminal(space, columns: columns).run(
                "import long.csv --into sqlite:\(columns).db -y --chunk-size 1000")
            #expect(run.status == 0)
            let bars = run.raw.split(separator: "\r").filter { $0.contains(" records, ") }
            #expect(bars.allSatisfy { Screen(String($0), columns: Int(columns)).lines.count <= 1 || $0.contains("\n") })
        }
    }
}
