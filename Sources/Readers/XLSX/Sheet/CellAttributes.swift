/// What a cell's tag says of it, as it is there; valid only while the tag is read.
struct CellAttributes {
    var address: UnsafeRawBufferPointer?
    var style: UnsafeRawBufferPointer?
    var type: UnsafeRawBufferPointer?

    /// Keeps the attribute whose name is this one letter, if it is one of these.
    @inline(__always)
    mutating func set(_ name: UInt8, _ value: UnsafeRawBufferPointer) {
        switch name {
        case UInt8(ascii: "r"): address = value
        case UInt8(ascii: "s"): style = value
        case UInt8(ascii: "t"): type = value
        default: break
        }
    }

    /// Nil if the text is not an index.
    @inline(__always)
    static func styleIndex(_ text: UnsafeRawBufferPointer) -> Int? {
        guard (1...9).contains(text.count) else { return nil }
        var index = 0
        for byte in text {
            let digit = Int(byte &- UInt8(ascii: "0"))
            if digit > 9 { return nil }
            index = index * 10 + digit
        }
        return index
    }
}
