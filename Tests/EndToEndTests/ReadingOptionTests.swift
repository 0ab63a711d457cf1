import Foundation
import Testing

/// Each option that says how a file is written holds from the first look to the last resubmission.
@Suite struct ReadingOptionTests {
    let space: Workspace

    init() throws { space = try Workspace() }

    struct Example: Sendable, CustomTestStringConvertible {
        var flags: [String]
        var text: String
        /// As waybill.yaml says the same.
        var yaml: String
        /// What SQLite has then, by the column a.
        var rows: [String]
        var testDescription: String { flags.joined(separator: " ") }
    }

    /// Each has one record with too many fields.
    static let examples = [
        Example(
            flags: ["--skip-lines", "2"], text: "x,y,z,w\n\na,b\n1,2\n1,2,3\n3,4\n", yaml: "skip_lines: 2",
            rows: ["1|2", "3|4"]),
        Example(
            flags: ["--header-row", "3"], text: "x,y,z,w\n\na,b\n1,2\n1,2,3\n3,4\n", yaml: "header_row: 3",
            rows: ["1|2", "3|4"]),
        Example(
            flags: ["--skip-footer", "2"], text: "a,b\n1,2\n1,2,3\n3,4\nsum\n\n4,6\n", yaml: "skip_footer: 2",
            rows: ["1|2", "3|4"]),
        Example(
            flags: ["--comment", "#"], text: "#x\na,b\n1,2\n# y\n1,2,3\n#\n3,4\n", yaml: "comment: '#'",
            rows: ["1|2", "3|4"]),
        Example(
            flags: ["--quote", "'"], text: "a,b\n1,'x,y'\n1,2,3\n3,\"\n", yaml: "quote: \"'\"", rows: ["1|x,y", "3|\""]),
        Example(
            flags: ["--quote", "none"], text: "a,b\n1,\"x\n1,2,3\n3,y\"\n", yaml: "quote: none",
            rows: ["1|\"x", "3|y\""]),
        Example(
            flags: ["--escape", "\\"], text: "a,b\n1,x\\,y\n1,2,3\n3,\"\\\"\"\n", yaml: "escape: '\\'",
            rows: ["1|x,y", "3|\""]),
        Example(
            flags: ["--short-rows", "null"], text: "a,b\n1\n1,2,3\n3,4\n", yaml: "short_rows: 'null'",
            rows: ["1|∅", "3|4"]),
        Example(
            flags: ["--skip-initial-space"], text: "a, b\n 1, \"x,y\"\n1,2,3\n3,z\n", yaml: "skip_initial_space: true",
            rows: ["1|x,y", "3|z"]),
        Example(
            flags: ["--skip-empty-rows"], text: "a,b\n,\n1,2\n1,2,3\n ,,\n3,4\n", yaml: "skip_empty_rows: true",
            rows: ["1|2", "3|4"]),
    ]

    private func rows(_ database: String, _ query: String = "SELECT a, b FROM t ORDER BY a") throws -> [String] {
        try space.tool("sh", "-c", "sqlite3 -nullvalue ∅ \(database) \"\(query)\" > rows")
        return String(decoding: try space.read("rows"), as: UTF8.self).split(separator: "\n").map(String.init)
    }

    private func run(_ line: String, _ flags: [String] = []) throws -> Finished {
        try space.run(line.split(separator: " ").map(String.init) + flags)
    }

