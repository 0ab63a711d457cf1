extension BinaryInteger {
    /// `1,234,567`.
    package var grouped: String {
        var digits = String(self)
        var index = digits.endIndex
        while let next = digits.index(index, offsetBy: -3, limitedBy: digits.startIndex), next > digits.startIndex {
            digits.insert(",", at: next)
            index = next
        }
        return digits
    }
}
