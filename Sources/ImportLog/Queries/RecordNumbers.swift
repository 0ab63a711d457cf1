/// A set of record numbers: a bit for each where they lie close together, some 30 bytes for each where they do not.
package struct RecordNumbers: Sendable {
    private var words: [UInt64: UInt64] = [:]

    package init() {}

    package func contains(_ number: UInt64) -> Bool { words[number / 64, default: 0] & bit(number) != 0 }

    /// Returns whether it was not there yet.
    @discardableResult
    package mutating func insert(_ number: UInt64) -> Bool {
        let before = words[number / 64, default: 0]
        words[number / 64] = before | bit(number)
        return before & bit(number) == 0
    }

    /// Returns whether it was there.
    package mutating func remove(_ number: UInt64) -> Bool {
        guard let before = words[number / 64], before & bit(number) != 0 else { return false }
        words[number / 64] = before & ~bit(number)
        return true
    }

    private func bit(_ number: UInt64) -> UInt64 { 1 << (number % 64) }
}
