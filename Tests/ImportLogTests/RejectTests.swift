import ImportLog
import Testing

@Suite struct RejectTests {
    let log: TestLog
    let id: ImportID

    init() throws {
        log = try TestLog()
        id = try log.submit()
    }

    @Test("rejects come in source order, with the chunk they were read in")
    func order() throws {
        let other = try log.submit()
        for chunk in 1...3 {
            let codes = chunk == 2 ? [] : ["type", "key", "type"]
            try log.append(.chunkCommitted(.sample(UInt64(chunk), rejecting: codes)), to: id)
            try log.append(.chunkCommitted(.sample(UInt64(chunk), rejecting: ["null"])), to: other)
        }
        let rejects = try log.rejects(of: id)
        #expect(rejects.map(\.chunk) == [1, 1, 1, 3, 3, 3])
        #expect(rejects.map(\.reject.record) == [1, 2, 3, 21, 22, 23])
        #expect(rejects.allSatisfy { $0.importID == id })
        #expect(rejects.first?.reject == .sample(record: 1, code: "type"))
        #expect(try log.rejects(of: other).map(\.reject.code) == ["null", "null", "null"])
    }

    @Test(
        "a reject keeps its bytes",
        arguments: [
            [], [0], [0xFF, 0xFE, 0x00, 0x0A], Array("\"a\"\"b\",\r\n".utf8), [0xED, 0xA0, 0x80],
            [UInt8](repeating: 0xC3, count: 1 << 20),
        ] as [[UInt8]])
    func raw(bytes: [UInt8]) throws {
        var chunk = ChunkCommitted.sample(1, rejecting: ["type", "key", "null"])
        chunk.rejects[1].raw = bytes
        try log.append(.chunkCommitted(chunk), to: id)
        #expect(try log.rejects(of: id).map(\.reject) == chunk.rejects)
    }

    @Test("rejects are counted by code, sorted by code")
    func counts() throws {
        #expect(try log.log.rejectCounts(of: id) == [])
        try log.append(.chunkCommitted(.sample(1, rejecting: ["type", "key", "type"])), to: id)
        try log.append(.chunkCommitted(.sample(2, rejecting: ["columns", "type"])), to: id)
        let expected = [("columns", 1), ("key", 1), ("type", 3)].map { CodeCount(code: $0, count: UInt64($1)) }
        #expect(try log.log.rejectCounts(of: id) == expected)
    }

    @Test("a lost chunk takes its rejects away, and brings them back when it is read again")
    func lost() throws {
        let chunk = ChunkCommitted.sample(2, rejecting: ["key", "type"])
        try log.append(.chunkCommitted(.sample(1, rejecting: ["type"])), .chunkCommitted(chunk), to: id)
        try log.append(.chunkLost(ChunkLost(chunk)), to: id)
        #expect(try log.rejects(of: id).map(\.chunk) == [1])
        #expect(try log.log.rejectCounts(of: id) == [CodeCount(code: "type", count: 1)])
        try log.append(.chunkLost(ChunkLost(.sample(1, rejecting: ["type"]))), to: id)
        #expect(try log.rejects(of: id).isEmpty)
        #expect(try log.log.rejectCounts(of: id) == [])
        try log.append(.chunkCommitted(.sample(1, rejecting: ["null"])), to: id)
        #expect(try log.rejects(of: id).map(\.reject.code) == ["null"])
        #expect(try log.log.rejectCounts(of: id) == [CodeCount(code: "null", count: 1)])
        #expect(try log.log.checkViews().differences.isEmpty)
    }

    @Test("no reject is given after the one that was the last wanted", arguments: 1...5)
    func stopping(wanted: Int) throws {
        for chunk in 1...2 {
            try log.append(.chunkCommitted(.sample(UInt64(chunk), rejecting: ["type", "type", "type"])), to: id)
        }
        var given: [UInt64] = []
        try log.log.rejects(of: id) { reject in
            given.append(reject.reject.record)
            return given.count < wanted
        }
        #expect(given == Array([1, 2, 3, 11, 12].prefix(wanted)))
    }

    @Test("what the receiver of rejects throws comes out as it is")
    func throwing() throws {
        struct Full: Error {}
        try log.append(.chunkCommitted(.sample(1, rejecting: ["type"])), to: id)
        #expect(throws: Full.self) { try log.log.rejects(of: id) { _ in throw Full() } }
    }

    @Test("the log can be used while rejects are given")
    func nested() throws {
        try log.append(.chunkCommitted(.sample(1, rejecting: ["type", "key"])), to: id)
        var given = 0
        try log.log.rejects(of: id) { _ in
            given += 1
            _ = try log.submit()
            #expect(try log.log.status(of: id).records.rejected == 2)
            return true
        }
        #expect(given == 2)
        #expect(try log.log.imports().count == 3)
    }

    @Test("there are no rejects of an import that is not there")
    func missing() throws {
        let error = #expect(throws: ImportLogError.self) { try log.rejects(of: 9) }
        #expect(error?.code == .notFound)
        #expect(throws: ImportLogError.self) { try log.log.rejectCounts(of: 9) }
    }
}
