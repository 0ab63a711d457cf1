internal import Records

/// Limits of numbers, or of times in ISO 8601; both limits are allowed values.
package struct ValueRange: Equatable, Sendable {
    package let min: String?
    package let max: String?
    let limits: Limits

    enum Limits: Equatable, Sendable {
        case numbers(min: NumberValue?, max: NumberValue?)
        case times(min: ISOTime?, max: ISOTime?)
    }

    /// Nil if there is no limit, one is neither a number nor a time, they are of two kinds or the wrong way round.
    package init?(min: String?, max: String?) {
        guard min != nil || max != nil else { return nil }
        if let (least, most) = Self.both(min, max, NumberValue.init) {
            limits = .numbers(min: least, max: most)
        } else if let (least, most) = Self.both(min, max, ISOTime.init) {
            limits = .times(min: least, max: most)
        } else {
            return nil
        }
        self.min = min
        self.max = max
    }

    private static func both<T: Comparable>(
        _ min: String?, _ max: String?, _ read: (String) -> T?
    ) -> (min: T?, max: T?)? {
        let (least, most) = (min.flatMap(read), max.flatMap(read))
        guard (least != nil) == (min != nil), (most != nil) == (max != nil) else { return nil }
        if let least, let most, most < least { return nil }
        return (least, most)
    }

    /// Whether the text is a number, or a time, that is within the limits.
    func contains(_ text: String) -> Bool {
        switch limits {
        case .numbers(let min, let max): Self.contains(NumberValue(text), min, max)
        case .times(let min, let max): Self.contains(ISOTime(text), min, max)
        }
    }

    private static func contains<T: Comparable>(_ value: T?, _ min: T?, _ max: T?) -> Bool {
        guard let value else { return false }
        return min.map { $0 <= value } ?? true && max.map { value <= $0 } ?? true
    }

    var description: String {
        switch (min, max) {
        case (let min?, let max?): "\(min) to \(max)"
        case (let min?, nil): "at least \(min)"
        case (_, let max): "at most \(max ?? "")"
        }
    }
}