    @Test(arguments: examples)
    func anOptionHoldsOverResumeRepetitionAndResubmission(_ example: Example) throws {
        try space.write(example.text, to: "f.csv")
        let first = try run("import f.csv --into sqlite:o.db --table t --chunk-size 1 --on-error abort", example.flags)
        #expect(first.status == 1, "\(first)")
        #expect(try run("resume 1 --on-error continue").status == 3)
        #expect(try rows("o.db") == example.rows)
        let again = try run("import f.csv --into sqlite:o.db --table t", example.flags)
        #expect(again.output.contains("already imported the same bytes into t"), "\(again)")
        #expect(try run("verify 1").status == 0)

        try space.write("sources: {f: {match: f.csv, table: t, \(example.yaml)}}", to: "waybill.yaml")
        #expect(try run("import f.csv --into sqlite:p.db").status == 3)
        #expect(try rows("p.db") == example.rows)

        let reject = try #require(try run("rejects 1 --json").jsonArray().first)
        #expect(reject["code"] as? String == "field_count" && reject["raw"] as? String == "1,2,3\n", "\(reject)")
        let before = example.text.prefix(upTo: try #require(example.text.range(of: "1,2,3\n")).lowerBound)
        #expect(reject["byte_offset"] as? Int == before.utf8.count)
        #expect(reject["line"] as? Int == before.count { $0 == "\n" } + 1)

        #expect(try run("rejects 1 --output bad.csv").status == 0)
        let bad = String(decoding: try space.read("bad.csv"), as: UTF8.self)
        try space.write(bad.replacing("\n1,2,3,", with: "\n5,6,"), to: "mended.csv")
        let mended = try run("resubmit 1 mended.csv")
        #expect(mended.status == 0, "\(mended)")
        #expect(try rows("o.db") == example.rows + ["5|6"])
    }

    @Test func anotherWayToReadTheSameBytesIsAnotherImport() throws {
        try space.write("a,b\n1,'x'\n", to: "f.csv")
        #expect(try run("import f.csv --into sqlite:o.db --table t").status == 0)
        let other = try run("import f.csv --into sqlite:o.db --table t", ["--quote", "'"])
        #expect(other.status != 0 && other.error.contains("other reading options"), "\(other)")
    }

    @Test func aFooterOfAStreamAndOfWhatIsPackedIsSkipped() throws {
        try space.write("a,b\n1,2\n3,4\nsum,6\n", to: "f.csv")
        try space.tool("gzip", "-k", "f.csv")
        #expect(try run("import f.csv.gz --into sqlite:o.db --table t --skip-footer 1").status == 0)
        #expect(try rows("o.db") == ["1|2", "3|4"])
        let stream = try space.run(
            ["import", "-", "--into", "sqlite:p.db", "--table", "t", "--skip-footer", "1"], input: "f.csv")
        #expect(stream.status == 0, "\(stream)")
        #expect(try rows("p.db") == ["1|2", "3|4"])
    }

    @Test func whichLineIsTheHeaderIsToldWhereItWasFound() throws {
        try space.write("Report\nof 2024\n\na,b\n1,2\n3,4\n", to: "f.csv")
        let result = try run("import f.csv --into sqlite:o.db --table t")
        #expect(result.status == 0, "\(result)")
        #expect(result.error.contains("everything above line 4 is left out: that line looks like the header (a, b)"))
        #expect(try rows("o.db") == ["1|2", "3|4"])
        #expect(
            try run("import f.csv --into sqlite:o.db --table t").output.contains(
                "already imported the same bytes into t"))
        try space.tool("zip", "-q", "a.zip", "f.csv")
        #expect(try run("import a.zip --into sqlite:p.db --table t").status == 0)
        #expect(try rows("p.db") == ["1|2", "3|4"])
    }

    @Test func aSheetBeginsAndEndsWhereItIsSaidOrFound() throws {
        try space.tool(
            "python3", "-c",
            "import openpyxl; b = openpyxl.Workbook(); "
                + "[b.active.append(r) for r in [['Report 2024'], ['of', 'May'], [], ['a', 'b', 'c'], [1, 2, 3], [3, 4, 5], ['sum', 6]]]; "
                + "b.save('s.xlsx')")
        let found = try run("import s.xlsx --into sqlite:o.db --table t --skip-footer 1 --chunk-size 1")
        #expect(found.status == 0 && found.error.contains("above row 4"), "\(found)")
        #expect(try rows("o.db") == ["1|2", "3|4"])
        for (index, flags) in ["--header-row 4", "--skip-lines 3"].enumerated() {
            let said = try run("import s.xlsx --into sqlite:q\(index).db --table t \(flags) --skip-footer 1")
            #expect(said.status == 0 && !said.error.contains("above"), "\(said)")
            #expect(try rows("q\(index).db") == ["1|2", "3|4"])
        }
        #expect(try run("import s.xlsx --into sqlite:r.db --header-row 3").error.contains("row 3 of sheet"))
    }

