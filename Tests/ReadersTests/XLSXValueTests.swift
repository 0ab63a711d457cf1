import Readers
import Records
import Testing

@Suite struct XLSXValueTests {
    /// The value of a cell that has this XML.
    private func value(
        _ cell: String, strings: [String] = [], styles: [String] = [], workbook: String = ""
    ) throws -> String? {
        let file = XLSXFile(
            rows: #"<row r="1"><c t="str"><v>a</v></c><c t="str"><v>b</v></c></row>"#
                + #"<row r="2"><c t="str"><v>x</v></c>\#(cell)</row>"#,
            strings: strings, styles: styles, workbook: workbook)
        let reading = try file.read()
        #expect(reading.flaws == [])
        return try #require(reading.rows.first).values[1]
    }

    @Test(
        "of a value and an inline string in one cell, the cell's type says which counts",
        arguments: [
            ("inlineStr", "<is><t>7.</t></is><v>07.</v>", "7."), ("inlineStr", "<v>07.</v><is><t>7.</t></is>", "7."),
            ("inlineStr", "<v>07.</v><is/>", ""),
            ("inlineStr", "<is><r><t>a</t></r><r><t>b</t></r></is><v>0</v>", "ab"),
            ("str", "<is><t>7.</t></is><v>07.</v>", "07."), ("str", "<v>07.</v><is><t>7.</t></is>", "07."),
            ("n", "<v>7</v><is><t>8</t></is>", "7"),
        ])
    func twoValues(type: String, content: String, meant: String) throws {
        #expect(try value("<c t=\"\(type)\">\(content)</c>") == meant)
    }

    @Test(
        "a number is the shortest text of its double",
        arguments: [
            ("0", "0"), ("-0", "0"), ("0.0", "0"), ("7", "7"), ("-7", "-7"), ("007", "7"), ("+5", "5"), ("1.", "1"),
            (".5", "0.5"), ("0.1", "0.1"), ("0.10000000000000001", "0.1"),
            ("0.30000000000000004", "0.30000000000000004"),
            ("1E+3", "1000"), ("1.5e3", "1500"), ("100", "100"), ("1.50", "1.5"), ("-2.50", "-2.5"),
            ("9007199254740993", "9007199254740993"), ("12345678901234567890", "12345678901234567890"),
            ("1.2345678901234567E+19", "12345678901234567000"), ("1e21", "1.0e21"), ("1E+20", "100000000000000000000"),
            ("1e-7", "0.0000001"), ("1.5E-10", "0.00000000015"), ("1.5e-11", "1.5e-11"), ("2E-320", "2.0e-320"),
            ("1.7976931348623157E+308", "1.7976931348623157e308"), (" 12 ", "12"), ("\n3.5\n", "3.5"),
            ("123456789.123456789", "123456789.12345679"), ("0.000123", "0.000123"), ("3.1400000000000001", "3.14"),
            ("33.329999999999998", "33.33"), ("1e2", "100"), ("12.34e1", "123.4"), ("1000000.0", "1000000"),
        ])
    func numbers(text: String, meant: String) throws {
        #expect(try value("<c><v>\(text)</v></c>") == meant)
        #expect(try value("<c t=\"n\"><v>\(text)</v></c>") == meant)
        let double = try #require(Double(meant))
        #expect(double == Double(text.filter { !$0.isWhitespace }))
    }

    @Test(
        "dates and times are ISO 8601",
        arguments: [
            ("yyyy-mm-dd", "45413", "2024-05-01"), ("yyyy-mm-dd", "45413.5625", "2024-05-01T13:30:00"),
            ("yyyy-mm-dd hh:mm", "45413.5625", "2024-05-01T13:30:00"),
            ("yyyy-mm-dd hh:mm", "45413", "2024-05-01T00:00:00"), ("hh:mm", "0.5625", "13:30:00"),
            ("hh:mm", "45413.5625", "2024-05-01T13:30:00"), ("hh:mm", "0", "00:00:00"),
            ("hh:mm:ss.000", "0.56250289351851851", "13:30:00.250"), ("[h]:mm:ss", "1.1041666666666667", "26:30:00"),
            ("[h]:mm:ss", "-0.0625", "-01:30:00"), ("[mm]:ss", "5", "120:00:00"), ("d/m/yy", "1", "1900-01-01"),
            ("d/m/yy", "59", "1900-02-28"), ("d/m/yy", "61", "1900-03-01"), ("d/m/yy", "2958465", "9999-12-31"),
            ("d/m/yy", "36585", "2000-02-29"), ("d/m/yy", "45412.999999999", "2024-05-01"),
            ("d/m/yy", "0.25", "06:00:00"),
        ])
    func dates(format: String, serial: String, meant: String) throws {
        #expect(try value("<c s=\"1\"><v>\(serial)</v></c>", styles: [format]) == meant)
    }

