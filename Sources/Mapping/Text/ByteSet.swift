/// A small set of texts that is searched without making strings.
struct ByteSet: Sendable {
    /// Sorted by length, then by bytes.
    private let texts: [[UInt8]]

    init(_ texts: some Sequence<String>) {
        self.texts = Set(texts.map { Array($0.utf8) }).sorted { left, right in
            left.count != right.count ? left.count < right.count : left.lexicographicallyPrecedes(right)
        }
    }

    var isEmpty: Bool { texts.isEmpty }

    func contains(_ value: UnsafeRawBufferPointer) -> Bool {
        var range = 0..<texts.count
        while !range.isEmpty {
            let middle = range.lowerBound + range.count / 2
            switch Self.order(texts[middle], value) {
            case 0: return true
            case ..<0: range = (middle + 1)..<range.upperBound
            default: range = range.lowerBound..<middle
            }
        }
        return false
    }

    @inline(__always)
    private static func order(_ text: [UInt8], _ value: UnsafeRawBufferPointer) -> Int {
        if text.count != value.count { return text.count - value.count }
        for (own, other) in zip(text, value) where own != other { return Int(own) - Int(other) }
        return 0
    }
}
