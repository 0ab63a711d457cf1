import Foundation
import Testing

/// Files that are not data, or data in a format that is not read, whichever way they come.
@Suite struct ForeignSourceTests {
    let space: Workspace
    init() throws { space = try Workspace() }

    private static let makeAll = """
        import gzip, json, sqlite3, zipfile
        page = b"<!DOCTYPE html>\\n<html><body>Please sign in</body></html>\\n"
        files = {"page.csv": page, "page16.csv": page.decode().encode("utf-16"), "call.json": b'callback([{"a":1}]);',
            "table.json": b"a,b\\n1,2\\n", "data.pdf": b"%PDF-1.4\\n1 0 obj\\n", "data.parquet": b"PAR1\\x15\\x04\\x15",
            "book.xls": b"\\xd0\\xcf\\x11\\xe0\\xa1\\xb1\\x1a\\xe1" + bytes(600)}
        base = sqlite3.connect("data.db"); base.execute("create table t (a)"); base.commit(); base.close()
        files["data.db"] = open("data.db", "rb").read()
        for name, content in files.items():
            open(name, "wb").write(content)
            gzip.open(name + ".gz", "wb").write(content)
            with zipfile.ZipFile(name + ".zip", "w") as archive: archive.writestr("in/" + name, content)
        """

    @Test func whatIsNotReadIsRefusedByItsNameInFilesInPackedOnesInArchivesAndFromStandardInput() throws {
        try space.write(Self.makeAll, to: "make.py")
        try space.tool("python3", "make.py")
        let names = [
            "page.csv": "HTML page", "page16.csv": "HTML page", "call.json": "JSONP", "table.json": "is not JSON",
            "data.pdf": "PDF", "data.parquet": "Parquet", "book.xls": "Excel 97-2003", "data.db": "SQLite database",
        ]
        for (name, words) in names.sorted(by: { $0.key < $1.key }) {
            for path in [name, name + ".gz", name + ".zip"] {
                let result = try space.run("import \(path) --into sqlite:t.db")
                #expect(result.status == 1, "\(path): \(result.error)")
                #expect(result.error.contains(words), "\(path): \(result.error)")
            }
            // A stream has no name that says it is JSON.
            if name == "table.json" { continue }
            try space.tool("sh", "-c", "\(Running.binary) inspect - < \(name) > out 2>&1; echo $? > status")
            #expect(try space.read("status") == Array("1\n".utf8), "\(name)")
            #expect(String(decoding: try space.read("out"), as: UTF8.self).contains(words), "\(name)")
        }
        #expect(!FileManager.default.fileExists(atPath: space.file("t.db")))
    }

    @Test func theFormatCSVForcesWhatLooksLikeSomethingElse() throws {
        try space.write("<html>\n<body>\n", to: "tags.csv")
        #expect(try space.run("import tags.csv --into sqlite:t.db").status == 1)
        let result = try space.run("import tags.csv --into sqlite:t.db --format csv")
        #expect(result.status == 0 && (result.output + result.error).contains("1 inserted"))
    }
}
