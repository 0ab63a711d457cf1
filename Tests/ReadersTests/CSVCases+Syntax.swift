import Readers
import Records

/// Files that are read with an option which says how they are written.
extension CSVCase {
    private static func options(_ change: (inout CSVOptions) -> Void) -> CSVOptions {
        var options = CSVOptions(delimiter: UInt8(ascii: ","))
        change(&options)
        return options
    }

    private static func header(_ line: UInt64) -> CSVOptions {
        options {
            $0.firstLine = line
            $0.isHeaderInFirstLine = true
            $0.hasHeader = true
        }
    }

    static let beginnings = [
        CSVCase("lines are skipped", "x\n\"y\na,b\n1,2\n", options: options { $0.firstLine = 3 }, rows: ["1|2"]),
        CSVCase(
            "lines are skipped, whatever ends them", "x\r\n\ry\ra,b\r\n1,2\r\n", options: options { $0.firstLine = 4 },
            rows: ["1|2"], endLine: 6),
        CSVCase("the header is in the third line", "x\n\na,b\n1,2\n", options: header(3), rows: ["1|2"], endLine: 5),
        CSVCase("the header is in the first line", "a,b\n1,2\n", options: header(1), rows: ["1|2"]),
        CSVCase(
            "lines are skipped in front of records without a header", "x\n1,2\n3,4\n",
            options: options {
                $0.firstLine = 2
                $0.hasHeader = false
            }, columns: ["column_1", "column_2"], rows: ["1|2", "3|4"]),
        CSVCase(
            "a reject behind skipped lines has its own place", "x\na,b\n1\n2,3\n", options: header(2), rows: ["2|3"],
            rejects: [Reject(.fieldCount, record: 1, line: 3, byte: 6, raw: "1\n")]),
        CSVCase(
            "a line that declares the delimiter is one of those skipped", "sep=,\nx\na,b\n1,2\n", options: header(3),
            rows: ["1|2"]),
        CSVCase(
            "lines of UTF-16 are skipped", "x\r\na,b\r\n1,2\r\n".encoded(.utf16le, mark: true), options: header(2),
            rows: ["1|2"], endLine: 4),
    ]

    static let footers = [
        CSVCase("the last line is none", "a,b\n1,2\nsum\n", options: options { $0.footerLines = 1 }, rows: ["1|2"]),
        CSVCase(
            "the last lines are none", "a,b\n1,2\n\"x\n3,4", options: options { $0.footerLines = 2 }, rows: ["1|2"]),
        CSVCase(
            "empty lines are none of the last ones", "a,b\n1,2\nx\n\n\r\n", options: options { $0.footerLines = 1 },
            rows: ["1|2"]),
        CSVCase("all records are the last lines", "a,b\n1,2\n", options: options { $0.footerLines = 1 }, rows: []),
        CSVCase(
            "a quote that is open ends with the records", "a,b\n1,\"2\n3,4\n", options: options { $0.footerLines = 1 },
            rows: [],
            rejects: [Reject(.quoting, record: 1, line: 2, byte: 4, raw: "1,\"2\n", field: "b")]),
        CSVCase(
            "the last lines of UTF-16 are none", "a,b\n1,2\nĊ,ऊ\n".encoded(.utf16be, mark: true),
            options: options { $0.footerLines = 1 }, rows: ["1|2"]),
        CSVCase(
            "skipped lines and a footer go together", "x\na,b\n1,2\n3,4\nsum,6\n",
            options: options {
                $0.firstLine = 2
                $0.footerLines = 1
            }, rows: ["1|2", "3|4"]),
    ]

    private static let hash = options { $0.syntax.comment = UInt8(ascii: "#") }

    static let comments = [
        CSVCase(
            "comments are no records", "# x, \"y\na,b\n#\n1,2\n# z\n\n3,#4\n#", options: hash, rows: ["1|2", "3|#4"]),
        CSVCase(
            "a comment within a quoted value is part of it", "a,b\n1,\"x\n#y\"\n", options: hash, rows: ["1|x\n#y"],
            endLine: 4),
        CSVCase("a quoted # begins a record", "a,b\n\"#1\",2\n #3,4\n", options: hash, rows: ["#1|2", " #3|4"]),
        CSVCase(
            "a comment is longer than a record may be", "a,b\n#\(String(repeating: "x", count: 300))\n1,2\n",
            options: options {
                $0.syntax.comment = UInt8(ascii: "#")
                $0.maxFieldBytes = 9
            }, rows: ["1|2"], endLine: 4),
        CSVCase(
            "comments of UTF-16 are none", "#é\na,b\n#ü\n1,2\n".encoded(.utf16le),
            options: options {
                $0.syntax.comment = UInt8(ascii: "#")
                $0.encoding = .utf16le
            }, rows: ["1|2"]),
        CSVCase(
            "a reject between comments has its own place", "a,b\n#\n1\n#\n2,3\n", options: hash, rows: ["2|3"],
            rejects: [Reject(.fieldCount, record: 1, line: 3, byte: 6, raw: "1\n")]),
    ]

