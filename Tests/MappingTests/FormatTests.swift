import Mapping
import Records
import Testing

@Suite struct FormatTests {
    /// The value in the table, or nil for a reject with the code `format`.
    func mapped(_ value: String, _ column: ColumnMapping) throws -> String? {
        let result = try map([[value]], columns: ["a"], .with { $0.columns = ["a": column] })
        #expect(result.rejects.allSatisfy { $0.code == .format && $0.field == "a" })
        return result.lines.first
    }

    @Test(
        arguments: [
            ("dd-MM-yyyy", "31-01-2024", "2024-01-31"), ("dd-MM-yyyy", "29-02-2000", "2000-02-29"),
            ("d.M.yy", "1.2.03", "2003-02-01"), ("d.M.yy", "31.12.69", "1969-12-31"),
            ("d.M.yy", "31.12.68", "2068-12-31"), ("yyyyMMdd", "20240131", "2024-01-31"),
            ("d MMM yyyy", "3 mAr 2024", "2024-03-03"), ("MMMM d, yyyy", "September 30, 2024", "2024-09-30"),
            ("d' de 'MMMM uuuu", "1 de May 2024", "2024-05-01"), ("yyyy''MM''dd", "2024'01'31", "2024-01-31"),
            ("yyyy年M月d日", "2024年1月9日", "2024-01-09"),
            ("yyyy-MM-dd'T'HH:mm:ssXXX", "2024-01-31T23:59:00+01:00", "2024-01-31T23:59:00+01:00"),
            ("yyyy-MM-dd'T'HH:mm:ssXXX", "2024-01-31T23:59:00Z", "2024-01-31T23:59:00Z"),
            ("yyyy-MM-dd'T'HH:mm:ssXXX", "2024-01-31T23:59:00-00:00", "2024-01-31T23:59:00Z"),
            ("dd/MM/yyyy HH:mm:ss.SSS", "31/01/2024 00:00:00.050", "2024-01-31T00:00:00.050"),
            ("dd/MM/yyyy HH:mm:ss.S", "31/01/2024 00:00:00.1234567", "2024-01-31T00:00:00.1234567"),
            ("dd/MM/yyyy H:mm", "31/01/2024 7:05", "2024-01-31T07:05:00"),
            ("M/d/yyyy h:mm a", "1/31/2024 12:05 AM", "2024-01-31T00:05:00"),
            ("M/d/yyyy h:mm a", "1/31/2024 12:05 pm", "2024-01-31T12:05:00"),
            ("M/d/yyyy h:mm a", "1/31/2024 1:05 PM", "2024-01-31T13:05:00"),
            ("yyyyMMddHHmmssX", "20240131235900+01", "2024-01-31T23:59:00+01:00"),
            ("yyyyMMddHHmmssX", "20240131235900-0130", "2024-01-31T23:59:00-01:30"),
            ("yyyyMMddHHmmssxx", "20240131235900+0530", "2024-01-31T23:59:00+05:30"),
            ("yyyy-MM-dd[ HH:mm[:ss]]", "2024-01-31", "2024-01-31T00:00:00"),
            ("yyyy-MM-dd[ HH:mm[:ss]]", "2024-01-31 10:00", "2024-01-31T10:00:00"),
            ("yyyy-MM-dd[ HH:mm[:ss]]", "2024-01-31 10:00:09", "2024-01-31T10:00:09"),
            ("dd-MM-yyyy", " 31-01-2024\u{A0}", "2024-01-31"),
        ])
    func aDateIsWrittenInISO8601(format: String, value: String, expected: String) throws {
        #expect(try mapped(value, .with { $0.format = format }) == expected)
    }

