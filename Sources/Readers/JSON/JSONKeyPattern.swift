/// A key of at most 15 bytes as it appears in nearly all texts, with its closing quote, to be compared in two words.
struct JSONKeyPattern: Sendable {
    private var words: (UInt64, UInt64) = (0, 0)
    private var masks: (UInt64, UInt64) = (0, 0)
    private let length: Int

    private static let size = 16

    /// Nil for a key that is longer, or that JSON spells with escapes.
    init?(_ key: UnsafeRawBufferPointer) {
        guard key.count < Self.size,
            key.allSatisfy({ $0 >= 0x20 && $0 != JSONByte.quote && $0 != JSONByte.backslash })
        else { return nil }
        length = key.count
        var word = [UInt8](repeating: 0, count: Self.size)
        var mask = word
        for (index, byte) in (Array(key) + [JSONByte.quote]).enumerated() {
            word[index] = byte
            mask[index] = 0xFF
        }
        words = word.withUnsafeBytes { Self.load($0.baseAddress!, at: 0) }
        masks = mask.withUnsafeBytes { Self.load($0.baseAddress!, at: 0) }
    }

    private static func load(_ base: UnsafeRawPointer, at offset: Int) -> (UInt64, UInt64) {
        (ByteWords.load(base, at: offset), ByteWords.load(base, at: offset &+ 8))
    }

    /// Where the closing quote stands if the key begins at `start`.
    @inline(__always)
    func end(in text: JSONScanner, from start: Int) -> Int? {
        guard start &+ Self.size <= text.end else { return nil }
        let (first, second) = Self.load(text.base, at: start)
        return (first ^ words.0) & masks.0 | (second ^ words.1) & masks.1 == 0 ? start &+ length : nil
    }
}
