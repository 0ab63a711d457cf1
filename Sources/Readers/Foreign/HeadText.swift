/// A source's first bytes as text: UTF-8, without a byte order mark and the white space in front.
package struct HeadText {
    package let bytes: ArraySlice<UInt8>
    /// The first part in lower case, to be compared with.
    package let beginning: String

    private static let comparedBytes = 4_096

    package init(_ head: [UInt8]) {
        var bytes = head[...]
        if let (encoding, markBytes) = TextEncoding.utf16(ofHead: head) {
            var text: [UInt8] = []
            _ = head[markBytes...].withUnsafeBytes {
                UTF16Transcoder(encoding).transcode($0, isFinal: false, to: &text)
            }
            bytes = text[...]
        }
        if bytes.starts(with: [0xEF, 0xBB, 0xBF]) { bytes = bytes.dropFirst(3) }
        self.bytes = bytes.drop { $0 == 0x20 || (9...13).contains($0) }
        beginning = String(decoding: self.bytes.prefix(Self.comparedBytes), as: UTF8.self).lowercased()
    }

    private init(_ bytes: ArraySlice<UInt8>) {
        self.bytes = bytes.drop { $0 == 0x20 || (9...13).contains($0) }
        beginning = String(decoding: self.bytes.prefix(Self.comparedBytes), as: UTF8.self).lowercased()
    }

    func dropping(_ count: Int) -> HeadText { HeadText(bytes.dropFirst(count)) }

    /// Behind the line that comes first.
    var behindLine: HeadText { HeadText(bytes.drop { $0 != LineByte.lineFeed }) }

    /// Behind the first occurrence of this; nil if there is none.
    func behind(_ mark: String) -> HeadText? {
        let mark = Array(mark.utf8)
        return bytes.firstRange(of: mark).map { HeadText(bytes[$0.upperBound...]) }
    }

    func contains(_ text: String) -> Bool { bytes.firstRange(of: Array(text.utf8)) != nil }

    package func starts(with beginnings: [String]) -> Bool { beginnings.contains { beginning.hasPrefix($0) } }

    /// The first bytes that are not white space.
    private var firstBytes: [UInt8] {
        Array(bytes.lazy.filter { !($0 == 0x20 || (9...13).contains($0)) }.prefix(6))
    }

    /// Whether it begins as a JSON document of objects or arrays does.
    package var beginsJSON: Bool {
        let first = firstBytes
        guard first.count > 1 else { return false }
        switch first[0] {
        case JSONByte.openBrace: return first[1] == JSONByte.quote || first[1] == JSONByte.closeBrace
        case JSONByte.openBracket:
            return "{[]\"-0123456789".utf8.contains(first[1])
                || ["true", "fals", "null"].contains { first.dropFirst().starts(with: $0.utf8) }
        // A record separator begins a JSON text sequence.
        case 0x1E: return first[1] == JSONByte.openBrace || first[1] == JSONByte.openBracket
        default: return false
        }
    }

    /// Whether it can be nothing but JSON whose beginning is cut off or damaged: a brace or bracket alone, or a key with its
    /// colon right at the beginning or after a brace or bracket.
    package var beginsBrokenJSON: Bool {
        guard let first = bytes.first else { return false }
        let isOpen = first == JSONByte.openBrace || first == JSONByte.openBracket
        if isOpen && bytes.dropFirst().allSatisfy({ $0 == 0x20 || (9...13).contains($0) }) { return true }
        let rest = (first == JSONByte.quote ? bytes : bytes.dropFirst()).drop {
            JSONByte.isSpace($0) || $0 == JSONByte.openBrace || $0 == JSONByte.openBracket
        }
        if rest.first == JSONByte.quote, let end = rest.dropFirst().firstIndex(of: JSONByte.quote) {
            if rest[(end + 1)...].drop(while: JSONByte.isSpace).first == JSONByte.colon { return true }
        }
        return isOpen && hasKey
    }

    /// Whether a quote, which is not one of CSV's doubled ones, stands before a colon.
    private var hasKey: Bool {
        bytes.indices.dropFirst().dropLast().contains {
            bytes[$0] == JSONByte.quote && bytes[$0 - 1] != JSONByte.quote && bytes[$0 + 1] == JSONByte.colon
        }
    }

    /// Whether it begins with an object, an empty one included, or an array of objects: what is before that is not
    /// its first value.
    var beginsObjects: Bool {
        let first = firstBytes
        guard first.count > 1 else { return false }
        let isObject = first[0] == JSONByte.openBrace && (first[1] == JSONByte.quote || first[1] == JSONByte.closeBrace)
        return isObject || first[0] == JSONByte.openBracket && first[1] == JSONByte.openBrace
    }

    /// The four bytes of a character with at most seven bits, or a mark.
    static func isUTF32(_ head: [UInt8]) -> Bool {
        guard head.count >= 4 else { return false }
        if head.starts(with: [0xFF, 0xFE, 0, 0]) || head.starts(with: [0, 0, 0xFE, 0xFF]) { return true }
        let units = stride(from: 0, to: min(head.count & ~3, 64), by: 4).map { head[$0..<($0 + 4)] }
        return units.count > 1
            && (units.allSatisfy { $0.dropFirst().allSatisfy { $0 == 0 } && ($0.first ?? 0) >= 9 }
                || units.allSatisfy { $0.dropLast().allSatisfy { $0 == 0 } && ($0.last ?? 0) >= 9 })
    }
}

extension TextEncoding {
    /// Whether the first bytes are UTF-16, and the length of the byte order mark: by the mark, or by the zero bytes of the
    /// first two characters where these are ASCII.
    package static func utf16(ofHead head: some Collection<UInt8>) -> (TextEncoding, markBytes: Int)? {
        let first = Array(head.prefix(4))
        if first.starts(with: [0xFF, 0xFE]) { return (.utf16le, 2) }
        if first.starts(with: [0xFE, 0xFF]) { return (.utf16be, 2) }
        guard first.count == 4 else { return nil }
        let isASCII = first.map { (9..<0x80).contains($0) }
        if isASCII[0], first[1] == 0, isASCII[2], first[3] == 0 { return (.utf16le, 0) }
        if first[0] == 0, isASCII[1], first[2] == 0, isASCII[3] { return (.utf16be, 0) }
        return nil
    }
}