    @Test(
        arguments: [
            ("dd-MM-yyyy", "31-02-2024"), ("dd-MM-yyyy", "29-02-2023"), ("dd-MM-yyyy", "29-02-1900"),
            ("dd-MM-yyyy", "31-04-2024"), ("dd-MM-yyyy", "00-01-2024"), ("dd-MM-yyyy", "01-13-2024"),
            ("dd-MM-yyyy", "01-00-2024"), ("dd-MM-yyyy", "1-01-2024"), ("dd-MM-yyyy", "01-01-24"),
            ("dd-MM-yyyy", "01-01-2024x"), ("dd-MM-yyyy", "01/01/2024"), ("dd-MM-yyyy", "01-01-0000"),
            ("dd-MM-yyyy", ""), ("d.M.yy", "1.2.2003"), ("d.M.yy", "001.2.03"), ("d MMM yyyy", "3 Marc 2024"),
            ("d MMMM yyyy", "3 Mar 2024"), ("yyyy-MM-dd HH:mm", "2024-01-31 24:00"),
            ("yyyy-MM-dd HH:mm", "2024-01-31 23:60"), ("yyyy-MM-dd HH:mm:ss", "2024-01-31 23:59:60"),
            ("yyyy-MM-dd hh:mm a", "2024-01-31 13:00 PM"), ("yyyy-MM-dd hh:mm a", "2024-01-31 00:00 AM"),
            ("yyyy-MM-dd HH:mm:ss.SSS", "2024-01-31 00:00:00.05"), ("yyyy-MM-dd HH:mmXXX", "2024-01-31 00:00+0100"),
            ("yyyy-MM-dd HH:mmxxx", "2024-01-31 00:00Z"), ("yyyy-MM-dd HH:mmXXX", "2024-01-31 00:00+19:00"),
            ("yyyy-MM-dd HH:mmXXX", "2024-01-31 00:00+01:60"), ("yyyy-MM-dd[ HH:mm[:ss]]", "2024-01-31 10"),
        ])
    func aWrongDateIsRejected(format: String, value: String) throws {
        #expect(try mapped(value, .with { $0.format = format }) == nil)
    }

