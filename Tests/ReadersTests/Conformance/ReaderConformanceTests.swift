import Readers
import Records
import Testing

/// Every reader is run through the same laws.
@Suite struct ReaderConformanceTests {
    static let csv = CSVCase.all.map { example in
        var reader = ReaderCase.csv(example.input, options: example.options)
        reader.name = "csv: \(example.fact)"
        return reader
    }

    static let json = (JSONCase.all + JSONFlatteningTests.cases).map { example in
        var reader = ReaderCase.json(example.input, options: example.options)
        reader.name = "json: \(example.fact)"
        return reader
    }

    static let sections = JSONSurveyTests.forms.flatMap { form in
        (try? ReaderCase.sections(Array(form.json.utf8))) ?? []
    }

    private static let sql =
        [
            "INSERT INTO t (a, b) VALUES (1, 'x''y'), (2, NULL);\nINSERT INTO u VALUES (1);\nINSERT INTO t (a, b) VALUES (3, 'z');\n",
            "CREATE TABLE t (a int, b text);\nINSERT INTO t VALUES (1, 'a\nb;'),\n(2, now()), (3);\n-- c\n/* d */\n",
            "INSERT INTO t (b, a) VALUES (1, 2);INSERT INTO t (a) VALUES ('",
            "INSERT INTO t VALUES (1,2);\nUPDATE t SET a = ';';\n",
        ].map { (name: $0, text: $0, options: SQLOptions()) } + SQLCase.all.map { ($0.name, $0.input, $0.options) }

    static let tables = sql.flatMap { name, text, options in
        ((try? ReaderCase.tables(Array(text.utf8), options: options)) ?? []).map { table in
            var reader = table
            reader.name = "sql: \(name)"
            return reader
        }
    }

    /// A sheet's bytes are its rendering.
    static let xlsx = [
        (
            "<row><c t=\"inlineStr\"><is><t>a</t></is></c><c t=\"inlineStr\"><is><t>b</t></is></c></row><row r=\"2\"><c><v>1</v></c>"
                + "</row><row r=\"5\"><c t=\"e\"><v>#N/A</v></c></row><row r=\"6\"><c><v>2</v></c><c t=\"str\"><v>x,\"y</v></c></row>",
            "a,b\n1,\n#N/A,\n2,\"x,\"\"y\"\n"
        )
    ].map { rows, rendering in
        ReaderCase(
            "xlsx: \(rendering)", bytes: Array(rendering.utf8),
            open: { step in
                let workbook = try XLSXFile(rows: rows).workbook(step: step)
                let reader = try XLSXReader(workbook: workbook, sheet: workbook.sheet("1"))
                return .init(reader: reader) {
                    try XLSXReader(
                        workbook: workbook, sheet: workbook.sheet("1"), options: XLSXOptions(),
                        columns: reader.columns, dataStart: reader.dataStart)
                }
            })
    }

    static let sheets = FuzzTarget.sheets.compactMap { try? ReaderCase.sheet($0) }

    @Test("a reader keeps the laws", arguments: csv + json + sections + tables + xlsx + sheets)
    func laws(_ example: ReaderCase) throws {
        try ReaderLaws(example: example).check(steps: 1...max(9, example.bytes.count))
    }

    @Test("a reader that breaks a law is found out", arguments: LawlessReader.Fault.allCases)
    func lawless(fault: LawlessReader.Fault) throws {
        let example = ReaderCase("lawless", bytes: Array("a\n1\n2\n3\n".utf8), lineEnds: ReaderCase.lineFeeds) {
            source in
            let reader = try CSVReader(source: source)
            return .init(reader: LawlessReader(base: reader, fault: fault)) {
                LawlessReader(
                    base: try CSVReader(
                        source: source, dialect: reader.dialect, columns: reader.columns, dataStart: reader.dataStart),
                    fault: fault)
            }
        }
        withKnownIssue { try ReaderLaws(example: example).check(steps: [1, 3]) }
    }
}

/// A reader with a fault in it.
struct LawlessReader: Reader {
    enum Fault: CaseIterable {
        case wrongBytes, wrongNumber, wrongLine, wrongPlace, lostRecord, seeksNowhere, givesTwice
    }

    var base: any Reader
    let fault: Fault
    init(base: any Reader, fault: Fault) {
        self.base = base
        self.fault = fault
    }

    var columns: [String] { base.columns }
    var location: RecordLocation { base.location }

    mutating func seek(to location: RecordLocation) throws {
        if fault != .seeksNowhere { try base.seek(to: location) }
    }

    mutating func fill(_ chunk: inout Chunk, limit: ChunkLimit) throws -> Bool {
        guard try base.fill(&chunk, limit: limit) else { return false }
        switch fault {
        case .wrongBytes: chunk.bytes[0] ^= 1
        case .wrongNumber: chunk.end.record += 1
        case .wrongLine: chunk.start.line += 1
        case .wrongPlace: chunk.records[0].line += 1
        case .lostRecord:
            chunk.records.removeLast()
            chunk.fields.removeLast(chunk.columnCount)
        case .seeksNowhere: break
        case .givesTwice:
            guard chunk.start.record > 1 else { break }
            chunk.records += chunk.records
            // Without fields of their own, they would be read after the chunk's end.
            chunk.fields += chunk.fields
        }
        return true
    }
}
