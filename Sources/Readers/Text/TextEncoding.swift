/// How bytes stand for text.
package enum TextEncoding: String, Sendable, CaseIterable {
    case utf8 = "utf-8"
    case latin1 = "iso-8859-1"
    case windows1252 = "windows-1252"
    /// UTF-16 in the byte order that its byte order mark tells, little-endian without one.
    case utf16 = "utf-16"
    case utf16le = "utf-16le"
    case utf16be = "utf-16be"

    /// The encoding of this name or usual alias, in any case, with or without hyphens; nil for an unknown one.
    package init?(name: String) {
        switch name.lowercased().filter({ !"-_ ".contains($0) }) {
        case "utf8", "ascii", "usascii", "utf8sig", "utf8bom": self = .utf8
        case "latin1", "l1", "iso88591": self = .latin1
        case "windows1252", "win1252", "cp1252", "ansi": self = .windows1252
        case "utf16", "unicode": self = .utf16
        case "utf16le", "ucs2le": self = .utf16le
        case "utf16be", "ucs2be": self = .utf16be
        default: return nil
        }
    }

    var isUTF16: Bool { self == .utf16 || self == .utf16le || self == .utf16be }
    /// Every byte is one character, and those below 0x80 are ASCII.
    var isSingleByte: Bool { self == .latin1 || self == .windows1252 }
    /// Any character can be said in it, a byte order mark too.
    var isUnicode: Bool { !isSingleByte }
    /// The first byte of a text, as it stands in `SourceText`; nil where that is not one of ASCII in a single-byte encoding.
    func firstByte(of text: String) -> UInt8? {
        text.utf8.first.flatMap { isSingleByte && $0 >= 0x80 ? nil : $0 }
    }
    /// Bytes of the smallest unit: what a line feed takes.
    var unitBytes: Int { isUTF16 ? 2 : 1 }

    /// What a file's first bytes say of its encoding: the encoding to use and the bytes of the byte order mark to skip.
    ///
    /// The mark decides only where no encoding was `given`, or where that one leaves the byte order open.
    static func detect(head: some Collection<UInt8>, given: TextEncoding?) -> (encoding: TextEncoding, markBytes: Int) {
        let marked: (TextEncoding, Int)? =
            if head.starts(with: [0xEF, 0xBB, 0xBF]) {
                (.utf8, 3)
            } else if head.starts(with: [0xFF, 0xFE]) {
                (.utf16le, 2)
            } else if head.starts(with: [0xFE, 0xFF]) {
                (.utf16be, 2)
            } else {
                nil
            }
        switch (given, marked) {
        case (nil, let marked?): return marked
        case (.utf16, let marked?) where marked.0.isUTF16: return marked
        case (let given?, let marked?) where given == marked.0: return marked
        case (.utf16, _): return (.utf16le, 0)
        default: return (given ?? .utf8, 0)
        }
    }

    /// The character of a byte from 0x80 in a single-byte encoding; nil where the encoding has none.
    func scalar(ofHighByte byte: UInt8) -> Unicode.Scalar? {
        guard self == .windows1252, byte < 0xA0 else { return Unicode.Scalar(byte) }
        let code = Self.windows1252Block[Int(byte) - 0x80]
        return code == 0 ? nil : Unicode.Scalar(code)
    }

    /// The bytes that a text was before it was turned into UTF-8 from a single-byte encoding; those of any other as they are.
    func bytes(ofText text: [UInt8]) -> [UInt8] {
        guard isSingleByte else { return text }
        var bytes: [UInt8] = []
        var rest = text[...]
        while let first = rest.first {
            let length = first < 0xC2 ? 1 : first < 0xE0 ? 2 : 3
            let code = rest.dropFirst().prefix(length - 1).reduce(UInt32(first & (length == 2 ? 0x1F : 0x0F))) {
                $0 << 6 | UInt32($1 & 0x3F)
            }
            let byte = length == 1 ? nil : Unicode.Scalar(code).flatMap(highByte)
            bytes.append(byte ?? first)
            rest = rest.dropFirst(byte == nil ? 1 : length)
        }
        return bytes
    }

    /// The byte of a character from 0x80 in a single-byte encoding; nil where there is none.
    private func highByte(of scalar: Unicode.Scalar) -> UInt8? {
        if self == .windows1252, let index = Self.windows1252Block.firstIndex(where: { $0 == scalar.value && $0 > 0 }) {
            return UInt8(0x80 + index)
        }
        return UInt8(exactly: scalar.value)
    }

    /// The characters of 0x80 to 0x9F, where Windows-1252 differs from Latin-1; 0 where it has none.
    private static let windows1252Block: [UInt16] = [
        0x20AC, 0, 0x201A, 0x0192, 0x201E, 0x2026, 0x2020, 0x2021, 0x02C6, 0x2030, 0x0160, 0x2039, 0x0152, 0, 0x017D, 0,
        0, 0x2018, 0x2019, 0x201C, 0x201D, 0x2022, 0x2013, 0x2014, 0x02DC, 0x2122, 0x0161, 0x203A, 0x0153, 0, 0x017E,
        0x0178,
    ]
}
