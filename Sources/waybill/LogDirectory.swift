internal import Glibc
internal import ImportEngine

/// Where the log is that nobody named.
enum LogDirectory {
    static let name = ".waybill"

    /// The log of the current directory or of the nearest directory above it that has one, as git finds its repository: the
    /// one that `waybill.yaml` names there with `log`, or else `.waybill`. Where there is none, `.waybill` here.
    static func nearest() throws -> String {
        if let named = try Configuration.logDirectory(in: ".") { return named }
        if isThere(name) { return name }
        guard var directory = currentDirectory else { return name }
        while let slash = directory.lastIndex(of: "/"), directory != "/" {
            directory = slash == directory.startIndex ? "/" : String(directory[..<slash])
            // Somebody else's directory above, such as /tmp, must not choose the log.
            guard isOurs(directory) else { continue }
            if let named = try Configuration.logDirectory(in: directory) { return named }
            let log = (directory == "/" ? "" : directory) + "/" + name
            if isThere(log), isOurs(log) { return log }
        }
        return name
    }

    static var currentDirectory: String? {
        guard let path = getcwd(nil, 0) else { return nil }
        defer { free(path) }
        return String(cString: path)
    }

    private static func isThere(_ directory: String) -> Bool { access(directory + "/data.mdb", F_OK) == 0 }

    /// Whether it belongs to the user, and nobody else may put files there.
    private static func isOurs(_ directory: String) -> Bool {
        var found = stat()
        guard stat(directory, &found) == 0 else { return false }
        return found.st_uid == geteuid() && found.st_mode & 0o002 == 0
    }
}
