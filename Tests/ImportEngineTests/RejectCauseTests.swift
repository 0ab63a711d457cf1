import ImportEngine
import ImportLog
import Testing

/// The likely cause of rejects that have one reason, with the flag.
@Suite struct RejectCauseTests {
    private func cause(
        _ code: String, _ records: [[UInt8]], read: UInt64, columns: Int = 2, othersAreUTF8: Bool = false
    )
        -> RejectCause?
    {
        var reading = ImportSubmitted.Reading()
        (reading.format, reading.delimiter, reading.encoding) = ("csv", ",", "utf-8")
        reading.sourceColumns = (1...columns).map { "c\($0)" }
        let rejects = records.enumerated().map { index, raw in
            Reject(
                record: UInt64(index + 1), line: UInt64(index + 4), byteOffset: 0, code: code, message: "m",
                field: "c2",
                raw: raw)
        }
        let rejected = UInt64(records.count)
        return RejectCause(
            rejects, of: Counts(read: read, inserted: read - rejected, rejected: rejected), reading,
            othersAreUTF8: othersAreUTF8)
    }

    static let examples: [(code: String, records: [String], read: UInt64, what: String, flag: String, columns: Int)] = [
        (
            "field_count", ["a,b,c\n", "4,5,6\n", "7,8,9\n"], 3,
            "3 of 3 records have 3 fields, but the header has 2. Is line 4 the header?", "--header-row 4", 2
        ),
        ("field_count", ["1, \"a, b\"\n", "2, \"c, d\"\n"], 3, "split otherwise", "--skip-initial-space", 2),
        ("field_count", ["1,'a, b'\n", "2,'c, d'\n"], 3, "split otherwise", "--quote \"'\"", 2),
        ("field_count", ["\u{1A}\r\n"], 3, "is only the end mark of DOS files", "--skip-footer 1", 2),
        ("field_count", ["\u{1A}"], 3, "is only the end mark of DOS files", "--skip-footer 1", 2),
        ("field_count", ["# a\n", "# b, c, d\n"], 1_210, "2 of 1,210 records begin with '#'", "--comment '#'", 2),
        ("field_count", [",,\n", ",,,\r\n"], 9, "have nothing but delimiters", "--skip-empty-rows", 2),
        ("field_count", ["1,2\n", "3,4\n"], 9, "have fewer fields than the header", "--short-rows null", 3),
        ("field_count", ["------\n", "---\n", "* 2\n"], 40, "2 of 40 records are lines of '-'", "--comment '-'", 3),
        ("field_count", ["id,name\n", "1,a\n", "2,b\n"], 3, "Is line 4 the header?", "--header-row 4", 5),
        ("field_count", ["1,a\n", "2,b\n"], 2, "Is there no header?", "--skip-lines 3 --no-header", 5),
        ("field_count", ["1\n", "2\n"], 9, "have fewer fields than the header", "--short-rows null", 2),
        ("quoting", ["1,\"a \\\"b\\\"\"\n"], 9, "quotes after backslashes", "--escape '\\'", 2),
        ("quoting", ["1,\"a\" b\n", "2,\"b\n"], 3, "have stray quotes", "--quote none", 2),
        ("type", ["1,\"\"\n", "\"\",\"\"\r\n"], 9, "2 of 9 records have \"\" in a column", "--quoted-empty null", 2),
        ("format", ["1,\"\""], 9, "1 of 9 records has \"\" in a column", "--quoted-empty null", 2),
    ]

