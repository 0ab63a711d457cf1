/// How the numbers of a column are spelled, so far as they are told apart and given back by their values alone.
///
/// 1.1 and 1.10 are one number. A column that has both must be text, or have a type that keeps the digits; one that has 1.10 and
/// 2.50 may be numbers, since all have two decimals.
package struct NumberSpelling: Sendable, Equatable {
    /// Numbers without a point came: `5`.
    private var hasWhole = false
    /// The fewest and the most decimals of the numbers with a point; nil if none came.
    private var decimals: ClosedRange<Int>?
    /// One with a point ended with a zero, other than `5.0`.
    private var hasFilling = false
    /// `5.0` came.
    private var hasPointZero = false
    /// One with a point was worth a whole number: `5.0`, `5.00`.
    private var hasWholeDecimals = false

    package init() {}

    /// Whether no number ends with a zero that its value does not need.
    package var isPlain: Bool { !hasFilling && !hasPointZero }

    package var hasDecimals: Bool { decimals != nil }

    /// The decimals of all numbers with a point, where they have the same number of them.
    private var fixedDecimals: Int? {
        guard let decimals, decimals.lowerBound == decimals.upperBound, !(hasWhole && hasWholeDecimals) else {
            return nil
        }
        return decimals.lowerBound
    }

    /// Whether numbers of different spellings are different.
    private var isSound: Bool { isPlain || fixedDecimals != nil || !hasFilling && !hasWhole }

    /// Takes a number without a point. Returns false, and takes nothing, where it might be one that came in another spelling.
    @inline(__always)
    package mutating func takeWhole() -> Bool {
        if hasWhole { return true }
        var changed = self
        changed.hasWhole = true
        guard changed.isSound else { return false }
        self = changed
        return true
    }

    /// The same for a number with a point, written in digits, a point and a minus alone.
    @inline(__always)
    package mutating func takeDecimal(_ value: UnsafeRawBufferPointer) -> Bool {
        var index = value.count
        var isWhole = true
        while index > 0, value[index - 1] != UInt8(ascii: ".") {
            index -= 1
            let digit = value[index] &- UInt8(ascii: "0")
            guard digit < 10 else { return false }
            if digit > 0 { isWhole = false }
        }
        let count = value.count - index
        let isFilled = value[value.count - 1] == UInt8(ascii: "0")
        let first = value[0] == UInt8(ascii: "-") ? 1 : 0
        guard index > first + 1 else { return false }
        return take(count, isFilled: isFilled, isWhole: isWhole)
    }

    @inline(__always)
    private mutating func take(_ count: Int, isFilled: Bool, isWhole: Bool) -> Bool {
        let isPointZero = isFilled && count == 1
        if let decimals, decimals.contains(count), !isFilled || (isPointZero ? hasPointZero : hasFilling),
            !isWhole || hasWholeDecimals
        {
            return true
        }
        var changed = self
        changed.decimals = min(count, decimals?.lowerBound ?? count)...max(count, decimals?.upperBound ?? count)
        if isFilled { if isPointZero { changed.hasPointZero = true } else { changed.hasFilling = true } }
        if isWhole { changed.hasWholeDecimals = true }
        guard changed.isSound else { return false }
        self = changed
        return true
    }

    /// Whether a decimal, as `NumberText` knows it, is written in digits and a point, and a double prints all of it again.
    @inline(__always)
    package static func isOrdinary(_ value: UnsafeRawBufferPointer, _ number: Double) -> Bool {
        value.count <= 16 + (value[0] == UInt8(ascii: "-") ? 1 : 0) && (number.magnitude >= 0.0001 || number == 0)
    }

    /// The number as the column spells it.
    ///
    /// - Parameter canonical: the number without zeros that it does not need: `5`, `19.9`.
    package func spelled(_ canonical: String) -> String {
        if isPlain { return canonical }
        let point = canonical.utf8.firstIndex(of: UInt8(ascii: "."))
        guard let fixedDecimals else { return point == nil ? canonical + ".0" : canonical }
        guard let point else {
            return hasWhole ? canonical : canonical + "." + String(repeating: "0", count: fixedDecimals)
        }
        let count = canonical.utf8.distance(from: point, to: canonical.utf8.endIndex) - 1
        return canonical + String(repeating: "0", count: max(0, fixedDecimals - count))
    }

    /// How to have a number of the column as text.
    package enum Form: Equatable {
        /// Whole ones without a point, others with the decimals that they need.
        case plain
        /// With a point in any case.
        case pointed
        /// With so many decimals; `wholeToo` says whether whole numbers have them as well.
        case fixed(Int, wholeToo: Bool)
    }

    package var form: Form {
        if isPlain { return .plain }
        return fixedDecimals.map { .fixed($0, wholeToo: !hasWhole) } ?? .pointed
    }

    // MARK: As text

    /// `w` for whole numbers, `f` for filling zeros, `p` for `5.0`, `d` for whole decimals, and the decimals: `wf2-2`.
    package var text: String {
        (hasWhole ? "w" : "") + (hasFilling ? "f" : "") + (hasPointZero ? "p" : "") + (hasWholeDecimals ? "d" : "")
            + (decimals.map { "\($0.lowerBound)-\($0.upperBound)" } ?? "")
    }

    package init(text: String) {
        let flags = text.prefix { $0.isLetter }
        hasWhole = flags.contains("w")
        hasFilling = flags.contains("f")
        hasPointZero = flags.contains("p")
        hasWholeDecimals = flags.contains("d")
        let counts = text.dropFirst(flags.count).split(separator: "-").compactMap { Int($0) }
        if counts.count == 2, counts[0] <= counts[1] { decimals = counts[0]...counts[1] }
    }
}
