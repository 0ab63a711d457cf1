import Foundation
import Testing

/// Encodings that are named, and what is said where one is not.
@Suite struct EncodingOptionTests {
    let space: Workspace

    init() throws { space = try Workspace() }

    private func write(_ text: String, as codec: String, to name: String) throws {
        try space.write(text, to: "utf8")
        try space.tool("sh", "-c", "iconv -f UTF-8 -t \(codec) utf8 > \(name)")
    }

    private func rows(_ database: String, _ query: String) throws -> [String] {
        try space.tool("sh", "-c", "sqlite3 \(database) '\(query)' > rows")
        return String(decoding: try space.read("rows"), as: UTF8.self).split(separator: "\n").map(String.init)
    }

    @Test(arguments: [
        ("gbk", "编号,姓名\n1,张三\n", "张三"), ("big5", "編號,姓名\n1,張三\n", "張三"), ("shift_jis", "番号,名\n1,ポ表\n", "ポ表"),
        ("euc-kr", "번호,이름\n1,한국\n", "한국"), ("windows-1251", "номер,имя\n1,Иван\n", "Иван"),
        ("koi8-r", "номер,имя\n1,Иван\n", "Иван"),
        ("iso-8859-2", "číslo,jméno\n1,Žluťoučký\n", "Žluťoučký"), ("cp850", "Größe,Maß\n1,Übung\n", "Übung"),
    ])
    func aFileIsReadInItsEncodingAndItsRejectsComeBack(_ encoding: String, _ text: String, _ value: String) throws {
        let iconv = encoding == "cp850" ? "CP850" : encoding
        try write(text + "2,\(value),x\n", as: iconv, to: "f.csv")
        let refused = try space.run("import f.csv --into sqlite:o.db --table t")
        #expect(refused.status == 1 && refused.error.contains("--encoding "), "\(refused)")
        let first = try space.run("import f.csv --into sqlite:o.db --table t --encoding \(encoding)")
        #expect(first.status == 3, "\(first)")
        let columns = text.split(separator: "\n")[0].split(separator: ",")
        #expect(try rows("o.db", "SELECT \"\(columns[1])\" FROM t") == [value])
        #expect(
            try space.run("import f.csv --into sqlite:o.db --table t --encoding \(encoding)").output.contains("already")
        )
        #expect(try space.run("rejects 1 --output bad.csv").status == 0)
        try space.tool("sh", "-c", "sed 's/,x,/,/' bad.csv > mended.csv")
        let mended = try space.run("resubmit 1 mended.csv")
        #expect(mended.status == 0, "\(mended)")
        #expect(try rows("o.db", "SELECT \"\(columns[1])\" FROM t") == [value, value])
    }

    @Test func otherFormatsAreReadInThemToo() throws {
        try write("[{\"a\":\"日本\"}]", as: "SHIFT_JIS", to: "f.json")
        #expect(try space.run("import f.json --into sqlite:o.db --table t --encoding sjis").status == 0)
        #expect(try rows("o.db", "SELECT a FROM t") == ["日本"])
        try write("SET NAMES gbk;\nINSERT INTO s (a) VALUES ('编号');\n", as: "GBK", to: "f.sql")
        #expect(try space.run("import f.sql --into sqlite:o.db").status == 0)
        #expect(try rows("o.db", "SELECT a FROM s") == ["编号"])
    }

    @Test func anUnknownEncodingIsRefusedWithANearName() throws {
        try space.write("a\n1\n", to: "f.csv")
        for (name, near) in [
            ("gkb", "gbk"), ("windows-1225", "windows-125"), ("shift-jsi", "shift-jis"), ("latin-two", nil),
        ] as [(String, String?)] {
            let result = try space.run("import f.csv --into sqlite:o.db --encoding \(name)")
            #expect(result.status == 2 && result.error.contains("--encoding does not take '\(name)'"), "\(result)")
            if let near { #expect(result.error.contains("Did you mean '\(near)"), "\(result)") }
        }
    }

    @Test func aFileThatIsNotUTF8IsDoubtedWithTheEncodingItLooksLike() throws {
        let lines = (1...300).map { "\($0),\($0 % 3 == 0 ? "José" : "Bob")\n" }.joined()
        try write("id,name\n" + lines, as: "LATIN1", to: "f.csv")
        let result = try space.run("import f.csv --into sqlite:o.db --table t")
        #expect(result.status == 3, "\(result)")
        #expect(
            result.output.contains(
                "probably misread: 33 of the first 100 records are not utf-8; the file looks like windows-1252. Import it with --encoding windows-1252"
            ), "\(result)")
        #expect(try space.run("rollback 1 --yes --no-backup").status == 0)
        #expect(try space.run("import f.csv --into sqlite:o.db --table t --encoding windows-1252").status == 0)
        // Behind the records that are looked at first.
        try write(
            "id,name\n" + (1...200).map { "\($0),Bob\n" }.joined() + "201,José\n202,René\n", as: "LATIN1", to: "g.csv")
        let late = try space.run("import g.csv --into sqlite:o.db --table g")
        #expect(
            late.status == 3
                && late.output.contains("2 of 202 records are not utf-8: the file looks like windows-1252"), "\(late)")
        #expect(
            late.output.contains("rollback 3") && late.output.contains("import with --encoding windows-1252"), "\(late)"
        )
        #expect(try space.run("rejects 3").output.contains("--encoding windows-1252"))
    }
}
