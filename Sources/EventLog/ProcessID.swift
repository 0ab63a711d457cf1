internal import Glibc

/// Which process this is.
package enum ProcessID {
    package static var current: Int32 { getpid() }

    /// The machine's name.
    package static let host: String = {
        var name = [CChar](repeating: 0, count: 256)
        return gethostname(&name, name.count - 1) == 0
            ? name.withUnsafeBufferPointer { String(cString: $0.baseAddress!) } : "unknown"
    }()
}
