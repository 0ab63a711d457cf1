internal import ImportLog
internal import Readers

/// JSON and SQL are read as UTF-8. What is written otherwise is turned into that first, like what is packed: offsets are
/// those of the text, and going back means reading again.
extension ByteSource {
    /// The bytes as UTF-8, if they are in another encoding by what was recorded.
    func decoded(_ reading: ImportSubmitted.Reading) -> any ByteSource {
        guard let encoding = TextEncoding(rawValue: reading.encoding), encoding != .utf8 else { return self }
        return transcoded(from: encoding)
    }

    func transcoded(from encoding: TextEncoding) -> any ByteSource {
        let text = TranscodedSource(self, from: encoding)
        return isRepeatable ? text : RewindableSource(text)
    }
}

extension TextEncoding {
    /// The encoding that a source is in by its first bytes, or by what was said of it; nil for UTF-8.
    static func otherThanUTF8(of bytes: any ByteSource, given: TextEncoding?) throws -> TextEncoding? {
        let head = try bytes.head(upTo: SourceSurvey.headBytes)
        let marked = utf16(ofHead: head)?.0
        guard let given else { return marked }
        if given == .utf16 { return marked ?? .utf16le }
        let encoding = Self.marked(head, otherThan: given) ?? given
        return encoding == .utf8 ? nil : encoding
    }
}

extension ImportSubmitted.Reading {
    /// Notes what the section's text is packed in; an encoding that is turned into UTF-8 first is like a wrapper.
    mutating func pack(in container: Container) {
        let isDecoded =
            format != SourceFormat.csv.rawValue && !encoding.isEmpty && encoding != TextEncoding.utf8.rawValue
        self.container =
            isDecoded ? (container.name.isEmpty ? encoding : "\(container.name)+\(encoding)") : container.name
    }
}
