import Dispatch
import EventLog
import ImportLog
import Synchronization
import Testing

@Suite struct SubmissionTests {
    @Test("imports are numbered 1, 2, 3 in the order in which they are submitted")
    func numbers() async throws {
        let log = try TestLog()
        for number in 1...5 as ClosedRange<ImportID> { #expect(try await log.log.submit(.feed()) == number) }
        #expect(try log.another().submitAndWait(.feed()) == 6)
    }

    @Test("imports that are submitted at once, by tasks and by threads, have the numbers without gaps")
    func atOnce() async throws {
        let log = try TestLog()
        let other = try log.another()
        let threads = Mutex<[ImportID]>([])
        let tasks = try await withThrowingTaskGroup(of: ImportID.self) { group in
            for number in 0..<20 {
                group.addTask { try await (number % 2 == 0 ? log.log : other).submit(.feed()) }
            }
            DispatchQueue.concurrentPerform(iterations: 20) { number in
                guard let id = try? (number % 2 == 0 ? log.log : other).submitAndWait(.feed()) else { return }
                threads.withLock { $0.append(id) }
            }
            return try await group.reduce(into: []) { $0.append($1) }
        }
        #expect((tasks + threads.withLock { $0 }).sorted() == Array(1...40))
        #expect(try log.log.imports().map(\.importID) == Array((1...40).reversed()))
    }

    @Test("a number that a newer program gave in its own way is passed over")
    func unknownFirstEvent() async throws {
        let log = try TestLog()
        for stream in ["import-1", "import-2"] {
            try log.append(raw: NewEvent(type: "ImportSown", payload: []), to: stream)
        }
        #expect(try await log.log.submit(.feed()) == 3)
        #expect(try log.submit() == 4)
        #expect(try log.log.imports().map(\.importID) == [4, 3])
    }

    @Test("imports are listed newest first, by state, at most as many as wanted")
    func list() throws {
        let log = try TestLog()
        let ends: [Delivery.End] = [
            .queued, .running, .done("A"), .failed, .done("B", rejects: 1), .dead, .cancelled, .paused,
        ]
        for end in ends { try Delivery(nil, end).play(in: log) }
        func ids(_ states: Set<ImportState>?, limit: Int = .max) throws -> [ImportID] {
            try log.log.imports(in: states, limit: limit).map(\.importID)
        }
        #expect(try ids(nil) == [8, 7, 6, 5, 4, 3, 2, 1])
        #expect(try ids(nil, limit: 3) == [8, 7, 6])
        #expect(try ids(nil, limit: 0) == [])
        #expect(try ids([.succeeded, .partiallySucceeded]) == [5, 3])
        #expect(try ids([.succeeded, .partiallySucceeded], limit: 1) == [5])
        #expect(try ids([.running]) == [2])
        #expect(try ids([.interrupted]) == [6])
        #expect(try ids([.rolledBack]) == [])
        #expect(try ids([]) == [])
        for state in ImportState.allCases {
            #expect(try log.log.imports(in: [state]).allSatisfy { $0.state == state })
        }
    }

    @Test("a listed import says what its status says")
    func listedStatus() throws {
        let log = try TestLog()
        for end in [Delivery.End.queued, .dead, .running, .done("A")] { try Delivery(1, end).play(in: log) }
        #expect(try log.log.imports() == (1...4).reversed().map { try log.log.status(of: $0) })
    }

    @Test("imports are found by the size of their source, oldest first")
    func bySize() throws {
        let log = try TestLog()
        for size in [UInt64?.some(5), nil, 6, 5, 0] { _ = try log.submit(.feed(size: size)) }
        #expect(try log.log.imports(ofSize: 5) == [1, 4])
        #expect(try log.log.imports(ofSize: 0) == [5])
        #expect(try log.log.imports(ofSize: 7) == [])
    }

    @Test("there is no log where none was made")
    func noLog() throws {
        let error = #expect(throws: ImportLogError.self) {
            try ImportLog(directory: "/tmp/waybill-no-such-log", create: false)
        }
        #expect(error?.code == .notFound)
    }
}
