internal import Glibc
internal import Synchronization

/// Standard output and standard error.
struct Console: Sendable {
    static let output = Console(descriptor: 1)
    static let error = Console(descriptor: 2)

    let descriptor: Int32

    /// Opens what the caller closed (`2>&-`): a file opened later would take its number, and get messages into it.
    static func occupyStandardDescriptors() {
        // The lowest free number is taken, so that this ends above them.
        var descriptor: Int32 = 0
        while (0...2).contains(descriptor) { descriptor = open("/dev/null", O_RDWR) }
        if descriptor > 2 { close(descriptor) }
    }

    var isTerminal: Bool { isatty(descriptor) == 1 }

    /// Whether what it shows can be written over: a terminal that knows escapes.
    var takesEscapes: Bool {
        let kind = getenv("TERM").map { String(cString: $0) } ?? ""
        return isTerminal && !["", "dumb"].contains(kind)
    }

    /// Columns of the terminal, 80 where it does not say.
    var width: Int {
        var size = winsize()
        return ioctl(descriptor, UInt(TIOCGWINSZ), &size) == 0 && size.ws_col > 0 ? Int(size.ws_col) : 80
    }

    /// The same; nil if this is no terminal, where lines may be as long as they need.
    var terminalWidth: Int? { isTerminal ? width : nil }

    /// Writes one line, whatever is in it.
    func write(_ line: String) { put(TerminalText.line(line) + "\n") }

    /// Writes a text that may have several lines.
    func writeText(_ text: String) { put(TerminalText.lines(text) + "\n") }

    private static let failure = Mutex<Int32?>(nil)

    /// Why something could not be written to standard output; nil if all was, or where nobody reads any more.
    static var outputFailure: String? { failure.withLock(\.self).map { String(cString: strerror($0)) } }

    /// Writes as it is. What cannot be written is dropped.
    func put(_ text: String) {
        var bytes = Array(text.utf8)[...]
        while !bytes.isEmpty {
            let count = bytes.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
            if count < 0 && errno != EINTR {
                let code = errno
                if descriptor == Console.output.descriptor && code != EPIPE { Self.failure.withLock { $0 = code } }
                return
            }
            bytes = bytes.dropFirst(max(0, count))
        }
    }
}
