import Foundation
import Mapping
import Records
import Testing

@Suite struct MapperTests {
    static let rows: [[String?]] = [["1", "x", "p"], ["2", nil, "q~"], ["3", "", "r"]]

    @Test func anEmptyMappingChangesNothing() throws {
        let result = try map(Self.rows, columns: ["a", "b", "c"], SectionMapping())
        #expect(result.columns == ["a", "b", "c"])
        #expect(result.lines == ["1|x|p", "2|∅|q", "3||r"])
    }

    @Test func columnsAreRenamedAndDroppedInPlace() throws {
        let mapping = SectionMapping.with {
            $0.columns = ["a": ColumnMapping(to: "id"), "b": .with { $0.drop = true }]
        }
        let result = try map(Self.rows, columns: ["a", "b", "c"], mapping)
        #expect(result.columns == ["id", "c"])
        #expect(result.lines == ["1|p", "2|q", "3|r"])
    }

    @Test func twoColumnsCanExchangeTheirNames() throws {
        let mapping = SectionMapping.with { $0.columns = ["a": ColumnMapping(to: "b"), "b": ColumnMapping(to: "a")] }
        #expect(try map(Self.rows, columns: ["a", "b", "c"], mapping).columns == ["b", "a", "c"])
    }

    @Test func unlistedColumnsCanBeDropped() throws {
        let mapping = SectionMapping.with {
            $0.columns = ["c": ColumnMapping()]
            $0.unlisted = .drop
        }
        let result = try map(Self.rows, columns: ["a", "b", "c"], mapping)
        #expect(result.columns == ["c"])
        #expect(result.lines == ["p", "q", "r"])
    }

    @Test func allValuesCanBeTrimmed() throws {
        let rows = [[" a ", "  ", ""], ["\u{A0}b", " c d\t", "\n"]]
        let result = try map(rows, columns: ["a", "b", "c"], .with { $0.trim = true })
        #expect(result.lines == ["a|∅|", "b|c d|∅"])
        #expect(try JSONDecoder().decode(SectionMapping.self, from: Data(#"{"trim": true}"#.utf8)).trim)
    }

    @Test func constantsStandBehindTheSourcesColumnsByName() throws {
        let mapping = SectionMapping.with { $0.constants = ["z": "last", "country": "BE"] }
        let result = try map(Self.rows, columns: ["a", "b", "c"], mapping)
        #expect(result.columns == ["a", "b", "c", "country", "z"])
        #expect(result.lines.last == "3||r|BE|last")
    }

    @Test func whatIsMadeOfAJSONValueIsNoneItself() throws {
        let mapping = SectionMapping.with {
            $0.columns = [
                "a": ColumnMapping(to: "id"), "b": .with { $0.trim = true }, "c": .with { $0.required = true },
            ]
            $0.constants = ["k": "{}"]
            $0.compose = [ComposedColumn(name: "one", template: "{id}")]
        }
        var mapper = try Mapper(mapping, sourceColumns: ["a", "b", "c"])
        var chunk = Chunk()
        chunk.reset(at: RecordLocation(), columnCount: 3)
        chunk.jsonColumns = [true, true, true]
        try mapper.apply(to: &chunk)
        #expect(mapper.columns.map(\.name) == ["id", "b", "c", "k", "one"])
        #expect(chunk.jsonColumns == [true, false, true, false, false])
    }

    @Test func templatesUseNewNamesConstantsEarlierTemplatesAndDroppedColumns() throws {
        let mapping = SectionMapping.with {
            $0.columns = ["a": ColumnMapping(to: "id"), "c": .with { $0.drop = true }]
            $0.constants = ["k": "K"]
            $0.compose = [
                ComposedColumn(name: "one", template: "{id}_{c}"),
                ComposedColumn(name: "two", template: "{{{one}}}-{k}"),
                ComposedColumn(name: "three", template: "{b}!"),
                ComposedColumn(name: "four", template: ""),
            ]
        }
        let result = try map(Self.rows, columns: ["a", "b", "c"], mapping)
        #expect(result.columns == ["id", "b", "k", "one", "two", "three", "four"])
        #expect(result.lines == ["1|x|K|1_p|{1_p}-K|x!|", "2|∅|K|2_q|{2_q}-K|∅|", "3||K|3_r|{3_r}-K|!|"])
    }

