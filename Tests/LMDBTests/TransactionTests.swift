import EventLogTestSupport
import Glibc
import LMDB
import Testing

private struct Refused: Error {}

private func put(_ value: UInt8, at key: UInt8, in transaction: borrowing WriteTransaction, _ database: Database) throws
{
    try transaction.put([value].span.bytes, at: [key].span.bytes, in: database)
}

@Suite struct TransactionTests {
    let directory = TemporaryDirectory()
    let environment: Environment
    let database: Database

    init() throws {
        environment = try Environment.open(at: directory.path, databases: ["a"], options: .init(mapSize: 1 << 20))
        database = environment.database("a")
    }

    @Test func `a snapshot does not see later writes`() throws {
        try environment.write { try put(1, at: 1, in: $0, database) }
        try environment.read { transaction in
            try onAnotherThread { try environment.write { try put(2, at: 1, in: $0, database) } }
            let seen = try transaction.value(at: [1], in: database)
            #expect(seen == [1])
        }
        #expect(try environment.read { try $0.value(at: [1], in: database) } == [2])
    }

    @Test func `a snapshot is overtaken by the second commit after it`() throws {
        try environment.read { transaction in
            for isOvertaken in [false, true, true] {
                try onAnotherThread { try environment.write { try put(1, at: 1, in: $0, database) } }
                let found = transaction.isOvertaken
                #expect(found == isOvertaken)
            }
        }
        let isOvertaken = try environment.read { $0.isOvertaken }
        #expect(!isOvertaken)
    }

    @Test func `a write that throws writes nothing`() throws {
        #expect(throws: Refused.self) {
            try environment.write { transaction in
                try put(1, at: 1, in: transaction, database)
                throw Refused()
            }
        }
        #expect(try environment.read { try $0.count(of: database) } == 0)
        try environment.write { try put(2, at: 1, in: $0, database) }
        #expect(try environment.read { try $0.value(at: [1], in: database) } == [2])
    }

    @Test func `a write reads what it wrote`() throws {
        try environment.write { transaction in
            try put(1, at: 1, in: transaction, database)
            let seen = try transaction.value(at: [1], in: database)
            #expect(seen == [1])
        }
    }

    @Test func `a read inside a read is allowed`() throws {
        try environment.read { _ in
            #expect(environment.isInTransaction)
            let count = try environment.read { try $0.count(of: database) }
            #expect(count == 0)
        }
        #expect(!environment.isInTransaction)
    }

    @Test func `writes of many threads are all kept`() throws {
        try onThreads(8) { thread in
            for index in 0..<20 {
                try environment.write { try put(1, at: UInt8(thread * 20 + index), in: $0, database) }
            }
        }
        #expect(try environment.read { try $0.count(of: database) } == 160)
    }

    @Test func `a write inside a write traps with a sentence`() async throws {
        let result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
            [path = directory.path as String] in
            let environment = try Environment.open(at: path, databases: [])
            try environment.write { _ in try environment.write { _ in } }
        }
        #expect(says(result, "A write transaction was begun inside another transaction"))
    }

    @Test func `a write inside a read traps with a sentence`() async throws {
        let result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
            [path = directory.path as String] in
            let environment = try Environment.open(at: path, databases: [])
            try environment.read { _ in try environment.write { _ in } }
        }
        #expect(says(result, "A write transaction was begun inside another transaction"))
    }

    @Test func `a database that was not named traps with a sentence`() async throws {
        let result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
            [path = directory.path as String] in
            _ = try Environment.open(at: path, databases: []).database("z")
        }
        #expect(says(result, "The database z was not named"))
    }
}

/// Whether a process that trapped said why.
func says(_ result: ExitTest.Result?, _ sentence: String) -> Bool {
    String(decoding: result?.standardErrorContent ?? [], as: UTF8.self).contains(sentence)
}
