import Readers
import Records
import Testing

/// A format whose reader is given whatever a mutator makes of the corpus.
struct FuzzTarget: Sendable, CustomTestStringConvertible {
    var name: String
    /// Inputs to begin with, and those that once found something.
    var corpus: [String]
    var tokens: [String]
    /// What there is to read in an input. Throws `DataError` for what is no such file.
    var cases: @Sendable ([UInt8], inout SplitMix) throws -> [ReaderCase]

    var testDescription: String { name }

    static let all = [csv, json, sql, xlsx]

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
        return [.csv(bytes, options: options)]
    }

    static let json = FuzzTarget(
        name: "JSON",
        corpus: [
            #"[{"a": 1, "b": "x"}, {"a": -1.5e3, "c": [1, {"d": null}]}]"#, "{\"a\": 1}\n{\"a\": \"\\u00e9\\n\"}\n",
            #"{"batch_id": "x", "batch_part": 1, "items": [{"k": true}], "n": 2}"#,
            #"{"p": [{"a": 1}], "v": [{"b": {"c": 2}}, {"b": 3}], "e": [], "s": ["x"]}"#,
            #"{"data": {"items": [{"a": 1}]}}"#,
            #"{"id": 7, "tags": ["a"]}"#,
            #"{"p": [{"a": 1}], "\ud800e": [], "v": [{"b": 2}], "e\udc00\u0041": 1, "w": [{"c": 3}]}"#,
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
        return try ReaderCase.sections(bytes, options: options)
    }

    static let sql = FuzzTarget(
        name: "SQL",
        corpus: [
            "INSERT INTO t (a, b) VALUES (1, 'x''y'), (2, NULL);\nINSERT INTO u VALUES (1);\n",
            "CREATE TABLE t (a int, b text);\nINSERT INTO t VALUES (1, 'a\nb;'),\n(2, now());\n-- c\n/* d */",
            "DELIMITER //\nINSERT INTO `t` VALUES (1,'\\'')//\n", "REPLACE INTO [t] (a) VALUES (0x0A), (E'\\n');",
            "DELIMITER /CREATE TRIGGER g BEGIN INSERT INTO t VALUES (1,2); END;/\nINSERT INTO `t` VALUES (1,'\\'')//\n",
            "DELIMITER CREATE TRIGGER g BEGIN INSERT INTO t VALUES (1,2); END;//\nINSERT INTO `t` VALUES (1,'\\'')//\n",
            "DELIMITER CREATE TRIGGER g BEGIN INSERT INTO t VALUEDELIMITER ;\nS (1,INSERT INTO `t` VALUES (1,'\\''",
        ], tokens: SQLPropertyTests.parts
    ) { bytes, random in
        let options = SQLOptions(
            dialect: SQLDialect.allCases.randomElement(using: &random),
            maxRecordBytes: [8, 60, 1_000].randomElement(using: &random) ?? 8)
        return try ReaderCase.tables(bytes, options: options)
    }

    /// The first line of an input says which part of the package the rest is.
    static let xlsx = FuzzTarget(
        name: "XLSX",
        corpus: [
            "xl/worksheets/sheet1.xml\n<worksheet><sheetData><row r=\"1\"><c r=\"A1\" t=\"s\"><v>0</v></c><c r=\"B1\" "
                + "t=\"inlineStr\"><is><t>b</t></is></c></row><row r=\"2\"><c r=\"A2\"><v>1.5</v></c><c r=\"B2\" s=\"1\"><v>45000"
                + "</v></c></row><row r=\"4\"><c r=\"A4\" t=\"b\"><v>1</v></c><c r=\"B4\" t=\"e\"><v>#N/A</v></c></row></sheetData>"
                + "</worksheet>",
            "xl/worksheets/sheet1.xml\n<worksheet><sheetData><row><c t=\"str\"><v>a</v></c></row><row><c><v>1</v></c></row>"
                + "</sheetData></worksheet>ksheet\0>",
            "xl/sharedStrings.xml\n<sst><si><t>a</t></si><si><r><t>x</t></r><r><t xml:space=\"preserve\"> y</t></r></si></sst>",
            "xl/styles.xml\n<styleSheet><numFmts><numFmt numFmtId=\"200\" formatCode=\"yyyy-mm-dd\"/></numFmts><cellXfs><xf "
                + "numFmtId=\"0\"/><xf numFmtId=\"200\"/></cellXfs></styleSheet>",
            "xl/workbook.xml\n<workbook xmlns:r=\"http://x\"><workbookPr date1904=\"1\"/><sheets><sheet name=\"Data\" "
                + "sheetId=\"1\" r:id=\"r1\"/></sheets></workbook>",
            "xl/_rels/workbook.xml.rels\n"
                + XLSXFile.relationships([
                    ("r1", "worksheet", "worksheets/sheet1.xml"), ("r3", "sharedStrings", "/xl/sharedStrings.xml"),
                ]),
        ],
        tokens: [
            "<row>", "</row>", "<c>", "</c>", "<v>", "</v>", "r=\"1\"", "t=\"s\"", "t=\"d\"", "s=\"9\"", "<!DOCTYPE a>",
            "&amp;",
            "&#0;", "<![CDATA[", "_x000D_", "9999999999", "-1", "XFD1048576", "1E400", "<f>", "<si>", "<t>", "é", "\0",
            "<!--",
        ]
    ) { bytes, random in
        let options = XLSXOptions(
            hasHeader: Bool.random(using: &random), maxRecordBytes: [8, 60, 1_000].randomElement(using: &random) ?? 8)
        return [try .sheet(file(bytes), options: options)]
    }

    /// The spreadsheets of the corpus as they are.
    static var sheets: [XLSXFile] { xlsx.corpus.map { file(Array($0.utf8)) } }

    private static func file(_ bytes: [UInt8]) -> XLSXFile {
        let lines = bytes.split(separator: UInt8(ascii: "\n"), maxSplits: 1)
        var file = XLSXFile(
            rows: "<row r=\"1\"><c t=\"s\"><v>0</v></c><c t=\"s\"><v>1</v></c></row><row><c s=\"1\"><v>3</v></c></row>",
            strings: ["<si><t>a</t></si>", "<si><t>b</t></si>"], styles: ["yyyy-mm-dd"])
        if lines.count == 2 {
            file.parts[String(decoding: lines[0], as: UTF8.self)] = String(decoding: lines[1], as: UTF8.self)
        }
        return file
    }
}
