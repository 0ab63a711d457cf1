import Foundation

/// Where tests put files and servers.
package enum Scratch {
    /// `TMPDIR` without the slash at its end, or `/tmp`.
    package static let folder: String = {
        let folder = NSTemporaryDirectory()
        return folder.hasSuffix("/") ? String(folder.dropLast()) : folder
    }()
}
