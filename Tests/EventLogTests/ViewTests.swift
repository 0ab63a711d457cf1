import EventLog
import EventLogTestSupport
import Testing

/// Puts each payload's bytes as a key.
private struct Keys: Projection {
    let name = "keys"
    let version: UInt32 = 1

    func fold(_ events: [RecordedEvent], into view: borrowing ViewWriter) throws {
        for event in events where event.type == "Key" { try view.put([], at: event.payload) }
    }
}

@Suite struct ViewTests {
    let log: EventLog
    private let test = TestLog()

    init() throws {
        log = try test.open([Keys()])
        for key in [[1], [2], [2, 0], [2, 255], [2, 255, 255], [3], [255], [255, 255]] as [[UInt8]] {
            try log.append(NewEvent(type: "Key", payload: key), to: "a")
        }
    }

    @Test(
        arguments: [
            ([], nil, false, [[1], [2], [2, 0], [2, 255], [2, 255, 255], [3], [255], [255, 255]]),
            ([], nil, true, [[255, 255], [255], [3], [2, 255, 255], [2, 255], [2, 0], [2], [1]]),
            ([2], nil, false, [[2], [2, 0], [2, 255], [2, 255, 255]]),
            ([2], nil, true, [[2, 255, 255], [2, 255], [2, 0], [2]]),
            ([2], [2, 1], false, [[2, 255], [2, 255, 255]]),
            ([2], [2, 255], true, [[2, 0], [2]]),
            ([255], nil, true, [[255, 255], [255]]),
            ([4], nil, false, []), ([4], nil, true, []), ([0], nil, true, []),
        ] as [([UInt8], [UInt8]?, Bool, [[UInt8]])])
    func `a scan gives the keys with a prefix, both ways`(
        prefix: [UInt8], start: [UInt8]?, backwards: Bool, expected: [[UInt8]]
    ) throws {
        let keys = try log.read { snapshot in
            var keys: [[UInt8]] = []
            try snapshot.view("keys").scan(prefix: prefix, from: start, backwards: backwards) { key, value in
                #expect(value == [])
                keys.append(key)
                return true
            }
            return keys
        }
        #expect(keys == expected)
    }

    @Test func `a scan stops when the body says so`() throws {
        var seen = 0
        try log.read { snapshot in
            try snapshot.view("keys").scan(prefix: []) { _, _ in
                seen += 1
                return seen < 3
            }
        }
        #expect(seen == 3)
    }

    @Test func `a view is counted`() throws {
        #expect(try log.read { try $0.view("keys").count() } == 8)
        #expect(try log.read { $0.position } == 9)
    }

    @Test func `all views of a snapshot are of one position while others append`() throws {
        let test = TestLog()
        let log = try test.open()
        try onThreads(3) { thread in
            if thread == 0 {
                for index in UInt64(0)..<200 { try log.append(toy("Noted", index), to: "a") }
                return
            }
            var position: UInt64 = 0
            while position < 201 {
                position = try log.read { snapshot in
                    let counted = number(in: try snapshot.view("types").value(at: [UInt8]("Noted".utf8)))
                    #expect(counted == snapshot.position - 1)
                    return snapshot.position
                }
            }
        }
    }

    @Test func `a view that the log does not have traps with a sentence`() async {
        let result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
            [path = log.directory as String] in
            try EventLog(directory: path, projections: [Keys()], create: false).read { _ = $0.view("none") }
        }
        let said = String(decoding: result?.standardErrorContent ?? [], as: UTF8.self)
        #expect(said.contains("The log has no view none."))
    }
}
