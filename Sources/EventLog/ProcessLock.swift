internal import Glibc

/// A lock that the kernel drops when its owner dies, however it dies.
///
/// It is a lock of an open file description, which can be looked at without being taken, on a file that says who holds
/// it. The file stays when the lock is dropped, unless `remove` was called.
package final class ProcessLock: Sendable {
    private let descriptor: Int32
    private let path: String

    private init(descriptor: Int32, path: String) {
        self.descriptor = descriptor
        self.path = path
    }

    deinit {
        // A process that is just being started has the descriptor too, until it runs its program.
        _ = Self.change(descriptor, to: F_UNLCK)
        close(descriptor)
    }

    /// What came of trying to take a lock.
    package enum Attempt {
        case taken(ProcessLock)
        /// Another process has it, and wrote this about itself.
        case held(by: String)
    }

    /// Tries to take the lock at `path`, making the file where it is missing, and writes `owner` into it.
    package static func take(_ path: String, owner: String) throws -> Attempt {
        while true {
            let descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o644)
            if descriptor < 0 { throw failure("open the lock file \(path)") }
            guard change(descriptor, to: F_WRLCK) else {
                let reason = errno
                defer { close(descriptor) }
                if reason == EAGAIN || reason == EACCES {
                    return .held(by: String(read(descriptor).prefix { $0 != "\n" }))
                }
                errno = reason
                throw failure("lock \(path)")
            }
            // Its last owner may have removed the file between the opening and the locking.
            guard isStillThere(descriptor, path) else {
                close(descriptor)
                continue
            }
            // What is written is for people only, so a full disk must not stop the owner.
            // Written before it is cut, so that nobody finds it empty.
            _ = owner.withCString { pwrite(descriptor, $0, strlen($0), 0) }
            _ = ftruncate(descriptor, off_t(owner.utf8.count))
            return .taken(ProcessLock(descriptor: descriptor, path: path))
        }
    }

    /// Writes after the owner's name why it ends, when the log itself cannot take that any more.
    ///
    /// The file has its block already, so that there is room for this on a full disk, too.
    package func leaveWords(_ words: String) {
        let owner = Self.read(descriptor).prefix { $0 != "\n" }
        let bytes = Array("\(owner)\n\(words)".utf8.prefix(Self.longest))
        _ = bytes.withUnsafeBytes { pwrite(descriptor, $0.baseAddress, $0.count, 0) }
    }

    /// What the last owner of the lock at `path` left behind; nil if someone holds it, or nothing was left.
    package static func lastWords(of path: String) -> String? {
        if holder(of: path) != nil { return nil }
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        if descriptor < 0 { return nil }
        defer { close(descriptor) }
        let words = read(descriptor).drop { $0 != "\n" }.dropFirst()
        return words.isEmpty ? nil : String(words)
    }

    /// How many bytes a lock's file has at the most.
    private static let longest = 2048

    /// Removes the file of a lock that nobody will need again; the lock itself is held on.
    package func remove() { unlink(path) }

    private static func isStillThere(_ descriptor: Int32, _ path: String) -> Bool {
        var opened = stat()
        var named = stat()
        return fstat(descriptor, &opened) == 0 && stat(path, &named) == 0 && opened.st_ino == named.st_ino
    }

    /// Waits until the lock at `path` is free and takes it.
    package static func wait(_ path: String, owner: String) throws -> ProcessLock {
        while true {
            switch try take(path, owner: owner) {
            case .taken(let lock): return lock
            case .held: usleep(20_000)
            }
        }
    }

    /// The holder of the lock at `path`, as it describes itself; nil if there is none.
    package static func holder(of path: String) -> String? {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        if descriptor < 0 { return nil }
        defer { close(descriptor) }
        var lock = flock()
        lock.l_type = Int16(F_WRLCK)
        guard fcntl(descriptor, ofdGetLock, &lock) == 0, lock.l_type != F_UNLCK else { return nil }
        return String(read(descriptor).prefix { $0 != "\n" })
    }

    // F_OFD_GETLK and F_OFD_SETLK, which the Glibc module does not show.
    private static let ofdGetLock: Int32 = 36
    private static let ofdSetLock: Int32 = 37

    private static func change(_ descriptor: Int32, to type: Int32) -> Bool {
        var lock = flock()
        lock.l_type = Int16(type)
        return fcntl(descriptor, ofdSetLock, &lock) == 0
    }

    private static func read(_ descriptor: Int32) -> String {
        let text = [UInt8](unsafeUninitializedCapacity: longest) { buffer, count in
            count = max(0, pread(descriptor, buffer.baseAddress, buffer.count, 0))
        }
        return String(decoding: text, as: UTF8.self)
    }

    private static func failure(_ operation: String) -> EventLogError {
        let code: EventLogError.Code = errno == ENOSPC || errno == EDQUOT ? .noSpace : .storage
        return EventLogError(code, "The log could not \(operation): \(String(cString: strerror(errno))).")
    }
}
