internal import Records

/// A length of time: `200ms`, `1.5s`, `10m`, `24h`, `7d`.
package struct TimeSpan: Equatable, Sendable {
    /// As it was written.
    package let text: String
    package let duration: Duration

    /// Nil if the text is not a positive number with one of the units.
    package init?(_ text: String) {
        let unit = text.drop { "0123456789.".contains($0) }
        guard let seconds = Self.units[String(unit.drop { $0 == " " })],
            case let number = text[..<unit.startIndex], let value = Double(number),
            value > 0, value * seconds < 1e10
        else { return nil }
        self.text = text
        duration = .seconds(value * seconds)
    }

    static let units: [String: Double] = ["ms": 0.001, "s": 1, "m": 60, "h": 3600, "d": 86400]
}
