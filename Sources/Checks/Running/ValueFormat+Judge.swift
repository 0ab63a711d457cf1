internal import Records

extension ValueFormat {
    /// What a value of this format is called.
    var description: String {
        switch self {
        case .word(.email): "an e-mail address"
        case .word(.date): "a date like 2024-01-31"
        case .word(.timestamp): "a time like 2024-01-31T23:59:00Z"
        case .word(.integer): "an integer"
        case .word(.number): "a number"
        case .word(.uuid): "a UUID"
        case .word(.url): "a URL"
        case .pattern(let pattern): "like \(pattern)"
        }
    }

    /// The test whether a text is written so. Throws `DataError.unusableOption` for a pattern that cannot be used.
    func judge() throws -> (String) -> Bool {
        switch self {
        case .word(let word): { word.fits($0) }
        case .pattern(let text):
            { [pattern = try WholePattern(text)] value in value.withBytes { pattern.matches($0) } }
        }
    }
}

extension ValueFormat.Word {
    fileprivate func fits(_ text: String) -> Bool {
        switch self {
        case .email: text.withBytes { EmailAddress.isValid($0) }
        case .date: ISOTime(text).map { !$0.hasTime } ?? false
        case .timestamp: ISOTime(text) != nil
        case .integer: Self.isInteger(text)
        case .number: NumberValue(text) != nil
        case .uuid: Self.isUUID(text)
        case .url: Self.isURL(text)
        }
    }

    private static func isInteger(_ text: String) -> Bool {
        let digits = text.utf8.dropFirst(text.hasPrefix("-") || text.hasPrefix("+") ? 1 : 0)
        return !digits.isEmpty && digits.allSatisfy { $0 &- UInt8(ascii: "0") < 10 }
    }

    /// 32 hexadecimal digits in groups of 8, 4, 4, 4 and 12.
    private static func isUUID(_ text: String) -> Bool {
        text.utf8.count == 36
            && text.utf8.enumerated().allSatisfy { index, byte in
                [8, 13, 18, 23].contains(index)
                    ? byte == UInt8(ascii: "-")
                    : byte &- UInt8(ascii: "0") < 10 || (byte | 0x20) &- UInt8(ascii: "a") < 6
            }
    }

    /// A scheme, `://`, a host, and neither white space nor control characters anywhere.
    private static func isURL(_ text: String) -> Bool {
        guard text.utf8.count <= WholePattern.maximumBytes, let colon = text.utf8.firstIndex(of: UInt8(ascii: ":")),
            text[colon...].hasPrefix("://"), let first = text.utf8.first, isLetter(first)
        else { return false }
        let scheme = text[..<colon].utf8.allSatisfy {
            isLetter($0) || $0 &- UInt8(ascii: "0") < 10 || "+-.".utf8.contains($0)
        }
        let host = text[colon...].dropFirst(3).prefix { !"/?#".contains($0) }
        return scheme && !host.isEmpty
            && text.unicodeScalars.allSatisfy {
                !$0.properties.isWhitespace && $0.properties.generalCategory != .control
            }
    }

    private static func isLetter(_ byte: UInt8) -> Bool { (byte | 0x20) &- UInt8(ascii: "a") < 26 }
}

extension String {
    fileprivate func withBytes<Result>(_ body: (UnsafeRawBufferPointer) -> Result) -> Result {
        var text = self
        return text.withUTF8 { body(UnsafeRawBufferPointer($0)) }
    }
}
