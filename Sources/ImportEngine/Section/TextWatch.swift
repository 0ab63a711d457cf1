internal import ImportLog
internal import Readers
internal import Records

/// Notes of chunks whether their bytes beyond ASCII are UTF-8, where that speaks against the encoding they are read in, or
/// against one that rejects seem to be in.
///
/// A text that is UTF-8 throughout, with more than ASCII, is in no other encoding but by chance. Files in UTF-8 without rejects
/// are not looked at.
struct TextWatch {
    private var encoding = TextEncoding.utf8
    private var isCSV = true
    /// Whether the section is known to be what was said, or to be in two encodings.
    private var isSettled = true
    /// Whether it is read as UTF-8 and has bytes that are not.
    private var isDamaged = false

    /// A script's own declaration is believed, and it has bytes that are no text.
    mutating func begin(_ section: ImportSubmitted.Section) {
        let format = SourceFormat(rawValue: section.reading.format)
        encoding = TextEncoding(rawValue: section.reading.encoding) ?? .utf8
        isCSV = format == .csv
        isDamaged = false
        isSettled = isCSV ? encoding.isUTF16 : (format != .json && format != .ndjson) || encoding == .utf8
    }

    /// What the chunk's event says; empty for nothing.
    mutating func look(at chunk: Chunk) -> String {
        if isSettled { return "" }
        if encoding == .utf8 {
            if !isDamaged { isDamaged = chunk.rejects.contains { $0.code == .encoding } }
            guard isDamaged, chunk.hasMoreThanASCII else { return "" }
            isSettled = true
            return ChunkCommitted.utf8Text
        }
        // Text of other formats was decoded before it was read.
        guard let bytes = isCSV ? chunk.bytes : encoding.singleBytes(ofText: chunk.bytes) else {
            isSettled = true
            return ""
        }
        guard bytes.contains(where: { $0 >= 0x80 }) else { return "" }
        if String(validating: bytes, as: UTF8.self) == nil {
            isSettled = true
            return ChunkCommitted.otherText
        }
        return EncodingGuess.isUTF8(bytes, ratherThan: encoding) ? ChunkCommitted.utf8Text : ""
    }
}

extension Chunk {
    /// Whether a usable record has bytes beyond ASCII.
    fileprivate var hasMoreThanASCII: Bool {
        records.contains { record in
            bytes[Int(record.offset)..<Int(record.offset + record.length)].contains { $0 >= 0x80 }
        }
    }
}

extension ImportStatus {
    /// The sections that are read in another encoding although all their characters are UTF-8.
    func misreadTexts(of submitted: ImportSubmitted) -> [LeftOutPart] {
        submitted.sections.compactMap { section in
            guard let encoding = TextEncoding(rawValue: section.reading.encoding), encoding != .utf8,
                sectionsInUTF8.contains(section.name), !sectionsInOther.contains(section.name)
            else { return nil }
            return LeftOutPart(
                name: section.name,
                reason: "it was read as \(encoding.rawValue), but all its characters beyond ASCII are UTF-8",
                kind: .misread,
                remedy: "Roll it back (waybill rollback \(importID)), and import it with --encoding utf-8")
        }
    }
}