    static let otherQuotes = [
        CSVCase(
            "there are no quotes", "a,b\n\"1\",5\"\n\"x,2\n\",\"\n", options: options { $0.syntax.quote = nil },
            rows: ["\"1\"|5\"", "\"x|2", "\"|\""]),
        CSVCase(
            "another quote", "'a',b\n'1,''2',\"x\"\n'',\n", options: options { $0.syntax.quote = UInt8(ascii: "'") },
            rows: ["1,'2|\"x\"", "|∅"]),
        CSVCase(
            "another quote has line ends in it", "a,b\n'1\r\n2',3\n",
            options: options { $0.syntax.quote = UInt8(ascii: "'") },
            rows: ["1\r\n2|3"], endLine: 4),
        CSVCase(
            "another quote is never closed", "a,b\n'1,2\n3,4\n",
            options: options { $0.syntax.quote = UInt8(ascii: "'") },
            rows: ["3|4"], rejects: [Reject(.quoting, record: 1, line: 2, byte: 4, raw: "'1,2\n", field: "a")]),
    ]

    private static let backslash = options {
        $0.syntax.escape = UInt8(ascii: "\\")
        $0.nullSpellings = ["\\N"]
    }

    static let escapes = [
        CSVCase(
            "quotes are escaped", #"a,b\#n"x \"y\" z",1\#n"\"","\\"\#n"#, options: backslash,
            rows: [#"x "y" z|1"#, #""|\"#]),
        CSVCase("quotes are doubled besides", #"a,b\#n"x ""y"" z",1\#n"#, options: backslash, rows: [#"x "y" z|1"#]),
        CSVCase("delimiters are escaped", #"a,b\#n1\,2,3\#n\,,\,\,\#n"#, options: backslash, rows: ["1,2|3", ",|,,"]),
        CSVCase(
            "line ends are escaped", "a,b\n1\\\n2,3\n4,5\\\r\n6\n", options: backslash, rows: ["1\n2|3", "4|5\r\n6"],
            endLine: 6),
        CSVCase(
            "in front of anything else an escape is itself", #"a,b\#nC:\new,\t\#n\N,\\N\#n"#, options: backslash,
            rows: [#"C:\new|\t"#, #"∅|\N"#]),
        CSVCase("an escape ends the file", #"a,b\#n1,2\"#, options: backslash, rows: [#"1|2\"#]),
        CSVCase(
            "an escaped quote does not close", #"a,b\#n"1\",2\#n3,4\#n"#, options: backslash, rows: ["3|4"],
            rejects: [Reject(.quoting, record: 1, line: 2, byte: 4, raw: #""1\",2\#n"#, field: "a")]),
        CSVCase(
            "names are escaped", #""a \"x\"",b\#n1,2\#n"#, options: backslash, columns: [#"a "x""#, "b"], rows: ["1|2"]),
        CSVCase(
            "escapes without quotes", "a,b\n\"1\\,2,3\n",
            options: options {
                $0.syntax.quote = nil
                $0.syntax.escape = UInt8(ascii: "\\")
            }, rows: ["\"1,2|3"]),
    ]

    private static let spaced = options { $0.syntax.skipsInitialSpace = true }

    static let spaces = [
        CSVCase(
            "spaces stand in front of quotes", "\"a\", \"b\"\n 1,  \"x,y\" \n\" 2\", \" \"\n", options: spaced,
            rows: ["1|x,y", " 2| "]),
        CSVCase("spaces stand in front of values", "a, b\n1, 2 3 \n 4,  \n", options: spaced, rows: ["1|2 3 ", "4|∅"]),
        CSVCase(
            "other text behind a closing quote is an error", "a,b\n \"1\" x,2\n3,4\n", options: spaced, rows: ["3|4"],
            rejects: [Reject(.quoting, record: 1, line: 2, byte: 4, raw: " \"1\" x,2\n", field: "a")]),
        CSVCase(
            "a quoted value behind spaces has line ends", "a,b\n1, \"x\n, y\"\n", options: spaced, rows: ["1|x\n, y"],
            endLine: 4),
    ]

    static let shortRows = [
        CSVCase(
            "missing fields are NULL", "a,b,c\n1\n2,3\n4,5,6\n\"\"\n7,8,9,\n",
            options: options { $0.syntax.padsShortRows = true },
            columns: ["a", "b", "c"], rows: ["1|∅|∅", "2|3|∅", "4|5|6", "|∅|∅", "7|8|9"]),
        CSVCase(
            "fields too many are no missing ones", "a,b\n1,2,3\n4\n",
            options: options { $0.syntax.padsShortRows = true },
            rows: ["4|∅"], rejects: [Reject(.fieldCount, record: 1, line: 2, byte: 4, raw: "1,2,3\n")]),
        CSVCase(
            "missing fields of UTF-16 are NULL", "a,b\né\n".encoded(.utf16le, mark: true),
            options: options { $0.syntax.padsShortRows = true }, rows: ["é|∅"]),
    ]

    private static let withoutEmpty = options { $0.syntax.skipsEmptyRows = true }

    static let emptyRows = [
        CSVCase(
            "lines of delimiters are no records", ",,\na,b\n,\n1,2\n, ,,\n   \n,3\n\"\",\n,", options: withoutEmpty,
            rows: ["1|2", "∅|3", "|∅"]),
        CSVCase("lines of delimiters are records where nobody says otherwise", "a,b\n,\n", rows: ["∅|∅"]),
        CSVCase(
            "lines of tabs are no records", "a\tb\n\t\n1\t2\n",
            options: options {
                $0.delimiter = UInt8(ascii: "\t")
                $0.syntax.skipsEmptyRows = true
            }, rows: ["1|2"]),
    ]
}
