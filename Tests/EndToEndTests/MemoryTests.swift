import Foundation
import Testing

/// Memory is flat whatever a source holds: the pages that are the process's own, sampled while it runs. Pages of the log, of the
/// program and of its libraries belong to the kernel, and are not counted.
@Suite struct MemoryTests {
    let space: Workspace
    init() throws { space = try Workspace() }

    /// An ordinary import takes 25 to 33 MiB; the largest record that is read whole by default has 16.
    static let most = 52 << 20

    /// Runs the binary and samples how much memory of its own it has.
    private func measured(_ arguments: [String]) throws -> (Finished, memory: Int) {
        try space.write(
            """
            import re, subprocess, sys, time
            child = subprocess.Popen(sys.argv[1:], stdin=subprocess.DEVNULL, stdout=open("out", "wb"), stderr=open("err", "wb"))
            most = 0
            while child.poll() is None:
                sizes = re.search(r"RssAnon:\\s+(\\d+)", open(f"/proc/{child.pid}/status").read())
                most = max(most, int(sizes[1]) if sizes else 0)
                time.sleep(0.003)
            open("measured", "w").write(f"{child.returncode} {most}")
            """, to: "measure.py")
        try space.tool(["python3", "measure.py", Running.binary] + arguments)
        let numbers = String(decoding: try space.read("measured"), as: UTF8.self).split(separator: " ").compactMap {
            Int($0)
        }
        try #require(numbers.count == 2)
        func text(_ name: String) throws -> String { String(decoding: try space.read(name), as: UTF8.self) }
        return (Finished(status: Int32(numbers[0]), output: try text("out"), error: try text("err")), numbers[1] << 10)
    }

    private func make(_ python: String) throws {
        try space.write(
            """
            import zipfile
            def write(name, *pieces):
                with open(name, "wb") as file:
                    for piece in pieces: file.write(piece)
            large = b"y" * 40_000_000
            \(python)
            """, to: "make.py")
        try space.tool(["python3", "make.py"])
    }

    /// Records of 40 MB, and what seems to be one.
    static let sources: [(name: String, python: String, rejects: Int)] = [
        ("field.csv", "write(name, b'a,b\\n1,x\\n2,', large, b'\\n3,z\\n')", 1),
        (
            "quote.csv",
            "write(name, b'a,b\\n1,x\\n2,\"open\\n', *(b'%d,' % i + b'x' * 70 + b'\\n' for i in range(300_000)))", 1
        ),
        ("wrong.csv", "write(name, b'a,b\\n1,x\\n2,', large[:4_000_000], b',too many\\n3,z\\n')", 1),
        ("text.json", "write(name, b'[{\"a\":1},{\"a\":\"', large, b'\"},{\"a\":3}]')", 1),
        ("text.ndjson", "write(name, b'{\"a\":1}\\n{\"a\":\"', large, b'\"}\\n{\"a\":3}\\n')", 1),
        ("literal.sql", "write(name, b'INSERT INTO t (a) VALUES (1),(\\'', large, b'\\'),(3);\\n')", 1),
        ("wide.csv", "write(name, b'a,b\\n', b'1,x\\n' * 999, *(b'%d,x,y\\n' % i for i in range(200_000)))", 200_000),
    ]

    @Test(arguments: sources.indices)
    func anImportTakesNoMoreForAnySource(_ index: Int) throws {
        let source = Self.sources[index]
        try make("name = '\(source.name)'\n\(source.python)")
        let (result, memory) = try measured(
            ["import", source.name, "--into", "sqlite:shop.db", "--table", "t", "--log-dir", "log", "--json"])
        #expect(result.status == 3, "\(result.output) \(result.error)")
        #expect(memory < Self.most, "\(memory >> 20) MiB")
        let status = try space.run("status 1 --log-dir log --json").json()
        #expect((status["records"] as? [String: Int])?["rejected"] == source.rejects)
        let (looked, takenToLook) = try measured(["inspect", source.name, "--json"])
        #expect(looked.status == 0, "\(looked.error)")
        #expect(takenToLook < Self.most, "\(takenToLook >> 20) MiB")
    }

    @Test func rejectsAreWrittenMendedAndNotedInFlatMemory() throws {
        try make("write('wrong.csv', b'a,b\\n', *(b'%d,x\\n' % i for i in range(100_000)))")
        try space.run(
            "import wrong.csv --into sqlite:shop.db --table t --types b=integer --log-dir log --quiet")
        let (written, writing) = try measured(["rejects", "1", "--output", "mended.csv", "--log-dir", "log"])
        #expect(written.status == 0, "\(written.error)")
        #expect(writing < Self.most, "\(writing >> 20) MiB")
        try space.tool(["sed", "-i", "2,$s/,x,/,7,/", "mended.csv"])
        let (mended, mending) = try measured(["resubmit", "1", "mended.csv", "--log-dir", "log"])
        #expect(mended.status == 0, "\(mended.error)")
        #expect(mending < Self.most, "\(mending >> 20) MiB")
        #expect(try space.run("status 1 --log-dir log --json").json()["mended"] as? Int == 100_000)
        for command in ["rejects 1", "rejects 1 --json", "status 1", "log verify", "replay --check"] {
            let (shown, showing) = try measured(command.split(separator: " ").map(String.init) + ["--log-dir", "log"])
            #expect(shown.status == 0 || command == "status 1", "\(command): \(shown.error)")
            #expect(showing < Self.most, "\(command): \(showing >> 20) MiB")
        }
    }

    /// A larger record may be asked for: it is held once by the reader, and once by SQLite.
    @Test func aRecordThatIsAdmittedTakesAFewTimesItsSize() throws {
        try make("write('field.csv', b'a,b\\n1,x\\n2,', large, b'\\n3,z\\n')")
        let (result, memory) = try measured(
            [
                "import", "field.csv", "--into", "sqlite:shop.db", "--table", "t", "--log-dir", "log",
                "--max-record-size",
                "64MiB",
            ])
        #expect(result.status == 0, "\(result.error)")
        #expect(memory < Self.most + 2 * 40_000_000, "\(memory >> 20) MiB")
        #expect(try Table.rows(space.file("shop.db"), "SELECT length(b) FROM t") == ["1:1", "1:40000000", "1:1"])
    }
}
