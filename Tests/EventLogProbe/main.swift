import EventLog
import EventLogTestSupport
import Glibc
import LMDB

// Another process for the tests: `EventLogProbe COMMAND DIRECTORY …`.

/// Prints at once, also into a pipe.
func say(_ line: Any) {
    print(line)
    fflush(nil)
}

let arguments = CommandLine.arguments
let directory = arguments[2]

func number(_ index: Int) -> Int { Int(arguments[index])! }

func openLog(_ projections: [any Projection] = toyProjections, mapSize: Int? = nil) throws -> EventLog {
    var options = EventLog.Options()
    options.mapSize = mapSize
    return try EventLog(directory: directory, projections: projections, create: true, options: options)
}

do {
    switch arguments[1] {
    case "append":
        // STREAM COUNT MAPSIZE [none]: with the toy projections or none, one durable append after the other; prints
        // each position once it is on disk.
        let log = try openLog(arguments.count > 6 ? [] : toyProjections, mapSize: number(5))
        for index in 0..<number(4) {
            let appended = try log.submit(Append([toy("Noted", UInt64(index))], to: arguments[3], expecting: .any))
                .wait()
            say(appended.position)
        }
    case "append-large":
        // STREAM COUNT BYTES MAPSIZE: tickets, asked at the end.
        let log = try openLog(mapSize: number(6))
        let payload = [UInt8](repeating: 7, count: number(5))
        let tickets = try (0..<number(4)).map { _ in
            try log.submit(Append([NewEvent(type: "Large", payload: payload)], to: arguments[3], expecting: .any))
        }
        for ticket in tickets { say(try ticket.wait().position) }
    case "hold":
        // Holds a read snapshot until it is killed.
        let environment = try Environment.open(at: directory, databases: ["a"], options: .init(mapSize: 1 << 20))
        let database = environment.database("a")
        try environment.read { transaction in
            say(try transaction.count(of: database))
            while true { sleep(1) }
        }
    case "idle":
        // Has the environment open, with no transaction, until it is killed.
        let environment = try Environment.open(at: directory, databases: ["a"], options: .init(mapSize: 1 << 20))
        say("open")
        withExtendedLifetime(environment) { while true { sleep(1) } }
    case "fill":
        // COUNT BYTES: writes entries, each in a transaction of its own.
        let environment = try Environment.open(at: directory, databases: ["a"], options: .init(mapSize: 1 << 20))
        let value = [UInt8](repeating: 1, count: number(4))
        for index in 0..<number(3) {
            try environment.write { transaction in
                try transaction.put(
                    value.span.bytes, at: bytes(of: UInt64(index)).span.bytes, in: environment.database("a"))
            }
        }
        say("done")
    case "rebuild-and-hang":
        // Rebuilds with a newer projection and stops forever at the second step.
        _ = try openLog([
            Interrupted(version: 2) { events in
                if events[0].position > 1 {
                    say("half")
                    while true { sleep(1) }
                }
            }, StreamContents(),
        ])
    case "limited":
        // MEGABYTES: opens the log where that much address space is left, and appends 2 MB.
        var status = ""
        if let file = fopen("/proc/self/statm", "r") {
            var line = [CChar](repeating: 0, count: 100)
            fgets(&line, 100, file)
            fclose(file)
            status = String(decoding: line.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
        }
        let pages = Int(status.split(separator: " ")[0])!
        let limit = rlim_t(pages * 4096 + number(3) << 20)
        var limits = rlimit(rlim_cur: limit, rlim_max: limit)
        setrlimit(__rlimit_resource_t(RLIMIT_AS.rawValue), &limits)
        let log = try openLog()
        let payload = [UInt8](repeating: 7, count: 1000)
        var last = Appended?.none
        for _ in 0..<20 {
            let events = (0..<100).map { _ in NewEvent(type: "Large", payload: payload) }
            last = try log.submit(Append(events, to: "limited", expecting: .any)).wait()
        }
        say(last!.position)
    case "lock":
        // Takes the lock at DIRECTORY and holds it until it is killed.
        guard case .taken(let lock) = try ProcessLock.take(directory, owner: "the probe") else { exit(3) }
        say("taken")
        withExtendedLifetime(lock) { while true { sleep(1) } }
    default:
        say("unknown command")
        exit(2)
    }
} catch {
    say("error: \(error)")
    exit(1)
}
