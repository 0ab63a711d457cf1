import Foundation
import Mapping
import Testing

@Suite struct MappingCodingTests {
    static let json = #"""
        {
          "columns": {
            "Amount": {"to": "amount", "decimal": ",", "type": "numeric", "min": 0, "max": "10.5", "one_of": [1, "2"]},
            "Born": {"format": "dd-MM-yyyy", "null": ["-", "?"], "default": "01-01-1970", "required": true},
            "Mail": {"email": true, "unique": true, "min_length": 3, "max_length": 9, "pattern": ".*", "trim": true},
            "Name": "full_name",
            "Old": {"drop": true}
          },
          "compose": [{"z": "{amount}_{full_name}"}, {"a": "{z}"}],
          "constants": {"country": "BE", "year": 2024},
          "null": ["NA"],
          "unlisted": "drop"
        }
        """#

    static func decode(_ json: String) throws -> SectionMapping {
        try JSONDecoder().decode(SectionMapping.self, from: Data(json.utf8))
    }

    @Test func allMembersAreDecoded() throws {
        let expected = SectionMapping.with {
            $0.columns = [
                "Amount": .with {
                    $0.to = "amount"
                    $0.decimal = ","
                    $0.type = .numeric
                    $0.min = "0"
                    $0.max = "10.5"
                    $0.oneOf = ["1", "2"]
                },
                "Born": .with {
                    $0.format = "dd-MM-yyyy"
                    $0.null = ["-", "?"]
                    $0.default = "01-01-1970"
                    $0.required = true
                },
                "Mail": .with {
                    $0.email = true
                    $0.unique = true
                    $0.minLength = 3
                    $0.maxLength = 9
                    $0.pattern = ".*"
                    $0.trim = true
                }, "Name": ColumnMapping(to: "full_name"), "Old": .with { $0.drop = true },
            ]
            $0.compose = [
                ComposedColumn(name: "z", template: "{amount}_{full_name}"), ComposedColumn(name: "a", template: "{z}"),
            ]
            $0.constants = ["country": "BE", "year": "2024"]
            $0.null = ["NA"]
            $0.unlisted = .drop
        }
        #expect(try Self.decode(Self.json) == expected)
    }

    @Test func theCodedFormIsStableAndReadBack() throws {
        let mapping = try Self.decode(Self.json)
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys]
        let data = try encoder.encode(mapping)
        let expected =
            #"{"columns":{"Amount":{"decimal":",","max":"10.5","min":"0","one_of":["1","2"],"to":"amount","type":"numeric"},"#
            + #""Born":{"default":"01-01-1970","format":"dd-MM-yyyy","null":["-","?"],"required":true},"#
            + #""Mail":{"email":true,"max_length":9,"min_length":3,"pattern":".*","trim":true,"unique":true},"#
            + #""Name":{"to":"full_name"},"Old":{"drop":true}},"#
            + #""compose":[{"z":"{amount}_{full_name}"},{"a":"{z}"}],"constants":{"country":"BE","year":"2024"},"#
            + #""null":["NA"],"unlisted":"drop"}"#
        #expect(String(decoding: data, as: UTF8.self) == expected)
        #expect(try JSONDecoder().decode(SectionMapping.self, from: data) == mapping)
    }

    @Test func aColumnThatIsOnlyListedIsKept() throws {
        #expect(try Self.decode(#"{"columns": {"a": null, "b": {}}}"#).columns == ["a": .init(), "b": .init()])
    }

    @Test func anEmptyMappingIsAnEmptyObject() throws {
        #expect(String(decoding: try JSONEncoder().encode(SectionMapping()), as: UTF8.self) == "{}")
        #expect(try Self.decode("{}") == SectionMapping())
    }

    @Test(
        arguments: [
            (
                #"{"column": {}}"#, "",
                "unknown key `column`; did you mean `columns`?"
            ),
            (#"{"zzzzzz": {}}"#, "", "unknown key `zzzzzz`. Known: columns"),
            (
                #"{"columns": {"a": {"requierd": true}}}"#, "columns.a",
                "unknown key `requierd`; did you mean `required`?"
            ),
            (
                #"{"columns": {"a": {"type": "int"}}}"#, "columns.a",
                "`int` is not one of text, integer, real, numeric, boolean, date, timestamp, timestamptz, jsonb, uuid. "
                    + "Did you mean `integer`?"
            ),
            (
                #"{"columns": {"a": {"type": "bolean"}}}"#, "columns.a",
                "`bolean` is not one of text, integer, real, numeric, boolean, date, timestamp, timestamptz, jsonb, uuid. "
                    + "Did you mean `boolean`?"
            ),
            (#"{"unlisted": "skip"}"#, "", "`skip` is not one of keep, drop."),
            (#"{"compose": [{"a": "x", "b": "y"}]}"#, "compose.Index 0", "compose is a list with one column in each"),
            (#"{"compose": {"a": "x"}}"#, "compose", "compose is a list with one column in each"),
            (#"{"compose": [["a", "x"]]}"#, "compose.Index 0", "compose is a list with one column in each"),
        ])
    func aMisspeltMemberIsAnError(json: String, path: String, words: String) throws {
        let error = #expect(throws: DecodingError.self) { try Self.decode(json) }
        guard case .dataCorrupted(let context) = error else {
            Issue.record("\(String(describing: error))")
            return
        }
        #expect(context.debugDescription.hasPrefix(words), "\(context.debugDescription)")
        #expect(context.codingPath.map(\.stringValue).joined(separator: ".").hasPrefix(path))
    }

    @Test func somebodyElsesMembersCanStandInTheSameObject() throws {
        struct Section: Decodable {
            var mapping: SectionMapping

            init(from decoder: any Decoder) throws {
                mapping = try SectionMapping(from: decoder, besides: ["table", "key"])
            }
        }
        let json = #"{"table": "t", "key": ["a"], "null": ["-"]}"#
        #expect(try JSONDecoder().decode(Section.self, from: Data(json.utf8)).mapping.null == ["-"])
        #expect(throws: DecodingError.self) {
            try JSONDecoder().decode(Section.self, from: Data(#"{"tabel": "t"}"#.utf8))
        }
    }
}
