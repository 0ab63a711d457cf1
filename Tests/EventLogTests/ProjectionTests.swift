import EventLog
import EventLogTestSupport
import LMDB
import Testing

@Suite struct ProjectionTests {
    let test = TestLog()

    @Test(arguments: 1...6 as ClosedRange<UInt64>)
    func `live views equal rebuilt ones after random appends`(seed: UInt64) throws {
        var generator = SeededGenerator(seed: seed)
        let log = try test.open()
        for _ in 0..<3 {
            let tickets = try randomAppends(count: 100, using: &generator).map { try log.submit($0) }
            for ticket in tickets { _ = try ticket.wait() }
            let live = try log.read { try contents(of: $0) }
            #expect(live.count > 5)
            try log.expectSound()
            try log.rebuildViews()
            #expect(try log.read { try contents(of: $0) } == live)
            try log.expectSound()
        }
    }

    @Test(arguments: 1...2 as ClosedRange<UInt64>)
    func `the views as of a position are those of a log that was cut there`(seed: UInt64) throws {
        var generator = SeededGenerator(seed: seed)
        let log = try test.open()
        for append in randomAppends(count: 12, using: &generator) { _ = try log.submit(append).wait() }
        for position in 1...(try log.lastPosition) {
            let cut = TestLog()
            try copy(to: cut, through: position)
            let shortLog = try cut.open()
            try shortLog.expectSound()
            #expect(try shortLog.lastPosition == position)
            let (then, asOf) = try log.read(at: position) { (try contents(of: $0), $0.position) }
            #expect(try shortLog.read { try contents(of: $0) } == then)
            #expect(asOf == position)
        }
    }

    /// Copies the events through `position`, and nothing of the views.
    private func copy(to cut: TestLog, through position: UInt64) throws {
        let (source, target) = (try test.environment(), try cut.environment())
        try source.read { reading in
            try target.write { writing in
                for name in ["events", "streams", "attachments", "meta"] {
                    try reading.withCursor(source.database(name)) { cursor in
                        var found = try cursor.first()
                        while found {
                            let (key, value) = cursor.withEntry { ([UInt8]($0), [UInt8]($1)) }
                            let isWanted =
                                switch name {
                                case "streams": number(in: value) <= position
                                case "meta": !key.starts(with: "view.".utf8)
                                default: number(in: Array(key.prefix(8))) <= position
                                }
                            if isWanted {
                                try writing.put(value.span.bytes, at: key.span.bytes, in: target.database(name))
                            }
                            found = try cursor.next()
                        }
                    }
                }
            }
        }
    }

    @Test(arguments: [0, 3] as [UInt64])
    func `a position that the log does not have is an error`(position: UInt64) throws {
        let log = try test.open()
        try log.append(toy(), to: "a")
        let error = #expect(throws: EventLogError.self) { try log.read(at: position) { _ in } }
        #expect(error?.code == .notFound)
        #expect(error?.remedy == "It has the positions 1 to 2.")
    }

    @Test func `a raised version rebuilds the view when the log is opened`() throws {
        try test.open().append(toy(), toy(), to: "a")
        let log = try test.open([TypeCounts(version: 3), StreamContents()])
        #expect(try log.read { number(in: try $0.view("types").value(at: [UInt8]("Noted".utf8))) } == 6)
        try log.append(toy(), to: "a")
        try log.expectSound()
    }

    @Test func `a projection that is new to a log is folded when the log is opened`() throws {
        let probe = try Probe("append", test.directory.path, "a", "2", "1048576", "none")
        #expect(probe.remainingLines() == ["2", "3"])
        let log = try test.open()
        #expect(try log.read { number(in: try $0.view("types").value(at: [UInt8]("Noted".utf8))) } == 2)
        try log.expectSound()
    }

    @Test func `an older program can neither append nor read nor rebuild where views are newer`() throws {
        let old = try test.open()
        try old.append(toy(), to: "a")
        let new = try test.open([TypeCounts(version: 2), StreamContents()])
        for log in [old, try test.open()] {
            let head = try log.head()
            for error in [
                #expect(throws: EventLogError.self) { try log.append(toy(), to: "a") },
                #expect(throws: EventLogError.self) { try log.read { _ in } },
                #expect(throws: EventLogError.self) { try log.rebuildViews() },
            ] {
                #expect(error?.code == .newerViews)
            }
            #expect(try log.head() == head)
        }
        try new.append(toy(), to: "a")
        try new.expectSound()
    }

    @Test func `views catch up with a program that does not know them`() throws {
        let log = try test.open()
        let other = try test.open([StreamContents()])
        try other.append(toy(), toy(), to: "a")
        #expect(try log.read { number(in: try $0.view("types").value(at: [UInt8]("Noted".utf8))) } == 2)
        try other.append(toy(), to: "a")
        try log.append(toy(), to: "a")
        #expect(try log.read { number(in: try $0.view("types").value(at: [UInt8]("Noted".utf8))) } == 4)
        try other.append(toy(), to: "a")
        try test.open().expectSound()
        try log.expectSound()
    }
}
