import EventLog
import ImportLog
import Testing

@Suite struct EventCodingTests {
    /// Field 1000, which no message has, with the value 1.
    static let unknownField: [UInt8] = [0xC0, 0x3E, 0x01]

    @Test("every event is read back as it was appended")
    func roundTrip() throws {
        let log = try TestLog()
        let id = try log.submit(Golden.submitted)
        for event in Golden.events.dropFirst() { try log.append(event, to: id) }
        let events = try log.log.events(of: id)
        #expect(events.map(\.event).map(\.withoutRejects) == Golden.events.map(\.withoutRejects))
        #expect(events.map(\.version) == Array(1...UInt64(Golden.events.count)))
        #expect(events.allSatisfy { $0.importID == id && $0.recordedAt == TestLog.start })
    }

    @Test("what is not given is read back as not given")
    func leastFields() throws {
        let log = try TestLog()
        let least = ImportSubmitted(source: "-", destination: "sqlite:/d", table: "t", batch: .init(id: "b"))
        let id = try log.submit(least)
        #expect(try log.log.submission(of: id) == least)
        #expect(try log.log.events(of: id).map(\.event) == [.submitted(least)])
    }

    @Test("what becomes of columns that the table lacks, and of empty values, is read back")
    func columns() throws {
        let log = try TestLog()
        var submission = ImportSubmitted.feed()
        submission.writing.addsColumns = true
        submission.writing.defaultIfEmpty = ["id", "*"]
        let id = try log.submit(submission)
        #expect(try log.log.submission(of: id) == submission)
    }

    @Test("parts that are left out are read back, and one that may be data keeps the import from wholly succeeding")
    func leftOut() throws {
        let log = try TestLog()
        var submission = ImportSubmitted.feed()
        submission.leaveOut([
            LeftOutPart(name: "photo.png", reason: "it is a picture", kind: .notData),
            LeftOutPart(name: "notes.txt", reason: "one column", kind: .mayBeData, remedy: "Name it."),
        ])
        let id = try log.submit(submission)
        #expect(try log.log.submission(of: id) == submission)
        #expect(try log.log.status(of: id).leftOut == submission.leftOut)
        let completed = ImportCompleted(
            digest: [], bytes: 1, counts: Counts(read: 1, inserted: 1), passedOver: submission.passedOver)
        try log.append(.started(ImportEvent.run, tableCreated: true), .completed(completed), to: id)
        #expect(try log.log.events(of: id).last?.event == .completed(completed))
        #expect(try log.log.status(of: id).state == .partiallySucceeded)
    }

    @Test("of more parts than an event names, those that may be data are named first")
    func manyLeftOut() {
        var submission = ImportSubmitted.feed()
        let pictures = (1...ImportSubmitted.mostLeftOut).map {
            LeftOutPart(name: "\($0).png", reason: "it is a picture", kind: .notData)
        }
        let notes = LeftOutPart(name: "notes.txt", reason: "one column", kind: .mayBeData)
        submission.leaveOut(pictures + [notes])
        #expect(submission.leftOut.count == ImportSubmitted.mostLeftOut && submission.leftOut.first == notes)
    }

    @Test("zero and the empty text are not the same as nothing")
    func presence() throws {
        let log = try TestLog()
        var submission = ImportSubmitted.feed(size: 0)
        submission.limits.maxRejects = 0
        submission.limits.maxRejectPercent = 0
        let id = try log.submit(submission)
        #expect(try log.log.submission(of: id) == submission)
        var chunk = ChunkCommitted.sample(1, rejecting: ["type"])
        chunk.rejects[0].field = ""
        chunk.rejects[0].key = ""
        chunk.rejects[0].raw = []
        try log.append(.chunkCommitted(chunk), to: id)
        #expect(try log.rejects(of: id).map(\.reject) == chunk.rejects)
    }

    @Test("fields that this version does not know do no harm")
    func unknownFields() throws {
        let log = try TestLog()
        for var event in try Golden.read() {
            event.payload += Self.unknownField
            event.attachments = event.attachments.map { $0 + Self.unknownField }
            try log.append(raw: event, to: "import-1")
        }
        #expect(try log.log.events(of: 1).map(\.event).map(\.withoutRejects) == Golden.events.map(\.withoutRejects))
    }

    @Test("all queries leave events alone whose type this version does not know")
    func unknownTypes() throws {
        let (plain, mixed) = (try TestLog(), try TestLog())
        for log in [plain, mixed] {
            _ = try log.submit(.feed(part: 1, of: 2))
            try log.append(
                .started(ImportEvent.run, tableCreated: true), .chunkCommitted(.sample(1, rejecting: ["type"])), to: 1)
        }
        try mixed.append(raw: NewEvent(type: "ImportWatered", payload: [1, 2, 3], attachments: [[4]]), to: "import-1")
        #expect(try mixed.log.status(of: 1) == plain.log.status(of: 1))
        #expect(try mixed.log.imports() == plain.log.imports())
        #expect(try mixed.log.group("november") == plain.log.group("november"))
        #expect(try mixed.rejects(of: 1) == plain.rejects(of: 1))
        #expect(try mixed.log.events(of: 1) == plain.log.events(of: 1))
        #expect(try mixed.log.audit(of: 1, limit: 9).map(\.type).last == "ImportWatered")
    }

    @Test("an import can be gone on with after an event of an unknown type")
    func appendAfterUnknown() throws {
        let log = try TestLog()
        let id = try log.submit()
        try log.append(raw: NewEvent(type: "ImportWatered", payload: []), to: "import-1")
        try log.append(.started(ImportEvent.run, tableCreated: false), to: id)
        #expect(try log.log.events(of: id).map(\.version) == [1, 3])
    }

    @Test(
        "only a stream that is named like an import's is one",
        arguments: ["import-01", "import-+1", "import-x", "imports-1"])
    func otherStreams(name: String) throws {
        let log = try TestLog()
        try log.append(raw: ImportEvent.submitted(.feed()).encoded(), to: name)
        #expect(try log.log.imports().isEmpty)
        #expect(try log.submit() == 1)
    }

    @Test("an event that cannot be read is refused and harms nothing")
    func unreadable() throws {
        let log = try TestLog()
        let id = try log.submit()
        #expect(throws: (any Error).self) {
            try log.append(raw: NewEvent(type: "ChunkCommitted", payload: [0xFF]), to: "import-\(id)")
        }
        try log.append(.paused, to: id)
        #expect(try log.log.status(of: id).state == .paused)
    }
}
