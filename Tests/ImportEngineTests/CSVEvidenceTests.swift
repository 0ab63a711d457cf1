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
    ]

    @Test(arguments: doubtful)
    func whatIsProbablyMisreadIsSaidWithTheWayOut(_ text: String, _ what: String, _ remedy: String) throws {
        let doubts = try inspect(text).leftOut.filter { $0.kind != .noRecords }
        #expect(doubts.map(\.kind) == [.misread], "\(doubts)")
        #expect(doubts.first?.reason.contains(what) == true, "\(doubts)")
        #expect(doubts.first?.remedy?.contains(remedy) == true, "\(doubts)")
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
    ]

    @Test(arguments: ambiguous)
    func whatMayBeAHeaderIsNoPreamble(_ text: String) throws {
        let found = try inspect(text) { $0.force = true }
        #expect(found.leftOut.allSatisfy { $0.kind != .notData })
        #expect(found.sections[0].reading.dataLine == 2)
    }

    @Test(arguments: [
        ("Report\nann,lee\nbob,ray\n", "--header-row 2"), ("Estrazione\n\n1,a,b\n2,a,b\n", "--header-row 3"),
    ])
    func aFileWhoseHeaderIsNotFoundIsRefusedWithTheWayOut(_ text: String, _ remedy: String) throws {
        let error = try #require(throws: DataError.self) { try inspect(text) }
        #expect(error.code == .malformed && error.remedy?.contains(remedy) == true, "\(error)")
        let forced = try inspect(text) { $0.force = true }
        #expect(forced.leftOut.map(\.kind) == [.misread])
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
