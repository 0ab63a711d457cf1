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
}
