import Foundation
import Testing

/// Sources that were made to do harm, or were damaged on their way: a clear error or reject, in flat memory.
@Suite struct HostileSourceTests {
    let space: Workspace
    init() throws { space = try Workspace() }

    /// Far above what any import takes, and far below what the sources here come to when they are unpacked.
    static let mostMemory = 150 << 20

    /// Runs the binary and measures its largest resident memory, in bytes. `input` is a Python expression that gives the
    /// pieces of its standard input.
    private func measured(_ arguments: [String], input: String = "[]") throws -> (Finished, memory: Int) {
        try space.write(
            """
            import resource, subprocess, sys
            child = subprocess.Popen(sys.argv[1:], stdin=subprocess.PIPE, stdout=open("out", "wb"), stderr=open("err", "wb"))
            try:
                for piece in \(input):
                    child.stdin.write(piece)
                child.stdin.close()
            except BrokenPipeError:
                pass
            status = child.wait()
            open("measured", "w").write(f"{status} {resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss}")
            """, to: "measure.py")
        try space.tool(["python3", "measure.py", Running.binary] + arguments)
        let numbers = String(decoding: try space.read("measured"), as: UTF8.self).split(separator: " ").compactMap {
            Int($0)
        }
        try #require(numbers.count == 2)
        func text(_ name: String) throws -> String { String(decoding: try space.read(name), as: UTF8.self) }
        return (Finished(status: Int32(numbers[0]), output: try text("out"), error: try text("err")), numbers[1] << 10)
    }

    /// What Python makes of a source, and what must be said of it.
    static let refused: [(name: String, python: String, words: String)] = [
        (
            "bomb.zip",
            """
            with zipfile.ZipFile("bomb.zip", "w", zipfile.ZIP_DEFLATED) as z:
                with z.open("a.csv", "w", force_zip64=True) as f:
                    f.write(b"a,b\\n")
                    for i in range(3072): f.write(bytes([48]) * (1 << 20))
            """, "more than 1000 to 1, the limit"
        ),
        (
            "laughs.xlsx",
            """
            with zipfile.ZipFile("laughs.xlsx", "w") as z:
                z.writestr("[Content_Types].xml", "<Types/>")
                z.writestr("_rels/.rels", '<Relationships><Relationship Id="r" Type="http://x/relationships/officeDocument" '
                    'Target="xl/workbook.xml"/></Relationships>')
                entities = "".join(f'<!ENTITY {chr(98+i)} "{("&" + chr(97+i) + ";") * 10}">' for i in range(9))
                z.writestr("xl/workbook.xml", f'<!DOCTYPE l [<!ENTITY a "lol">{entities}]><workbook>&j;</workbook>')
            """, "document type declaration"
        ),
        ("deep.json", "open('deep.json', 'w').write('[' * 100_000)", "depth limit of 512"),
        (
            "many.zip",
            """
            with zipfile.ZipFile("many.zip", "w") as z:
                for i in range(10_001): z.writestr(f"f{i}.csv", "a\\n")
            """, "more than 10000 entries"
        ),
        (
            "up.zip", "zipfile.ZipFile('up.zip', 'w').writestr('../../etc/x.csv', 'a')",
            "`../../etc/x.csv`, leads out of its folder"
        ),
        (
            "secret.zip",
            "open('p.csv', 'w').write('a'); subprocess.run(['zip', '-q', '-P', 'pw', 'secret.zip', 'p.csv'])",
            "p.csv is encrypted"
        ),
        (
            "cut.zip",
            """
            zipfile.ZipFile("whole.zip", "w").writestr("a.csv", "a,b\\n" * 5000)
            open("cut.zip", "wb").write(open("whole.zip", "rb").read()[:9000])
            """, "cannot read the archive"
        ),
        ("old.xls", "open('old.xls', 'wb').write(bytes.fromhex('D0CF11E0A1B11AE1') + bytes(2000))", "Excel 97-2003"),
        (
            "calc.ods",
            """
            with zipfile.ZipFile("calc.ods", "w") as z:
                z.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
                z.writestr("content.xml", "<x/>")
            """, "OpenDocument"
        ),
        ("noise.bin", "open('noise.bin', 'wb').write(bytes(range(256)) * 40 + bytes(9000))", "is not text"),
    ]

    @Test(arguments: refused.indices)
    func whatCannotBeReadIsRefusedClearlyAndNothingIsBegun(_ index: Int) throws {
        let (name, python, words) = Self.refused[index]
        try space.write("import subprocess, zipfile\n\(python)\n", to: "make.py")
        try space.tool(["python3", "make.py"])
        let (result, memory) = try measured(["import", name, "--into", "sqlite:shop.db", "--table", "t"])
        #expect(result.status == 1, "\(result.output)")
        #expect(result.error.contains(words), "\(result.error)")
        #expect(memory < Self.mostMemory)
        #expect(try space.run("list --json").jsonArray().isEmpty)
        #expect(!FileManager.default.fileExists(atPath: space.file("shop.db")))
    }

