extension SourceText {
    enum Flaw { case nul, notText }

    /// The first thing that keeps a part of the text from being used, and where; nil if it is fine.
    func flaw(in range: Range<Int>) -> (flaw: Flaw, position: Int)? {
        let part = UnsafeRawBufferPointer(rebasing: text[range])
        if let nul = part.firstIndex(of: 0) { return (.nul, range.lowerBound + nul) }
        if encoding.isSingleByte {
            let characters = encoding.highBytes
            let bad = part.firstIndex { $0 >= 0x80 && characters[Int($0) - 0x80] == 0 }
            return bad.map { (.notText, range.lowerBound + $0) }
        }
        if encoding.isMultiByte {
            var text: [UInt8] = []
            let bad = CharacterDecoder.of(encoding)?.decode(part, to: &text)
            return bad.map { (.notText, range.lowerBound + $0) }
        }
        return firstInvalidUTF8(part).map { (.notText, range.lowerBound + $0) }
    }

    private func firstInvalidUTF8(_ part: UnsafeRawBufferPointer) -> Int? {
        do {
            _ = try UTF8Span(validating: part.bindMemory(to: UInt8.self).span)
            return nil
        } catch {
            return error.byteOffsets.lowerBound
        }
    }

    /// Appends a field's value as UTF-8: with single quotes for doubled ones, without escapes, and decoded.
    func appendValue(of field: SplitField, by splitter: RecordSplitter, to output: inout [UInt8]) {
        guard field.style.isRewritten else { return append(field.start..<field.end, to: &output) }
        guard splitter.isStandard else { return appendRewritten(field, by: splitter, to: &output) }
        var start = field.start
        while start < field.end {
            let rest = text[start..<field.end]
            let quote = rest.firstIndex(of: CSVByte.quote) ?? field.end
            append(start..<min(quote + 1, field.end), to: &output)
            start = quote + 2
        }
    }

    /// A field's value.
    func value(of field: SplitField, by splitter: RecordSplitter) -> String {
        var value: [UInt8] = []
        appendValue(of: field, by: splitter, to: &value)
        return String(decoding: value, as: UTF8.self)
    }

    private func appendRewritten(_ field: SplitField, by splitter: RecordSplitter, to output: inout [UInt8]) {
        let isQuoted = field.style == .quotedWithDoubledQuotes
        var (start, position) = (field.start, field.start)
        while position < field.end {
            let byte = text[position]
            if byte >= 0x80 && encoding.isMultiByte {
                position += encoding.characterLength(text, at: position) ?? 1
                continue
            }
            let escapes = byte == splitter.syntax.escape && position + 1 < field.end
            if escapes && splitter.isEscapable(text[position + 1]) || isQuoted && byte == splitter.syntax.quote {
                append(start..<position, to: &output)
                start = position + 1
                position += 1
            }
            position += 1
        }
        append(start..<field.end, to: &output)
    }

    private func append(_ range: Range<Int>, to output: inout [UInt8]) {
        let part = UnsafeRawBufferPointer(rebasing: text[range])
        if encoding.isMultiByte {
            _ = CharacterDecoder.of(encoding)?.decode(part, to: &output)
            return
        }
        guard encoding.isSingleByte else { return output.append(contentsOf: part) }
        let characters = encoding.highBytes
        for byte in part {
            if byte < 0x80 {
                output.append(byte)
            } else if let scalar = Unicode.Scalar(characters[Int(byte) - 0x80]), scalar.value > 0 {
                output.append(contentsOf: UTF8.encode(scalar)!)
            }
        }
    }
}
