internal import Glibc
internal import ImportLog

/// The user who runs this process.
enum CurrentUser {
    /// `user@host`.
    static var description: String {
        let user = getpwuid(getuid()).map { String(cString: $0.pointee.pw_name) } ?? "uid \(getuid())"
        return "\(user)@\(ImportEvent.Run.current.host)"
    }
}
