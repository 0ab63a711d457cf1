extension CSVChunkBuilder {
    /// What is wrong with the record in hand, which has line ends in quotes, if its quote is a stray one: two of them make
    /// one record of all lines in between, and RFC 4180 has nothing against it.
    ///
    /// They are told by the lines: each of them, the first and the last included, is a record by itself, with as many fields
    /// as there are columns and with figures where the record in hand has them. The more columns there are, the fewer lines it
    /// takes. Where another value of the record is in quotes, the quotes are real. A table inside a value gives no such lines:
    /// with it, the first or the last one has too many fields.
    @inline(never)
    func strayQuote(_ text: SourceText, fieldCount: Int) -> SplitProblem? {
        // An escaped line end is meant.
        guard splitter.syntax.escape == nil, !splitter.syntax.isQuoteGiven, columns.count > 1, fieldCount <= row.count,
            let swallowed = SwallowedLines(of: self, text, fieldCount)
        else { return nil }
        guard swallowed.areRecords else { return nil }
        let quote = swallowed.quote
        return SplitProblem(
            kind: .swallowsLines, position: quote, field: swallowed.field, fieldStart: quote,
            lines: swallowed.inner + 1)
    }
}

/// The lines of a record that has line ends in quotes, each read as if the quotes were part of the values.
private struct SwallowedLines {
    /// The place of the quote that takes them in, and its field.
    let quote: Int
    let field: Int
    /// How many lines there are between the first and the last one.
    private(set) var inner = 0
    /// Those of them that are not records.
    private var misfits = 0
    private var delimiters = 0
    /// Delimiters before a space, as commas have it in prose.
    private var spaced = 0
    /// Values of other lines that are figures as the record's own are, and those that are not.
    private var figures = 0
    private var others = 0
    /// Values of other lines that are figures, where the record's own are none.
    private var strangers = 0
    /// Whether something is after the quote on its own line.
    private let opensText: Bool
    private let columnCount: Int

    /// Nil if the first or the last line is not a record by itself.
    init?(of builder: CSVChunkBuilder, _ text: SourceText, _ fieldCount: Int) {
        let fields = builder.row[..<fieldCount]
        // Where other values stand in quotes, these do, too.
        let quoted = fields.indices.filter { fields[$0].style != .unquoted }
        let isLong = { (field: SplitField) in
            field.style != .unquoted && text.text[field.start..<field.end].contains(where: LineByte.isEnd)
        }
        guard let first = fields.firstIndex(where: isLong), let last = fields.lastIndex(where: isLong) else {
            return nil
        }
        guard quoted.allSatisfy({ (first...last).contains($0) }) else { return nil }
        field = first
        quote = fields[first].start - 1
        columnCount = builder.columns.count
        let expected = columnCount + (builder.endsWithDelimiter(fieldCount) ? 1 : 0)
        let delimiter = builder.splitter.delimiter

        let value = fields[last]
        let firstEnd = text.text[fields[first].start...].firstIndex(where: LineByte.isEnd) ?? value.end
        let lastStart = (text.text[..<value.end].lastIndex(where: LineByte.isEnd) ?? 0) + 1
        let opening = Self.values(text, fields[first].start..<firstEnd, delimiter)
        guard first + opening.count == expected else { return nil }
        opensText = firstEnd > fields[first].start
        let closing = Self.values(text, lastStart..<value.end, delimiter)
        guard closing.count + fieldCount - last - 1 == expected else { return nil }

        // The record's own figures, which the other lines must have, too.
        var isFigure = Array(repeating: false, count: expected)
        for index in 0..<first { isFigure[index] = Self.isFigure(text, fields[index].start..<fields[index].end) }
        for index in (last + 1)..<max(last + 1, fieldCount) {
            let field = fields[index]
            isFigure[expected - fieldCount + index] = Self.isFigure(text, field.start..<field.end)
        }
        count(opening, from: first, isFigure, text)
        count(closing, from: 0, isFigure, text)

        var position = firstEnd
        while position < lastStart {
            if LineByte.isEnd(text.text[position]) {
                position += 1
                continue
            }
            let end = text.text[position..<lastStart].firstIndex(where: LineByte.isEnd) ?? lastStart
            let values = Self.values(text, position..<end, delimiter)
            inner += 1
            if values.count == expected { count(values, from: 0, isFigure, text) } else { misfits += 1 }
            // Most such records are letters and remarks, which say so soon.
            if misfits > 2 + inner / 10 { return nil }
            position = end
        }
    }

    /// Whether all this can hardly be chance.
    var areRecords: Bool {
        guard 10 * misfits <= inner, 2 * spaced <= delimiters, 10 * others <= figures + others else { return false }
        return figures >= Self.leastFigures || areLinesEnough
    }

    /// Whether so many lines with exactly the record's delimiters are not free text, whatever stands between these.
    private var areLinesEnough: Bool {
        let marks = delimiters - spaced
        switch columnCount {
        case 2: return inner >= 40 && misfits == 0 && spaced == 0 && opensText && strangers == 0
        case 3, 4: return inner >= 3 && marks >= 16
        case 5...10: return inner >= 1 && marks >= 10
        default: return marks >= (inner > 0 ? 12 : 20)
        }
    }

    private static let leastFigures = 4

    private mutating func count(_ values: [Range<Int>], from column: Int, _ isFigure: [Bool], _ text: SourceText) {
        for (index, value) in values.enumerated() {
            if index > 0 {
                delimiters += 1
                if text.text[value].first == UInt8(ascii: " ") { spaced += 1 }
            }
            if value.isEmpty { continue }
            if !isFigure[column + index] {
                if columnCount == 2, Self.isFigure(text, value) { strangers += 1 }
                continue
            }
            if Self.isFigure(text, value) { figures += 1 } else { others += 1 }
        }
    }

    private static func values(_ text: SourceText, _ range: Range<Int>, _ delimiter: UInt8) -> [Range<Int>] {
        var result: [Range<Int>] = []
        var start = range.lowerBound
        for index in range where text.text[index] == delimiter {
            result.append(start..<index)
            start = index + 1
        }
        result.append(start..<range.upperBound)
        return result
    }

    /// Whether a value is a number, a date or the like: digits, and no letters.
    private static func isFigure(_ text: SourceText, _ range: Range<Int>) -> Bool {
        var hasDigit = false
        for byte in text.text[range] {
            switch byte {
            case UInt8(ascii: "0")...UInt8(ascii: "9"): hasDigit = true
            case UInt8(ascii: " "), CSVByte.quote: break
            case 0x21..<0x41: break
            default: return false
            }
        }
        return hasDigit
    }
}
