import Readers
import Records
import Testing

/// Markup that is there in several forms (`mc:AlternateContent`), wherever it is in a sheet.
@Suite struct XLSXAlternativesTests {
    private static let namespaces =
        XLSXFile.namespace + " xmlns:mc=\"http://schemas.openxmlformats.org/markup-compatibility/2006\""
        + " xmlns:x14=\"http://schemas.microsoft.com/office/spreadsheetml/2009/9/main\" xmlns:o=\"http://other.example/\""

    private static func alternatives(_ branches: String) -> String {
        "<mc:AlternateContent>\(branches)</mc:AlternateContent>"
    }

    private static func choice(_ needs: String, _ content: String) -> String {
        "<mc:Choice Requires=\"\(needs)\">\(content)</mc:Choice>"
    }

    private static func fallback(_ content: String) -> String { "<mc:Fallback>\(content)</mc:Fallback>" }

    /// What is read of each way to write a value `1`, beside a `2` that another program is to read.
    private static let readable: [@Sendable (String, String) -> String] = [
        { one, two in alternatives(choice("x14", one) + fallback(two)) },
        { one, two in alternatives(choice("o", two) + fallback(one)) },
        { one, two in alternatives(choice("x14 o", two) + choice("o", two) + choice("x14", one) + fallback(two)) },
        { one, two in alternatives(choice("x14", one) + choice("x14", two)) },
        { one, two in alternatives(choice("none", two) + choice("", two) + fallback(one)) },
        { one, two in alternatives(choice("o", two) + fallback(alternatives(choice("x14", one) + fallback(two)))) },
        { one, two in
            "<mc:AlternateContent xmlns:n=\"http://schemas.microsoft.com/office/spreadsheetml/2099/new\">"
                + choice("n", one) + fallback(two) + "</mc:AlternateContent>"
        },
    ]

    private static let rows = [
        "<row r=\"1\"><c r=\"A1\" t=\"str\"><v>a</v></c><c r=\"B1\" t=\"str\"><v>b</v></c></row>",
        "<row r=\"2\"><c r=\"A2\"><v>7</v></c></row>", "<row r=\"4\"><c r=\"A4\"><v>8</v></c></row>",
    ]

    /// The places in which a value can be in several forms: with its sheet's data, row, cell and alone.
    private static let places: [@Sendable ((String) -> String) -> String] = [
        { sheet(data: "", $0("<sheetData>\(rows[0])\(rows[1])\(row("VALUE"))\(rows[2])</sheetData>")) },
        { sheet(data: rows[0] + rows[1] + $0(row("VALUE")) + rows[2]) },
        { sheet(data: rows[0] + rows[1] + "<row r=\"3\">\($0(cell("VALUE")))</row>" + rows[2]) },
        { sheet(data: rows[0] + rows[1] + "<row r=\"3\"><c r=\"B3\">\($0("<v>VALUE</v>"))</c></row>" + rows[2]) },
    ]

    private static func sheet(data: String, _ other: String? = nil) -> String {
        "<worksheet \(namespaces)>\(other ?? "<sheetData>\(data)</sheetData>")</worksheet>"
    }

    private static func row(_ value: String) -> String { "<row r=\"3\">\(cell(value))</row>" }
    private static func cell(_ value: String) -> String { "<c r=\"B3\"><v>\(value)</v></c>" }

    @Test("the form that a spreadsheet program shows is read, and no other", arguments: 0..<4, 0..<7)
    func read(place: Int, way: Int) throws {
        let (place, way) = (Self.places[place], Self.readable[way])
        let sheet = place { way($0.replacing("VALUE", with: "1"), $0.replacing("VALUE", with: "2")) }
        for step in [1, 7, .max] {
            for reopening in [Reopening.never, .beforeEachChunk] {
                let reading = try XLSXFile(sheet: sheet).read(
                    step: step, limit: ChunkLimit(records: 1), reopening: reopening)
                #expect(reading.lines == ["7|∅", "∅|1", "8|∅"])
                #expect(reading.rows.map(\.location.line) == [2, 3, 4])
                #expect(reading.flaws == [])
            }
        }
    }

    @Test("rows and cells that no form gives are a reject", arguments: 1..<4)
    func unreadable(place: Int) throws {
        let place = Self.places[place]
        let sheet = place { Self.alternatives(Self.choice("o", $0.replacing("VALUE", with: "1"))) }
        for step in [1, .max] {
            let reading = try XLSXFile(sheet: sheet).read(step: step)
            #expect(reading.lines == ["7|∅", "8|∅"])
            #expect(reading.rejects.map(\.code) == [.malformedCell] && reading.rejects.map(\.location.line) == [3])
            #expect(reading.rejects[0].message.contains("mc:AlternateContent"))
        }
    }

    @Test("where the header is in no form, the sheet is refused")
    func header() throws {
        let sheet = Self.sheet(data: Self.alternatives(Self.choice("o", Self.rows[0])) + Self.rows[1])
        let error = try #require(throws: DataError.self) { try XLSXFile(sheet: sheet).read() }
        #expect(error.message.contains("mc:AlternateContent"))
    }
}
