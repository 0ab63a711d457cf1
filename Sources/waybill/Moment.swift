internal import FoundationEssentials
internal import ImportEngine
internal import ImportLog

/// Times as a user writes them.
enum Moment {
    /// So long ago: `24h`, `90m`, `7d`.
    static func ago(_ text: String) -> Timestamp? {
        DurationText.seconds(text).map { seconds in
            let now = Timestamp.now.microsecondsSince1970
            return Timestamp(microsecondsSince1970: now - min(now, seconds * 1_000_000))
        }
    }

    /// The first moment of a date, or a time itself; UTC where nothing else is said.
    static func start(of text: String) -> Timestamp? {
        date(text, time: "T00:00:00Z").map(Timestamp.init)
    }

    /// The last moment of a date, or a time itself.
    static func end(of text: String) -> Timestamp? {
        let isDate = !text.contains("T") && !text.contains(" ")
        return date(text, time: "T00:00:00Z").map {
            Timestamp($0).advanced(by: isDate ? 86_400_000_000 - 1 : 999_999)
        }
    }

    private static func date(_ text: String, time: String) -> Date? {
        var text = text.replacing(" ", with: "T")
        if !text.contains("T") { text += time }
        let hasZone = text.hasSuffix("Z") || text.dropFirst(11).contains { $0 == "+" || $0 == "-" }
        if !hasZone { text += "Z" }
        return (try? Date(text, strategy: Date.ISO8601FormatStyle()))
            ?? (try? Date(text, strategy: Date.ISO8601FormatStyle(includingFractionalSeconds: true)))
    }
}

extension Timestamp {
    fileprivate init(_ date: Date) {
        self.init(microsecondsSince1970: UInt64(max(0, date.timeIntervalSince1970) * 1_000_000))
    }
}