    @Test func aDateOrTimestampWithoutAFormatIsISO8601() throws {
        let date = ColumnMapping.with { $0.type = .date }
        #expect(try mapped("2024-01-31", date) == "2024-01-31")
        #expect(try mapped("31-01-2024", date) == nil)
        #expect(try mapped("2024-01-31T00:00", date) == nil)
        let timestamp = ColumnMapping.with { $0.type = .timestamp }
        for (value, expected) in [
            ("2024-01-31", "2024-01-31T00:00:00"), ("2024-01-31 10:00", "2024-01-31T10:00:00"),
            ("2024-01-31T10:00:01.25Z", "2024-01-31T10:00:01.25Z"),
            ("2024-01-31 10:00:01-05:00", "2024-01-31T10:00:01-05:00"),
        ] { #expect(try mapped(value, timestamp) == expected) }
        #expect(try mapped("2024-01-3110:00", timestamp) == nil)
    }

    @Test func aDateOfAFormatWithATimeKeepsItsDay() throws {
        let column = ColumnMapping.with {
            $0.type = .date
            $0.format = "dd-MM-yyyy HH:mm"
        }
        #expect(try mapped("31-01-2024 23:00", column) == "2024-01-31")
    }

    @Test(
        arguments: [
            (",", "1.234,56", "1234.56"), (",", "1234,56", "1234.56"), (",", "-1.234.567", "-1234567"),
            (",", "1 234,5", "1234.5"), (",", "1\u{A0}234,5", "1234.5"),
            (",", "1\u{202F}234\u{202F}567,5", "1234567.5"),
            (",", "1'234,5", "1234.5"), (",", "1’234", "1234"), (",", ",5", ".5"), (",", "5,", "5."),
            (",", "(1.234,5)", "-1234.5"), (",", "−1,5", "-1.5"),
            (",", "+0,5", "0.5"), (",", "1,5E+3", "1.5E+3"), (".", "1,234.56", "1234.56"), (".", "12.5", "12.5"),
            (nil, "12.5", "12.5"), (nil, "1e5", "1e5"), (nil, "007", "007"), (nil, "\u{A0}5 ", "5"),
        ])
    func aNumberIsWrittenPlainly(decimal: String?, value: String, expected: String) throws {
        let column = ColumnMapping.with {
            $0.type = .numeric
            $0.decimal = decimal
        }
        #expect(try mapped(value, column) == expected)
    }

    @Test(
        arguments: [
            (",", "12,x5"), (",", "1.23"), (",", "1.2345"), (",", "1234.567"), (",", "1.234 567"), (",", ".123"),
            (",", "1,2,3"), (",", "1.234,5.6"), (",", "--1"), (",", "-1-"), (",", "+1-"), (",", "1,5e-"), (",", "1--"),
            (nil, "1-"), (",", ""), (",", "-"), (",", ","),
            (",", "(-1)"), (",", "(+1)"), (",", "(1"), (",", "()"), (",", "−"), (",", "(1)-"), (nil, "(1)"),
            (nil, "−1"),
            (",", "1,5e"), (",", "1..234"), (",", "0x10"), (",", "1.234."), (".", "1,23"), (nil, "1,5"), (nil, "1 000"),
            (nil, "abc"), (nil, "Infinity"), (nil, "NaN"),
            // No group begins with 0: these are numbers in the other notation.
            (",", "0.123"), (",", "-0.250"), (",", "000.500"), (",", "0.123.456"), (".", "0,500"), (",", "+0 500"),
            (",", "01.234"),
        ] as [(String?, String)])
    func aWrongNumberIsRejected(decimal: String?, value: String) throws {
        let column = ColumnMapping.with {
            $0.type = .numeric
            $0.decimal = decimal
        }
        #expect(try mapped(value, column) == nil)
    }

    @Test(
        arguments: [
            ("$19.99", nil, "19.99"), ("-$1,234.50", nil, "-1234.50"), ("$ 5", nil, "5"), ("$-5", nil, "-5"),
            ("7", nil, "7"),
            ("5 $", nil, "5"), ("€5", nil, nil), ("$", nil, nil), ("$$5", nil, nil), ("5$5", nil, nil),
            ("$1,23", nil, nil),
            ("$1.234,50", ",", "1234.50"),
            // What the point is, only the user can say.
            ("$1.200", nil, nil), ("-12.750 $", nil, nil), ("$1.200", ".", "1.200"), ("$1.200", ",", "1200"),
            ("$0.123", nil, "0.123"), ("$1,234.500", nil, "1234.500"), ("$1.2000", nil, "1.2000"),
            ("$1,200", nil, "1200"),
            ("5.00- $", nil, "-5.00"),
        ] as [(String, String?, String?)])
    func aCurrencyIsNoPartOfANumber(value: String, decimal: String?, expected: String?) throws {
        let column = ColumnMapping.with {
            $0.currency = "$"
            $0.decimal = decimal
        }
        #expect(try mapped(value, column) == expected)
    }

    @Test func anIntegerHasNoFraction() throws {
        let column = ColumnMapping.with {
            $0.type = .integer
            $0.decimal = ","
        }
        #expect(try mapped("1.234", column) == "1234")
        #expect(try mapped("1.234,0", column) == nil)
        #expect(try mapped("1e3", column) == nil)
    }

    @Test func theMessageSaysHowANumberIsWrittenHere() throws {
        let column = ColumnMapping.with { $0.decimal = "," }
        let result = try map([["12,x5"]], columns: ["price"], .with { $0.columns = ["price": column] })
        #expect(result.rejects.map(\.message) == ["price: `12,x5` is not a number with the decimal comma"])
    }

    @Test func theMessageSaysHowADateIsWrittenHere() throws {
        let column = ColumnMapping.with { $0.format = "dd-MM-yyyy" }
        let result = try map([["31-02-2024"]], columns: ["born"], .with { $0.columns = ["born": column] })
        #expect(result.rejects.map(\.message) == ["born: `31-02-2024` is not a date like dd-MM-yyyy"])
    }
}
