import Readers
import Records
import Testing

/// A format whose reader is given whatever a mutator makes of the corpus.
struct FuzzTarget: Sendable, CustomTestStringConvertible {
    var name: String
    /// Inputs to begin with, and those that once found something.
    var corpus: [String]
    var tokens: [String]
    /// Reads the input in several ways and compares. Throws `DataError` for what is no such file.
    var check: @Sendable ([UInt8], inout SplitMix) throws -> Void

    var testDescription: String { name }

    static let all = [csv, json, sql, xlsx]

    /// What is read depends on how it is cut.
    struct Difference: Error {
        var whole: Reading
        var other: Reading
    }

    private static func step(_ random: inout SplitMix) -> Int { [1, 2, 3, 7, 64].randomElement(using: &random) ?? 1 }

    private static func limit(_ random: inout SplitMix) -> ChunkLimit {
        ChunkLimit.cuts.randomElement(using: &random) ?? ChunkLimit()
    }

    static let csv = FuzzTarget(
        name: "CSV",
        corpus: [
            "a,b,c\n1,2,3\n", "a;b\r\n\"x;\"\"y\"\"\r\nz\";2\r\n", "id\tname\r1\tü\r", "\u{FEFF}a,b\n\n,\"\"\n\"x\n,\n",
            "a,b\n1\n1,2,3\n\"x\"y,2\n",
        ], tokens: ["\"", "\"\"", ",", ";", "\t", "\n", "\r\n", "\r", "\0", "\u{FEFF}", "é", "NULL", "a,b\n"]
    ) { bytes, random in
        let encoding = [nil, nil, TextEncoding.utf16le, .latin1, .windows1252].randomElement(using: &random) ?? nil
        let options = CSVOptions(
            delimiter: [nil, UInt8(ascii: ";")].randomElement(using: &random) ?? nil,
            hasHeader: Bool.random(using: &random), encoding: encoding, nullSpellings: ["NULL"],
            maxFieldBytes: [8, 40, 1_000].randomElement(using: &random) ?? 8)
        try ReaderLaws(example: .csv(bytes, options: options))
            .splitting(steps: [step(&random)], limits: [limit(&random), limit(&random)])
    }

    static let json = FuzzTarget(
        name: "JSON",
        corpus: [
            #"[{"a": 1, "b": "x"}, {"a": -1.5e3, "c": [1, {"d": null}]}]"#, "{\"a\": 1}\n{\"a\": \"\\u00e9\\n\"}\n",
            #"{"batch_id": "x", "batch_part": 1, "items": [{"k": true}], "n": 2}"#,
            #"{"p": [{"a": 1}], "v": [{"b": {"c": 2}}, {"b": 3}], "e": [], "s": ["x"]}"#,
            #"{"data": {"items": [{"a": 1}]}}"#,
            #"{"id": 7, "tags": ["a"]}"#,
        ],
        tokens: [
            "{", "}", "[", "]", ",", ":", "\"", "\\", "\\u", "\\ud800", "null", "true", "-", "0", "1e9", "\"a\":",
            "{\"a\":1}",
            "\n", "\u{FEFF}", "[[[[[[[[", "é", "\0", "},{", "]}",
        ]
    ) { bytes, random in
        let options = JSONOptions(
            recordsPath: [nil, nil, "data.items", "v"].randomElement(using: &random) ?? nil,
            flattens: Bool.random(using: &random),
            maxRecordBytes: [12, 60, 1_000].randomElement(using: &random) ?? 12,
            maxDepth: [3, 512].randomElement(using: &random) ?? 3)
        for section in try ReaderCase.sections(bytes, options: options) {
            try ReaderLaws(example: section).splitting(steps: [step(&random)], limits: [limit(&random)])
        }
    }

