import Foundation
import Testing

/// The first page of an API is not taken for all of it, and a hidden sheet not for nothing.
@Suite struct PageTests {
    let space: Workspace

    init() throws { space = try Workspace() }

    /// Runs a server whose handler has this Python code as `do_GET`; the body gets its address.
    private func serving(_ code: String, _ body: (String) throws -> Void) throws {
        let lines = code.split(separator: "\n", omittingEmptySubsequences: false).map { "        \($0)" }
        try space.write(
            """
            import http.server, json, threading
            class H(http.server.BaseHTTPRequestHandler):
                def log_message(s, *a): pass
                def do_GET(s):
            \(lines.joined(separator: "\n"))
                    s.send_header('Content-Length', str(len(body))); s.end_headers(); s.wfile.write(body)
            server = http.server.HTTPServer(('127.0.0.1', 0), H)
            threading.Timer(60, server.shutdown).start()
            with open('port.new', 'w') as f: f.write(str(server.server_port))
            import os; os.rename('port.new', 'port')
            server.serve_forever(); os._exit(0)
            """, to: "server.py")
        let server = Process()
        server.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        server.arguments = ["python3", "server.py"]
        server.currentDirectoryURL = URL(fileURLWithPath: space.path)
        try server.run()
        defer {
            server.terminate()
            server.waitUntilExit()
        }
        while !FileManager.default.fileExists(atPath: space.file("port")), server.isRunning { usleep(20_000) }
        try body("http://127.0.0.1:\(String(decoding: try space.read("port"), as: UTF8.self))")
    }

    @Test func aServersCharsetIsHonouredUnlessTheTextIsEvidentlyAnother() throws {
        try serving(
            """
            said, text = {
                '/a.csv': ('ISO-8859-1', b'n\\nM\\xfcller\\n'), '/b.csv': ('"windows-1252"', b'n\\n5 \\x80\\n'),
                '/c.csv': ('ISO-8859-1', 'n\\nMüller\\n'.encode()), '/d.csv': ('utf-8', 'n\\né\\n'.encode()),
                '/e.csv': ('klingon', b'n\\nx'), '/f.json': ('ISO-8859-1', b'[{"n":"M\\xfcller"}]'),
            }[s.path]
            body = text
            s.send_response(200)
            s.send_header('Content-Type', 'text/csv; header=present; charset=' + said)
            """
        ) { address in
            for (name, value) in [
                ("a.csv", "Müller"), ("b.csv", "5 €"), ("c.csv", "Müller"), ("d.csv", "é"), ("e.csv", "x"),
                ("f.json", "Müller"),
            ] {
                let result = try space.run([
                    "import", "\(address)/\(name)", "--into", "sqlite:\(name).db", "--table", "t", "--log-dir", name,
                    "--allow-private-network",
                ])
                #expect(result.status == 0, "\(name): \(result.error)")
                #expect(try Table.all(space.file("\(name).db"), "t") == ["3:\(value)"], "\(name)")
                #expect(result.error.contains("has no line ending") == (name == "e.csv"), "\(result.error)")
            }
            let named = try space.run([
                "import", "\(address)/a.csv", "--into", "sqlite:n.db", "--table", "t", "--log-dir", "n", "--encoding",
                "utf-8",
                "--allow-private-network",
            ])
            #expect(named.status == 1)
            #expect(try space.run("rejects 1 --log-dir n").output.contains("--encoding"))
        }
    }