    @Test func aTemplatesNameIsANewNameFirst() throws {
        let mapping = SectionMapping.with {
            $0.columns = ["a": ColumnMapping(to: "c"), "c": .with { $0.drop = true }]
            $0.compose = [ComposedColumn(name: "d", template: "{c}")]
        }
        #expect(try map([["1", "2", "3"]], columns: ["a", "b", "c"], mapping).lines == ["1|2|1"])
    }

    @Test func aComposedColumnCanTakeADroppedOnesPlace() throws {
        let mapping = SectionMapping.with {
            $0.columns = ["a": .with { $0.drop = true }]
            $0.compose = [
                ComposedColumn(name: "a", template: "{a}!"), ComposedColumn(name: "twice", template: "{a}{a}"),
            ]
        }
        #expect(try map([["1", "2"]], columns: ["a", "b"], mapping).lines == ["2|1!|1!1!"])
    }

    @Test func theRulesOfADroppedColumnHold() throws {
        let mapping = SectionMapping.with {
            $0.columns = [
                "b": .with {
                    $0.drop = true
                    $0.required = true
                }
            ]
        }
        let result = try map(Self.rows, columns: ["a", "b", "c"], mapping)
        #expect(result.lines == ["1|p"])
        #expect(
            result.rejects.map(\.message) == [
                "b: has no value (rule required)", "b: `` is not a value (rule required)",
            ])
    }

    @Test func nullSpellingsOfTheSectionAndOfTheColumnBothCount() throws {
        let mapping = SectionMapping.with {
            $0.null = ["NA", ""]
            $0.columns = ["a": .with { $0.null = ["-"] }]
        }
        let result = try map([["NA", "NA"], ["-", "-"], ["", ""], ["na", "N~A"]], columns: ["a", "b"], mapping)
        #expect(result.lines == ["∅|∅", "∅|-", "∅|∅", "na|∅"])
    }

    @Test func trimmingComesBeforeNullAndNullBeforeTheDefault() throws {
        let mapping = SectionMapping.with {
            $0.columns = [
                "a": .with {
                    $0.trim = true
                    $0.null = ["-"]
                    $0.default = "none"
                    $0.required = true
                }
            ]
        }
        let rows: [[String?]] = [[" - "], [nil], ["\t\u{A0}\u{3000}é x\u{2003} \r\n"], ["~  y "]]
        #expect(try map(rows, columns: ["a"], mapping).lines == ["none", "none", "é x", "y"])
    }

    @Test func aDefaultIsConvertedLikeAValue() throws {
        let mapping = SectionMapping.with {
            $0.columns = [
                "a": .with {
                    $0.decimal = ","
                    $0.default = "1.000,5"
                }
            ]
        }
        #expect(try map([[nil], ["2,5"]], columns: ["a"], mapping).lines == ["1000.5", "2.5"])
    }

    @Test func theResultingColumnsHaveTheMappingsTypes() throws {
        let types: [(ColumnMapping, ColumnType?)] =
            [
                (ColumnMapping(), nil), (.with { $0.format = "d.M.yy" }, .date),
                (.with { $0.format = "d.M.yy H:mm" }, .timestamp),
                (.with { $0.format = "d.M.yy H:mm X" }, .timestamptz),
                (.with { $0.format = "d.M.yy H:mm[ X]" }, nil), (.with { $0.decimal = "," }, .numeric),
            ]
            + [
                (ValueType.text, ColumnType.text), (.integer, .integer), (.real, .real), (.numeric, .numeric),
                (.boolean, .boolean), (.date, .date), (.timestamp, nil), (.timestamptz, .timestamptz), (.jsonb, .jsonb),
                (.uuid, .uuid),
            ].map { type, stored in (.with { $0.type = type }, stored) }
        for (column, type) in types {
            let mapping = SectionMapping.with {
                $0.columns = ["a": column]
                $0.constants = ["k": "1"]
                $0.compose = [ComposedColumn(name: "c", template: "{a}")]
            }
            let columns = try Mapper(mapping, sourceColumns: ["a"]).columns
            #expect(columns.map(\.type) == [type, .text, .text])
            #expect(columns.map(\.source) == ["a", nil, nil])
        }
    }

    @Test func aDroppedColumnsFailureStandsInSourceOrder() throws {
        let mapping = SectionMapping.with {
            $0.columns = [
                "a": .with {
                    $0.drop = true
                    $0.type = .integer
                }, "b": .with { $0.type = .integer },
            ]
        }
        let result = try map([["x", "y"]], columns: ["a", "b"], mapping)
        #expect(result.rejects.map(\.message) == ["a: `x` is not an integer; b: `y` is not an integer"])
    }

    @Test func rejectsStayInSourceOrderAndKeepPlaceAndBytes() throws {
        let mapping = SectionMapping.with { $0.columns = ["a": .with { $0.maxLength = 1 }] }
        var mapper = try Mapper(mapping, sourceColumns: ["a"])
        var chunk = Chunk(
            rows: [["1"], ["22"], ["x", "y"], ["3"], ["44~"], ["z", "z"]], columns: 1, firstRecord: 7, byteOffset: 100)
        try mapper.apply(to: &chunk)
        #expect(chunk.lines == ["1", "3"])
        #expect(chunk.records.map(\.number) == [0, 3])
        #expect(chunk.rejects.map(\.location.record) == [8, 9, 11, 12])
        #expect(chunk.rejects.map(\.location.line) == [8, 9, 11, 12])
        #expect(chunk.rejects.map(\.location.byteOffset) == [103, 107, 115, 120])
        #expect(chunk.rejects.map(\.code) == [.length, .fieldCount, .length, .fieldCount])
        #expect(
            chunk.rejects.map { String(decoding: $0.raw, as: UTF8.self) } == ["22|\n", "x|y|\n", "44~|\n", "z|z|\n"])
    }

    @Test func aRecordIsRejectedForItsFirstColumnAndTheMessageListsAFewOthers() throws {
        let names = ["a", "b", "c", "d", "e", "f"]
        let mapping = SectionMapping.with {
            for name in names.dropFirst() { $0.columns[name] = .with { $0.type = .integer } }
        }
        let result = try map([["x", "1", "y", "2", "z", "3"], names.map { $0 }], columns: names, mapping)
        #expect(
            result.rejects.map(\.message) == [
                "c: `y` is not an integer; e: `z` is not an integer",
                "b: `b` is not an integer; c: `c` is not an integer; d: `d` is not an integer; e: `e` is not an integer"
                    + "; and 1 more",
            ])
        #expect(result.rejects.map(\.field) == ["c", "b"])
    }

    @Test func aComposedValueHasALimit() throws {
        let mapping = SectionMapping.with {
            $0.columns = ["a": ColumnMapping(to: "id")]
            $0.compose = [ComposedColumn(name: "twice", template: "{id}{id}")]
        }
        let long = String(repeating: "x", count: 9 << 20)
        var mapper = try Mapper(mapping, sourceColumns: ["a"])
        var chunk = Chunk(rows: [["1"], [long], ["2"]], columns: 1)
        try mapper.apply(to: &chunk)
        #expect(chunk.lines == ["1|11", "2|22"])
        #expect(chunk.rejects.map(\.message) == ["twice: the composed value has more than 16777216 bytes"])
        #expect(chunk.rejects.map(\.code) == [.tooLarge])
    }

    @Test func aMapperIsUsedForManyChunksOfAnySize() throws {
        let mapping = SectionMapping.with {
            $0.columns = ["a": .with { $0.decimal = "," }, "b": .with { $0.drop = true }]
        }
        var mapper = try Mapper(mapping, sourceColumns: ["a", "b"])
        var chunk = Chunk()
        for count in [3, 0, 5, 1] {
            chunk = Chunk(rows: (0..<count).map { ["\($0),5", "x"] }, columns: 2)
            try mapper.apply(to: &chunk)
            #expect(chunk.lines == (0..<count).map { "\($0).5" })
        }
    }
}
