import EventLogTestSupport
import LMDB
import Testing

@Suite struct StorageTests {
    let directory = TemporaryDirectory()
    let environment: Environment
    let database: Database

    init() throws {
        environment = try Environment.open(at: directory.path, databases: ["a", "b"], options: .init(mapSize: 1 << 20))
        database = environment.database("a")
    }

    private func put(_ value: [UInt8], at key: [UInt8]) throws {
        try environment.write { try $0.put(value.span.bytes, at: key.span.bytes, in: database) }
    }

    private func value(at key: [UInt8]) throws -> [UInt8]? {
        try environment.read { try $0.value(at: key, in: database) }
    }

    @Test func `what was put is read back`() throws {
        try put([1, 2, 3], at: [9])
        #expect(try value(at: [9]) == [1, 2, 3])
    }

    @Test func `what was never put is nil`() throws {
        #expect(try value(at: [9]) == nil)
    }

    @Test func `a put replaces what is there`() throws {
        try put([1], at: [9])
        try put([2], at: [9])
        #expect(try value(at: [9]) == [2])
        #expect(try environment.read { try $0.count(of: database) } == 1)
    }

    @Test func `databases are apart`() throws {
        try put([1], at: [9])
        #expect(try environment.read { try $0.value(at: [9], in: environment.database("b")) } == nil)
    }

    @Test func `a delete tells whether there was an entry`() throws {
        try put([1], at: [9])
        let key: [UInt8] = [9]
        #expect(try environment.write { try $0.delete(key.span.bytes, in: database) })
        #expect(try !environment.write { try $0.delete(key.span.bytes, in: database) })
        #expect(try value(at: [9]) == nil)
    }

    @Test func `an emptied database has no entry`() throws {
        for key in UInt8(1)...9 { try put([key], at: [key]) }
        try environment.write { try $0.empty(database) }
        #expect(try environment.read { try $0.count(of: database) } == 0)
        try put([1], at: [9])
        #expect(try value(at: [9]) == [1])
    }

    @Test func `a value may be empty`() throws {
        try put([], at: [9])
        #expect(try value(at: [9]) == [])
    }

    @Test(arguments: [1_999, 2_000, 2_001, 4_096, 65_537, 20_000_000])
    func `a value of any size is read back`(size: Int) throws {
        var generator = SeededGenerator(seed: UInt64(size))
        let word = generator.next()
        let large = [UInt8](unsafeUninitializedCapacity: size) { buffer, count in
            for index in 0..<size { buffer[index] = UInt8(truncatingIfNeeded: word >> (index % 57) ^ UInt64(index)) }
            count = size
        }
        try put(large, at: [1])
        #expect(try value(at: [1]) == large)
    }

    @Test func `an append before the last key is an error`() throws {
        let (low, high): ([UInt8], [UInt8]) = ([1], [2])
        try environment.write { try $0.append(high.span.bytes, at: high.span.bytes, in: database) }
        let error = #expect(throws: LMDBError.self) {
            try environment.write { try $0.append(low.span.bytes, at: low.span.bytes, in: database) }
        }
        #expect(error?.code == .keyExists)
        #expect(try environment.read { try $0.count(of: database) } == 1)
    }

    @Test(arguments: [0, 512])
    func `a key of no or too many bytes is an error`(size: Int) throws {
        let error = #expect(throws: LMDBError.self) { try put([1], at: [UInt8](repeating: 1, count: size)) }
        #expect(error?.code == .badSize)
    }

    @Test func `a key of 511 bytes is taken`() throws {
        let key = [UInt8](repeating: 255, count: 511)
        try put([1], at: key)
        #expect(try value(at: key) == [1])
    }
}
