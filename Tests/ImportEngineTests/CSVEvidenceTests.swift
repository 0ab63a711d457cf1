import EventLogTestSupport
import Foundation
import ImportEngine
import ImportLog
import Records
import Testing

/// What is said of a CSV file that is most likely read otherwise than it is meant, and that nothing is said of others.
@Suite struct CSVEvidenceTests {
    private let folder: InspectionFolder

    init() throws { folder = try InspectionFolder() }

    private func inspect(
        _ text: String, as name: String = "d.csv", _ change: (inout ImportOptions) -> Void = { _ in }
    ) throws -> Inspection {
        try folder.inspect(text, as: name, change)
    }

    private static func licence(_ lines: Int, mark: String = "") -> String {
        (1...lines).map { "\(mark)This is line \($0) of the licence\n" }.joined()
    }

    private static func table(named: Bool = true) -> String {
        (named ? "time;temp;hum\n" : "") + (10..<24).map { "2024-01-01 \($0):00;\($0).5;\($0)\n" }.joined()
    }

    @Test func recordsThatAreAllNarrowerThanATitleAreDoubted() throws {
        let text = "Sales, Q1, 2024, all, of\nid,name,amount\n1,a,1.50\n2,b,2.50\n3,c,3.50\n"
        let inspection = try inspect(text) { $0.reading.shortRows = "null" }
        #expect(inspection.leftOut.contains { $0.remedy?.contains("--header-row 2") == true }, "\(inspection.leftOut)")
    }

    @Test(arguments: ["utf-16", "utf-16le", "utf-16be"], ["a,b\n1,2\n", "a,b\n1,ä\n", "[{\"a\":1}]"])
    func aTextWithoutZeroBytesIsNoUTF16(_ encoding: String, _ text: String) throws {
        let error = #expect(throws: DataError.self) { try inspect(text) { $0.reading.encoding = encoding } }
        #expect(error?.message.contains("The text is not \(encoding)") == true)
    }

