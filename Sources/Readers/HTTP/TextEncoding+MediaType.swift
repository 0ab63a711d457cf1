extension TextEncoding {
    /// The encoding that a server's `Content-Type` names with `charset=`; nil if it names none that is known here.
    /// ISO-8859-1 means Windows-1252 and so on, as everywhere on the web: programs of Windows say so.
    package init?(mediaType: String) {
        guard let encoding = Self.charset(of: mediaType).flatMap(TextEncoding.init(name:)), encoding.isAvailable else {
            return nil
        }
        switch encoding {
        case .latin1: self = .windows1252
        case .latin5: self = .windows1254
        case .thai: self = .cp874
        case .shiftJIS: self = .cp932
        case .eucKR: self = .cp949
        default: self = encoding
        }
    }

    private static func charset(of mediaType: String) -> String? {
        var parameters = mediaType.drop { $0 != ";" }
        return FieldParameters.take(from: &parameters).first { $0.name == "charset" }?.value
    }

    /// The encoding that a server names and that is not read here, for a text that is more than ASCII and no UTF-8.
    ///
    /// - Parameter head: the text's first bytes.
    package static func unknownCharset(of mediaType: String, head: [UInt8]) -> String? {
        // Japanese mail has escapes among ASCII.
        guard let charset = charset(of: mediaType), TextEncoding(name: charset)?.isAvailable != true,
            head.contains(where: { $0 >= 0x80 || $0 == 0x1B }), !isEvident(ofHead: head)
        else { return nil }
        return charset
    }

    /// The encoding that a text's byte order mark says, if it is not the one that is `given`.
    package static func marked(_ head: [UInt8], otherThan given: TextEncoding) -> TextEncoding? {
        let (encoding, markBytes) = detect(head: head, given: given)
        return markBytes > 0 && encoding != given && given != .utf16 ? encoding : nil
    }

    private static func marked(_ head: [UInt8]) -> TextEncoding? {
        let (encoding, markBytes) = detect(head: head, given: nil)
        return markBytes > 0 ? encoding : nil
    }

    /// Whether a text with this beginning is UTF-8, or says itself what it is, whatever someone else says. ASCII alone
    /// is no evidence.
    package static func isEvident(ofHead head: [UInt8]) -> Bool {
        if marked(head) != nil { return true }
        guard head.contains(where: { $0 >= 0x80 }) else { return false }
        // The last character may be cut.
        return (0...3).contains { cut in
            String(validating: head.dropLast(cut), as: UTF8.self)?.utf8.contains { $0 >= 0x80 } == true
        }
    }
}
