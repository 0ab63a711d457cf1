import Testing

/// A sheet that may have rows is imported, or the exit code says that it was not.
@Suite struct SheetTests {
    let space: Workspace

    init() throws { space = try Workspace() }

    /// Makes `b.xlsx` of three sheets, and of what becomes of the second one by a line of Python.
    private func book(_ change: String) throws {
        try space.tool(
            "/usr/bin/python3", "-c",
            """
            import openpyxl, zipfile
            book = openpyxl.Workbook()
            for number in range(3):
                sheet = book.active if number == 0 else book.create_sheet()
                sheet.title = "s%d" % number
                for row in range(4): sheet.append(["a" if row == 0 else row, "b"])
            book.save("w.xlsx")
            whole = zipfile.ZipFile("w.xlsx")
            with zipfile.ZipFile("b.xlsx", "w") as made:
                for name in whole.namelist():
                    text = whole.read(name).decode()
                    \(change)
                    if text is not None: made.writestr(name, text)
            """)
    }

    @Test(arguments: [
        ("if name.endswith('sheet2.xml'): text = None", "has no part xl/worksheets/sheet2.xml"),
        ("if name.endswith('sheet2.xml'): text = text.replace('<sheetData>', '<sheetData><&>')", "its XML is broken"),
        (
            "if name.endswith('workbook.xml.rels'): text = text.replace('Id=\"rId2\"', 'Id=\"rId99\"')",
            "the workbook does not say which part it is"
        ),
    ])
    func aSheetThatCannotBeReadIsNamedAndTheOthersAreImported(_ change: String, _ reason: String) throws {
        try book(change)
        let result = try space.run("import b.xlsx --into sqlite:t.db --json")
        #expect(result.status == 3, "\(result.error)")
        let leftOut = (try result.json()["left_out"] as? [[String: Any]] ?? []).map { $0.mapValues { "\($0)" } }
        #expect(leftOut.map { $0["name"] } == ["s1"])
        #expect(leftOut.map { $0["kind"] } == ["may_be_data"])
        #expect(leftOut.first?["reason"]?.contains(reason) == true, "\(leftOut)")
        #expect(try Table.tables(space.file("t.db")) == ["s0", "s2"])
        #expect(try space.run("import b.xlsx --into sqlite:u.db --sheet s0").status == 0, "asked for")
        let named = try space.run("import b.xlsx --into sqlite:u.db --sheet s1")
        #expect(named.status == 2 && named.error.contains(reason), "\(named.error)")
    }

    @Test func anEmptySheetIsLeftOutAndNothingIsMissing() throws {
        try book("if name.endswith('sheet2.xml'): text = text[:text.index('<sheetData>')] + '<sheetData/></worksheet>'")
        let result = try space.run("import b.xlsx --into sqlite:t.db")
        #expect(result.status == 0, "\(result.error)")
        #expect(try Table.tables(space.file("t.db")) == ["s0", "s2"])
    }

    @Test func aSheetsNameHasNoEnding() throws {
        try book("if name.endswith('workbook.xml'): text = text.replace('s0', 'Jan.24').replace('s1', 'Jan.25')")
        #expect(try space.run("import b.xlsx --into sqlite:t.db").status == 0)
        #expect(try Table.tables(space.file("t.db")) == ["Jan.24", "Jan.25", "s2"])
    }

    @Test func sheetsOfOneNameAreReadOneByOne() throws {
        try book("if name.endswith('workbook.xml'): text = text.replace('s1', 's0').replace('s2', 'S0')")
        let result = try space.run("import b.xlsx --into sqlite:t.db")
        #expect(result.status == 0 && result.error.contains("more than one sheet s0"), "\(result.error)")
        #expect(try Table.tables(space.file("t.db")) == ["S0_3", "s0", "s0_2"])
        #expect(try space.run("verify 1").status == 0)
        #expect(try space.run("import b.xlsx --into sqlite:u.db --sheet 2").status == 0)
        #expect(try Table.tables(space.file("u.db")) == ["s0_2"])
    }

    /// CSV with the same values is the judge.
    @Test(arguments: [
        "1,foo,2.5\n2,bar,3.5\n3,baz,4.5\n", "5.1,3.5,x\n4.9,3.1,x\n4.7,3.2,x\n", "id,n\n1,x\nid,n\n2,y\n",
        "Report,x,y\n\nid,n,q\n1,x,2\n2,y,3\n3,z,4\n", "id,name\n--,----\n1,x\n2,y\n", "id,n\n1,a\n2,b\n",
        "country,2019,2020\nDE,1,2\nFR,3,4\n", "a,b\n\\N,1\nx,2\n", "Report\nid,v,w\n1,a,x\n2,b,x\n",
    ])
    func aSheetIsDoubtedWhereTheSameCSVIs(_ text: String) throws {
        try space.write(text, to: "d.csv")
        try space.tool(
            "/usr/bin/python3", "-c",
            """
            import csv, openpyxl
            book = openpyxl.Workbook()
            number = lambda v: float(v) if v.replace('.', '').isdigit() else v
            for row in csv.reader(open('d.csv')): book.active.append([number(v) for v in row])
            book.save('d.xlsx')
            """)
        let csv = try space.run("import d.csv --into sqlite:c.db")
        let sheet = try space.run("import d.xlsx --into sqlite:x.db")
        #expect(csv.status == sheet.status, "\(csv)\n\(sheet)")
        #expect(
            csv.output.contains("probably misread") == sheet.output.contains("probably misread"), "\(csv)\n\(sheet)")
        guard text.first?.isNumber == true else { return }
        #expect(try space.run("import d.xlsx --into sqlite:y.db --no-header").status == 0)
    }
}