    /// Each with a part of what is said and of the way out.
    static let doubtful: [(text: String, what: String, remedy: String)] = [
        ("1,a,2.5\n2,b,3.5\n3,c,4.5\n", "looks like a record", "--no-header"),
        ("2024-01-01,5\n2024-01-02,6\n", "looks like a record", "--no-header"),
        ("ann@example.org,x\nbob@example.org,y\n", "looks like a record", "--no-header"),
        ("7\n9\n8\n", "looks like a record", "--no-header"),
        (
            "5.1,3.5,1.4,0.2,setosa\n4.9,3,1.4,0.2,setosa\n4.7,3.2,1.3,0.2,setosa\n", "looks like a record",
            "--no-header"
        ),
        ("-1.5,0.2\n-1.6,0.3\n-1.7,0.4\n", "looks like a record", "--no-header"),
        ("123,45,6\n124,46,7\n125,47,8\n", "looks like a record", "--no-header"),
        ("10,20,30\n11,21,31\n12,22,32\n", "looks like a record", "--no-header"),
        ("0,1,2\n3,4,5\n6,7,8\n", "looks like a record", "--no-header"),
        ("1,2\n1,3\n2,3\n", "looks like a record", "--no-header"),
        ("2019,2020\n2020,2021\n2020,2022\n", "looks like a record", "--no-header"),
        ("ann,23,170.5\nbob,30,180\ncarl,41,175.5\n", "looks like a record", "--no-header"),
        ("1,foo,2024-01-01,2.5\n", "looks like a record", "--no-header"),
        ("id,name\n--,----\n1,x\n2,y\n", "line 2, under the header, has only dashes", "sed '2d'"),
        ("a,b\n-,-\n1,x\n", "line 2, under the header, has only dashes", "sed '2d'"),
        ("name      ,n  \n==========,===\nann       ,1  \n", "line 2, under the header, has only dashes", "sed '2d'"),
        ("Report,2024\nid,name\n1,a\n2,b\n", "line 2 looks like the header", "--header-row 2"),
        ("Sales,Report\nJanuary,final\n\nid,amount\n1,5\n2,6\n3,7\n", "line 4 looks like the header", "--header-row 4"),
        // A title above a header without figures below it.
        ("Kontakte;;\nName;Mail;Tel\nMaier;m@x.at;+43 1\nHuber;h@x.at;06/64\n", "line 2 looks like", "--header-row 2"),
        ("Preise;;\n;;\nArtikel;Preis;Einheit\nNagel;1,50 €;kg\nBrett;2,00 €;m\n", "line 3 looks", "--header-row 3"),
        ("Kontakte;Stand 2024;\nName;Mail;x\nMaier;m@x.at;a\nHuber;h@x.at;b\n", "line 2 looks", "--header-row 2"),
        // Tables one above the other.
        (
            "Station,Wien,,\nLat,48.2,,\ntime,temp,hum,x\n2024-01-01,0.5,3,4\n2024-01-02,1.5,3,4\n",
            "line 3 looks like the header of another table", "sed '1,2d'"
        ),
        ("ts,v,\n2024-01-01,1,\nts,v,w\n2024-02-01,1,2\n", "line 3 looks like the header of another", "sed '1,2d'"),
        // Comments that may be headers, and headers that may be comments.
        ("#Name,Ort,Alter\nMaier,Wien,k.A.\nHuber,Graz,5\nX,Linz,6\n", "may be a comment", "--header-row 2"),
        ("# Report, Vienna\nfirst,last\nann,lee\nbob,ray\n", "may be a comment", "--header-row 2"),
        ("0.0,x\n10.5,y\n2.3,z\n", "looks like a record", "--no-header"),
        ("0,x\n10,y\n3,z\n", "looks like a record", "--no-header"),
        ("true\nfalse\ntrue\n", "looks like a record", "--no-header"),
        ("$5,x\n$6,y\n", "looks like a record", "--no-header"),
        ("50%,x\n60%,y\n", "looks like a record", "--no-header"),
        (
            "f81d4fae-7dec-11d0-a765-00a0c91e6bf6,x\nf81d4fae-7dec-11d0-a765-00a0c91e6bf7,y\n",
            "looks like a record", "--no-header"
        ),
        (licence(99) + table(), "from line 100 on each line has 3 fields", "--header-row 100"),
        (licence(60) + table(), "from line 61 on each line has 3 fields", "--header-row 61"),
        (licence(150) + table(named: false), "from line 151 on", "--skip-lines 150 --no-header"),
        ("id~name~price\n1~a~2.5\n2~b~3.5\n", "'~' splits", "--delimiter '~'"),
        ("id^name\n1^a\n", "'^' splits", "--delimiter '^'"),
        ("id\u{1}name\n1\u{1}a\n", "splits", "--delimiter $'\\x01'"),
        ("id::name\n1::a\n", "'::' splits", "sed"),
        ("id name price\n1 a 2.5\n2 b 3.5\n", "spaces split", "sed"),
        ("id     name\n1      a\n22     b\n", "spaces split", "sed"),
        ("id||name||price\n1||a||2.5\n2||b||3\n", "always doubled", "sed"),
        ("\"id\", \"name\"\n\"1\", \"a\"\n", "there are spaces before quotes", "--skip-initial-space"),
        ("id\tv\n1\t\\N\n", "'\\N'", "--null '\\N'"),
        ("\"id\",\"v\"\n\"1\",\"\\N\"\n", "'\\N'", "null: ['\\N'] in waybill.yaml"),
        ("\"id,name,qty\"\n\"1,bolt,5\"\n\"2,nut,7\"\n", "each line is one value in quotes", "sed"),
        ("\"id;name\"\r\n\"1;\"\"bolt; big\"\"\"\r\n", "each line is one value in quotes", "sed"),
        ("a,b;c,d;e\nf,g;h,i;j\n", "both split", "--delimiter ';'"),
        // A title as wide as the table, above one column of figures.
        ("Sales, Q1\nname,amount\n" + numbered { "n\($0),\($0).5" }, "line 2 looks like the header", "--header-row 2"),
        (
            "Sales, Q1\nsku,day\n" + numbered { "A-\($0),2024-01-\($0)" }, "line 2 looks like the header",
            "--header-row 2"
        ),
        ("person,person\nname,age\n" + numbered { "Ann\($0),\($0)" }, "line 2 looks like the header", "--header-row 2"),
        // A first line without names, or two lines with one.
        (",,\nname,city,country\n" + numbered { "a\($0),b," }, "names no column", "--header-row 2"),
        (",,\n" + numbered { "a\($0),5," }, "names no column", "--skip-lines 1 --no-header"),
        (
            "Report,,\nDate,2024-01-01,\nname,city,land\n" + numbered { "n\($0),c,l" }, "line 3 looks like",
            "--header-row 3"
        ),
        // Other tables below.
        ("a,b\n" + numbered { "\($0),5" } + "id,amount\n" + numbered { "\($0),6" }, "line 22 looks", "sed '1,21d'"),
        ("a,b\n" + numbered { "x\($0),y" } + "B,A\n" + numbered { "y,x\($0)" }, "line 22 looks", "sed '1,21d'"),
        // Delimiters of several characters.
        ("id~|~name\n" + numbered { "\($0)~|~n" }, "several characters", "sed"),
        ("id|~name\n" + numbered { "\($0)|~n" }, "several characters", "sed"),
        ("id^^name\n1^^a\n", "'^^' splits", "s/\\^\\^/"), ("id§name\n1§a\n", "'§' splits", "s/§/"),
        ("sep=;\nname,city\na,b\nc,d\n", "',' splits", "--delimiter ','"),
        // Other quotes.
        ("'a','b'\n'1','x'\n'2','z'\n", "stand between ' marks", "--quote \"'\""),
        ("`a`,`b`\n`1`,`x`\n`2`,``\n", "stand between ` marks", "--quote '`'"),
        // Records above records.
        ("10:00,a\n11:00,b\n12:00,c\n", "looks like a record", "--no-header"),
        ("5-Jan-2024,x\n6-Jan-2024,y\n7-Feb-2024,z\n", "looks like a record", "--no-header"),
        ("1e5,x\n2e5,y\n3.5e5,z\n", "looks like a record", "--no-header"),
        ("NULL,NULL\n1,2\n3,4\n", "looks like a record", "--no-header"),
    ]

