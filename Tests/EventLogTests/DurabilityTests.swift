import EventLog
import EventLogTestSupport
import Foundation
import Testing

@Suite struct KillTests {
    @Test func `each position that a killed process was told is in the log`() throws {
        let test = TestLog()
        var generator = SeededGenerator(seed: 4)
        for round in 0..<20 {
            let probe = try Probe("append", test.directory.path, "s", "100000", "65536")
            let first = probe.nextLine()
            usleep(UInt32.random(in: 0...60_000, using: &generator))
            probe.kill()
            let printed = ([first].compactMap(\.self) + probe.remainingLines()).compactMap { UInt64($0) }
            #expect(!printed.isEmpty)
            let log = try test.open()
            let last = try #require(printed.last)
            // One more may be on disk that the process did not live to tell.
            #expect(try (last...last + 1).contains(log.lastPosition), "round \(round)")
            #expect(printed == Array(printed[0]...last))
            try log.expectSound()
        }
    }
}

@Suite struct DiskFullTests {
    @Test func `a full disk fails appends and nothing else`() throws {
        let disk = try SmallDisk(megabytes: 4)
        let ballast = disk.path + "/ballast"
        #expect(FileManager.default.createFile(atPath: ballast, contents: Data(repeating: 1, count: 1 << 20)))
        let directory = disk.path + "/log"
        let log = try EventLog(directory: directory, projections: toyProjections, create: true)
        let event = NewEvent(type: "Large", payload: [UInt8](repeating: 1, count: 20_000))
        var error: (any Error)?
        var taken: UInt64 = 1
        while error == nil {
            do { taken = try log.append(event, to: "a").position } catch let refused { error = refused }
        }
        #expect(code(error) == .noSpace)
        #expect((error as? EventLogError)?.description.contains("disk may be full") == true)
        #expect(taken > 10)
        #expect(try log.lastPosition == taken)
        try log.expectSound()

        // A group fails as a whole, and a new process can read but not append.
        let tickets = try (0..<10).map { _ in try log.submit(Append([event], to: "a", expecting: .any)) }
        for ticket in tickets { #expect(code(#expect(throws: (any Error).self) { try ticket.wait() }) == .noSpace) }
        let probe = try Probe("append-large", directory, "b", "1", "200000", "65536")
        #expect(probe.remainingLines().joined().contains("disk may be full"))
        #expect(probe.wait() == 1)

        try FileManager.default.removeItem(atPath: ballast)
        #expect(try log.append(event, to: "a").position == taken + 1)
        let other = try Probe("append", directory, "b", "1", "65536")
        #expect(other.remainingLines() == ["\(taken + 2)"])
        try log.expectSound()
    }

    @Test func `a disk too full for a log says so and readers beyond the first do not die`() throws {
        let disk = try SmallDisk(megabytes: 1)
        let directory = disk.path + "/log"
        do {
            let log = try EventLog(directory: directory, projections: toyProjections, create: true)
            fillUp(disk.path + "/ballast")
            try onThreads(200) { _ in
                try log.read { _ in _ = usleep(20_000) }
            }
            try log.expectSound()
        }
        let error = #expect(throws: EventLogError.self) {
            _ = try EventLog(directory: disk.path + "/other", projections: toyProjections, create: true)
        }
        #expect(error?.code == .noSpace)
    }

    private func fillUp(_ path: String) {
        let file = open(path, O_WRONLY | O_CREAT, 0o644)
        let block = [UInt8](repeating: 1, count: 4096)
        while write(file, block, block.count) == block.count {}
        close(file)
    }
}

/// A file system of its own in memory.
private final class SmallDisk {
    private let directory = TemporaryDirectory()
    var path: String { directory.path }

    init(megabytes: Int) throws {
        if try run("mount", "-t", "tmpfs", "-o", "size=\(megabytes)m", "waybill-test", path) != 0 {
            if ProcessInfo.processInfo.environment["CI"] == "true" { throw NotPermitted() }
            try Test.cancel("A file system cannot be mounted here, so the full disk was not tested.")
        }
    }

    deinit { _ = try? run("umount", "-l", path) }

    private struct NotPermitted: Error {}
}

private func run(_ arguments: String...) throws -> Int32 {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    process.arguments = arguments
    process.standardError = FileHandle.nullDevice
    try process.run()
    process.waitUntilExit()
    return process.terminationStatus
}
