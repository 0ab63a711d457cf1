internal import Records

/// How many, or how large, something may be; both limits are allowed.
package struct Bounds: Equatable, Sendable {
    package var min: Bound?
    package var max: Bound?

    package init(min: Bound? = nil, max: Bound? = nil) {
        self.min = min
        self.max = max
    }

    /// Whether a limit is a share of a whole.
    var hasPercent: Bool { min?.isPercent == true || max?.isPercent == true }

    /// - Parameter whole: what percentages are of.
    func contain(_ value: NumberValue, of whole: Int64 = 0) -> Bool {
        min.map { $0.compare(value, of: whole) >= 0 } ?? true && max.map { $0.compare(value, of: whole) <= 0 } ?? true
    }

    /// `9000 to 600000`, `at least 9000`.
    var description: String {
        switch (min, max) {
        case (let min?, let max?): min == max ? min.text : "\(min.text) to \(max.text)"
        case (let min?, nil): "at least \(min.text)"
        case (nil, let max?): "at most \(max.text)"
        case (nil, nil): ""
        }
    }
}

/// A number, or a share in percent: `100`, `10%`.
package struct Bound: Equatable, Sendable {
    /// As it was written.
    package let text: String
    let value: NumberValue
    let isPercent: Bool

    /// Nil if the text is not a number.
    package init?(_ text: String) {
        isPercent = text.hasSuffix("%")
        let number = isPercent ? String(text.dropLast()) : text.replacing("_", with: "")
        guard let value = NumberValue(number) else { return nil }
        self.text = text
        self.value = value
    }

    /// Below zero where the number is less than this limit, above zero where it is more.
    func compare(_ number: NumberValue, of whole: Int64) -> Int {
        if isPercent { return Share.compare(number.double, of: whole, with: value.double) }
        return number < value ? -1 : value < number ? 1 : 0
    }
}
