internal import Glibc

enum AbsolutePath {
    /// The path from the root, without links where the file is there, so that one file has one name in the log.
    static func of(_ path: String) -> String {
        if let resolved = realpath(path, nil) {
            defer { free(resolved) }
            return String(cString: resolved)
        }
        // The file is not there yet: its directory may be.
        let components = path.split(separator: "/", omittingEmptySubsequences: true)
        guard let name = components.last else { return path }
        let parent = components.count == 1 ? (path.hasPrefix("/") ? "/" : ".") : String(path.dropLast(name.count + 1))
        guard let resolved = realpath(parent.isEmpty ? "/" : parent, nil) else { return path }
        defer { free(resolved) }
        let directory = String(cString: resolved)
        return (directory == "/" ? "" : directory) + "/" + name
    }
}