    static let sql = FuzzTarget(
        name: "SQL",
        corpus: [
            "INSERT INTO t (a, b) VALUES (1, 'x''y'), (2, NULL);\nINSERT INTO u VALUES (1);\n",
            "CREATE TABLE t (a int, b text);\nINSERT INTO t VALUES (1, 'a\nb;'),\n(2, now());\n-- c\n/* d */",
            "DELIMITER //\nINSERT INTO `t` VALUES (1,'\\'')//\n", "REPLACE INTO [t] (a) VALUES (0x0A), (E'\\n');",
            "DELIMITER /CREATE TRIGGER g BEGIN INSERT INTO t VALUES (1,2); END;/\nINSERT INTO `t` VALUES (1,'\\'')//\n",
        ], tokens: SQLPropertyTests.parts
    ) { bytes, random in
        let options = SQLOptions(
            dialect: SQLDialect.allCases.randomElement(using: &random),
            maxRecordBytes: [8, 60, 1_000].randomElement(using: &random) ?? 8)
        for table in try SQLSurvey(of: TrickleSource(bytes), options: options).tables {
            func reading(_ step: Int, _ limit: ChunkLimit, _ reopening: Reopening) throws -> Reading {
                try readSQL(
                    bytes, layout: table.layout, columns: table.columns, dataStart: table.dataStart, step: step,
                    limit: limit, reopening: reopening)
            }
            let whole = try reading(.max, ChunkLimit(), .never)
            let cut = try reading(step(&random), limit(&random), .never)
            let reopened = try reading(step(&random), limit(&random), .beforeEachChunk)
            guard cut == whole && reopened == whole else {
                throw Difference(whole: whole, other: cut == whole ? reopened : cut)
            }
        }
    }

    /// The first line of an input says which part of the package the rest is.
    static let xlsx = FuzzTarget(
        name: "XLSX",
        corpus: [
            "xl/worksheets/sheet1.xml\n<worksheet><sheetData><row r=\"1\"><c r=\"A1\" t=\"s\"><v>0</v></c><c r=\"B1\" "
                + "t=\"inlineStr\"><is><t>b</t></is></c></row><row r=\"2\"><c r=\"A2\"><v>1.5</v></c><c r=\"B2\" s=\"1\"><v>45000"
                + "</v></c></row><row r=\"4\"><c r=\"A4\" t=\"b\"><v>1</v></c><c r=\"B4\" t=\"e\"><v>#N/A</v></c></row></sheetData>"
                + "</worksheet>",
            "xl/sharedStrings.xml\n<sst><si><t>a</t></si><si><r><t>x</t></r><r><t xml:space=\"preserve\"> y</t></r></si></sst>",
            "xl/styles.xml\n<styleSheet><numFmts><numFmt numFmtId=\"200\" formatCode=\"yyyy-mm-dd\"/></numFmts><cellXfs><xf "
                + "numFmtId=\"0\"/><xf numFmtId=\"200\"/></cellXfs></styleSheet>",
            "xl/workbook.xml\n<workbook xmlns:r=\"http://x\"><workbookPr date1904=\"1\"/><sheets><sheet name=\"Data\" "
                + "sheetId=\"1\" r:id=\"r1\"/></sheets></workbook>",
        ],
        tokens: [
            "<row>", "</row>", "<c>", "</c>", "<v>", "</v>", "r=\"1\"", "t=\"s\"", "t=\"d\"", "s=\"9\"", "<!DOCTYPE a>",
            "&amp;",
            "&#0;", "<![CDATA[", "_x000D_", "9999999999", "-1", "XFD1048576", "1E400", "<f>", "<si>", "<t>", "é", "\0",
            "<!--",
        ]
    ) { bytes, random in
        let lines = bytes.split(separator: UInt8(ascii: "\n"), maxSplits: 1)
        var file = XLSXFile(
            rows: "<row r=\"1\"><c t=\"s\"><v>0</v></c><c t=\"s\"><v>1</v></c></row><row><c s=\"1\"><v>3</v></c></row>",
            strings: ["<si><t>a</t></si>", "<si><t>b</t></si>"], styles: ["yyyy-mm-dd"])
        if lines.count == 2 {
            file.parts[String(decoding: lines[0], as: UTF8.self)] = String(decoding: lines[1], as: UTF8.self)
        }
        let options = XLSXOptions(
            hasHeader: Bool.random(using: &random), maxRecordBytes: [8, 60, 1_000].randomElement(using: &random) ?? 8)
        let whole = try file.read(options: options)
        let cut = try file.read(options: options, step: step(&random), limit: limit(&random))
        let reopened = try file.read(options: options, limit: limit(&random), reopening: .beforeEachChunk)
        guard cut == whole && reopened == whole else {
            throw Difference(whole: whole, other: cut == whole ? reopened : cut)
        }
    }
}
