internal import Records

/// How bytes stand for text.
package enum TextEncoding: String, Sendable, CaseIterable {
    case utf8 = "utf-8"
    case latin1 = "iso-8859-1"
    case windows1252 = "windows-1252"
    /// UTF-16 in the byte order that its byte order mark or its line ends tell, little-endian without them.
    case utf16 = "utf-16"
    case utf16le = "utf-16le"
    case utf16be = "utf-16be"
    // The C library knows what bytes mean in the others. In all of them, those below 0x80 are ASCII.
    case windows1250 = "windows-1250"
    case windows1251 = "windows-1251"
    case windows1253 = "windows-1253"
    case windows1254 = "windows-1254"
    case windows1255 = "windows-1255"
    case windows1256 = "windows-1256"
    case windows1257 = "windows-1257"
    case windows1258 = "windows-1258"
    case latin2 = "iso-8859-2"
    case latin3 = "iso-8859-3"
    case latin4 = "iso-8859-4"
    case cyrillic = "iso-8859-5"
    case arabic = "iso-8859-6"
    case greek = "iso-8859-7"
    case hebrew = "iso-8859-8"
    case latin5 = "iso-8859-9"
    case latin6 = "iso-8859-10"
    case thai = "iso-8859-11"
    case latin7 = "iso-8859-13"
    case latin8 = "iso-8859-14"
    case latin9 = "iso-8859-15"
    case latin10 = "iso-8859-16"
    case koi8r = "koi8-r"
    case koi8u = "koi8-u"
    case cp437, cp737, cp775, cp850, cp852, cp855, cp857, cp858, cp862, cp865, cp866, cp874
    case gbk, gb18030, big5
    case big5hkscs = "big5-hkscs"
    case shiftJIS = "shift-jis"
    case cp932
    case eucJP = "euc-jp"
    case eucKR = "euc-kr"
    case cp949

    package var isUTF16: Bool { self == .utf16 || self == .utf16le || self == .utf16be }
    /// Every byte is one character.
    var isSingleByte: Bool { !isUnicode && !isMultiByte }
    /// A byte from 0x80 may begin a character of several bytes, of which the later ones may be below 0x80.
    var isMultiByte: Bool {
        switch self {
        case .gbk, .gb18030, .big5, .big5hkscs, .shiftJIS, .cp932, .eucJP, .eucKR, .cp949: true
        default: false
        }
    }
    /// Any character can be said in it, a byte order mark too.
    var isUnicode: Bool { self == .utf8 || isUTF16 }
    /// The first byte of a text, as it appears in `SourceText`; nil where that is not one of ASCII in a single-byte
    /// encoding.
    func firstByte(of text: String) -> UInt8? {
        text.utf8.first.flatMap { !isUnicode && $0 >= 0x80 ? nil : $0 }
    }
    /// Bytes of the smallest unit: what a line feed takes.
    var unitBytes: Int { isUTF16 ? 2 : 1 }

    /// The bytes that a text was before it was decoded; nil if they cannot be known.
    package func singleBytes(ofText text: [UInt8]) -> [UInt8]? { isSingleByte ? bytes(ofText: text) : nil }

    /// What a file's first bytes say of its encoding: the encoding to use and the bytes of the byte order mark to skip.
    ///
    /// A mark decides, whatever was `given`: no text begins with one by chance.
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
        // Two letters of a code page may look like a mark of UTF-16, but have no zero bytes around.
        case (let given?, let marked?)
        where marked.0.isUTF16 && !given.isUTF16 && !head.prefix(markedBytes).contains(0):
            return (given, 0)
        case (_, let marked?): return marked
        case (.utf16, _): return (orderOfUTF16(in: head), 0)
        default: return (given ?? .utf8, 0)
        }
    }

    /// Throws `DataError.unusableOption` for UTF-16 that was given and cannot be: its line ends have a zero byte, and the
    /// head has none.
    package static func requireUTF16(_ given: TextEncoding?, head: [UInt8]) throws {
        guard let given, given.isUTF16, !head.isEmpty, !head.contains(0), marked(head, otherThan: given) == nil else {
            return
        }
        throw DataError(
            .unusableOption,
            "The text is not \(given.rawValue): each line end would have a zero byte, and the first \(head.count) bytes have none.",
            remedy: "Leave out --encoding, or name another one.")
    }

    /// How much shows whether a mark is one.
    private static let markedBytes = 4_096

    /// The byte order of text without a mark, by its line ends or else by its characters of ASCII; little-endian in doubt.
    private static func orderOfUTF16(in head: some Collection<UInt8>) -> TextEncoding {
        if let order = otherOrder(than: .utf16le, in: head) { return order }
        let (little, big) = unitsOfASCII(9..<0x80, in: head)
        return big > little && otherOrder(than: .utf16be, in: head) == nil ? .utf16be : .utf16le
    }

    /// The byte order that the line ends show, where that is not this one.
    static func otherOrder(than encoding: TextEncoding, in head: some Collection<UInt8>) -> TextEncoding? {
        let (little, big) = unitsOfASCII(0x0A..<0x0E, in: head)
        return switch encoding {
        case .utf16le where little == 0 && big > 0: .utf16be
        case .utf16be where big == 0 && little > 0: .utf16le
        default: nil
        }
    }

    /// How many units of two bytes are one of these characters in each byte order.
    private static func unitsOfASCII(
        _ characters: Range<UInt8>, in bytes: some Collection<UInt8>
    ) -> (little: Int, big: Int) {
        var (little, big) = (0, 0)
        var first: UInt8?
        for byte in bytes {
            guard let lead = first else {
                first = byte
                continue
            }
            if byte == 0 && characters.contains(lead) { little += 1 }
            if lead == 0 && characters.contains(byte) { big += 1 }
            first = nil
        }
        return (little, big)
    }

    /// The characters of the bytes from 0x80 in a single-byte encoding; 0 if it has none.
    var highBytes: [UInt16] {
        switch self {
        case .latin1: Self.latin1Bytes
        case .windows1252: Self.windows1252Bytes
        default: CharacterDecoder.of(self)?.highBytes ?? Self.latin1Bytes.map { _ in 0 }
        }
    }

    /// The bytes that a text was before it was turned into UTF-8 from a single-byte encoding; those of any other as they are.
    func bytes(ofText text: [UInt8]) -> [UInt8] {
        guard isSingleByte else { return text }
        let characters = highBytes
        var bytes: [UInt8] = []
        var rest = text[...]
        while let first = rest.first {
            let length = first < 0xC2 ? 1 : first < 0xE0 ? 2 : 3
            let code = rest.dropFirst().prefix(length - 1).reduce(UInt32(first & (length == 2 ? 0x1F : 0x0F))) {
                $0 << 6 | UInt32($1 & 0x3F)
            }
            let byte = length == 1 ? nil : Unicode.Scalar(code).flatMap { Self.highByte(of: $0, in: characters) }
            bytes.append(byte ?? first)
            rest = rest.dropFirst(byte == nil ? 1 : length)
        }
        return bytes
    }

    /// The byte from 0x80 that is this one of an encoding's characters; nil if none is.
    ///
    /// - Parameter characters: the encoding's `highBytes`.
    static func highByte(of scalar: Unicode.Scalar, in characters: [UInt16]) -> UInt8? {
        characters.firstIndex { $0 > 0 && UInt32($0) == scalar.value }.map { UInt8(0x80 + $0) }
    }

    private static let latin1Bytes = Array(0x80...0xFF as ClosedRange<UInt16>)
    private static let windows1252Bytes: [UInt16] =
        [
            0x20AC, 0, 0x201A, 0x0192, 0x201E, 0x2026, 0x2020, 0x2021, 0x02C6, 0x2030, 0x0160, 0x2039, 0x0152, 0,
            0x017D,
            0, 0, 0x2018, 0x2019, 0x201C, 0x201D, 0x2022, 0x2013, 0x2014, 0x02DC, 0x2122, 0x0161, 0x203A, 0x0153, 0,
            0x017E, 0x0178,
        ] + Array(0xA0...0xFF)
}
