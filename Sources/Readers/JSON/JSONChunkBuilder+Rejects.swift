internal import Records

extension JSONChunkBuilder {
    /// Rejects a record of which all is known. `note` is put before the excerpt.
    @inline(never)
    func reject(
        _ problem: JSONProblem, _ text: SourceText, raw: Range<Int>, note: String = "", progress: Progress,
        to chunk: inout Chunk
    ) {
        let place = JSONPlace(problem.position, in: raw, text, chunk: chunk, progress: progress, form: layout.form)
        let excerpt = Excerpt.of(text, in: raw, around: problem.position)
        add(
            problem.code, "\(what(problem, text)) at \(place)\(note): \(excerpt)", field: field(of: problem, text),
            raw: raw, text, progress: progress, to: &chunk)
    }

    /// What is wrong, as the beginning of a sentence.
    func what(_ problem: JSONProblem, _ text: SourceText) -> String {
        switch problem.kind {
        case .ended: layout.form == .lines ? "the line ends inside the record" : "the file ends inside the record"
        case .expectedValue: "expected a value"
        case .expectedKey: "expected a key in quotes"
        case .expectedColon: "expected `:`"
        case .expectedCommaOrBrace: "expected `,` or `}`"
        case .expectedCommaOrBracket: "expected `,` or `]`"
        case .badNumber: "this is not a JSON number"
        case .badLiteral: "expected `true`, `false` or `null`"
        case .badEscape: "this is not a JSON escape"
        case .controlCharacter: "the control character \(byte(problem, text)) in a string without an escape"
        case .loneSurrogate: "half of a surrogate pair"
        case .notUTF8: "\(byte(problem, text)) is not UTF-8"
        case .nul: "a NUL character, which text columns cannot hold,"
        case .tooDeep: "nested deeper than the depth limit of \(layout.maxDepth)"
        case .unknownField: "the source has no column for the field \(name(problem, text))"
        case .duplicateField: "the record has the field \(name(problem, text)) twice, again"
        case .longKey: "the name of a field is longer than \(JSONRow.longestKey) bytes"
        case .notAnObject: "expected an object"
        case .textAfterRecord: "text after the record"
        case .textAfterDocument: "text after the document"
        case .missingComma: "expected `,` or `]` between records"
        case .missingRecord: "expected a record"
        case .notClosed: "the record is not closed before the next one begins,"
        }
    }

    private func byte(_ problem: JSONProblem, _ text: SourceText) -> String {
        problem.position < text.count ? hex(text.text[problem.position]) : ""
    }

    /// The key at the problem's place, for a message.
    private func name(_ problem: JSONProblem, _ text: SourceText) -> String {
        key(at: problem.position, text).map { "`\($0)`" } ?? ""
    }

    private static let longestName = 200

    private func key(at position: Int, _ text: SourceText) -> String? {
        let scanner = JSONScanner(base: text.text.baseAddress!, end: text.count, maxDepth: 1)
        guard let string = try? scanner.string(from: position) else { return nil }
        var bytes: [UInt8] = []
        scanner.append(string, to: &bytes)
        return String(String(decoding: bytes, as: UTF8.self).prefix(Self.longestName))
    }

    private func field(of problem: JSONProblem, _ text: SourceText) -> String? {
        switch problem.kind {
        case .unknownField, .duplicateField: key(at: problem.position, text)
        case .notAnObject, .longKey, .notUTF8, .textAfterRecord, .textAfterDocument, .missingComma, .missingRecord,
            .notClosed:
            nil
        default: row.column.flatMap { $0 < row.columns.count ? row.columns.names[$0] : nil }
        }
    }

    func add(
        _ code: RejectCode, _ message: String, field: String? = nil, raw: Range<Int>, _ text: SourceText,
        progress: Progress, to chunk: inout Chunk
    ) {
        let location = RecordLocation(
            section: chunk.start.section, byteOffset: chunk.start.byteOffset + UInt64(progress.offset),
            line: chunk.start.line + progress.lines, record: chunk.start.record + UInt64(chunk.recordsRead))
        chunk.rejects.append(
            RejectedRecord(
                location: location, code: code, message: message, field: field, raw: Array(text.bytes[raw])))
    }
}

/// Where in the source a place in a record is, in words that do not depend on where the chunk begins.
struct JSONPlace: CustomStringConvertible {
    let description: String

    init(
        _ position: Int, in record: Range<Int>, _ text: SourceText, chunk: Chunk, progress: JSONChunkBuilder.Progress,
        form: JSONForm
    ) {
        let before = record.lowerBound..<position
        let line = chunk.start.line + progress.lines + UInt64(JSONByte.countLineFeeds(in: text.text, before))
        let byte = chunk.start.byteOffset + UInt64(position)
        let lineStart: Int? =
            before.last { text.text[$0] == LineByte.lineFeed }.map { $0 + 1 }
            ?? (form == .lines ? record.lowerBound : Self.lineStart(before: record.lowerBound, text))
        // Where other records are before this one on its line, only the characters of this one can be counted.
        description =
            if let lineStart {
                "line \(line), column \(text.countCharacters(lineStart..<position) + 1), byte \(byte)"
            } else {
                "line \(line), byte \(byte), character \(text.countCharacters(before) + 1) of the record"
            }
    }

    private static let longestIndentation = 1_024

    private static func lineStart(before start: Int, _ text: SourceText) -> Int? {
        for position in stride(from: start - 1, through: max(0, start - longestIndentation), by: -1) {
            if text.text[position] == LineByte.lineFeed { return position + 1 }
            if !JSONByte.isSpace(text.text[position]) { return nil }
        }
        return nil
    }
}
