#if canImport(FoundationEssentials)
    internal import FoundationEssentials
#else
    internal import Foundation
#endif

extension Timestamp {
    /// As ISO 8601 in UTC with milliseconds: `2026-11-21T03:00:00.000Z`.
    package var iso8601: String {
        // The style's own fraction is cut from a floating-point number, which loses a millisecond here and there.
        let seconds = Date(timeIntervalSince1970: Double(self / 1_000_000)).formatted(Date.ISO8601FormatStyle())
        let milliseconds = String(self / 1_000 % 1_000 + 1_000).dropFirst()
        return seconds.dropLast() + "." + milliseconds + "Z"
    }

    /// The moment that `iso8601` writes so.
    package init?(iso8601 text: String) {
        let parts = text.split(whereSeparator: { !$0.isNumber }).compactMap { Int($0) }
        guard parts.count == 7 else { return nil }
        // Days since 1970 by the civil calendar, with the year beginning in March.
        let (year, month) = (parts[1] <= 2 ? parts[0] - 1 : parts[0], (parts[1] + 9) % 12)
        let days = year * 365 + year / 4 - year / 100 + year / 400 + (month * 153 + 2) / 5 + parts[2] - 1 - 719_468
        guard days >= 0 else { return nil }
        let seconds = ((days * 24 + parts[3]) * 60 + parts[4]) * 60 + parts[5]
        self = Timestamp(seconds) * 1_000_000 + Timestamp(parts[6]) * 1_000
    }
}
