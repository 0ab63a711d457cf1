import EventLog
import EventLogTestSupport
import Testing

@Suite struct ReadTests {
    let log: EventLog
    private let test = TestLog()

    /// 2…21: ten events of `a` and ten of `b`, in turn.
    init() throws {
        log = try test.open()
        for index in UInt64(0)..<10 {
            try log.append(toy("A", index), to: "a")
            try log.append(toy("B", index), to: "b")
        }
    }

    @Test(arguments: [(1, 3, 1...3), (0, 2, 1...2), (20, 9, 20...21), (21, 1, 21...21), (1, 21, 1...21)])
    func `a page begins at its position`(from: UInt64, limit: Int, expected: ClosedRange<UInt64>) throws {
        #expect(try log.events(from: from, limit: limit).map(\.position) == Array(expected))
    }

    @Test(arguments: [(22, 5), (1, 0), (UInt64.max, 5)] as [(UInt64, Int)])
    func `a page past the end or of no size is empty`(from: UInt64, limit: Int) throws {
        #expect(try log.events(from: from, limit: limit) == [])
    }

    @Test(arguments: [(22, 3, [21, 20, 19]), (UInt64.max, 1, [21]), (3, 9, [2, 1]), (1, 9, []), (0, 9, [])])
    func `backwards a page ends before its position`(before: UInt64, limit: Int, expected: [UInt64]) throws {
        #expect(try log.events(before: before, limit: limit).map(\.position) == expected)
    }

    @Test(
        arguments: [
            (nil, false, 3, [1, 2, 3]), (4, false, 2, [4, 5]), (9, false, 9, [9, 10]), (11, false, 9, []),
            (nil, true, 3, [10, 9, 8]), (4, true, 9, [3, 2, 1]), (1, true, 9, []), (99, true, 1, [10]),
        ] as [(UInt64?, Bool, Int, [UInt64])])
    func `a stream is read both ways`(from: UInt64?, backwards: Bool, limit: Int, expected: [UInt64]) throws {
        let events = try log.events(of: "a", from: from, backwards: backwards, limit: limit)
        #expect(events.map(\.version) == expected)
        #expect(events.allSatisfy { $0.stream == "a" && $0.type == "A" })
    }

    @Test func `a stream that is not there is empty`() throws {
        #expect(try log.events(of: "c", limit: 9) == [])
        #expect(try log.events(of: "c", backwards: true, limit: 9) == [])
    }

    @Test(arguments: [1, 2, 5, 20, 21, 22, 1_000])
    func `pages of any size give every event once`(pageSize: Int) throws {
        var positions: [UInt64] = []
        try log.forEachPage(from: 0, pageSize: pageSize) { page in
            #expect(page.count <= pageSize)
            positions += page.map(\.position)
            return true
        }
        #expect(positions == Array(1...21))
    }

    @Test(arguments: [(5, 9), (5, 5), (21, 30)] as [(UInt64, UInt64)])
    func `pages end at the position they are read through`(from: UInt64, end: UInt64) throws {
        var positions: [UInt64] = []
        try log.forEachPage(from: from, through: end, pageSize: 2) { page in
            positions += page.map(\.position)
            return true
        }
        #expect(positions == Array(from...min(end, 21)))
    }

    @Test func `pages stop when the body says so`() throws {
        var pages = 0
        try log.forEachPage(pageSize: 2) { _ in
            pages += 1
            return pages < 3
        }
        #expect(pages == 3)
    }

    @Test func `a head is found at each position and reads back from its text`() throws {
        for position in UInt64(1)...21 {
            let head = try #require(try log.head(at: position))
            #expect(head.position == position)
            #expect(Head(head.description) == head)
        }
        #expect(try log.head(at: 21) == log.head())
        #expect(try log.head(at: 22) == nil)
        #expect(try log.head(at: 0) == nil)
    }

    @Test(arguments: ["", "a:b:c", "\(String(repeating: "a", count: 32)):0:\(String(repeating: "b", count: 64))"])
    func `other text is no head`(text: String) {
        #expect(Head(text) == nil)
    }

    @Test func `a directory without a log is not made into one unless asked for`() throws {
        let directory = TemporaryDirectory()
        let error = #expect(throws: EventLogError.self) {
            try EventLog(directory: directory.path, projections: [], create: false)
        }
        #expect(error?.code == .notFound)
        #expect(throws: EventLogError.self) {
            try EventLog(directory: directory.appending("none"), projections: [], create: false)
        }
    }
}
