/// Parts of a whole, in percent.
enum Share {
    /// Below zero where the part is less than so many percent of the whole, above zero where it is more.
    ///
    /// Multiplied rather than divided, with room for a percentage that no double holds: 33.3 % of 1000 is 333.
    /// Of an empty whole, every part is 0 %.
    static func compare(_ part: Double, of whole: Int64, with percent: Double) -> Int {
        guard whole > 0 else { return percent > 0 ? -1 : 0 }
        let (found, limit) = (part * 100, percent * Double(whole))
        if abs(found - limit) <= limit * 1e-12 { return 0 }
        return found < limit ? -1 : 1
    }

    /// `33.33%`, cut, not rounded: what is not all is never shown as 100 %, and what is not nothing never as 0 %.
    static func text(_ part: Int64, of whole: Int64) -> String {
        guard whole > 0 else { return "" }
        let hundredths = Int64(Double(part) / Double(whole) * 10000 + 1e-9)
        if part > 0, hundredths == 0 { return "<0.01%" }
        let exact = part < whole ? Swift.min(hundredths, 9999) : hundredths
        let fraction = exact % 100
        let digits =
            fraction == 0
            ? "" : fraction % 10 == 0 ? ".\(fraction / 10)" : fraction < 10 ? ".0\(fraction)" : ".\(fraction)"
        return "\(exact / 100)\(digits)%"
    }

    /// `99.5%`, `100%`
    static func text(_ percent: Double) -> String {
        percent == percent.rounded() ? "\(Int64(percent))%" : "\(percent)%"
    }

    /// `9949 of 10000 (99.49%)`
    static func words(_ part: Int64, of whole: Int64) -> String {
        whole > 0 ? "\(part) of \(whole) (\(text(part, of: whole)))" : "no rows"
    }
}
