/// The test for what mail servers take as an address: `local@domain`, no quotes, no comments, no address literals.
///
/// Letters of all scripts are allowed in both parts (RFC 6531); the domain needs a dot.
package enum EmailAddress {
    /// Whether the whole text is an address.
    package static func isValid(_ text: UnsafeRawBufferPointer) -> Bool {
        guard text.count <= 254, let at = text.lastIndex(of: UInt8(ascii: "@")) else { return false }
        return isLocalPart(text[..<at]) && isDomain(text[(at + 1)...])
    }

    private static func isLocalPart(_ part: Slice<UnsafeRawBufferPointer>) -> Bool {
        guard (1...64).contains(part.count) else { return false }
        var afterDot = true
        for byte in part {
            if byte == UInt8(ascii: ".") {
                if afterDot { return false }
                afterDot = true
            } else {
                guard isAtomText(byte) else { return false }
                afterDot = false
            }
        }
        return !afterDot
    }

    private static func isDomain(_ domain: Slice<UnsafeRawBufferPointer>) -> Bool {
        var labels = 0
        var length = 0
        var last: UInt8 = 0
        var hasLetter = false
        for byte in domain {
            if byte == UInt8(ascii: ".") {
                guard isLabel(length: length, last: last) else { return false }
                labels += 1
                length = 0
                hasLetter = false
            } else {
                guard isAlphanumeric(byte) || (byte == UInt8(ascii: "-") && length > 0) else { return false }
                hasLetter = hasLetter || !isDigit(byte)
                length += 1
            }
            last = byte
        }
        return labels > 0 && length >= 2 && hasLetter && isLabel(length: length, last: last)
    }

    private static func isLabel(length: Int, last: UInt8) -> Bool {
        (1...63).contains(length) && last != UInt8(ascii: "-")
    }

    private static func isDigit(_ byte: UInt8) -> Bool { byte &- UInt8(ascii: "0") < 10 }

    private static func isAlphanumeric(_ byte: UInt8) -> Bool {
        isDigit(byte) || (byte | 0x20) &- UInt8(ascii: "a") < 26 || byte >= 0x80
    }

    private static func isAtomText(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "!"), UInt8(ascii: "#")...UInt8(ascii: "'"), UInt8(ascii: "*"), UInt8(ascii: "+"),
            UInt8(ascii: "-"), UInt8(ascii: "/"), UInt8(ascii: "="), UInt8(ascii: "?"),
            UInt8(ascii: "^")...UInt8(ascii: "`"), UInt8(ascii: "{")...UInt8(ascii: "~"):
            true
        default: isAlphanumeric(byte)
        }
    }
}
