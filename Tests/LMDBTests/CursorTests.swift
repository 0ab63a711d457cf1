import EventLogTestSupport
import LMDB
import Testing

@Suite struct CursorTests {
    let directory = TemporaryDirectory()
    let environment: Environment
    let database: Database

    init() throws {
        environment = try Environment.open(at: directory.path, databases: ["a"], options: .init(mapSize: 1 << 20))
        database = environment.database("a")
        let database = database
        try environment.write { transaction in
            for key: [UInt8] in [[3], [1], [5], [1, 0]] {
                try transaction.put(key.span.bytes, at: key.span.bytes, in: database)
            }
        }
    }

    private func keys(_ body: (inout Cursor, (borrowing Cursor) -> Void) throws -> Void) throws -> [[UInt8]] {
        try environment.read { transaction in
            try transaction.withCursor(database) { cursor in
                var keys: [[UInt8]] = []
                try body(&cursor) { cursor in keys.append(cursor.withEntry { key, _ in [UInt8](key) }) }
                return keys
            }
        }
    }

    private func key(_ move: (inout Cursor) throws -> Bool) throws -> [UInt8]? {
        try environment.read { transaction in
            try transaction.withCursor(database) { cursor in
                try move(&cursor) ? cursor.withEntry { key, _ in [UInt8](key) } : nil
            }
        }
    }

    @Test func `forwards goes in the order of bytes`() throws {
        let found = try keys { cursor, take in
            var more = try cursor.first()
            while more {
                take(cursor)
                more = try cursor.next()
            }
        }
        #expect(found == [[1], [1, 0], [3], [5]])
    }

    @Test func `backwards goes the other way`() throws {
        let found = try keys { cursor, take in
            var more = try cursor.last()
            while more {
                take(cursor)
                more = try cursor.previous()
            }
        }
        #expect(found == [[5], [3], [1, 0], [1]])
    }

    @Test(arguments: [([0], [1]), ([1], [1]), ([2], [3]), ([5], [5]), ([6], nil)] as [([UInt8], [UInt8]?)])
    func `a seek finds the first key from the target`(target: [UInt8], expected: [UInt8]?) throws {
        #expect(try key { try $0.seek(toFirstFrom: target.span.bytes) } == expected)
    }

    @Test(arguments: [([1], nil), ([2], [1, 0]), ([3], [1, 0]), ([5], [3]), ([6], [5])] as [([UInt8], [UInt8]?)])
    func `a seek finds the last key before the target`(target: [UInt8], expected: [UInt8]?) throws {
        #expect(try key { try $0.seek(toLastBefore: target.span.bytes) } == expected)
    }

    @Test func `an empty database has no first and no last`() throws {
        try environment.write { try $0.empty(database) }
        #expect(try key { try $0.first() } == nil)
        #expect(try key { try $0.last() } == nil)
        #expect(try key { try $0.seek(toLastBefore: ([9] as [UInt8]).span.bytes) } == nil)
    }
}
