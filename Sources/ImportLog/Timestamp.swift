internal import Glibc

#if canImport(FoundationEssentials)
    internal import FoundationEssentials
#else
    internal import Foundation
#endif

/// A moment in microseconds since 1970-01-01 UTC, by the clock of the machine that noted it.
public struct Timestamp: Sendable, Hashable {
    public let microsecondsSince1970: UInt64

    public init(microsecondsSince1970: UInt64) { self.microsecondsSince1970 = microsecondsSince1970 }

    /// For `Date(timeIntervalSince1970:)`.
    public var secondsSince1970: Double { Double(microsecondsSince1970) / 1e6 }

    /// The time of this machine's clock.
    public static var now: Timestamp {
        var now = timespec()
        clock_gettime(CLOCK_REALTIME, &now)
        return Timestamp(microsecondsSince1970: UInt64(now.tv_sec) * 1_000_000 + UInt64(now.tv_nsec) / 1_000)
    }

    /// This many microseconds later.
    package func advanced(by microseconds: UInt64) -> Timestamp {
        Timestamp(microsecondsSince1970: microsecondsSince1970.addingToLimit(microseconds))
    }
}

extension Timestamp: Comparable {
    public static func < (left: Timestamp, right: Timestamp) -> Bool {
        left.microsecondsSince1970 < right.microsecondsSince1970
    }
}

extension Timestamp: CustomStringConvertible {
    /// ISO 8601 in UTC with milliseconds: `2026-11-21T03:00:00.000Z`.
    public var description: String { iso8601 }
}

extension Timestamp: Encodable {
    /// As `description`.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(iso8601)
    }
}

extension Timestamp {
    /// ISO 8601 in UTC with milliseconds: `2026-11-21T03:00:00.000Z`.
    package var iso8601: String {
        // The style's own fraction is cut from a floating-point number, which loses a millisecond here and there.
        let seconds = Date(timeIntervalSince1970: Double(microsecondsSince1970 / 1_000_000))
            .formatted(Date.ISO8601FormatStyle())
        let milliseconds = String(microsecondsSince1970 / 1_000 % 1_000 + 1_000).dropFirst()
        return seconds.dropLast() + "." + milliseconds + "Z"
    }

    /// The moment that `iso8601` writes like this.
    package init?(iso8601 text: String) {
        let parts = text.split(whereSeparator: { !$0.isNumber }).compactMap { Int($0) }
        guard parts.count == 7 else { return nil }
        // Days since 1970 by the civil calendar, with the year beginning in March.
        let (year, month) = (parts[1] <= 2 ? parts[0] - 1 : parts[0], (parts[1] + 9) % 12)
        let days = year * 365 + year / 4 - year / 100 + year / 400 + (month * 153 + 2) / 5 + parts[2] - 1 - 719_468
        guard days >= 0 else { return nil }
        let seconds = ((days * 24 + parts[3]) * 60 + parts[4]) * 60 + parts[5]
        self.init(microsecondsSince1970: UInt64(seconds) * 1_000_000 + UInt64(parts[6]) * 1_000)
    }
}
