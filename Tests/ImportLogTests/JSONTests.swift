import Foundation
import ImportLog
import Testing

@Suite struct JSONTests {
    let log: TestLog

    init() throws { log = try TestLog() }

    private func json(_ value: some Encodable) throws -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return String(decoding: try encoder.encode(value), as: UTF8.self)
    }

    @Test("a status has all its keys, and null for what is not known")
    func leastStatus() throws {
        let id = try log.submit(.feed(size: nil))
        #expect(
            try json(log.log.status(of: id)) == """
                {"batch":null,"bytes":{"done":0,"total":null},\
                "chunks":{"committed":0,"lost":0,"recovered":0,"retried":0},"destination":"sqlite:/data/shop.db",\
                "finished_at":null,"import":1,"keep_non_null":false,"key_index":null,"left_out":[],"mended":0,"mode":"insert",\
                "on_duplicate":"reject","percent":null,"position":2,"reason":null,\
                "records":{"inserted":0,"read":0,"rejected":0,"skipped":0,"unchanged":0,"updated":0},\
                "records_per_second":null,"resubmits":null,"retry_of":null,"rollback":null,"seconds_left":null,"sections":[],"source":"/feeds/prices.csv",\
                "started_at":null,"state":"queued","submitted_at":"2026-11-21T03:00:00.000Z",\
                "submitted_by":"ann@shop","table":"prices","widened":[]}
                """)
    }

    @Test("a status says everything that is known")
    func fullStatus() throws {
        var submission = ImportSubmitted.feed(size: 300, part: 2, of: 3, retryOf: 1)
        submission.batch?.totalItems = 5_000
        _ = try log.submit()
        let id = try log.submit(submission)
        log.setClock(1.5)
        try log.append(.started(ImportEvent.run, tableCreated: false), to: id)
        log.setClock(4.5)
        try log.append(.chunkCommitted(.sample(1, rejecting: ["type"])), .failed(error: "disk \"full\""), to: id)
        #expect(
            try json(log.log.status(of: id)) == """
                {"batch":{"id":"november","part":2,"total_items":5000,"total_parts":3},\
                "bytes":{"done":100,"total":300},"chunks":{"committed":1,"lost":0,"recovered":0,"retried":0},\
                "destination":"sqlite:/data/shop.db","finished_at":"2026-11-21T03:00:04.500Z","import":2,\
                "keep_non_null":false,"key_index":null,"left_out":[],\
                "mended":0,"mode":"insert","on_duplicate":"reject","percent":33.3,"position":6,"reason":"disk \\"full\\"",\
                "records":{"inserted":9,"read":10,"rejected":1,"skipped":0,"unchanged":0,"updated":0},\
                "records_per_second":3.3,"resubmits":null,"retry_of":1,"rollback":null,"seconds_left":null,"sections":[],"source":"/feeds/prices.csv",\
                "started_at":"2026-11-21T03:00:01.500Z","state":"failed",\
                "submitted_at":"2026-11-21T03:00:00.000Z","submitted_by":"ann@shop","table":"prices","widened":[]}
                """)
    }

    @Test("a status counts each section's records, and says null of those that were not begun")
    func sections() throws {
        let names = ["places", "visits"]
        let submission = ImportSubmitted(
            source: "/feeds/export.json", destination: "sqlite:/data/shop.db",
            sections: names.map { ImportSubmitted.Section(name: $0, table: "app_\($0)") })
        let id = try log.submit(submission)
        var chunk = ChunkCommitted.sample(1, rejecting: ["type"])
        chunk.span.section = "places"
        try log.append(.started(ImportEvent.run, tableCreated: false), .chunkCommitted(chunk), to: id)
        #expect(
            try json(log.log.status(of: id).sections) == """
                [{"records":{"inserted":9,"read":10,"rejected":1,"skipped":0,"unchanged":0,"updated":0},\
                "section":"places","table":"app_places"},\
                {"records":null,"section":"visits","table":"app_visits"}]
                """)
        try log.append(.chunkLost(ChunkLost(chunk)), to: id)
        #expect(try log.log.status(of: id).sections.first?.records == Counts())
        #expect(try log.log.submission(of: id) == submission)
    }

    @Test("the batch of a status has null for what nobody said")
    func batch() throws {
        #expect(
            try json(ImportSubmitted.Batch(id: "b"))
                == #"{"id":"b","part":null,"total_items":null,"total_parts":null}"#)
    }

    @Test("a group's status has all its keys, and null for what nobody said")
    func group() throws {
        for delivery in [Delivery(3, .failed), Delivery(1, .done("A")), Delivery(1, .done("X"))] {
            try delivery.play(in: log)
        }
        #expect(
            try json(log.log.group("november")) == """
                {"batch_id":"november","conflicting_parts":[1],"earlier_total_parts":[],"failed_parts":[3],\
                "finalize_error":null,"finalized":null,"imports":[1,2,3],"late_parts":[],"missing_parts":[2],"received_parts":2,\
                "records":{"inserted":20,"read":20,"rejected":0,"skipped":0,"unchanged":0,"updated":0},\
                "repeated_parts":[],"rolled_back_parts":[],"state":"incomplete","total_items":null,"total_parts":null,\
                "unfinished_parts":[]}
                """)
    }

    @Test(
        "a reject has its bytes as text, and in base64 where they are no UTF-8",
        arguments: [
            (Array("ä\"\n".utf8), #""raw":"ä\"\n","record":1,"#),
            ([0x61, 0xFF, 0x0A], #""raw":"a\#u{FFFD}\n","raw_base64":"Yf8K","record":1,"#),
            ([], #""raw":"","record":1,"#),
        ] as [([UInt8], String)])
    func reject(raw: [UInt8], text: String) throws {
        var chunk = ChunkCommitted.sample(1, rejecting: ["type"])
        chunk.rejects[0].raw = raw
        let id = try log.submit()
        try log.append(.chunkCommitted(chunk), to: id)
        #expect(
            try log.rejects(of: id).map { try json($0) } == [
                #"{"byte_offset":10,"chunk":1,"code":"type","field":"price","import":1,"key":"K1","line":2,"#
                    + #""message":"It is type.",\#(text)"section":""}"#
            ])
    }

    @Test("a reject without field and key has null for them")
    func leastReject() throws {
        var chunk = ChunkCommitted.sample(1, rejecting: ["type"])
        chunk.rejects[0].field = nil
        chunk.rejects[0].key = nil
        let id = try log.submit()
        try log.append(.chunkCommitted(chunk), to: id)
        let text = try #require(log.rejects(of: id).map { try json($0) }.first)
        #expect(text.contains(#""field":null,"#))
        #expect(text.contains(#""key":null,"#))
    }

    @Test("every state is one word in snake case")
    func states() {
        #expect(
            ImportState.allCases.map(\.rawValue) == [
                "queued", "running", "paused", "interrupted", "succeeded", "partially_succeeded", "failed",
                "cancelled", "rolled_back",
            ])
        #expect(
            GroupStatus.State.allCases.map(\.rawValue) == ["incomplete", "in_progress", "partial_success", "complete"])
    }

    @Test("times are told to the millisecond, cut off", arguments: [0, 1, 123, 457, 999])
    func times(milliseconds: UInt64) throws {
        let digits = String(milliseconds + 1_000).dropFirst()
        for microseconds in [0, 999] as [UInt64] {
            let time = TestLog.start.advanced(by: milliseconds * 1_000 + microseconds)
            #expect(time.iso8601 == "2026-11-21T03:00:00.\(digits)Z")
        }
    }

    @Test("an event of the log shows what it says under the names of events.proto")
    func audit() throws {
        let id = try log.submit()
        try log.append(.chunkFailed(ChunkFailed(chunk: 2, attempt: 1, error: "busy", willRetry: true)), to: id)
        #expect(
            try json(log.log.audit(of: id, from: 2, limit: 1)) == """
                [{"details":{"attempt":1,"chunk":"2","error":"busy","will_retry":true},"position":3,\
                "recorded_at":"2026-11-21T03:00:00.000Z","stream":"import-1","type":"ChunkFailed","version":2}]
                """)
    }
}
