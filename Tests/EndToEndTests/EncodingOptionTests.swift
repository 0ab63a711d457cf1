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
            #expect(
                result.status == 2 && result.error.contains("'\(name)' is not a valid value for --encoding"),
                "\(result)")
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
                "probably misread: 33 of the first 100 records are not UTF-8; the file looks like windows-1252. Import it with --encoding windows-1252"
            ), "\(result)")
        #expect(try space.run("rollback 1 --yes --no-backup").status == 0)
        #expect(try space.run("import f.csv --into sqlite:o.db --table t --encoding windows-1252").status == 0)
        // Behind the records that are looked at first.
        try write(
            "id,name\n" + (1...200).map { "\($0),Bob\n" }.joined() + "201,José\n202,René\n", as: "LATIN1", to: "g.csv")
        let late = try space.run("import g.csv --into sqlite:o.db --table g")
        #expect(
            late.status == 3
                && late.output.contains("2 of 202 records are not UTF-8: the file looks like windows-1252"), "\(late)")
        #expect(
            late.output.contains("rollback 3") && late.output.contains("import with --encoding windows-1252"), "\(late)"
        )
        #expect(try space.run("rejects 3").output.contains("--encoding windows-1252"))
    }
    @Test(arguments: [
        ("cp932", "id,name,kana\r\n1,山田太郎,ヤマダ\r\n2,髙橋花子,ﾀｶﾊｼ\r\n3,鈴木一郎,スズキ\r\n", "cp932"),
        ("cp949", "id,이름,도시\r\n1,김철수,서울특별시 강남구\r\n2,이영희,부산광역시 해운대구\r\n", "cp949"),
        ("cp1250", "číslo,jméno,město\r\n1,Jiří Dvořák,Plzeň\r\n2,Zdeněk Šťastný,České Budějovice\r\n", "windows-1250"),
        ("cp1253", "αριθμός,όνομα\r\n1,Γιώργος Παπαδόπουλος\r\n2,Μαρία Νικολάου\r\n", "windows-1253"),
        ("cp1254", "no,ad,sehir\r\n1,Ayşe Yılmaz,İstanbul\r\n2,Çağrı Gündoğdu,Muğla\r\n", "windows-1254"),
    ])
    func theEncodingThatIsNamedReadsTheFile(_ codec: String, _ text: String, _ name: String) throws {
        try write(text, as: codec, to: "f.csv")
        let refused = try space.run("import f.csv --into sqlite:o.db --table t")
        #expect(refused.status != 0, "\(refused)")
        #expect((refused.output + refused.error).contains("looks like \(name)"), "\(refused)")
        let told = try space.run("import f.csv --into sqlite:p.db --table t --encoding \(name) --log-dir p")
        #expect(told.status == 0, "\(told)")
        let columns = text.split(separator: "\r\n")[0].split(separator: ",")
        let rows = try rows("p.db", "SELECT \"\(columns[1])\" FROM t")
        #expect(rows == text.split(separator: "\r\n").dropFirst().map { String($0.split(separator: ",")[1]) })
    }

    @Test func aByteOrderMarkGoesBeforeTheFlag() throws {
        try space.write("\u{FEFF}id;n\n1;ä\n", to: "f.csv")
        let result = try space.run("import f.csv --into sqlite:o.db --table t --encoding cp1252")
        #expect(
            result.status == 0
                && result.error.contains("begins with a byte order mark, and is read as utf-8, not as windows-1252"),
            "\(result)")
        #expect(try rows("o.db", "SELECT id || n FROM t") == ["1ä"])
        try space.write("\u{FEFF}[{\"id\": 1, \"n\": \"ä\"}]", to: "f.json")
        #expect(try space.run("import f.json --into sqlite:o.db --table j --encoding cp1252").status == 0)
        #expect(try rows("o.db", "SELECT id || n FROM j") == ["1ä"])
    }

    @Test(arguments: [("f.csv", "cp1252"), ("f.csv", "gbk"), ("f.ndjson", "latin1")])
    func aFileInUTF8ThroughoutIsDoubtedIfItIsReadOtherwise(_ name: String, _ encoding: String) throws {
        let isCSV = name.hasSuffix(".csv")
        let plain = (1...300).map { isCSV ? "\($0);plain\n" : "{\"id\": \($0), \"n\": \"plain\"}\n" }.joined()
        let last = isCSV ? "301;Müller\n302;Größe\n" : "{\"id\": 301, \"n\": \"Größe, Müller\"}\n"
        try space.write((isCSV ? "id;n\n" : "") + plain + last, to: name)
        let result = try space.run("import \(name) --into sqlite:o.db --table t --encoding \(encoding)")
        #expect(
            result.status == 3 && result.output.contains("all its characters beyond ASCII are UTF-8")
                && result.output.contains("--encoding utf-8"), "\(result)")
        #expect(try space.run("status 1").output.contains("are UTF-8"))
        #expect(try space.run("rollback 1 --yes --no-backup").status == 0)
        #expect(try space.run("import \(name) --into sqlite:o.db --table t --encoding utf-8").status == 0)
        // ASCII alone is in any encoding, and what was said is right where it is.
        try space.write((isCSV ? "id;n\n" : "") + plain, to: name)
        #expect(try space.run("import \(name) --into sqlite:o.db --table u --encoding \(encoding)").status == 0)
        try write(
            (isCSV ? "id;n\n" : "") + plain
                + last.replacing("ü", with: "u").replacing("ß", with: "s").replacing(
                    "ö", with: isCSV && encoding == "gbk" ? "编号" : "ö"), as: encoding, to: name)
        #expect(try space.run("import \(name) --into sqlite:o.db --table v --encoding \(encoding)").status == 0)
    }

    @Test func aRecordInAnotherEncodingThanTheOthersIsMendedAlone() throws {
        var bytes = Array(("id,n\n" + (1...20).map { "\($0),Müller\n" }.joined() + "21,K").utf8)
        bytes += [0xF6, 0x6C, 0x6E, 0x0A]
        try Data(bytes).write(to: URL(fileURLWithPath: space.file("f.csv")))
        let result = try space.run("import f.csv --into sqlite:o.db --table t")
        #expect(
            result.status == 3 && result.output.contains("1 of 21 records is not UTF-8, but others are"), "\(result)")
        #expect(!result.output.contains("--encoding windows"), "\(result)")
        #expect(result.output.contains("rejects 1 --output FILE") && result.output.contains("resubmit 1 FILE"))
        let rejects = try space.run("rejects 1")
        #expect(rejects.output.contains("no --encoding is right for both"), "\(rejects)")
        // The umlauts may come long after the record, and in a header that is not UTF-8 no flag is named either.
        try Data(Array("id,n\n1,K".utf8) + [0xF6, 0x0A] + Array("2,Müller\n".utf8)).write(
            to: URL(fileURLWithPath: space.file("g.csv")))
        #expect(!(try space.run("import g.csv --into sqlite:o.db --table g").output.contains("--encoding windows")))
        try Data(Array("id,k".utf8) + [0xF6, 0x0A] + Array("2,Müller\n".utf8)).write(
            to: URL(fileURLWithPath: space.file("h.csv")))
        let header = try space.run("import h.csv --into sqlite:o.db --table h")
        #expect(header.status == 1 && header.error.contains("no --encoding is right for both"), "\(header)")
    }
}
