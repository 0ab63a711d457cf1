internal import Glibc

/// Text in which `_x000D_` stands for a character that XML cannot have, or not well (ECMA-376 part 1, ST_Xstring).
enum EscapedText {
    private static let escapeBytes = 7

    /// Decodes what is in the buffer from `start` on. An escape that stands for no character (a lone surrogate) is
    /// left as it is.
    static func decode(_ buffer: inout [UInt8], from start: Int) {
        guard buffer.count - start >= escapeBytes, var position = firstUnderscore(in: buffer, from: start) else {
            return
        }
        var decoded: [UInt8] = []
        var copied = start
        while position + escapeBytes <= buffer.count {
            guard buffer[position] == UInt8(ascii: "_"), let (scalar, count) = scalar(at: position, in: buffer) else {
                position += 1
                continue
            }
            decoded += buffer[copied..<position]
            decoded += Array(String(Character(scalar)).utf8)
            position += count
            copied = position
        }
        decoded += buffer[copied...]
        buffer.replaceSubrange(start..., with: decoded)
    }

    private static func firstUnderscore(in buffer: [UInt8], from start: Int) -> Int? {
        buffer.withUnsafeBytes { bytes in
            guard let base = bytes.baseAddress,
                let found = memchr(base + start, Int32(UInt8(ascii: "_")), bytes.count - start)
            else { return nil }
            return base.distance(to: UnsafeRawPointer(found))
        }
    }

    /// The character that the escape here stands for, or the pair of escapes, and their length.
    private static func scalar(at position: Int, in buffer: [UInt8]) -> (Unicode.Scalar, Int)? {
        guard let unit = unit(at: position, in: buffer) else { return nil }
        if let scalar = Unicode.Scalar(unit) { return (scalar, escapeBytes) }
        guard UTF16.isLeadSurrogate(unit), let next = self.unit(at: position + escapeBytes, in: buffer),
            UTF16.isTrailSurrogate(next)
        else { return nil }
        return (UTF16.decode(UTF16.EncodedScalar([unit, next])), 2 * escapeBytes)
    }

    private static func unit(at position: Int, in buffer: [UInt8]) -> UInt16? {
        guard position + escapeBytes <= buffer.count, buffer[position] == UInt8(ascii: "_"),
            buffer[position + 1] == UInt8(ascii: "x"), buffer[position + 6] == UInt8(ascii: "_")
        else { return nil }
        var unit: UInt16 = 0
        for byte in buffer[(position + 2)..<(position + 6)] {
            guard let digit = Character(Unicode.Scalar(byte)).hexDigitValue else { return nil }
            unit = unit << 4 | UInt16(digit)
        }
        return unit
    }
}