    /// Twenty lines, numbered from 10 on.
    private static func numbered(_ line: (Int) -> String) -> String { (10..<30).map { line($0) + "\n" }.joined() }

    @Test(arguments: doubtful)
    func whatIsProbablyMisreadIsSaidWithTheWayOut(_ text: String, _ what: String, _ remedy: String) throws {
        let doubts = try inspect(text).leftOut.filter { $0.kind != .noRecords }
        #expect(doubts.map(\.kind) == [.misread], "\(doubts)")
        #expect(doubts.first?.reason.contains(what) == true, "\(doubts)")
        #expect(doubts.first?.remedy?.contains(remedy) == true, "\(doubts)")
    }

    @Test(arguments: [
        // Amounts with commas below one name.
        ("preis\n1,50\n2,75\n3,10\n", "the records have 2", "--delimiter ';'"),
        ("Liste\n|A|B|\n|1|2|\n|3|4|\n", "the first line has 1 field", "--header-row 2"),
        // A list for people.
        (
            "Liste  30.11.2026\n\n----\n|A |B |\n----\n" + numbered { "|\($0) |2 |" } + "----\n* 2\n",
            "line 4 is the header (A, B)",
            "--delimiter '|' --header-row 4 --comment '-' --trim --skip-columns column_1"
        ),
        ("Account,DE1\nPeriod,Oct\n\nDate,Text,Sum\nx,a,1.5\ny,b,2\nz,c,3\n", "most records have 3", "--header-row 4"),
    ]) func aFirstLineThatDoesNotFitIsRefusedWithTheWayOut(_ text: String, _ what: String, _ remedy: String) throws {
        let error = #expect(throws: DataError.self) { try inspect(text) }
        #expect(error?.message.contains(what) == true, "\(error?.message ?? "")")
        #expect(error?.remedy?.contains(remedy) == true, "\(error?.remedy ?? "")")
    }

