/// The texts that mean NULL where they stand without quotes.
struct NullSpellings: Sendable {
    private let texts: [[UInt8]]
    /// Whether white space around them does not count.
    private let trims: Bool

    init(_ texts: [String], trims: Bool) {
        self.texts = texts.map { Array($0.utf8) }
        self.trims = trims
    }

    var isEmpty: Bool { texts.isEmpty }

    func contains(_ value: some BidirectionalCollection<UInt8>) -> Bool {
        if texts.contains(where: { value.elementsEqual($0) }) { return true }
        guard trims, let first = value.first, let last = value.last, !isPlain(first) || !isPlain(last) else {
            return false
        }
        let text = String(decoding: value, as: UTF8.self)
        guard let start = text.firstIndex(where: { !$0.isWhitespace }),
            let end = text.lastIndex(where: { !$0.isWhitespace })
        else { return false }
        return texts.contains { text[start...end].utf8.elementsEqual($0) }
    }

    /// Whether it is no white space, and no part of any.
    private func isPlain(_ byte: UInt8) -> Bool { byte > 0x20 && byte < 0x80 }
}
