internal import Glibc

/// Where temporary files are kept.
enum TemporaryDirectory {
    /// `TMPDIR`, or `/tmp`.
    static var path: String {
        let named = getenv("TMPDIR").map { String(cString: $0) } ?? ""
        return named.isEmpty ? "/tmp" : named
    }
}
