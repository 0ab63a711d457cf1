import Foundation
import Readers
import Records
import Testing

/// Files that well-known programs wrote, compared with how openpyxl reads them.
@Suite struct XLSXWriterTests {
    /// Writes `file.xlsx` with the script, unpacks it, and reads the first sheet; then has openpyxl read it, too.
    private func compare(_ script: String, sourceLocation: SourceLocation = #_sourceLocation) throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "waybill-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let python = Process()
        python.executableURL = URL(filePath: "/usr/bin/python3")
        python.arguments = ["-c", script + Self.epilogue]
        python.currentDirectoryURL = folder
        try python.run()
        python.waitUntilExit()
        try #require(
            python.terminationStatus == 0, "python3 with openpyxl and xlsxwriter", sourceLocation: sourceLocation)

        let path = folder.path
        let workbook = try XLSXWorkbook(open: { part in
            let file = path + "/parts/" + part
            return FileManager.default.fileExists(atPath: file) ? try FileSource(path: file) : nil
        })
        let reading = try readSheet(workbook, sheet: workbook.sheets[0], options: XLSXOptions(hasHeader: false))
        let expected = try String(contentsOf: folder.appending(path: "expected"), encoding: .utf8)
        #expect(reading.flaws == [], sourceLocation: sourceLocation)
        let lines = reading.lines.map { $0.replacing("\n", with: "\\n") }
        let expectedLines = expected.split(separator: "\n").map(String.init)
        #expect(lines.count == expectedLines.count, sourceLocation: sourceLocation)
        for (line, expected) in zip(lines, expectedLines) where line != expected {
            #expect(line == expected, sourceLocation: sourceLocation)
        }
    }

    /// Writes openpyxl's values as this suite's readings write them.
    private static let epilogue = """

        import zipfile, openpyxl, datetime, decimal
        zipfile.ZipFile('file.xlsx').extractall('parts')
        def text(cell):
            v = cell.value
            if v is None: return '∅'
            if isinstance(v, bool): return 'true' if v else 'false'
            if isinstance(v, float): return str(int(v)) if v.is_integer() else format(decimal.Decimal(repr(v)), 'f')
            if isinstance(v, datetime.timedelta):
                s = round(v.total_seconds())
                return '%02d:%02d:%02d' % (s // 3600, s // 60 % 60, s % 60)
            if isinstance(v, datetime.datetime):
                v = (v + datetime.timedelta(microseconds=500)).replace(microsecond=(v.microsecond + 500) // 1000 % 1000 * 1000)
                if v.time() == datetime.time() and not set('hs') & set(cell.number_format): return v.date().isoformat()
                return v.isoformat(timespec='milliseconds' if v.microsecond else 'seconds')
            if isinstance(v, datetime.time): return v.isoformat(timespec='seconds')
            return str(v).replace('\\n', '\\\\n')
        with open('expected', 'w') as out:
            for row in openpyxl.load_workbook('file.xlsx', data_only=True).worksheets[0].iter_rows():
                if any(c.value is not None for c in row): out.write('|'.join(map(text, row)) + '\\n')
        """

    @Test("xlsxwriter's values are read as openpyxl reads them", arguments: [false, true])
    func xlsxwriter(isDate1904: Bool) throws {
        try compare(
            """
            import xlsxwriter, datetime, random
            random.seed(1)
            wb = xlsxwriter.Workbook('file.xlsx', {'date_1904': \(isDate1904 ? "True" : "False"), 'strings_to_urls': False})
            ws = wb.add_worksheet('Üben & 1')
            dates = ['yyyy-mm-dd', 'd/m/yy hh:mm', '[$-409]mmmm d, yyyy', 'dd.mm.yyyy;@', 'hh:mm:ss', '[h]:mm:ss']
            formats = [wb.add_format({'num_format': f}) for f in dates + ['0.00', '#,##0 "days"', '@']]
            builtin = [wb.add_format({'num_format': n}) for n in range(14, 23)]
            ws.write_row(0, 0, ['c%d' % i for i in range(12)])
            for r in range(1, 300):
                ws.write_number(r, 0, random.choice([r, r / 3, r * 1e12, r * 1e-6, -r / 7, 0]))
                ws.write_string(r, 1, random.choice(['a', 'é😀', ' lead', 'trail ', 'x,y', 'q"q', 'l\\nl', 'long' * 50]))
                ws.write_boolean(r, 2, r % 2)
                d = datetime.datetime(1950, 1, 1) + datetime.timedelta(days=r * 71, seconds=0 if r % 3 else r * 997)
                ws.write_datetime(r, 3, d, formats[r % 4])
                ws.write_datetime(r, 4, d, builtin[r % 9])
                ws.write_number(r, 5, r / 300, formats[4])
                ws.write_number(r, 6, round(r * 997) / 86400, formats[5])
                ws.write_number(r, 7, r / 8, formats[6 + r % 2])
                ws.write_formula(r, 8, '=A1', value=random.choice([r, 'text', r / 3]))
                ws.write_rich_string(r, 9, 'one ', formats[6], 'two ', 'three') if r % 5 else ws.write_blank(r, 9, None, formats[0])
            ws.merge_range(3, 10, 5, 11, 'merged')
            wb.close()
            """)
    }

    @Test("openpyxl's values are read as openpyxl reads them", arguments: [false, true])
    func openpyxl(isoDates: Bool) throws {
        try compare(
            """
            import openpyxl, datetime
            wb = openpyxl.Workbook()
            wb.iso_dates = \(isoDates ? "True" : "False")
            ws = wb.active
            ws.append(['n', 't', 'b', 'd', 'dt', 'x'])
            for r in range(1, 200):
                ws.append([r / 9, 'text %d' % (r % 7), r % 2 == 0,
                           datetime.datetime(2000 + r % 50, 1 + r % 12, 1 + r % 28, 1), datetime.datetime(2020, 2, 29, r % 24, r % 60, r % 59),
                           None if r % 3 else 10 ** (r % 20)])
            ws.cell(260, 6, 'far')
            wb.create_sheet('other')
            wb.save('file.xlsx')
            """)
    }
}
