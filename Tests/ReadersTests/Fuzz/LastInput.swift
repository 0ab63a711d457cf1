import Glibc
import Synchronization

/// Tells on standard error which input it was that crashed the process, or that took longer than any should.
final class LastInput: Sendable {
    static let shared = LastInput()

    /// The longest that an input may take, in seconds; the mutator's are read in milliseconds.
    private static let patience: UInt32 = 20
    /// A handler of signals may neither allocate nor lock, so that the text lies where it can be written from.
    /// Unsafe, because a handler may run at any time; only the one thread that fuzzes writes to it.
    private nonisolated(unsafe) static let text = UnsafeMutablePointer<UInt8>.allocate(capacity: 64 << 10)
    private static let count = Atomic<Int>(0)

    private init() {
        for number in [SIGILL, SIGTRAP, SIGSEGV, SIGBUS, SIGABRT, SIGALRM] {
            signal(number) { number in
                _ = write(STDERR_FILENO, LastInput.text, LastInput.count.load(ordering: .relaxed))
                signal(number, SIG_DFL)
                raise(number)
            }
        }
    }

    func note(_ input: String) {
        let bytes = "the last input fuzzed was \(input)\n".utf8.prefix(64 << 10)
        for (index, byte) in bytes.enumerated() { Self.text[index] = byte }
        Self.count.store(bytes.count, ordering: .relaxed)
        alarm(Self.patience)
    }

    func forget() {
        Self.count.store(0, ordering: .relaxed)
        alarm(0)
    }
}
