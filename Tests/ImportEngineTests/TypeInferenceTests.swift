import ImportEngine
import ImportLog
import Records
import Testing

@Suite struct TypeInferenceTests {
    @Test(
        arguments: [
            (["1", "2", "-3"], ColumnType.integer),
            (["1", nil, "2"], .integer),
            (["1", "2.5"], .real),
            (["2.5", "1"], .real),
            (["1.10", "0.50"], .real),
            (["1.10", "7", "0.50"], .real),
            (["1.10", "0.5"], .text),
            (["1.1", "1.2", "1.10", "2.0"], .text),
            (["1.0", "2.5", "3.25"], .real),
            (["1.0", "2"], .text),
            (["5", "19.90", "5.00"], .text),
            (["1.5e3", "2.5"], .text),
            ([".5", "0.5"], .text),
            (["-0.0", "1.5"], .text),
            (["48.053808600000004", "1.5"], .text),
            (["1000000000000000", "1.5"], .text),
            (["0.00001"], .text),
            (["1", "x"], .text),
            (["007"], .text),
            (["+5"], .text),
            (["1e5"], .text),
            (["12345678901234567890"], .text),
            (["9223372036854775807"], .integer),
            ([" 1"], .text),
            (["2026-11-21", nil, "2024-02-29"], .date),
            (["2026-11-21", "2026-02-30"], .text),
            (["2026-11-21", "2026-11-21T10:00:00"], .text),
            (["0000-01-01"], .text),
            (["2026-11-21T10:00:00", "2026-11-21T10:00:00.5"], .timestamp),
            (["2026-11-21 10:00"], .timestamp),
            (["2026-11-21T24:00:00"], .text),
            (["2026-11-21T10:00:00Z"], .timestamptz),
            (["2026-11-21T10:00:00+01:00", "2026-07-21T10:00:00+02:00"], .timestamptz),
            (["2026-11-21T10:00:00", "2026-11-21T10:00:00Z"], .text),
            (["20261121"], .integer),
            (["10:00:00"], .text),
            (["true", "false"], .boolean),
            (["TRUE", "FALSE"], .boolean),
            (["True"], .boolean),
            (["true", "False"], .text),
            (["t", "f"], .text),
            (["yes", "no"], .text),
            (["1", "true"], .text),
            (["f81d4fae-7dec-11d0-a765-00a0c91e6bf6"], .uuid),
            (["F81D4FAE-7DEC-11D0-A765-00A0C91E6BF6"], .uuid),
            (["00000000-0000-0000-0000-000000000000"], .uuid),
            (["f81D4fae-7dec-11d0-a765-00a0c91e6bf6"], .text),
            (["f81d4fae7dec11d0a76500a0c91e6bf6"], .text),
            (["{\"a\": [1, null]}", "[]"], .jsonb),
            (["{\"a\": 1, \"a\": 2}"], .text),
            (["[1", "{}"], .text),
            (["\"a\""], .text),
            ([""], .text),
            ([nil, nil], .text),
            ([], .text),
        ] as [([String?], ColumnType)])
    func aColumnIsWhatAllItsValuesAre(_ values: [String?], _ type: ColumnType) {
        #expect(types(of: values) == [type])
    }

    @Test(
        arguments: [
            (["48.053808600000004", "1.5"], .numeric), (["12345678901234567890", "1"], .numeric),
            (["1000000000000000", "1.5"], .numeric), (["1.1", "1.10"], .text), (["1.5e3"], .text), (["1.10"], .numeric),
        ] as [([String?], ColumnType)])
    func whereAllDigitsAreKeptLongNumbersAreNumbers(_ values: [String?], _ type: ColumnType) {
        #expect(types(of: values, for: .postgreSQL) == [type])
    }

    @Test(
        arguments: [
            (["2026-11-21 10:00:00+00"], .timestamptz, .text),
            (["2026-11-21 10:00:00+0130"], .timestamptz, .text),
            (["2026-11-21 10:00:00.123456789"], .text, .timestamp),
            (["2026-11-21 10:00:00", "2026-11-21T10:00:00"], .text, .timestamp),
            (["2026-11-21 10:00:00.5", "2026-11-21 10:00:00.50"], .text, .timestamp),
            (["2026-11-21 10:00:00.250", "2026-11-21 10:00:00"], .timestamp, .timestamp),
        ] as [([String?], ColumnType, ColumnType)])
    func aTimeIsOneWhereTheDatabaseGivesItBack(_ values: [String?], _ postgreSQL: ColumnType, _ sqlite: ColumnType) {
        #expect(types(of: values, for: .postgreSQL) == [postgreSQL])
        #expect(types(of: values) == [sqlite])
    }

    @Test(
        arguments: [
            (["1", "2"], .integer), (["1", "2.5"], .text), (["1.1"], .text), (["2026-11-21"], .date), (["{}"], .text),
        ] as [([String?], ColumnType)])
    func aKeyHasNoTypeInWhichOtherTextsAreEqual(_ values: [String?], _ type: ColumnType) {
        for database in [TypeInference.Database.sqlite, .postgreSQL] {
            #expect(types(of: values, for: database, keys: [0]) == [type])
        }
    }

    /// SQLite has texts in their place, of which one value has several.
    @Test(arguments: [
        "f81d4fae-7dec-11d0-a765-00a0c91e6bf6", "2026-11-21T10:00:00", "2026-11-21T10:00:00Z", "true", "1.5",
    ]) func inSQLiteAKeyHasNoTypeWhoseValuesHaveSeveralTexts(_ value: String) {
        #expect(types(of: [value]) != [.text])
        #expect(types(of: [value], keys: [0]) == [.text])
    }

