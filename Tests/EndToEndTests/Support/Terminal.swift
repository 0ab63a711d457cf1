import Foundation
import Glibc

/// A command that runs on a terminal of its own, as a user would see it.
struct Terminal {
    let columns: UInt16
    let rows: UInt16
    private let space: Workspace
    /// How long a command may print nothing, in milliseconds, before it is killed.
    private static let mostSilence: Int32 = 600_000

    init(_ space: Workspace, columns: UInt16 = 80, rows: UInt16 = 24) {
        self.space = space
        self.columns = columns
        self.rows = rows
    }

    /// What the command wrote, and its exit code.
    ///
    /// - Parameter answers: what is typed, each as soon as a question ends with `[y/N] `; `^C` is the signal of Ctrl-C.
    func run(
        _ line: String, answers: [String] = [], environment: [String: String] = [:]
    ) throws -> (screen: Screen, raw: String, status: Int32) {
        let master = open("/dev/ptmx", O_RDWR | O_NOCTTY | O_CLOEXEC)
        var (number, isLocked) = (UInt32(0), Int32(0))
        // The C library's functions for these two are not in Swift's overlay.
        guard master >= 0, ioctl(master, UInt(0x4004_5431), &isLocked) == 0,
            ioctl(master, UInt(0x8004_5430), &number) == 0
        else { throw POSIXError(.ENODEV) }
        defer { close(master) }
        let slave = open("/dev/pts/\(number)", O_RDWR | O_NOCTTY)
        var size = winsize(ws_row: rows, ws_col: columns, ws_xpixel: 0, ws_ypixel: 0)
        _ = ioctl(slave, UInt(TIOCSWINSZ), &size)
        let process = Process()
        process.executableURL = URL(fileURLWithPath: Running.binary)
        process.arguments = line.split(separator: " ").map(String.init)
        process.currentDirectoryURL = URL(fileURLWithPath: space.path)
        var all = ProcessInfo.processInfo.environment
        all["WAYBILL_LOG"] = nil
        all["NO_COLOR"] = nil
        all["TERM"] = "xterm"
        process.environment = all.merging(environment) { $1 }
        let handle = FileHandle(fileDescriptor: slave, closeOnDealloc: false)
        (process.standardInput, process.standardOutput, process.standardError) = (handle, handle, handle)
        try process.run()
        close(slave)
        var (bytes, answered) = ([UInt8](), 0)
        var buffer = [UInt8](repeating: 0, count: 4096)
        while true {
            // A command that waits for what nobody types would wait for ever.
            var end = pollfd(fd: master, events: Int16(POLLIN), revents: 0)
            if poll(&end, 1, Self.mostSilence) == 0 { kill(process.processIdentifier, SIGKILL) }
            // The last end of the terminal that closes gives an error.
            let count = read(master, &buffer, buffer.count)
            guard count > 0 else { break }
            bytes += buffer[..<count]
            if answered < answers.count, bytes.reversed().starts(with: "[y/N] ".utf8.reversed()) {
                if answers[answered] == "^C" {
                    kill(process.processIdentifier, SIGINT)
                } else {
                    let answer = Array((answers[answered] + "\n").utf8)
                    _ = write(master, answer, answer.count)
                }
                answered += 1
            }
        }
        process.waitUntilExit()
        let raw = String(decoding: bytes, as: UTF8.self)
        return (Screen(raw, columns: Int(columns)), raw, process.terminationStatus)
    }
}

/// What a terminal shows after it was sent some text: lines no wider than it, colours left out.
struct Screen {
    private(set) var lines: [String] = []
    /// Whether text ran into the right edge and was broken there, in the middle of a word perhaps.
    private(set) var isBroken = false

    init(_ text: String, columns: Int) {
        var (line, column) = ([Character](), 0)
        var rest = text.unicodeScalars[...]
        while let scalar = rest.popFirst() {
            switch scalar {
            case "\r": column = 0
            case "\n":
                lines.append(String(line))
                (line, column) = ([], 0)
            case "\u{1B}":
                let sequence = rest.prefix { !("@"..."Z").contains($0) && !("a"..."z").contains($0) }
                rest = rest[sequence.endIndex...]
                if rest.popFirst() == "K" { line = Array(line.prefix(column)) }
            default:
                if column == columns {
                    isBroken = true
                    lines.append(String(line))
                    (line, column) = ([], 0)
                }
                if column < line.count { line[column] = Character(scalar) } else { line.append(Character(scalar)) }
                column += 1
            }
        }
        if !line.isEmpty { lines.append(String(line)) }
    }

    var text: String { lines.joined(separator: "\n") }
}
