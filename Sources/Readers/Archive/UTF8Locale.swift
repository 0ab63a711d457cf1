internal import Glibc

/// The locale in which libarchive gives names as the bytes that they are.
///
/// libarchive converts names to the locale's character set, and in the locale that programs start with it loses all but
/// ASCII. Only the calling thread's locale is changed, for the time of a closure.
enum UTF8Locale {
    /// Unchecked, because it is never changed. Nil on a system without this locale.
    nonisolated(unsafe) private static let locale = newlocale(1 << LC_CTYPE, "C.UTF-8", nil)

    static func with<R>(_ body: () throws -> R) rethrows -> R {
        guard let locale else { return try body() }
        let previous = uselocale(locale)
        defer { uselocale(previous) }
        return try body()
    }
}
