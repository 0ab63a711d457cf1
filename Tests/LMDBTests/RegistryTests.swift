import EventLogTestSupport
import Foundation
import LMDB
import Testing

private func open(_ path: String) throws -> Environment {
    try Environment.open(at: path, databases: ["a"], options: .init(mapSize: 1 << 20))
}

private let key: [UInt8] = [1]

@Suite struct RegistryTests {
    let directory = TemporaryDirectory()

    @Test func `two paths to a directory give one environment`() throws {
        let link = TemporaryDirectory()
        try FileManager.default.createSymbolicLink(atPath: link.appending("l"), withDestinationPath: directory.path)
        let first = try open(directory.path)
        #expect(try first === open(link.appending("l")))
        #expect(try first === open(directory.path + "/."))
        #expect(try first !== open(link.path))
    }

    @Test func `a closed environment can be opened again`() throws {
        for round in UInt8(1)...5 {
            let environment = try open(directory.path)
            try environment.write { transaction in
                let database = environment.database("a")
                #expect(try transaction.count(of: database) == Int(round) - 1)
                try transaction.put(key.span.bytes, at: [round].span.bytes, in: database)
            }
        }
    }

    @Test func `threads that open and close a directory all the time disturb nobody`() throws {
        let path = directory.path
        try onThreads(8) { thread in
            for round in 0..<50 {
                let environment = try open(path)
                try environment.write { transaction in
                    let key = [UInt8(thread + 1), UInt8(round)]
                    try transaction.put(key.span.bytes, at: key.span.bytes, in: environment.database("a"))
                }
            }
        }
        let environment = try open(path)
        #expect(try environment.read { try $0.count(of: environment.database("a")) } == 400)
    }

    @Test func `a directory made anew is another environment`() throws {
        let path = directory.appending("log")
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: false)
        let first = try open(path)
        try first.write { try $0.put(key.span.bytes, at: key.span.bytes, in: first.database("a")) }
        try FileManager.default.removeItem(atPath: path)
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: false)
        let second = try open(path)
        #expect(first !== second)
        #expect(try second.read { try $0.count(of: second.database("a")) } == 0)
    }

    @Test func `stale readers of a killed process are cleared when the log is opened`() throws {
        let value = [UInt8](repeating: 1, count: 50_000)
        func rewrite() throws -> Int {
            let environment = try open(directory.path)
            for _ in 0..<100 {
                try environment.write {
                    try $0.put(value.span.bytes, at: key.span.bytes, in: environment.database("a"))
                }
            }
            return environment.statistics().usedBytes
        }
        let before = try rewrite()
        // Where nobody else has it open, LMDB begins with an empty table of readers.
        let idle = try Probe("idle", directory.path)
        #expect(idle.nextLine() == "open")
        let probe = try Probe("hold", directory.path)
        #expect(probe.nextLine() == "1")
        // A living reader keeps its pages and all that were freed after them.
        let held = try rewrite()
        #expect(held > before + 3_000_000)
        probe.kill()
        let after = try rewrite()
        #expect(after < held + 500_000)
        idle.kill()
    }
}
