import EventLogTestSupport
import Glibc
import LMDB
import Synchronization
import Testing

private func fill(_ environment: Environment, _ range: Range<Int>, size: Int = 20_000) throws {
    let value = [UInt8](repeating: 3, count: size)
    for index in range {
        try environment.write { transaction in
            try transaction.put(
                value.span.bytes, at: bytes(of: UInt64(index)).span.bytes, in: environment.database("a"))
        }
    }
}

private func count(_ environment: Environment) throws -> Int {
    try environment.read { try $0.count(of: environment.database("a")) }
}

@Suite struct MapGrowthTests {
    let directory = TemporaryDirectory()

    private func open(mapSize: Int = 64 << 10, databases: [String] = ["a"]) throws -> Environment {
        try Environment.open(at: directory.path, databases: databases, options: .init(mapSize: mapSize))
    }

    @Test(arguments: [64 << 10, 1 << 20])
    func `a full map grows`(mapSize: Int) throws {
        let environment = try open(mapSize: mapSize)
        try fill(environment, 0..<400)
        #expect(try count(environment) == 400)
        #expect(environment.statistics().mapSize >= 8 << 20)
    }

    @Test func `one transaction larger than the map is written`() throws {
        let environment = try open()
        let tries = try environment.write { transaction in
            for index in 0..<100 {
                let value = [UInt8](repeating: 1, count: 200_000)
                try transaction.put(
                    value.span.bytes, at: bytes(of: UInt64(index)).span.bytes, in: environment.database("a"))
            }
            return environment.isInTransaction
        }
        #expect(tries)
        #expect(try count(environment) == 100)
    }

    @Test func `the map grows while threads read all the time`() throws {
        let environment = try open()
        let isDone = Atomic(false)
        let reads = Atomic(0)
        try onThreads(5) { thread in
            if thread == 0 {
                defer { isDone.store(true, ordering: .releasing) }
                return try fill(environment, 0..<500)
            }
            while !isDone.load(ordering: .acquiring) {
                try environment.read { transaction in
                    let count = try transaction.count(of: environment.database("a"))
                    // A read inside a read must not wait for the growth that waits for the outer one.
                    try environment.read { inner in
                        if try inner.count(of: environment.database("a")) < count { throw Shrunk() }
                    }
                    if count > 0 {
                        let last = bytes(of: UInt64(count - 1))
                        let value = try transaction.value(at: last, in: environment.database("a"))
                        if value?.count != 20_000 { throw Shrunk() }
                    }
                }
                _ = environment.statistics()
                reads.add(1, ordering: .relaxed)
            }
        }
        #expect(try count(environment) == 500)
        #expect(reads.load(ordering: .relaxed) > 0)
    }

    @Test func `threads that fill the map together do not each double it`() throws {
        let environment = try open()
        let value = [UInt8](repeating: 3, count: 1_200_000)
        try onThreads(12) { thread in
            try environment.write { transaction in
                // Long enough for the others to queue up behind the first.
                if thread == 0 { usleep(200_000) }
                try transaction.put(
                    value.span.bytes, at: bytes(of: UInt64(thread)).span.bytes, in: environment.database("a"))
            }
        }
        #expect(try count(environment) == 12)
        #expect(environment.statistics().mapSize <= 64 << 20)
    }

    @Test func `growth by another process is adopted by reads and writes`() throws {
        let environment = try open()
        let probe = try Probe("fill", directory.path, "500", "20000")
        try onThreads(3) { thread in
            var seen = 0
            while seen < 500 {
                let now = try count(environment)
                if now < seen { throw Shrunk() }
                seen = now
                if thread == 0 { try fill(environment, 0..<1) }
            }
        }
        #expect(probe.remainingLines() == ["done"])
        try fill(environment, 500..<700)
        #expect(try count(environment) == 700)
    }

    @Test func `two processes fill the map at once`() throws {
        let environment = try open()
        let probe = try Probe("fill", directory.path, "300", "20000")
        try fill(environment, 300..<600)
        #expect(probe.remainingLines() == ["done"])
        #expect(try count(environment) == 600)
    }

    @Test func `a smaller option does not shrink the map`() throws {
        try fill(try open(mapSize: 32 << 20), 0..<1)
        let environment = try open(mapSize: 1 << 20)
        #expect(environment.statistics().mapSize == 32 << 20)
    }

    @Test func `databases are made in a map that is full`() throws {
        try fill(try open(), 0..<1)
        var environment = Optional(try open())
        while let open = environment, open.statistics().usedBytes < open.statistics().mapSize - 16_384 {
            try fill(open, open.statistics().transactions..<open.statistics().transactions + 1, size: 3_000)
        }
        environment = nil
        let names = ["a"] + (0..<200).map { "a database with a name of some length, \($0)" }
        #expect(try count(try open(databases: names)) > 0)
    }
}

private struct Shrunk: Error {}
