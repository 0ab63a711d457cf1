import EventLog
import ImportLog
import Testing

@Suite struct LawTests {
    /// Appends the events in groups of many sizes; some wait for each other and some do not.
    private func play(_ events: [(stream: String, event: NewEvent)], in log: TestLog, _ history: inout RandomHistory)
        throws
    {
        var rest = events[...]
        while let stream = rest.first?.stream {
            let group = rest.prefix(history.groupSize()).prefix { $0.stream == stream }
            rest = rest.dropFirst(group.count)
            let append = Append(group.map(\.event), to: stream, expecting: .any)
            let ticket = try log.log.events.submit(append)
            if history.groupSize() < 3 || rest.isEmpty { _ = try ticket.wait() }
        }
    }

    /// Everything that the queries say, in words.
    private func answers(_ log: ImportLog) throws -> [String] {
        try log.imports().flatMap { status in
            let id = status.importID
            var rejects: [RejectedRecord] = []
            try log.rejects(of: id) {
                rejects.append($0)
                return true
            }
            return try ["\(status)", "\(rejects)", "\(log.rejectCounts(of: id))", "\(log.submission(of: id))"]
        } + log.groups().map { "\($0)" } + (0...3 as ClosedRange<UInt64>).map { "\(try log.imports(ofSize: $0))" }
    }

    private func expectSameAfterReplay(_ log: TestLog) throws {
        let live = try answers(log.log)
        #expect(try log.log.checkViews().differences == [])
        try log.log.replay()
        #expect(try answers(log.log) == live)
        #expect(try log.log.checkViews().differences == [])
        #expect(try log.log.verify() == .intact(log.log.head()))
    }

    @Test("a replay of what importers did gives the same views to the byte", arguments: 1...40 as ClosedRange<UInt64>)
    func replay(seed: UInt64) throws {
        let log = try TestLog()
        var history = RandomHistory(seed: seed)
        try play(try history.valid(imports: 5, steps: 60), in: log, &history)
        try expectSameAfterReplay(log)
        for status in try log.log.imports() {
            #expect(status.records.isConserved)
            #expect(try log.rejects(of: status.importID).count == Int(status.records.rejected))
            let byCode = try log.log.rejectCounts(of: status.importID)
            #expect(byCode.reduce(0) { $0 + $1.count } == status.records.rejected)
        }
    }

    @Test("a replay of any events at all gives the same views to the byte", arguments: 1...40 as ClosedRange<UInt64>)
    func oddReplay(seed: UInt64) throws {
        let log = try TestLog()
        var history = RandomHistory(seed: seed)
        try play(try history.odd(steps: 60), in: log, &history)
        try expectSameAfterReplay(log)
    }

    @Test("views do not depend on how the appends were grouped", arguments: 1...10 as ClosedRange<UInt64>)
    func grouping(seed: UInt64) throws {
        let (together, single) = (try TestLog(), try TestLog())
        var history = RandomHistory(seed: seed)
        let events = try history.valid(imports: 4, steps: 30)
        try play(events, in: together, &history)
        for (stream, event) in events { try single.append(raw: event, to: stream) }
        #expect(try answers(together.log) == answers(single.log))
    }

    @Test(
        "as of a position, each query says what it said when the log ended there",
        arguments: 1...4 as ClosedRange<UInt64>)
    func atPosition(seed: UInt64) throws {
        let (whole, cut) = (try TestLog(), try TestLog())
        var history = RandomHistory(seed: seed)
        for (number, (stream, event)) in try history.valid(imports: 3, steps: 20).enumerated() {
            whole.setClock(Double(number))
            try whole.append(raw: event, to: stream)
        }
        let (log, before) = (whole.log, cut.log)
        try expectSame({ try log.status(of: 1, at: 1) }, { try before.status(of: 1) })
        for recorded in try log.events.events(from: 2, limit: .max) {
            try cut.copy(recorded, from: whole)
            let position = recorded.position
            for id in 1...4 as ClosedRange<ImportID> {
                // Someone must own it, or it would be dead.
                if recorded.stream == "import-\(id)" { _ = try cut.owner(id) }
                try expectSame({ try log.status(of: id, at: position) }, { try before.status(of: id) })
                try expectSame({ try whole.rejects(of: id, at: position) }, { try cut.rejects(of: id) })
                try expectSame({ try log.rejectCounts(of: id, at: position) }, { try before.rejectCounts(of: id) })
            }
            for batch in RandomHistory.batches {
                try expectSame({ try log.group(batch, at: position) }, { try before.group(batch) })
            }
        }
        #expect(try log.head().position == before.head().position)
    }

    /// Both give the same, or both say that it is not there.
    private func expectSame<T: Equatable>(_ left: () throws -> T, _ right: () throws -> T) throws {
        func found(_ body: () throws -> T) throws -> T? {
            do { return try body() } catch let error as ImportLogError where error.code == .notFound { return nil }
        }
        #expect(try found(left) == found(right))
    }

    @Test("there is nothing as of a position that the log has not", arguments: [UInt64(0), 3, .max])
    func noPosition(position: UInt64) throws {
        let log = try TestLog()
        let id = try log.submit(.feed(part: 1))
        for query in [
            { _ = try log.log.status(of: id, at: position) }, { _ = try log.log.group("november", at: position) },
            { _ = try log.rejects(of: id, at: position) }, { _ = try log.log.rejectCounts(of: id, at: position) },
        ] {
            let error = #expect(throws: ImportLogError.self) { try query() }
            #expect(error?.code == .notFound)
            #expect(error?.message == "The log has no position \(position).")
        }
    }
}

extension TestLog {
    /// Appends an event of another log, at its time and with its attachments.
    fileprivate func copy(_ recorded: RecordedEvent, from other: TestLog) throws {
        var event = NewEvent(type: recorded.type, payload: recorded.payload)
        try other.log.events.forEachAttachment(of: recorded.position) {
            event.attachments.append($0)
            return true
        }
        setClock(to: Timestamp(microsecondsSince1970: recorded.recordedAt))
        try append(raw: event, to: recorded.stream)
    }
}