    @Test(arguments: [["id,name,n\n", "1,a,5\n", "2,b,6\n"], ["id\tx,n\n", "1,a\n", "2,b\n"]])
    func aTableBelowAnotherIsTold(_ lines: [String]) {
        let found = cause("field_count", lines.map { Array($0.utf8) }, read: 9, columns: lines[0].contains("x") ? 4 : 2)
        #expect(
            found?.what.contains("all from line 4 on") == true && found?.flag == nil, "\(String(describing: found))")
        #expect(found?.advice?.contains("sed '1,3d' FILE") == true)
    }

    @Test(arguments: examples)
    func aReasonThatMostHaveIsTold(
        _ code: String, _ records: [String], _ read: UInt64, _ what: String, _ flag: String, _ columns: Int
    ) {
        let found = cause(code, records.map { Array($0.utf8) }, read: read, columns: columns)
        #expect(found?.flag == flag && found?.what.contains(what) == true, "\(String(describing: found))")
    }

    @Test(arguments: [
        ([0x4A, 0x6F, 0x73, 0xE9] as [UInt8], "windows-1252"), ([0x62, 0x81, 0x72, 0x84, 0x6E], "cp850"),
        ([0xCF, 0xF0, 0xE8, 0xE2, 0xE5, 0xF2, 0x2C, 0xCC, 0xEE, 0xF1, 0xEA, 0xE2, 0xE0], "windows-1251"),
        ([0xF0, 0xD2, 0xC9, 0xD7, 0xC5, 0xD4], "koi8-r"),
        ([0xB1, 0xE0, 0xBA, 0xC5, 0x2C, 0xD0, 0xD5, 0xC3, 0xFB], "gbk"),
        ([0x93, 0xFA, 0x96, 0x7B, 0x8C, 0xEA], "cp932"),
    ])
    func theEncodingThatBytesLookLikeIsTold(_ raw: [UInt8], _ name: String) {
        #expect(cause("encoding", [raw + [0x0A]], read: 9)?.flag == "--encoding \(name)")
    }

    @Test func aTextBelowTheLastRecordIsAFooter() {
        var reading = ImportSubmitted.Reading()
        (reading.format, reading.delimiter, reading.encoding) = ("csv", ",", "utf-8")
        reading.sourceColumns = ["a", "b", "c"]
        func cause(of record: UInt64) -> RejectCause? {
            let reject = Reject(
                record: record, line: record + 1, byteOffset: 0, code: "field_count", message: "m", field: "a",
                raw: Array("* 39 entries\n".utf8))
            return RejectCause([reject], of: Counts(read: 40, inserted: 39, rejected: 1), reading)
        }
        #expect(cause(of: 40)?.flag == "--skip-footer 1" && cause(of: 39)?.flag != "--skip-footer 1")
        #expect(cause(of: 40)?.what == "1 of 40 records is below all others, without a delimiter: a footer?")
    }

    @Test func noEncodingIsNamedForAFileInTwo() {
        let (latin, utf8) = ([0x4A, 0x6F, 0x73, 0xE9, 0x0A] as [UInt8], Array("José\n".utf8))
        let told = cause("encoding", [latin], read: 9, othersAreUTF8: true)
        #expect(told?.flag == nil && told?.what.contains("others are") == true && told?.advice?.isEmpty == false)
        #expect(cause("encoding", [latin, utf8 + latin], read: 9)?.flag == nil)
        #expect(cause("encoding", [latin], read: 9)?.flag == "--encoding windows-1252")
    }

    @Test func nothingIsSaidOfRejectsThatNoFlagMends() {
        #expect(cause("field_count", [Array("1,2,3\n".utf8)], read: 9) == nil)
        // A line with numbers, and one below records that fitted.
        #expect(cause("field_count", ["1,2,3\n", "4,5,6\n"].map { Array($0.utf8) }, read: 2) == nil)
        #expect(cause("field_count", ["a,b,c\n", "4,5,6\n"].map { Array($0.utf8) }, read: 3) == nil)
        for raw in ["1,x\n", "\"\",x\n", "1,\"\"\"\"\n", "1,\n", "1", "1,\" \"\n"] {
            #expect(cause("type", [Array(raw.utf8)], read: 1) == nil, "\(raw)")
        }
        #expect(cause("quoting", [Array("1,\"a\" b\n".utf8)], read: 9) == nil)
        #expect(cause("field_count", ["1\n", "1,2,3\n", "1\n", "1,2,3,4\n"].map { Array($0.utf8) }, read: 9) == nil)
    }
}
