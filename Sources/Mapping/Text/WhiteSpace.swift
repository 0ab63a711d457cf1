/// White space as Unicode has it, in UTF-8.
enum WhiteSpace {
    /// The part of a text between the white space at its ends.
    @inline(__always)
    static func trimmed(_ text: UnsafeRawBufferPointer) -> Range<Int> {
        guard let first = text.first, let last = text.last else { return 0..<0 }
        // Letters and digits are the common case.
        if isPlain(first) && isPlain(last) { return 0..<text.count }
        return slowlyTrimmed(text)
    }

    @inline(__always)
    private static func isPlain(_ byte: UInt8) -> Bool { byte > 0x20 && byte < 0x80 }

    @inline(never)
    private static func slowlyTrimmed(_ text: UnsafeRawBufferPointer) -> Range<Int> {
        var range = 0..<text.count
        while let width = width(text, startingAt: range.lowerBound, end: range.upperBound) {
            range = (range.lowerBound + width)..<range.upperBound
        }
        while let width = (1...3).first(where: { width in
            range.count >= width
                && self.width(text, startingAt: range.upperBound - width, end: range.upperBound) == width
        }) { range = range.lowerBound..<(range.upperBound - width) }
        return range
    }

    /// How many bytes the space at this place has; nil if there is none.
    private static func width(_ text: UnsafeRawBufferPointer, startingAt start: Int, end: Int) -> Int? {
        guard start < end else { return nil }
        switch text[start] {
        case 0x20, 0x09...0x0D: return 1
        case 0xC2: return start + 1 < end && (text[start + 1] == 0xA0 || text[start + 1] == 0x85) ? 2 : nil
        case 0xE1, 0xE2, 0xE3:
            guard start + 2 < end else { return nil }
            switch (text[start], text[start + 1], text[start + 2]) {
            case (0xE1, 0x9A, 0x80), (0xE3, 0x80, 0x80), (0xE2, 0x81, 0x9F): return 3
            case (0xE2, 0x80, 0x80...0x8A), (0xE2, 0x80, 0xA8), (0xE2, 0x80, 0xA9), (0xE2, 0x80, 0xAF): return 3
            default: return nil
            }
        default: return nil
        }
    }
}