    @Test func aServersCharsetIsDoubtedWhereTheTextTurnsOutToBeUTF8() throws {
        try serving(
            """
            body = ('id,name\\n' + '1,plain\\n' * 20000 + ('2,Müller\\n' if s.path == '/a.csv' else '')).encode()
            if s.path == '/c.csv': body += b'2,M\\xfcller\\n'
            s.send_response(200)
            s.send_header('Content-Type', 'text/csv; charset=ISO-8859-1')
            """
        ) { address in
            for (name, status) in [("a.csv", 3), ("b.csv", 0), ("c.csv", 0)] {
                let result = try space.run([
                    "import", "\(address)/\(name)", "--into", "sqlite:\(name).db", "--table", "t", "--log-dir", name,
                    "--allow-private-network",
                ])
                #expect(result.status == status, "\(name): \(result)")
                #expect(
                    result.error.contains("as windows-1252, because the server declares text/csv; charset=ISO-8859-1"))
                #expect(result.output.contains("all its characters beyond ASCII are UTF-8") == (status == 3))
            }
        }
    }

    @Test func aResponseThatNamesANextPageIsTheFirstPage() throws {
        try serving(
            """
            link = s.path.startswith('/link')
            body = [{'id': 1}, {'id': 2}] if link else {'value': [{'id': 1}]}
            last = 'page=2' in s.path
            if not link and not last: body['@odata.nextLink'] = '/odata?page=2'
            body = json.dumps(body).encode()
            s.send_response(200)
            if link and not last: s.send_header('Link', '</link?page=2>; rel="next"')
            """
        ) { address in
            let cases: [(path: String, arguments: [String], status: Int32, rows: Int)] = [
                ("link", [], 3, 2), ("odata", [], 3, 1), ("link", ["--pages", "link"], 0, 4),
                ("odata", ["--pages", "next=@odata.nextLink"], 0, 2), ("odata", ["--pages", "next=nope"], 2, 0),
                ("link?page=2", [], 0, 2), ("odata?page=2", [], 0, 1),
            ]
            for (index, (path, arguments, status, rows)) in cases.enumerated() {
                let result = try space.run(
                    [
                        "import", "\(address)/\(path)", "--into", "sqlite:\(index).db",
                        "--allow-private-network",
                        "--json", "--table", "t", "--log-dir", "log\(index)",
                    ] + arguments)
                #expect(result.status == status, "\(path) \(arguments): \(result.error)")
                if status == 2 { continue }
                #expect((try result.json()["records"] as? [String: Int])?["inserted"] == rows)
                if status == 3 {
                    #expect(result.output.contains("the next page") && result.output.contains("--pages "))
                }
            }
        }
    }

    @Test(arguments: [["--pages", "next=next"], ["--pages", "page=page"], []])
    func anAPIThatHasNothingNewIsNoError(arguments: [String]) throws {
        try serving("body = b'{\"next\":null,\"results\":[]}'; s.send_response(200)") { address in
            let result = try space.run(
                [
                    "import", "\(address)/new", "--into", "sqlite:t.db", "--table", "t", "--allow-private-network",
                    "--json",
                ] + arguments)
            #expect(result.status == 0, "\(result.error)")
            #expect((try result.json()["records"] as? [String: Int])?["read"] == 0)
        }
    }

    @Test(arguments: [("hidden", 2, 3), ("veryHidden", 2, 3), ("hidden", 1, 0), ("visible", 2, 0)])
    func aHiddenSheetWithRowsMayBeData(state: String, rows: Int, status: Int) throws {
        try space.tool(
            "/usr/bin/python3", "-c",
            """
            import openpyxl
            book = openpyxl.Workbook()
            for row in [["id", "v"], [1, 2]]: book.active.append(row)
            sheet = book.create_sheet("Old")
            for row in [["id", "v"], [3, 4]][:\(rows)]: sheet.append(row)
            sheet.sheet_state = "\(state)"
            book.save("h.xlsx")
            """)
        let result = try space.run("import h.xlsx --into sqlite:h.db")
        #expect(result.status == Int32(status), "\(result.output)")
        #expect(result.output.contains("Old: it is hidden. Import it with --section 'Old'.") == (status == 3))
    }

    @Test(arguments: [
        ("ftp://h/a.csv", "ftp is not supported; http:// and https:// are."),
        ("file:///tmp/a.csv", "Give the file's path."), ("s3://b/a.csv", "s3 is not supported"),
        ("dd/*.csv", "No file matches the pattern"), ("http://", "this URL cannot be read"),
    ])
    func aSourceThatCannotBeOneIsToldWhy(source: String, words: String) throws {
        let result = try space.run(["import", source, "--into", "sqlite:t.db"])
        #expect(result.status != 0 && result.error.contains(words), "\(result.error)")
        #expect(!result.error.contains("must be put back"))
    }

    @Test func keysThatDifferInCaseKeepTheirColumnsFromChunkToChunk() throws {
        try space.write(#"[{"Id":"a"},{"Id":"b","UserUPN":"abc"},{"UserUpn":"efg","":5},{"id":"c"}]"#, to: "k.json")
        #expect(try space.run("import k.json --into sqlite:t.db --chunk-size 1").status == 0)

        let document = try space.run("inspect k.json --json").json()
        let section = try #require((document["sections"] as? [[String: Any]])?.first)
        let columns = try #require(section["columns"] as? [[String: Any]])
        #expect(columns.map { $0["name"] as? String } == ["Id", "UserUPN", "UserUpn_2", "column_4", "id_2"])
        try space.tool(
            "python3", "-c",
            """
            import sqlite3
            rows = sqlite3.connect("t.db").execute("SELECT Id, UserUPN, UserUpn_2, column_4, id_2 FROM k").fetchall()
            assert rows == [("a",None,None,None,None), ("b","abc",None,None,None), (None,None,"efg",5,None),
                (None,None,None,None,"c")], rows
            """)
        #expect(try space.run("verify 1").status == 0)
        #expect(try space.run("replay --check").status == 0)
    }

    @Test func sectionsOfOneTableThatDoNotFitAreToldHowToPart() throws {
        try space.tool(
            "python3", "-c",
            """
            import zipfile
            with zipfile.ZipFile("s.zip", "w") as z:
                z.writestr("2023/sales.csv", "id,v\\n1,2\\n"); z.writestr("2024/sales.csv", "id,v,w\\n1,2,3\\n")
            """)
        let result = try space.run("import s.zip --into sqlite:s.db")
        #expect(result.status == 2 && result.error.contains("2023/sales.csv also goes into the table sales."))
        #expect(result.error.contains("'sections' in waybill.yaml") && !result.error.contains("leave out --table"))
    }
}