    /// These raise no doubt.
    static let plain = [
        "id,name\n1,a\n2,b\n", "2024\n5\n6\n", "country,2019,2020,2021\nDE,1,2,3\nFR,4,5,6\n",
        ",0,1,2\n0,5,6,7\n1,6,7,8\n",
        "0,1,2\n5,6,7\n", "sample,400.5,401.0,401.5\na,1.5,2.5,3.5\n", "month,2024-01,2024-02\na,5,6\nb,7,8\n",
        "name,score\nann,absent\nbob,5\ncarl,6\n", "name,score,age\nann,unknown,n/a\nbob,5,6\ncarl,6,7\n",
        "first,last\nann,lee\nbob,ray\n", "email\na@b.c\nd@e.f\n", "time\n10:00\n11:00\n",
        "name\nJohn Smith\nJane Roe\n",
        "url\nhttps://a.b/c#d\nhttps://a.b/e#f\n", "path\n/a/b\n/c/d\n", "id\n1\n2\n", "a,b\n", "id,,\n1,2,3\n",
        "id,price\n1,\"1,50\"\n2,\"2,50\"\n", "note\n5 % of all\n6 % of some\n", "word\n", "k,v\na,1\na,1\n",
        "date,open,close\n2024-01-01,5,6\n2024-01-02,6,7\n", "step,5,10\nx,1,2\ny,3,4\n",
        "Jahr;Wert\n2020;1,5\n2021;2,5\n",
        "sample,400.5,401.7,409.5,class\na,1.5,2.5,3.5,x\nb,1.5,2.5,3.5,y\n",
        "country,5,25,50,75,95\nDE,9,80,4,300,20\nFR,99,7,60,20,1\n",
        "2020,2021,2022\n5,6,7\n", "2022,2021,2020\n5,6,7\n", "day,0,6,12,18\na,4,9,17,8\nb,3,8,16,9\n",
        "0,1,2,target\n5.5,6,7,a\n1,0.5,3,b\n",
        "country,2019,2020\n", "2019,2020\n", "0,1,2\n", "month,2024-01-01,2024-02-01\n", "a,b\n-,-\n-,x\n",
        "a,b\n-,5\n3,4\n",
        "name,phone\nann,+49 228 12\nbob,+49 30 77\n", "name\n\"Smith, John\"\n\"Doe, Jane\"\n",
        "\"name, first\"\n\"Smith, John\"\n\"Madonna\"\n",
        // Remarks beside the table.
        "Name;Alter;\nMax;5;\nEva;6;\nTom;unbekannt;Notiz fehlt\nUwe;9;\nIda;8;\n",
        "Name;Alter in Jahren;\nMax;5;\nEva;6;\nTom;unbekannt;Notiz fehlt\nUwe;9;\nIda;8;\n",
        "id,name,\n1,x,\n2,y,\nA,b,c\n3,z,q\n", "Name;Ort;\nMaier;Wien;\nHuber;Graz;Notiz\nIda;Linz;\n",
        ",Name,Ort\na,Maier,Wien\nb,Huber,Graz\n",
        "#CHROM\tPOS\tID\nchr1\ta\trs1\nchr2\t200\trs2\n", "#chrom\tstart\tend\nchr1\t100\t200\nchr1\t300\t400\n",
        "#Name,Ort\nMaier,Wien\nHuber,Graz\n", "x,y\n1,2\n3,4\n5,6\n", "Name,x,y\na,1,2\nb,3,4\nc,5,6\n",
        "name,0\nann,5\nbob,6\n", "0,label\n5,a\n6,b\n", "name,25%,50%,75%\na,10%,20%,30%\nb,11%,21%,32%\n",
        "name,amount\nSmith,pending\n" + numbered { "Jones,\($0)" },
        "step,10:00,11:00\na,5,6\nb,7,8\n", "tag\n#a\n#b\n", "id,#tag\n1,a\n2,b\n", "answer\nyes\nno\nyes\n",
        "quote\n'tis\nwell\n", "name,x\nx,1\ny,2\n", "a,b\n" + numbered { "\($0),5" } + "n/a,unknown\n",
        "price\n$5\n$6\n", "paid,name\ntrue,a\nfalse,b\n", licence(150),
    ]

