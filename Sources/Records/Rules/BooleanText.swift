/// The spellings of true and false.
package enum BooleanText {
    private static let yes = ["true", "t", "yes", "y", "on", "1"]
    private static let no = ["false", "f", "no", "n", "off", "0"]

    private static let all = (yes.map { (Array($0.utf8), true) } + no.map { (Array($0.utf8), false) })

    /// Nil if the text is neither; letters in any case.
    package static func value(_ text: UnsafeRawBufferPointer) -> Bool? {
        guard (1...5).contains(text.count) else { return nil }
        for (spelling, value) in all where spelling.count == text.count {
            if zip(spelling, text).allSatisfy({ $0 == $1 || ($0 == $1 | 0x20 && $0 >= UInt8(ascii: "a")) }) {
                return value
            }
        }
        return nil
    }
}
