internal import Glibc
internal import ImportLog

/// This very program, run as another process.
struct ChildProcess {
    private let processID: pid_t

    /// Starts it with what it writes going where this process's goes, or nowhere.
    init(_ arguments: [String], isSilent: Bool) throws {
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        // Notes and results in one stream, so that they come in order.
        posix_spawn_file_actions_adddup2(&actions, 1, 2)
        if isSilent {
            for descriptor: Int32 in [1, 2] {
                posix_spawn_file_actions_addopen(&actions, descriptor, "/dev/null", O_WRONLY, 0)
            }
        }
        var words: [UnsafeMutablePointer<CChar>?] = (["waybill"] + arguments).map { strdup($0) } + [nil]
        defer { for word in words { free(word) } }
        var child = pid_t()
        let code = posix_spawn(&child, "/proc/self/exe", &actions, nil, &words, environ)
        guard code == 0 else {
            throw ImportLogError(.storage, "Another process could not be started: \(String(cString: strerror(code))).")
        }
        processID = child
    }

    /// Ends it at once, as a crash or the out-of-memory killer would.
    func kill() { _ = Glibc.kill(processID, SIGKILL) }

    /// Waits for its end; the exit code, or 128 and the signal's number.
    func wait() -> Int32 {
        var status: Int32 = 0
        while waitpid(processID, &status, 0) < 0 && errno == EINTR {}
        let signal = status & 0x7F
        return signal == 0 ? (status >> 8) & 0xFF : 128 + signal
    }
}