    @Test(arguments: plain)
    func nothingIsSaidOfAnOrdinaryFile(_ text: String) throws {
        #expect(try inspect(text).leftOut.allSatisfy { $0.kind == .noRecords })
    }

    @Test func whatTheUserSaysIsNotDoubted() throws {
        #expect(try inspect("1,a\n2,b\n3,c\n") { $0.reading.hasHeader = true }.leftOut.isEmpty)
        #expect(try inspect("1,a\n2,b\n3,c\n") { $0.reading.hasHeader = false }.leftOut.isEmpty)
        #expect(try inspect("id~name\n1~a\n") { $0.reading.delimiter = "," }.leftOut.isEmpty)
        #expect(try inspect("id,v\n1,\\N\n") { $0.reading.nullSpellings = ["NA"] }.leftOut.isEmpty)
        #expect(try inspect("id,v\n1,\\N\n") { $0.reading.nullSpellings = ["\\N"] }.leftOut.isEmpty)
        // It does not reach those in quotes.
        #expect(try inspect("id,v\n1,\"\\N\"\n") { $0.reading.nullSpellings = ["\\N"] }.leftOut.count == 1)
    }

    /// Each with the header's line, its names, and the number of records.
    static let preambles: [(text: String, line: String, names: [String], records: Int)] = [
        ("Report\nid,v\n1,a\n", "2", ["id", "v"], 1),
        ("Report,,\nName,When,What\nx,10:30,y\nz,11:30,w\n", "2", ["Name", "When", "What"], 2),
        ("Estrazione\n\nid,v,w\n1,a,b\n2,a,b\n", "3", ["id", "v", "w"], 2),
        ("Report\nFinal\nid,v\n1,a\n2,b\n3,c\n", "3", ["id", "v"], 3),
        ("# exported 2024-01-01, by bob\nid,name\n1,a\n2,b\n", "2", ["id", "name"], 2),
        ("# a\n# b\nfirst,last\nann,lee\nbob,ray\n", "3", ["first", "last"], 2),
        (
            "Umsatz 2024\nErstellt am;01.02.2024\n\nNr;Name;Preis\n1;A;1,50\n2;B;2,50\nSumme;;4,00\n", "4",
            ["Nr", "Name", "Preis"], 3
        ),
        ("Report,,\n,,\nid,name,n\n1,a,5\n2,b,6\n", "3", ["id", "name", "n"], 2),
        ("\u{FEFF}Report\r\n\r\nid,name\r\n1,a\r\n", "3", ["id", "name"], 1),
        ("Messpunkte;Stand Mai;\nNr;x;y\n1;2.5;3.5\n2;4.5;5.5\n", "2", ["Nr", "x", "y"], 2),
        ("Messpunkte;;\nNr;%;y\n1;2.5;3.5\n2;4.5;5.5\n", "2", ["Nr", "%", "y"], 2),
        (licence(30, mark: "# ") + "time;temp\n2024-01-01;5\n", "31", ["time", "temp"], 1),
        (licence(120, mark: "# ") + "time;temp\n2024-01-01;5\n", "121", ["time", "temp"], 1),
        // What banks write.
        (
            "\"Konto:\";\"DE12 / Giro\";\n\n\"Von:\";\"01.01.2024\";\n\"Bis:\";\"31.01.2024\";\n\n"
                + "\"Tag\";\"Text\";\"Betrag\";\n" + String(repeating: "\"01.01.2024\";\"x\";\"5,00\";\n", count: 5),
            "6", ["Tag", "Text", "Betrag"], 5
        ),
        (
            "Umsätze;Datei erstellt am: 01.01.2024\n\nIBAN;DE12 3456\nKontoname;Extra\nBank;ING\n"
                + "Zeitraum;01.01.2024 - 31.01.2024\nSaldo;1.234,56;EUR\n\nSortierung;Datum\n\n"
                + "Tag;Valuta;Text;Betrag\n" + String(repeating: "01.01.2024;02.01.2024;x;5,00\n", count: 9),
            "11", ["Tag", "Valuta", "Text", "Betrag"], 5
        ),
    ]

