extension TextEncoding {
    /// Bytes as text; U+FFFD for what means nothing.
    package func text(of bytes: [UInt8]) -> String {
        if self == .utf8 { return String(decoding: bytes, as: UTF8.self) }
        if isUTF16 {
            let isBig = self == .utf16be || self == .utf16 && TextEncoding.otherOrder(than: .utf16le, in: bytes) != nil
            let units: [UInt16] = stride(from: 0, to: bytes.count - 1, by: 2).map { index in
                let (high, low) = isBig ? (bytes[index], bytes[index + 1]) : (bytes[index + 1], bytes[index])
                return UInt16(high) * 256 + UInt16(low)
            }
            return String(decoding: units, as: UTF16.self)
        }
        if isSingleByte {
            let characters = highBytes
            return bytes.reduce(into: "") { text, byte in
                let code = byte < 0x80 ? UInt16(byte) : characters[Int(byte) - 0x80]
                let scalar = code == 0 && byte > 0 ? nil : Unicode.Scalar(code)
                text.unicodeScalars.append(scalar ?? "\u{FFFD}")
            }
        }
        guard let decoder = CharacterDecoder.of(self) else { return String(decoding: bytes, as: UTF8.self) }
        return bytes.withUnsafeBytes { bytes in
            var (text, position) = ([UInt8](), 0)
            while position < bytes.count {
                let rest = UnsafeRawBufferPointer(rebasing: bytes[position...])
                guard let bad = decoder.decode(rest, to: &text) else { break }
                text += "\u{FFFD}".utf8
                position += bad + 1
            }
            return String(decoding: text, as: UTF8.self)
        }
    }
}