    @Test func aFooterOfMoreLinesThanThereAreIsRefused() throws {
        try space.write("id,n\n1,a\n2,b\n", to: "f.csv")
        for lines in [3, 4, 9] {
            let refused = try run("import f.csv --into sqlite:o.db --table t --skip-footer \(lines)")
            #expect(
                refused.status == 2 && refused.error.contains("--skip-footer \(lines) does not apply"), "\(refused)")
        }
        #expect(try run("import f.csv --into sqlite:o.db --table t --skip-footer 1").status == 0)
    }

    @Test func namesThatDifferInTheCompositionOfLettersAreOne() throws {
        try space.write("\u{E9},a\n1,2\n", to: "f.csv")
        try space.write("e\u{301},a\n1,3\n4,5\n", to: "g.csv")
        #expect(try run("import f.csv --into sqlite:o.db --table t --key \u{E9}").status == 0)
        for mode in ["upsert", "update"] {
            let found = try run("import g.csv --into sqlite:o.db --table t --force --key e\u{301} --mode \(mode)")
            #expect(found.status == 0, "\(found)")
        }
        #expect(try rows("o.db", "SELECT * FROM t ORDER BY 1") == ["1|3", "4|5"])
        #expect(try run("import g.csv --into sqlite:o.db --table t --force --key \u{E9} --mode delete").status == 0)
        #expect(try rows("o.db", "SELECT * FROM t") == [])
    }

    /// The lines of a note that look like records; also after a resume, which reads as the log says.
    @Test func aQuoteThatIsGivenIsBelieved() throws {
        let note = "Order:\n100,bolts,steel\n200,nuts,brass\n300,rings,rubber\n400,pins,steel"
        try space.write("id,name,note\n1,Ann,ok\n2,Bob,\"\(note)\"\n3,Cid,fine\n", to: "f.csv")
        #expect(try run("import f.csv --into sqlite:o.db --table t").status == 3)
        let found = try run("import f.csv --into sqlite:p.db --table t --chunk-size 1 --quote", ["\""])
        #expect(found.status == 0, "\(found)")
        #expect(try rows("p.db", "SELECT count(*), max(length(note)) FROM t") == ["3|\(note.count)"])
        try space.write("id,name,note\n2,Bob,\"\(note)\"\n", to: "g.csv")
        #expect(try run("import g.csv --into sqlite:q.db --table t --quote \"").status == 0)
    }

    @Test func flagsOfListsAddUp() throws {
        try space.write("shop,sku,price,ssn,iban\n1,A,1.10,s,i\n2,A,2.20,s,i\n", to: "f.csv")
        let found = try run(
            "import f.csv --into sqlite:o.db --table t --mode upsert --key shop --key sku --skip-columns ssn "
                + "--skip-columns iban --types price=text --types shop=text")
        #expect(found.status == 0, "\(found)")
        #expect(try rows("o.db", "SELECT shop || sku || price FROM t") == ["1A1.10", "2A2.20"])
        #expect(try rows("o.db", "SELECT count(*) FROM pragma_table_info('t')") == ["3"])
    }

    @Test func aRemedyOnAnotherLogIsACommandThatWorks() throws {
        try space.write("a\n1\n", to: "f.csv")
        #expect(try run("import f.csv --into sqlite:o.db --table t --log-dir l").status == 0)
        let undone = try run("rollback 1 --yes --log-dir l")
        let command = try #require(
            undone.error.split(separator: "\n").first { $0.hasPrefix("backup ") }?.split(separator: ": ").last)
        let words = command.split(separator: " ").dropFirst().map(String.init)
        #expect(words.suffix(2) == ["--log-dir", "l"] && words.count == 5, "\(command)")
        #expect(try space.run(words + ["--yes"]).status == 0)
    }

    @Test func allValuesAreTrimmedInAnyFormat() throws {
        try space.write("a,b\n 1 ,\" x \"\n2,   \n", to: "f.csv")
        #expect(try run("import f.csv --into sqlite:o.db --table t --trim").status == 0)
        #expect(try rows("o.db") == ["1|x", "2|∅"])
        #expect(try run("import f.csv --into sqlite:o.db --table t --trim").output.contains("already"))
        #expect(try run("import f.csv --into sqlite:o.db --table t").error.contains("another"))
        #expect(try run("import f.csv --into sqlite:p.db --table t --trim --columns a,b").status == 0)
        #expect(try rows("p.db") == ["1|x", "2|∅"])
        try space.write(#"[{"a":1,"b":" x "}]"#, to: "f.json")
        try space.write("sources: {f: {match: f.json, table: t, trim: true}}", to: "waybill.yaml")
        #expect(try run("import f.json --into sqlite:q.db").status == 0)
        #expect(try rows("q.db") == ["1|x"])
    }

    @Test(arguments: ["utf-8", "utf-16", "latin1"]) func aTextThatMeansNULLIsTrimmedFirst(_ encoding: String) throws {
        try space.write("a,b\n1, NA \n2,NA\n3,\t-\n4,\" NA \"\n5,NA x\n6,N A\n7, 5\n", to: "f.utf8")
        try space.tool("sh", "-c", "iconv -f utf-8 -t \(encoding) f.utf8 > f.csv")
        let trimmed = try run(
            "import f.csv --into sqlite:o.db --table t --trim --null NA --null=- --encoding \(encoding)")
        #expect(trimmed.status == 0 && !trimmed.error.contains("with --null"), "\(trimmed)")
        #expect(try rows("o.db") == ["1|∅", "2|∅", "3|∅", "4|NA", "5|NA x", "6|N A", "7|5"])
        #expect(try run("import f.csv --into sqlite:p.db --table t --null NA --encoding \(encoding)").status == 0)
        #expect(try rows("p.db") == ["1| NA ", "2|∅", "3|\t-", "4| NA ", "5|NA x", "6|N A", "7| 5"])
    }

    @Test func inASheetWhiteSpaceAloneIsNULLToTrim() throws {
        try space.tool(
            "python3", "-c",
            """
            import openpyxl; b = openpyxl.Workbook()
            for row in [['a', 'b'], [1, ' x '], [2, '  '], [3, ' NA ']]: b.active.append(row)
            b.save('f.xlsx')
            """)
        #expect(try run("import f.xlsx --into sqlite:o.db --table t --trim --null NA").status == 0)
        #expect(try rows("o.db") == ["1|x", "2|∅", "3|∅"])
    }

    @Test func aMinusMayBeBehindANumber() throws {
        try space.write("a;b\n1;1.234,50-\n2;99,00\n3;0,5-\n", to: "f.csv")
        try space.write("sources: {f: {match: f.csv, table: t, columns: {b: {decimal: \",\"}}}}", to: "waybill.yaml")
        #expect(try run("import f.csv --into sqlite:o.db").status == 0)
        #expect(try rows("o.db") == ["1|-1234.5", "2|99", "3|-0.5"])
    }

    @Test func amountsStayTextAndItIsSaidWhatMakesNumbersOfThem() throws {
        try space.write("a,b\n1,$19.99\n2,\"-$1,234.50\"\n3,$0\n", to: "f.csv")
        let text = try run("import f.csv --into sqlite:o.db --table t")
        #expect(
            text.status == 0 && text.error.contains("column b has amounts such as $19.99, which databases do not read"),
            "\(text)")
        #expect(try rows("o.db") == ["1|$19.99", "2|-$1,234.50", "3|$0"])
        try space.write("sources: {f: {match: f.csv, table: t, columns: {b: {currency: \"$\"}}}}", to: "waybill.yaml")
        let numbers = try run("import f.csv --into sqlite:p.db")
        #expect(numbers.status == 0 && !numbers.error.contains("amounts"), "\(numbers)")
        #expect(
            try rows("p.db") == ["1|19.99", "2|-1234.5", "3|0"] || rows("p.db") == ["1|19.99", "2|-1234.50", "3|0"])
    }

    /// Lines above a table have several widths, and banks name the currency twice.
    @Test(arguments: ["\n", ""]) func theHeaderBelowATitleIsNamed(_ blank: String) throws {
        let title = "\"Umsatz\";\"vom 30.11.\"\n\(blank)\"Saldo\";\"4.711,08\";\"EUR\"\n\(blank)"
        let records = (11...30).map { "\($0).11.2024;x;3,08;EUR;-1,00;EUR\n" }.joined()
        try space.write(title + "Buchung;Text;Saldo;Währung;Betrag;Währung\n" + records, to: "f.csv")
        let refused = try run("import f.csv --into sqlite:o.db --table t")
        let flag = "--header-row \(blank.isEmpty ? 3 : 5)"
        #expect(refused.status == 1 && refused.error.contains(flag), "\(refused)")
        #expect(try run("import f.csv --into sqlite:o.db --table t \(flag)").status == 0)
        #expect(try rows("o.db", "SELECT Betrag, Währung_2 FROM t LIMIT 1") == ["-1,00|EUR"])
    }

    /// What a bank delivers is mended from the screen alone.
    @Test(arguments: Store.Kind.allCases) func initWritesWhatReadsNumbersAndDates(_ kind: Store.Kind) throws {
        let store = try Store(kind, in: space)
        let text =
            "Konto;4711;;\n\nBuchung;Text;Betrag;Menge\n31.12.2024;Miete;1.200,50-;1.200\n01.02.2025;Lohn;7,25;3.500\n"
        try space.write(text, to: "f.csv")
        #expect(try run("import f.csv --into \(store.into) --table t").error.contains("waybill init f.csv"))
        #expect(try run("rollback 1 --yes").status == 0)
        #expect(try run("init f.csv").status == 0)
        let yaml = try String(contentsOfFile: space.file("waybill.yaml"), encoding: .utf8)
        try space.write(yaml.replacing("# Menge: {decimal", with: "Menge: {decimal"), to: "waybill.yaml")
        let result = try run("import f.csv --into \(store.into) --table t")
        #expect(
            result.status == 0 && result.error.contains("Buchung date, Text text, Betrag numeric, Menge numeric"),
            "\(result)")
        let names = kind == .sqlite ? "*" : "to_char(\"Buchung\", 'YYYY-MM-DD'), \"Text\", \"Betrag\", \"Menge\""
        let rows = try store.all("t", names).map { $0.replacing(".50", with: ".5") }
        #expect(rows == ["2024-12-31|Miete|-1200.5|1200", "2025-02-01|Lohn|7.25|3500"])
    }

    @Test(arguments: ["--types b=numeric", "--types b=numeric,d=date"])
    func rejectsForTheirNotationNameTheSettingThatReadsThem(_ types: String) throws {
        try space.write("a;b;d\n1;1.200,50;31.12.2024\n2;12;2024-01-01\n3;7,5;01.02.2024\n", to: "f.csv")
        let first = try run("import f.csv --into sqlite:o.db --table t \(types)")
        #expect(first.status == 3 && first.output.contains("2 of 3 records have numbers or dates"), "\(first)")
        let setting = try #require(first.output.firstMatch(of: /columns: \{.*\}\}/)?.output)
        try space.write("sources: {f: {match: f.csv, table: t, \(setting)}}", to: "waybill.yaml")
        #expect(try run("rollback 1 --yes").status == 0)
        let second = try run("import f.csv --into sqlite:o.db")
        #expect(second.status == 0 || second.output.contains("1 rejected"), "\(second)")
        #expect(try rows("o.db").contains("1|1200.5"))
    }

    /// The server would read them as its DateStyle says.
    @Test(arguments: ["date", "timestamp", "timestamptz", "timestamp(3)"])
    func aDayThatMayBeAMonthIsRejectedInAnyTable(_ type: String) throws {
        let store = try Store(.postgres, in: space)
        try store.execute("CREATE TABLE t (id int, day \(type))")
        try space.write("id;day\n1;01.02.2024\n2;2024-02-01\n3;1/2/2024\n4;Feb 3, 2024\n", to: "f.csv")
        let result = try run("import f.csv --into \(store.into)", ["--table", "t"])
        #expect(result.status == 3, "\(result)")
        #expect(try store.rows("SELECT id, day::date FROM t ORDER BY id") == ["2|2024-02-01", "4|2024-02-03"])
        #expect(try run("rejects 1").output.contains("'01.02.2024' may begin with the day or the month"))
    }

    @Test func namesThatPostgreSQLDoesNotKeepAreShortened() throws {
        let server = try Store(.postgres, in: space)
        let name = String(repeating: "how would you rate ", count: 5)
        try space.write("id,\(name)one,\(name)two,é\(name)\n1,2,3,4\n", to: "f.csv")
        let result = try space.run(["import", "f.csv", "--into", server.into, "--table", "t"])
        #expect(result.status == 0 && result.error.contains("PostgreSQL keeps 63 bytes"), "\(result)")
        let again = try space.run(["import", "f.csv", "--into", server.into, "--table", "t"])
        #expect(again.output.contains("already"), "\(again)")
        #expect(try space.run(["import", "f.csv", "--into", server.into, "--table", "t", "--force"]).status == 0)
    }

    @Test func theLikelyCauseOfManyRejectsComesFirst() throws {
        try space.write("x\n" + (1...9).map { "\($0),word,z\n" }.joined(), to: "f.csv")
        let result = try run("import f.csv --into sqlite:o.db --table t --force")
        #expect(result.status == 1, "\(result)")
        try space.write("a,b\n1\n2\n3,4\n", to: "g.csv")
        let short = try run("import g.csv --into sqlite:o.db --table g")
        #expect(
            short.output.contains(
                "  2 of 3 records have fewer fields than the header: read the missing ones as NULL?\n"
                    + "    to try again: waybill rollback 2, then import with --short-rows null\n"), "\(short)")
    }
}
