import Readers
import Records
import Testing

@Suite struct JSONFlatteningTests {
    static let flat = JSONOptions(flattens: true)
    static let cases = [
        JSONCase(
            "nested objects are columns",
            "[{\"a\":{\"b\":1,\"c\":{\"d\":\"x\\ny\",\"e\":[{\"f\":1}]}},\"g\":2},{\"g\":3,\"a\":{\"c\":{\"d\":4}}}]",
            options: flat, columns: ["a.b", "a.c.d", "a.c.e", "g"], rows: ["1|x\ny|[{\"f\":1}]|2", "∅|4|∅|3"]),
        JSONCase(
            "empty objects and white space", "[{ \"a\" : { } , \"b\" : { \"c\" : { } , \"d\" : 1 } } , {\"e\":{}} ]",
            options: flat,
            columns: ["b.d"], rows: ["1", "∅"]),
        JSONCase(
            "keys with escapes", "{\"\\u0061\":{\"\\u0062\":1}}\n{\"a\":{\"b\":2}}\n", options: flat, columns: ["a.b"],
            rows: ["1", "2"]),
        JSONCase(
            "an object in one record and a value in another", "{\"a\":{\"b\":1}}\n{\"a\":2}\n{\"a\":null}\n",
            options: flat,
            columns: ["a.b", "a"], rows: ["1|∅", "∅|2", "∅|∅"]),
        JSONCase(
            "clashes",
            "{\"a\":{\"b\":1}}\n{\"a.b\":1,\"a\":{\"b\":2}}\n{\"a\":{\"b\":1},\"a.b\":2}\n{\"a\":{},\"a\":1}\n{\"a\":1,\"a\":{}}\n{\"a\":{\"b\":1},\"a\":{\"c\":1}}\n{\"a\":{\"b\":2}}\n",
            options: flat, columns: ["a.b"], rows: ["1", "2"],
            rejects: [
                .init(.duplicateField, 2, "{\"a.b\":1,\"a\":{\"b\":2}}\n", field: "b"),
                .init(.duplicateField, 3, "{\"a\":{\"b\":1},\"a.b\":2}\n", field: "a.b"),
                .init(.duplicateField, 4, "{\"a\":{},\"a\":1}\n", field: "a"),
                .init(.duplicateField, 5, "{\"a\":1,\"a\":{}}\n", field: "a"),
                .init(.duplicateField, 6, "{\"a\":{\"b\":1},\"a\":{\"c\":1}}\n", field: "a"),
            ]),
        JSONCase(
            "bad records between good ones",
            "[{\"a\":{\"b\":1}},{\"a\":{\"b\":}},{\"a\":{\"b\":1,}},{\"a\":{\"x\":1],\"y\":{\"z\":1}},{\"a\":{\"b\":2}}]",
            options: flat, columns: ["a.b"],
            rows: ["1", "2"],
            rejects: [
                .init(.syntax, 2, "{\"a\":{\"b\":}}", field: "a.b"), .init(.syntax, 3, "{\"a\":{\"b\":1,}}"),
                .init(.syntax, 4, "{\"a\":{\"x\":1],\"y\":{\"z\":1}}"),
            ]),
        JSONCase(
            "the depth limit", "[{\"a\":{\"b\":[1]}},{\"a\":{\"b\":{\"c\":1}}},{\"a\":{\"b\":2}}]",
            options: JSONOptions(flattens: true, maxDepth: 3), columns: ["a.b", "a.b.c"], rows: ["[1]|∅", "∅|1", "2|∅"]),
        JSONCase(
            "beyond the depth limit",
            "[{\"a\":{\"b\":1}},{\"a\":{\"b\":{\"c\":1}}},{\"a\":{\"b\":[1]}},{\"a\":{\"b\":2}}]",
            options: JSONOptions(flattens: true, maxDepth: 2), columns: ["a.b"], rows: ["1", "2"],
            rejects: [
                .init(.tooDeep, 2, "{\"a\":{\"b\":{\"c\":1}}}"),
                .init(.tooDeep, 3, "{\"a\":{\"b\":[1]}}", field: "a.b"),
            ]),
    ]

    @Test("nested objects become columns", arguments: cases)
    func records(_ example: JSONCase) throws {
        let reading = try readJSON(example.input, options: example.options)
        #expect(reading.columns == example.columns)
        #expect(reading.lines == example.rows)
        let rejects = reading.rejects.map { JSONCase.Reject($0.code, $0.location.record, $0.raw, field: $0.field) }
        #expect(rejects == example.rejects, "\(reading.rejects.map(\.message))")
        try ReaderLaws(example: .json(example.input, options: example.options)).check()
    }

    @Test("objects nest as deep as the limit lets them, and names do not fill the memory")
    func deep() throws {
        let depth = 500
        let objects = String(repeating: "{\"k\":", count: depth) + "1" + String(repeating: "}", count: depth)
        let reading = try readJSON(Array("[\(objects)]".utf8), options: Self.flat)
        #expect(reading.columns == [Array(repeating: "k", count: depth).joined(separator: ".")])
        let long = String(repeating: "k", count: 5_000)
        let rejects = try readJSON(
            Array("[{\"a\":1},{\"\(long)\":1},{\"a\":{\"\(long)\":{}}}]".utf8), options: Self.flat
        ).rejects
        #expect(rejects.map(\.code) == [.tooLarge, .tooLarge])
    }
}
