import Readers
import Records
import Testing

@Suite struct XLSXWorkbookTests {
    @Test("sheets stand in the order of their tabs; charts and dialogs are none")
    func sheets() throws {
        var file = XLSXFile(rows: "")
        file.parts["xl/workbook.xml"] = """
            <x:workbook xmlns:x="http://purl.oclc.org/ooxml/spreadsheetml/main" xmlns:q="http://q"><x:sheets>
            <x:sheet name="Zwei &amp; mehr" sheetId="9" q:id="b"/><x:sheet name="Chart" sheetId="3" q:id="c"/>
            <x:sheet name="1" sheetId="1" state="veryHidden" q:id="a"/><x:sheet name="Gone" sheetId="4" q:id="z"/>
            <x:sheet name="Hid" sheetId="5" state="hidden" q:id="d"/></x:sheets></x:workbook>
            """
        file.parts["xl/_rels/workbook.xml.rels"] = XLSXFile.relationships([
            ("a", "worksheet", "/xl/a.xml"), ("b", "worksheet", "worksheets/../b/./b.xml"),
            ("c", "chartsheet", "c.xml"), ("d", "worksheet", "../d.xml"),
        ])
        let workbook = try file.workbook()
        typealias Sheet = XLSXWorkbook.Sheet
        #expect(workbook.sheets.map(\.name) == ["Zwei & mehr", "1", "Gone", "Hid"])
        #expect(workbook.sheets.map(\.part) == ["xl/b/b.xml", "xl/a.xml", "", "d.xml"])
        #expect(workbook.sheets.map(\.isHidden) == [false, true, false, true])
        #expect(try workbook.sheet("1").part == "xl/a.xml", "a name goes before a number")
        #expect(try workbook.sheet("4").name == "Hid")
        for wrong in ["0", "5", "-1", "hid", ""] { #expect(throws: DataError.self) { try workbook.sheet(wrong) } }
    }

    @Test("names that come again get a number that no other sheet has")
    func distinctNames() throws {
        var file = XLSXFile(rows: "")
        let names = ["Data", "data", "Data_2", "x", "Data"]
        let sheets = names.map { "<sheet name=\"\($0)\" sheetId=\"1\" r:id=\"r1\"/>" }
        file.parts["xl/workbook.xml"] =
            "<workbook \(XLSXFile.namespace) xmlns:r=\"http://x\"><sheets>\(sheets.joined())</sheets></workbook>"
        #expect(try file.workbook().distinctNames == ["Data", "data_3", "Data_2", "x", "Data_4"])
    }

    @Test("a package without strings or styles is read")
    func fewParts() throws {
        var file = XLSXFile(rows: "<row><c><v>1</v></c></row><row><c s=\"7\"><v>45413</v></c></row>")
        file.parts["xl/styles.xml"] = nil
        file.parts["xl/sharedStrings.xml"] = nil
        #expect(try file.read().lines == ["45413"])
    }

    @Test("what is no spreadsheet in this format is refused, with a way out")
    func refusals() throws {
        func message(_ parts: [String: String]) -> String? {
            var file = XLSXFile(rows: "")
            file.parts = parts
            return #expect(throws: DataError.self) { try file.workbook() }?.message
        }
        #expect(message([:]) == "this is not a spreadsheet: its _rels/.rels names no workbook")
        #expect(
            message(["mimetype": "application/vnd.oasis.opendocument.spreadsheet"])
                == "this is an OpenDocument spreadsheet (.ods), which Waybill does not read")
        let relationships = XLSXFile.relationships([("a", "officeDocument", "xl/workbook.bin")])
        #expect(
            message(["_rels/.rels": relationships])
                == "this is a binary Excel file (.xlsb), which Waybill does not read")
        let missing = XLSXFile.relationships([("a", "officeDocument", "/xl/workbook.xml")])
        #expect(
            message(["_rels/.rels": missing])
                == "the spreadsheet has no part xl/workbook.xml, which lists its sheets")
        #expect(
            message(["_rels/.rels": "<Relationships>"])?.hasPrefix("_rels/.rels cannot be read: line 1, byte 1") == true
        )

        var file = XLSXFile(rows: "")
        file.parts["xl/worksheets/sheet1.xml"] = nil
        let error = #expect(throws: DataError.self) { try file.read() }
        #expect(error?.code == .malformed)
    }

    @Test("old and encrypted files are known by their directory")
    func compoundFiles() throws {
        func file(entry: String, sectorBytes: Int) -> [UInt8] {
            var bytes: [UInt8] =
                [0xD0, 0xCF, 0x11, 0xE0, 0xA1, 0xB1, 0x1A, 0xE1] + Array(repeating: 0, count: 4 * sectorBytes)
            bytes[30] = sectorBytes == 4096 ? 12 : 9
            bytes[48] = 2
            bytes.replaceSubrange(
                (3 * sectorBytes + 128)..., with: entry.encoded(.utf16le) + Array(repeating: 0, count: 300))
            return bytes
        }
        for size in [512, 4096] {
            #expect(
                try SpreadsheetFormat.detect(TrickleSource(file(entry: "Workbook", sectorBytes: size), step: 7)) == .xls
            )
            #expect(
                try SpreadsheetFormat.detect(TrickleSource(file(entry: "EncryptedPackage", sectorBytes: size)))
                    == .encryptedXLSX)
        }
        #expect(try SpreadsheetFormat.detect(TrickleSource(Array("a,b\n".utf8))) == nil)
        #expect(
            try SpreadsheetFormat.detect(TrickleSource(Array(file(entry: "x", sectorBytes: 512).prefix(512)))) == .xls)
        #expect(SpreadsheetFormat.encryptedXLSX.refusal.message == "this spreadsheet is protected with a password")
        #expect(SpreadsheetFormat.xls.refusal.remedy?.contains("save it as .xlsx") == true)
    }
}
