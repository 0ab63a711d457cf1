import Mapping
import Records
import Testing

/// Random mappings over random chunks, against an oracle that knows only strings.
@Suite struct MappingPropertyTests {
    static let names = ["a", "b", "c", "d"]
    static let values: [String] = [
        "", " ", "x", "abc", " é ", "1", "1", "2", "-7", "1.234,5", "1,5", "12", "31-01-2024", "1-2-24", "30-02-2024",
        "true", "No", "a@b.nl", "a@", "-", "NA", "\u{A0}12\u{A0}",
    ]

    @Test(arguments: 0..<600)
    func aMappedChunkIsWhatTheOracleSays(seed: Int) throws {
        var random = SplitMix(state: UInt64(seed))
        var mapping = randomMapping(&random)
        var mapper = try? Mapper(mapping, sourceColumns: Self.names)
        while mapper == nil {
            mapping = randomMapping(&random)
            mapper = try? Mapper(mapping, sourceColumns: Self.names)
        }
        guard var mapper else { return }
        var oracle = Oracle(mapping)
        var record = 1
        for _ in 0..<3 {
            let rows = (0..<Int.random(in: 0...25, using: &random)).map { _ in randomRow(&random) }
            var chunk = Chunk(rows: rows, columns: Self.names.count, firstRecord: UInt64(record))
            let before = chunk
            try mapper.apply(to: &chunk)
            let (lines, rejects) = oracle.map(rows, from: record)
            #expect(chunk.lines == lines, "\(mapping) \(rows)")
            let found = chunk.rejects.map { "\($0.location.record) \($0.field ?? "") \($0.code.rawValue)" }
            #expect(found == rejects, "\(mapping) \(rows)")
            #expect(chunk.recordsRead == rows.count)
            #expect(chunk.bytes == before.bytes && chunk.start == before.start && chunk.end == before.end)
            #expect(chunk.decoded.starts(with: before.decoded))
            record += rows.count
        }
    }

    private func randomRow(_ random: inout SplitMix) -> [String?] {
        let isWhole = Int.random(in: 0..<12, using: &random) > 0
        return Self.names.dropLast(isWhole ? 0 : 1).map { _ in
            let value = Self.values.randomElement(using: &random)
            return switch Int.random(in: 0..<10, using: &random) {
            case 0: nil
            case 1, 2: value.map { "~" + $0 }
            default: value
            }
        }
    }

    private func randomMapping(_ random: inout SplitMix) -> SectionMapping {
        func chance(_ sides: Int) -> Bool { Int.random(in: 0..<sides, using: &random) == 0 }
        var mapping = SectionMapping()
        for name in Self.names where !chance(3) {
            var column = ColumnMapping()
            if chance(3) { column.to = ["a", "p", "q"].randomElement(using: &random) }
            if column.to == nil { column.drop = chance(4) }
            column.trim = chance(3)
            if chance(4) { column.null = ["-", ""] }
            if chance(5) { column.default = Self.values.randomElement(using: &random) }
            column.required = chance(5)
            column.unique = chance(4)
            switch Int.random(in: 0..<8, using: &random) {
            case 0: column.decimal = ","
            case 1:
                column.type = .integer
                if chance(2) { column.min = "0" }
                if chance(2) { column.max = "5" }
            case 2:
                column.format = "d-M-yy"
            case 3:
                column.format = "dd-MM-yyyy"
                if chance(2) { column.min = "2024-01-01" }
            case 4: column.type = .boolean
            case 5:
                if chance(2) { column.minLength = 1 }
                if chance(2) { column.maxLength = 3 }
            case 6: column.pattern = "[a-z0-9@.]*"
            default: if chance(2) { column.oneOf = ["1", "2", "x", ""] }
            }
            mapping.columns[name] = column
        }
        if chance(3) { mapping.constants = ["k": "K", "j": ""] }
        if chance(3) { mapping.null = ["NA"] }
        if chance(4) { mapping.unlisted = .drop }
        if chance(2) { mapping.compose = [ComposedColumn(name: "m", template: "{{{a}-{d}}}")] }
        if chance(3) { mapping.compose.append(ComposedColumn(name: "n", template: "{p}{p}")) }
        return mapping
    }
}
