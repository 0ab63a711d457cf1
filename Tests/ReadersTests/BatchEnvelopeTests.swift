import Readers
import Records
import Testing

@Suite struct BatchEnvelopeTests {
    private func batch(_ json: String) throws -> BatchEnvelope? {
        try JSONSurvey(source: TrickleSource(Array(json.utf8))).batchEnvelope()
    }

    @Test("a document's batch is read from members in any order")
    func read() throws {
        let head = "\"batch_id\":\"b-7\",\"batch_part\":2,\"batch_total_parts\":5,"
        let tail = "\"batch_total_items\":50000,\"timestamp\":\"2024-05-01T00:00:00Z\""
        for json in ["{\(head)\(tail),\"items\":[{\"a\":1}]}", "{\(head)\"items\":[{\"a\":1}],\(tail)}"] {
            let envelope = try #require(try batch(json))
            #expect(envelope.id == "b-7")
            #expect(envelope.part == 2)
            #expect(envelope.totalParts == 5)
            #expect(envelope.totalItems == 50_000)
        }
    }

    @Test("a batch that says only its name, with numbers as text or an empty array")
    func partial() throws {
        #expect(try batch("{\"items\":[],\"batch_id\":17}")?.id == "17")
        let part = try batch("{\"items\":[],\"batch_id\":\"x\",\"batch_part\":\"3\"}")
        #expect(part?.part == 3)
        #expect(part?.totalParts == nil)
    }

    @Test("a document with more than one array names its batch, too")
    func several() throws {
        #expect(try batch("{\"batch_id\":\"x\",\"items\":[{}],\"others\":[]}")?.id == "x")
    }

    @Test(
        "a member of a batch that is no number or short text is an error, wherever it stands",
        arguments: [
            "\"batch_id\":true", "\"batch_id\":[1]", "\"batch_id\":{\"a\":1}", "\"batch_id\":\"a\\u0000b\"",
            "\"batch_id\":\"\(String(repeating: "x", count: 201))\"",
            "\"batch_id\":\"\(String(repeating: "x", count: 2_000))\"", "\"batch_id\":\"x\",\"batch_part\":[2]",
            "\"batch_id\":\"x\",\"batch_total_items\":false",
            (0..<200).map { "\"m\($0)\":1," }.joined() + "\"batch_id\":{}",
        ])
    func unusable(_ members: String) {
        for json in ["{\(members),\"items\":[{\"a\":1}]}", "{\"items\":[{\"a\":1}],\(members)}"] {
            let error = #expect(throws: DataError.self) { try batch(json) }
            #expect(error?.message.contains("`batch_") == true, "\(String(describing: error))")
        }
    }

    @Test("a batch that is null is none")
    func null() throws {
        #expect(try batch("{\"items\":[{}],\"batch_id\":null,\"batch_part\":null}") == nil)
    }

    @Test("a document without a batch has no envelope")
    func none() throws {
        #expect(try batch("{\"items\":[{}],\"batch_part\":0}") == nil)
        #expect(try batch("{\"batch_id\":\"x\",\"batch_part\":0}") == nil)
        #expect(try batch("[{\"batch_id\":\"x\"}]") == nil)
    }

    static let contradictions: [(members: [(String, String)], part: String)] = [
        ([("batch_part", "6"), ("batch_total_parts", "5")], "`batch_part` is 6, but `batch_total_parts` is 5"),
        ([("batch_part", "0")], "`batch_part` is `0`"), ([("batch_total_parts", "0")], "`batch_total_parts` is `0`"),
        ([("batch_part", "two")], "`two`, which is not a whole number from 1"), ([("batch_part", "1.5")], "`1.5`"),
        ([("batch_total_items", "-1")], "`-1`, which is not a whole number from 0"),
        ([("batch_part", "99999999999")], "4294967295"), ([("batch_id", "y")], "`batch_id` twice"),
    ]

    @Test("members that contradict themselves are an error that says how", arguments: contradictions)
    func malformed(_ members: [(String, String)], part: String) throws {
        let all = ([("batch_id", "x")] + members).map { JSONMember(name: $0.0, value: $0.1) }
        let error = try #require(throws: DataError.self) { try BatchEnvelope(members: all) }
        #expect(error.code == .malformed)
        #expect(error.message.contains(part), "\(error)")
    }

    @Test("an empty name is an error")
    func emptyName() {
        #expect(throws: DataError.self) { try BatchEnvelope(members: [JSONMember(name: "batch_id", value: "")]) }
    }
}