    @Test(
        "a workbook may count from 1904",
        arguments: [("0", "1904-01-01"), ("43951", "2024-05-01"), ("60", "1904-03-01")])
    func epoch1904(serial: String, meant: String) throws {
        #expect(
            try value("<c s=\"1\"><v>\(serial)</v></c>", styles: ["d.m.yy"], workbook: "<workbookPr date1904=\"1\"/>")
                == meant)
    }

    @Test(
        "only unquoted letters of a format's first section make a date",
        arguments: [
            ("General", false), ("GENERAL", false), ("0.00", false), ("0.00E+00", false), ("#,##0.00 \"days\"", false),
            ("0 \\d", false), ("[Red]0", false), ("[$USD] 0", false), ("[>=100]0;0", false), ("0_d", false),
            ("0*d", false), ("0;yyyy", false), ("@", false), ("General\" days\"", false), ("[$-409]0", false),
            ("yyyy", true), ("[$-409]mmm d", true), ("[Red]dd.mm.", true), ("mmm", true), ("m", true), ("mm-yy", true),
            ("mm-yy;@", true),
            ("\"date:\" yyyy", true), ("[$-F800]dddd, mmmm dd", true), ("yyyy\\-mm\\-dd", true),
            ("[DBNum1]yyyy\"年\"m\"月\"", true),
        ])
    func formats(code: String, isDate: Bool) throws {
        #expect(try value("<c s=\"1\"><v>45413</v></c>", styles: [code]) == (isDate ? "2024-05-01" : "45413"))
    }

    @Test("built-in formats are known by their ids")
    func builtInFormats() throws {
        for (ids, meant) in [
            (Array(14...17) + Array(27...36) + Array(50...58), "2024-05-01"),
            (Array(18...22) + [45, 47], "2024-05-01T00:00:00"),
            ([46], "1089912:00:00"), (Array(0...13) + [37, 38, 39, 40, 48, 49], "45413"),
        ] {
            for id in ids {
                var file = XLSXFile(rows: #"<row><c><v>1</v></c></row><row><c s="0"><v>45413</v></c></row>"#)
                file.parts["xl/styles.xml"] = "<styleSheet><cellXfs><xf numFmtId=\"\(id)\"/></cellXfs></styleSheet>"
                #expect(try file.read().lines == [meant], "\(id)")
            }
        }
    }

    @Test("texts come from cells, shared strings and runs")
    func texts() throws {
        #expect(try value("<c t=\"str\"><v>a &amp; b</v></c>") == "a & b")
        #expect(try value("<c t=\"str\"><f>x</f><v></v></c>") == "")
        #expect(try value("<c t=\"inlineStr\"><is><t>in</t></is></c>") == "in")
        #expect(try value("<c t=\"inlineStr\"><is><r><rPr><b/></rPr><t>in</t></r><r><t>to</t></r></is></c>") == "into")
        #expect(try value("<c t=\"inlineStr\"><is/></c>") == "")
        let strings = [
            "<si><t>first</t></si>", "<si/>", "<si><t> trimmed </t></si>",
            "<si><t xml:space=\"preserve\"> kept </t></si>",
            "<si><r><t xml:space=\"preserve\">two </t></r><r><t>runs</t></r><rPh sb=\"0\" eb=\"1\"><t>rubi</t></rPh></si>",
            "<si><t>a_x000D_b_x005F_x000D_c_xZZZZ__x0041_</t></si>", "<si><t>_xD83D__xDE00__xD83D_</t></si>",
            "<si><t>日本\n語</t></si>",
        ]
        let meant = ["first", "", "trimmed", " kept ", "two runs", "a\rb_x000D_c_xZZZZ_A", "😀_xD83D_", "日本\n語"]
        for (index, text) in meant.enumerated() {
            #expect(try value("<c t=\"s\"><v>\(index)</v></c>", strings: strings) == text)
        }
    }

    @Test("booleans, ISO dates and cached results are taken as they are")
    func others() throws {
        #expect(try value("<c t=\"b\"><v>1</v></c>") == "true")
        #expect(try value("<c t=\"b\"><v>0</v></c>") == "false")
        #expect(try value("<c t=\"d\"><v>2024-05-01T13:30:00</v></c>") == "2024-05-01T13:30:00")
        #expect(try value("<c><f>1+1</f><v>2</v></c>") == "2")
    }

    @Test("a cell without a value is NULL")
    func nulls() throws {
        #expect(try value("<c s=\"1\"/>") == nil)
        #expect(try value("<c><v></v></c>") == nil)
        #expect(try value("<c t=\"s\"/>") == nil)
        #expect(try value("") == nil)
    }
}