    @Test func aCompressedFileThatWasCutIsImportedUpToThereAndThenFails() throws {
        let rows = (0..<60_000).map { "\($0),\(($0 &* 2_654_435_761) % 1_000_003)\n" }.joined()
        try space.write("a,b\n" + rows, to: "cut.csv")
        try space.tool(["gzip", "cut.csv"])
        let bytes = try space.read("cut.csv.gz")
        try Data(bytes[..<(bytes.count / 2)]).write(to: URL(fileURLWithPath: space.file("cut.csv.gz")))
        let result = try space.run("import cut.csv.gz --into sqlite:shop.db --table t --chunk-size 1000")
        #expect(result.status == 1)
        #expect(result.error.contains("it ends inside its gzip data"), "\(result.error)")
        let status = try space.run("status 1 --json").json()
        #expect(status["state"] as? String == "failed")
        let inserted = (status["records"] as? [String: Int])?["inserted"] ?? 0
        #expect(inserted > 20_000)
        #expect(try Table.rows(space.file("shop.db"), "SELECT count(*) FROM t") == ["1:\(inserted)"])
    }

    /// One record of `WAYBILL_GIANT_MIB` MiB (default 256) between two others.
    static let giant = ProcessInfo.processInfo.environment["WAYBILL_GIANT_MIB"].flatMap(Int.init) ?? 256

    @Test(arguments: [
        ("csv", "a,b\\n1,x\\n2,\"", "\"\\n3,z\\n"),
        ("ndjson", "{\"a\":1}\\n{\"a\":\"", "\"}\\n{\"a\":3}\\n"),
        ("json", "[{\"a\":1},\\n{\"a\":\"", "\"},\\n{\"a\":3}]"),
        ("sql", "INSERT INTO t (a) VALUES (1),\\n(\\x27", "\\x27),\\n(3);\\n"),
    ])
    func aGiantRecordIsARejectInFlatMemoryAndTheNextOneIsUnharmed(
        _ format: String, _ before: String, _ after: String
    ) throws {
        let input = "[b'''\(before)''', *([b'x' * (1 << 20)] * \(Self.giant)), b'''\(after)''']"
        let (result, memory) = try measured(
            ["import", "-", "--format", format, "--into", "sqlite:shop.db", "--table", "t"], input: input)
        #expect(result.status == 3, "\(result.output) \(result.error)")
        #expect(try Table.rows(space.file("shop.db"), "SELECT a FROM t").count == 2)
        let rejects = try space.run("rejects 1 --json").jsonArray()
        #expect(rejects.map { $0["code"] as? String } == ["too_large"])
        #expect(memory < Self.mostMemory, "\(memory >> 20) MiB")
    }

    @Test func aStreamWhoseSecondSectionComesLateLosesNothing() throws {
        let input =
            "[b'{\"a\": [', *([b'{\"x\": \"' + b'y' * 1000 + b'\"},'] * 12_000), b'{\"x\": \"z\"}], \"b\": [{\"k\": 1}]}']"
        let (result, memory) = try measured(["import", "-", "--into", "sqlite:shop.db"], input: input)
        #expect(result.status == 0, "\(result.output) \(result.error)")
        #expect(try Table.rows(space.file("shop.db"), "SELECT count(*) FROM a") == ["1:12001"])
        #expect(try Table.all(space.file("shop.db"), "b") == ["1:1"])
        #expect(memory < Self.mostMemory)
    }

    @Test func moreThanTheLogCanDescribeIsRefusedBeforeATableIsMade() throws {
        let sections = (0..<400).map { "\"\(String(repeating: "n", count: 1500))\($0)\":[{\"a\":1}]" }
        try space.write("{\(sections.joined(separator: ","))}", to: "long.json")
        let refused = try space.run("import long.json --into sqlite:shop.db")
        #expect(refused.status == 2 && refused.error.contains("400 sections and 400 columns"), "\(refused)")
        #expect(try space.run("list").output.contains("No imports"))
        #expect(try Store(.sqlite, in: space).tables().isEmpty)
    }

    @Test func anEndlessStreamIsStoppedAndIsSound() throws {
        try space.tool(["mkfifo", "endless"])
        let feed = Process()
        feed.executableURL = URL(fileURLWithPath: "/bin/sh")
        feed.arguments = ["-c", "yes a,b > endless"]
        feed.currentDirectoryURL = URL(fileURLWithPath: space.path)
        try feed.run()
        defer { feed.terminate() }
        let run = try space.start(["import", "endless", "--into", "sqlite:shop.db", "--table", "t"])
        while run.isRunning, try space.run("status 1").status == 2 { usleep(20_000) }
        run.signal(SIGINT)
        let end = run.wait()
        #expect(end.status == 4, "\(end.output) \(end.error)")
        #expect(try space.run("log verify").status == 0)
    }
}
