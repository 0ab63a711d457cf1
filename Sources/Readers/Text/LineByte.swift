/// The bytes that end lines.
enum LineByte {
    static let lineFeed = UInt8(ascii: "\n")
    static let carriageReturn = UInt8(ascii: "\r")

    @inline(__always)
    static func isEnd(_ byte: UInt8) -> Bool { byte == lineFeed || byte == carriageReturn }
}
