/// A short piece of text from a source, fit to be in a message.
enum Excerpt {
    /// The longest excerpt, in bytes of text.
    static let maximumBytes = 60
    private static let bytesBefore = 20

    /// The text of `range` around `position`, in quotes, with what cannot be printed escaped.
    static func of(_ text: SourceText, in range: Range<Int>, around position: Int) -> String {
        var first = max(range.lowerBound, min(position, range.upperBound) - bytesBefore)
        var last = min(range.upperBound, first + maximumBytes)
        if text.encoding.isMultiByte {
            first = text.startOfCharacter(at: first, from: range.lowerBound)
            last = text.startOfCharacter(at: last, from: first)
        } else if !text.encoding.isSingleByte {
            // Characters are not cut in two; a run of stray continuation bytes is.
            for _ in 0..<3 where first > range.lowerBound && text.isContinuation(at: first) { first -= 1 }
            for _ in 0..<3 where last < range.upperBound && text.isContinuation(at: last) { last -= 1 }
        }
        let part = UnsafeRawBufferPointer(rebasing: text.text[first..<last])
        let printable =
            text.encoding.isUnicode
            ? utf8(part)
            : text.encoding.isMultiByte ? multiByte(part, text.encoding) : singleByte(part, text.encoding)
        return "`\(first > range.lowerBound ? "…" : "")\(printable)\(last < range.upperBound ? "…" : "")`"
    }

    private static func singleByte(_ part: UnsafeRawBufferPointer, _ encoding: TextEncoding) -> String {
        let characters = encoding.highBytes
        return part.reduce(into: "") { result, byte in
            let code = byte < 0x80 ? UInt16(byte) : characters[Int(byte) - 0x80]
            let scalar = code == 0 && byte > 0 ? nil : Unicode.Scalar(code)
            result += scalar.map(printable) ?? "\\x\(hex(byte))"
        }
    }

    private static func multiByte(_ part: UnsafeRawBufferPointer, _ encoding: TextEncoding) -> String {
        var result = ""
        var position = 0
        while position < part.count {
            let length = part[position] < 0x80 ? 1 : encoding.characterLength(part, at: position) ?? 1
            let bytes = UnsafeRawBufferPointer(rebasing: part[position..<min(part.count, position + length)])
            var text: [UInt8] = []
            if CharacterDecoder.of(encoding)?.decode(bytes, to: &text) == nil {
                result += String(decoding: text, as: UTF8.self).unicodeScalars.map(printable).joined()
                position += bytes.count
            } else {
                result += "\\x\(hex(part[position]))"
                position += 1
            }
        }
        return result
    }

    private static func utf8(_ part: UnsafeRawBufferPointer) -> String {
        var result = ""
        var decoder = Unicode.UTF8.ForwardParser()
        var position = 0
        var bytes = part.makeIterator()
        while true {
            switch decoder.parseScalar(from: &bytes) {
            case .valid(let encoded):
                result += printable(Unicode.UTF8.decode(encoded))
                position += encoded.count
            case .error(let length):
                for byte in part[position..<(position + length)] { result += "\\x\(hex(byte))" }
                position += length
            case .emptyInput:
                return result
            }
        }
    }

    private static func printable(_ scalar: Unicode.Scalar) -> String {
        switch scalar {
        case "\n": return "\\n"
        case "\r": return "\\r"
        case "\t": return "\\t"
        default: break
        }
        switch scalar.properties.generalCategory {
        case .control, .format, .lineSeparator, .paragraphSeparator, .surrogate, .unassigned, .privateUse:
            return scalar.value < 0x80
                ? "\\x\(hex(UInt8(scalar.value)))" : "\\u{\(String(scalar.value, radix: 16, uppercase: true))}"
        default:
            return String(scalar)
        }
    }
}

/// A byte as two hexadecimal digits.
func hex(_ byte: UInt8) -> String {
    let digits = String(byte, radix: 16, uppercase: true)
    return digits.count == 1 ? "0\(digits)" : digits
}