    @Test(arguments: preambles)
    func whatStandsAboveAHeaderIsFound(_ text: String, _ line: String, _ names: [String], _ records: Int) throws {
        let found = try inspect(text)
        let section = try #require(found.sections.first)
        #expect(section.reading.sourceColumns == names && section.rows.count == records && section.rejects.isEmpty)
        #expect(section.reading.settings.first { $0.name == "header_row" }?.value == line)
        #expect(found.leftOut.map(\.kind) == [.notData] && found.leftOut[0].name.hasSuffix("line \(line)"))
        // Who says where the header is, knows it.
        #expect(try inspect(text) { $0.reading.headerRow = Int(line) }.leftOut.isEmpty)
        #expect(try inspect(text) { $0.reading.skipLines = Int(line)! - 1 }.leftOut.isEmpty)
    }

    /// Here it may be a header all the same.
    static let ambiguous = [
        "id,name\n1,a,x\n2,b,y\n", "mpg,cyl\nMazda RX4,21,6\nDatsun,22.8,4\n", "first\nann,lee\nbob,ray\n",
        "id\nname,n\n", "a;b\nc;d;e\nf;g;h\n", "title\n2019,2020\n1,2\n", "x\nid,id\n1,2\n",
        // What stands above a line of names may be data.
        "Name,Ort\nMaier,Wien\nHuber,Graz\nPos,Artikel,Menge\n1,a,5\n2,b,6\n",
        "ts,v\n2024-01-01,1\n2024-01-02,2\nts,v,w\n2024-02-01,1,2\n2024-02-02,1,2\n2024-02-03,1,2\n",
        "name,age\nMax,5\nEva,6\nTom,Dick,Harry\nA,B,7\nC,D,8\nE,F,9\n",
        "a,b\n1,2\n3,4\nfoo,bar,baz\n5,6,7\n8,9,10\n", "P1;1;\nP2;2;\nP3;k.A.;siehe Akte\nP4;4;\nP5;5;\n",
        "Report\n\nKey,Value\nUmsatz,1000\nKosten,800\n\nMonat,Umsatz,Kosten\n1,2,3\n4,5,6\n7,8,9\n1,1,1\n",
        "#Name,Ort,Alter\nMaier,Wien,k.A.\nHuber,Graz,5\nX,Linz,6\n", "#Name,Ort\nMaier,Wien\nHuber,Graz\n",
    ]

    @Test(arguments: ambiguous)
    func whatMayBeAHeaderIsNoPreamble(_ text: String) throws {
        let found = try inspect(text) { $0.force = true }
        #expect(found.leftOut.allSatisfy { $0.kind != .notData })
        #expect(found.sections[0].reading.dataLine == 2)
    }

