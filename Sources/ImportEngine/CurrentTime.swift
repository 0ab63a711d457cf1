internal import Glibc
package import ImportLog

/// The clock of this machine.
package enum CurrentTime {
    /// Microseconds since 1970-01-01 UTC.
    package static var microseconds: Timestamp {
        var now = timespec()
        clock_gettime(CLOCK_REALTIME, &now)
        return Timestamp(now.tv_sec) * 1_000_000 + Timestamp(now.tv_nsec) / 1_000
    }

    /// `2026-11-21T03:00:00.000Z`.
    static var iso8601: String { microseconds.iso8601 }
}
