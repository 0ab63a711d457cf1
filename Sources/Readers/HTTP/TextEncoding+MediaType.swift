extension TextEncoding {
    /// The encoding that a server's `Content-Type` names with `charset=`; nil if it names none that is known here.
    /// ISO-8859-1 means Windows-1252, as everywhere on the web.
    package init?(mediaType: String) {
        var parameters = mediaType.drop { $0 != ";" }
        let charset = FieldParameters.take(from: &parameters).first { $0.name == "charset" }?.value
        guard let encoding = charset.flatMap(TextEncoding.init(name:)), encoding.isAvailable else { return nil }
        self = encoding == .latin1 ? .windows1252 : encoding
    }

    /// Whether a text with this beginning is UTF-8, or says itself what it is, whatever someone else says. ASCII alone
    /// is no evidence.
    package static func isEvident(ofHead head: [UInt8]) -> Bool {
        if [[0xFF, 0xFE], [0xFE, 0xFF], [0xEF, 0xBB, 0xBF]].contains(where: head.starts) { return true }
        guard head.contains(where: { $0 >= 0x80 }) else { return false }
        // The last character may be cut.
        return (0...3).contains { cut in
            String(validating: head.dropLast(cut), as: UTF8.self)?.utf8.contains { $0 >= 0x80 } == true
        }
    }
}
