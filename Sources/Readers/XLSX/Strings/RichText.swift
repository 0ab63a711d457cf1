internal import Glibc

/// The text of a shared or an inline string: of its `t`, or of its runs' in turn. Formatting and the phonetic guides
/// (`rPh`) are not part of it.
struct RichText {
    private var isInRun = false
    private var keepsSpace = false
    /// Where the open `t` began in the buffer; nil outside of one.
    private var textStart: Int?

    var isInText: Bool { textStart != nil }

    /// An element begins in the string. Returns whether its content is wanted.
    mutating func start(_ name: XMLName, _ attributes: XMLAttributes, in buffer: [UInt8]) -> Bool {
        if isInText { return false }
        if name == "t" {
            textStart = buffer.count
            keepsSpace = attributes.value("xml:space").map { strcmp($0, "preserve") == 0 } ?? false
            return true
        }
        guard !isInRun, name == "r" else { return false }
        isInRun = true
        return true
    }

    /// A wanted element ends. Returns false if it is the string itself.
    mutating func end(in buffer: inout [UInt8]) -> Bool {
        guard let start = textStart else {
            defer { isInRun = false }
            return isInRun
        }
        textStart = nil
        Self.finish(&buffer, from: start, keepsSpace: keepsSpace)
        return true
    }

    /// Makes what is meant of the text that is in the buffer from `start` on, as XML has it.
    static func finish(_ buffer: inout [UInt8], from start: Int, keepsSpace: Bool) {
        if !keepsSpace { trim(&buffer, from: start) }
        EscapedText.decode(&buffer, from: start)
    }

    /// Drops the white space around a text, as spreadsheet programs do where `xml:space` does not say to keep it.
    private static func trim(_ buffer: inout [UInt8], from start: Int) {
        while buffer.count > start, isSpace(buffer[buffer.count - 1]) { buffer.removeLast() }
        guard buffer.count > start, isSpace(buffer[start]) else { return }
        buffer.removeSubrange(start..<(buffer[start...].firstIndex { !isSpace($0) } ?? buffer.count))
    }

    private static func isSpace(_ byte: UInt8) -> Bool { byte == 0x20 || (0x09...0x0D).contains(byte) }
}