    @Test func aKeysTimesHaveOneOffset() {
        let values = ["2026-11-21T10:00:00+01:00", "2026-07-21T10:00:00+02:00"]
        #expect(types(of: values, for: .postgreSQL, keys: [0]) == [.text])
    }

    @Test(
        arguments: [
            (["1", "2", "NA"], .init(type: .integer, line: 3, value: "NA", nulls: ["NA"])),
            (
                ["NA", "1", "n/a", "2", "3", "NA"],
                .init(type: .integer, line: 1, value: "NA", nulls: ["NA", "n/a"], count: 3)
            ),
            (["1", "NA", "2", "x", "3"], .init(type: .integer, line: 4, value: "x", count: 2)),
            (["1", "", "2"], .init(type: .integer, line: 2, value: "", nulls: [""])),
            (["1", "", "NA", "2"], .init(type: .integer, line: 2, value: "", nulls: ["", "NA"], count: 2)),
            (["1", "2", "007"], .init(type: .integer, line: 3, value: "007")),
            (["1.1", "1.2", "1.10"], .init(type: .real, line: 3, value: "1.10", areNumbers: true)),
            (
                ["1.1", "NA", "1e3"],
                .init(type: .real, line: 3, value: "1e3", nulls: ["NA"], count: 2, areNumbers: true)
            ),
            (
                ["10.357019999999999", "NA"],
                .init(type: .real, line: 1, value: "10.357019999999999", nulls: ["NA"], count: 2, areNumbers: true)
            ),
            (["2026-11-21", "2026-11-22", "-"], .init(type: .date, line: 3, value: "-", nulls: ["-"])),
            (["true", "false", "yes"], .init(type: .boolean, line: 3, value: "yes")),
            (["x", "1", "y"], nil),
            (["1", "2"], nil),
            ([nil, "NA"], nil),
        ] as [([String?], TypeInference.Doubt?)])
    func whatSpeaksAgainstMostValuesTypeIsNamed(_ values: [String?], _ doubt: TypeInference.Doubt?) {
        #expect(TypeInference(chunk(of: values), for: .sqlite).guesses().map(\.doubt) == [doubt])
    }

    /// Of all columns of up to four such values, the doubt names what mends them, and each column of numbers that is text has one.
    @Test(arguments: [TypeInference.Database.sqlite, .postgreSQL])
    func aDoubtNamesAllThatSpeaksAgainstTheType(_ database: TypeInference.Database) throws {
        let spellings = ["1", "2.5", "2.50", "1e3", "48.053808600000004", "NA", "x", "007"]
        var columns = [[String]](repeating: [], count: 1)
        for _ in 1...4 {
            columns = columns.flatMap { column in spellings.map { column + [$0] } }
            for values in columns {
                let guess = try #require(TypeInference(chunk(of: values), for: database).guesses().first)
                let numbers = values.count { Double($0) != nil && $0 != "007" }
                guard let doubt = guess.doubt else {
                    let isNumbers = 2 * numbers > values.count { $0 != "NA" }
                    #expect(guess.type != .text || !isNumbers, "\(values)")
                    continue
                }
                var others = values.filter { !doubt.nulls.contains($0) }
                if doubt.areNumbers {
                    #expect(others.allSatisfy { Double($0) != nil && $0 != "007" }, "\(values)")
                } else if !doubt.nulls.isEmpty || doubt.count == 1 {
                    if doubt.nulls.isEmpty { others.remove(at: Int(doubt.line) - 1) }
                    #expect(types(of: others, for: database) == [doubt.type], "\(values)")
                }
            }
        }
    }

    @Test(
        arguments: [
            ("[{\"v\": \"1.10\"}, {\"v\": \"1.20\"}]", "v text"), ("[{\"v\": \"7\"}, {\"v\": \"8\"}]", "v text"),
            ("[{\"v\": \"true\"}]", "v text"), ("[{\"v\": 7}, {\"v\": null}]", "v integer"),
            ("[{\"v\": 7}, {\"v\": \"8\"}]", "v text"), ("[{\"v\": true}]", "v boolean"),
            ("[{\"v\": \"2026-11-21\"}]", "v date"),
        ])
    func aTextOfJSONIsNoNumber(_ document: String, _ columns: String) throws {
        let section = try #require(try InspectionFolder().inspect(document, as: "d.json", { _ in }).sections.first)
        #expect(section.columns.map { "\($0.name) \($0.type)" } == [columns])
    }

    private func types(
        of values: [String?], for database: TypeInference.Database = .sqlite, keys: Set<Int> = []
    ) -> [ColumnType] {
        TypeInference(chunk(of: values), for: database).guesses(keys: keys).map(\.type)
    }

    private func chunk(of values: [String?]) -> Chunk {
        var chunk = Chunk()
        chunk.reset(at: RecordLocation(), columnCount: 1)
        for (index, value) in values.enumerated() {
            chunk.records.append(Chunk.Record(offset: 0, length: 0, line: UInt32(index), number: UInt32(index)))
            guard let value else {
                chunk.fields.append(.null)
                continue
            }
            chunk.fields.append(.source(offset: chunk.bytes.count, length: value.utf8.count))
            chunk.bytes += Array(value.utf8)
        }
        return chunk
    }
}