    @Test(arguments: [
        ("Report\nann,lee\nbob,ray\n", "--header-row 2"),
        ("Estrazione\n\n1,a,b\n2,a,b\n", "--skip-lines 2 --no-header"),
        ("mpg,cyl\nMazda RX4,21,6\nDatsun,22.8,4\n", "--skip-lines 1 --no-header"),
        ("id,name\n0, \"a0, b\"\n1, \"a1, b\"\n2, \"a2, b\"\n", "--skip-initial-space"),
        ("id,name\n0,'a0, b'\n1,'a1, b'\n", "--quote \"'\""),
        ("\"a,b,c\"\n1,2,3\n4,5,6\n", "sed '1s/\"//g'"),
        ("Name,Ort\nMaier,Wien\nPos,Artikel,Menge\n1,a,5\n2,b,6\n", "sed '1,2d'"),
    ])
    func aFileWhoseHeaderIsNotFoundIsRefusedWithTheWayOut(_ text: String, _ remedy: String) throws {
        let error = try #require(throws: DataError.self) { try inspect(text) }
        #expect(error.code == .malformed && error.remedy?.contains(remedy) == true, "\(error)")
        let forced = try inspect(text) { $0.force = true }
        #expect(forced.leftOut.map(\.kind) == [.misread])
    }

    @Test func theDelimiterThatFitsTheHeaderIsNamed() throws {
        let text = "id;name;price\n0;x;1,5\n1;x;1,5\n"
        let error = try #require(throws: DataError.self) { try inspect(text) { $0.reading.delimiter = "," } }
        #expect(error.remedy?.contains("--delimiter ';'") == true, "\(error)")
    }

    /// A line that is proposed as the header has names, and nothing that was read as it should be is above it.
    @Test(arguments: 0..<200)
    func aLineProposedAsTheHeaderIsNoRecord(_ seed: UInt64) throws {
        var random = SeededGenerator(seed: seed)
        let cells = ["Maier", "Wien", "x", "k.A.", "2024-01-01", "5", "2.5", "Tom Sawyer", "", "#a", "50%"]
        let rows = (0..<Int.random(in: 3...12, using: &random)).map { _ in
            (0..<Int.random(in: 1...4, using: &random)).map { _ in cells.randomElement(using: &random)! }
        }
        let text = rows.map { $0.joined(separator: ";") + "\n" }.joined()
        guard let found = try? inspect(text, { $0.force = true }) else { return }
        for part in found.leftOut {
            let texts = [part.name, part.remedy ?? ""]
            let number = texts.lazy.compactMap { $0.firstMatch(of: #/(?:line|row) (\d+)$/#)?.1 }.first
            guard let line = number.flatMap({ Int($0) }) else { continue }
            #expect(Set(rows[line - 1]).isDisjoint(with: ["5", "2.5", "2024-01-01", "50%"]), "\(text)\(part)")
        }
    }

    @Test(arguments: [
        ("[248.128.0.120]\n[248.128.0.141]\n", "ips.csv"), ("[248.128.0.120]\n[248.128.0.141]\n", "ips"),
        ("[2024-01-01 10:00:00] INFO start\n[2024-01-01 10:00:01] INFO end\n", "app.log"),
        ("[1,2],[3,4]\n\"x\",y,z,u\n", "a.csv"), ("{\"a\":1},x\n{\"a\":2},y\n", "a.csv"),
    ])
    func linesInBracketsAreTextWhereTheyAreNoJSON(_ text: String, _ name: String) throws {
        #expect(try inspect(text, as: name).sections.first?.reading.format == "csv")
    }

    @Test(arguments: [
        ("[1,2]\n", "a.csv"), ("{\"a\":1}\n{\"a\":2}\n", "a.csv"), ("[{\"a\":1},{\"a\":-2.5e+3}]", "a"),
        ("[{\"a\":\"]\"}]\n", "a.txt"),
    ])
    func whatIsJSONIsNoText(_ text: String, _ name: String) throws {
        let format = try? inspect(text, as: name).sections.first?.reading.format
        #expect(format == "json" || format == "ndjson" || format == nil)
    }
}
