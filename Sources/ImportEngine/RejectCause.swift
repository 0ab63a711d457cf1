package import ImportLog
internal import Readers
internal import Records

/// Why most of an import's rejected records were rejected, if that is one reason, and the flag that most likely fixes it.
package struct RejectCause: Sendable, Equatable {
    /// What they have in common, as a clause.
    package let what: String
    /// Nil if no flag fixes it.
    package let flag: String?
    /// What to do where no flag is known, as a sentence.
    package let advice: String?

    /// Nil if they have different reasons, or one that no flag fixes.
    package static func of(_ id: ImportID, in log: ImportLog) throws -> RejectCause? {
        let status = try log.status(of: id)
        guard status.records.rejected > 0 else { return nil }
        var rejects: [Reject] = []
        try log.rejects(of: id) { rejected in
            rejects.append(rejected.reject)
            return rejects.count < mostRejects
        }
        let sections = try log.submission(of: id).sections
        guard let section = sections.first(where: { $0.name == rejects.first?.section }) else { return nil }
        let cause = RejectCause(
            rejects, of: status.records, section.reading, othersAreUTF8: status.sectionsInUTF8.contains(section.name),
            named: "\(id)", from: ShellWord.quoted(status.source))
        if let mark = cause?.commentMark, othersBegin(with: mark, in: status.source, besides: rejects) { return nil }
        return cause
    }

    /// The mark of comments that is offered.
    private var commentMark: UInt8? {
        flag.flatMap { $0.firstMatch(of: /--comment '(.)'/)?.output.1.utf8.first }
    }

    /// Whether the header or a record that was not rejected begins with a mark, as far as the source's head shows: then it is no mark
    /// of comments.
    private static func othersBegin(with mark: UInt8, in source: String, besides rejects: [Reject]) -> Bool {
        guard let file = try? SourceAddress(source).file, file.isLocal,
            let head = try? file.bytes().head(upTo: SourceSurvey.headBytes)
        else { return false }
        let lines = head.split(whereSeparator: { $0 == 0x0A || $0 == 0x0D }).count { $0.first == mark }
        return lines > rejects.count { $0.byteOffset < UInt64(head.count) && $0.raw.first == mark }
    }

    /// How many of the first rejects are looked at.
    private static let mostRejects = 1_000

    /// - Parameter rejects: the first ones of a section.
    /// - Parameter othersAreUTF8: whether records that were not rejected have characters beyond ASCII.
    package init?(
        _ rejects: [Reject], of counts: Counts, _ reading: ImportSubmitted.Reading, othersAreUTF8: Bool = false,
        named id: String = "ID", from source: String = "FILE"
    ) {
        guard reading.format == SourceFormat.csv.rawValue, let first = rejects.first,
            let evidence = Evidence(rejects, counts, reading)
        else { return nil }
        if first.code == "encoding" {
            guard let found = evidence.ofEncoding(amongUTF8: othersAreUTF8, of: id) else { return nil }
            (what, flag) = (found.0, found.1)
            advice = found.2?.replacing("inspect FILE", with: "inspect \(source)")
            return
        }
        if first.code == "field_count", let found = evidence.ofOtherTable() {
            (what, advice) = found
            flag = nil
            return
        }
        if first.code == "type" || first.code == "format", let found = evidence.ofNotation(of: id) {
            (what, advice) = found
            flag = nil
            return
        }
        let found =
            switch first.code {
            case "field_count": evidence.ofFieldCount()
            case "quoting": evidence.ofQuoting()
            case "type", "format": evidence.ofEmptyTexts() ?? evidence.ofNulls()
            default: nil as (String, String)?
            }
        guard let found else { return nil }
        (what, flag) = found
        advice = nil
    }

    struct Evidence {
        /// Those with the reason that most have.
        let rejects: [Reject]
        let dialect: CSVDialect
        let names: [String]
        var columns: Int { names.count }
        let records: UInt64
        /// How many they are in all, as far as those looked at tell.
        let count: UInt64
        /// How many records were not rejected.
        let accepted: UInt64
        /// A later part of a split source says nothing of the header.
        let isFromStart: Bool

        init?(_ rejects: [Reject], _ counts: Counts, _ reading: ImportSubmitted.Reading) {
            guard let delimiter = reading.delimiter.utf8.first, let encoding = TextEncoding(name: reading.encoding)
            else {
                return nil
            }
            self.rejects = rejects.filter { $0.code == rejects[0].code }
            guard 10 * self.rejects.count >= 8 * rejects.count else { return nil }
            dialect = CSVDialect(delimiter: delimiter, encoding: encoding, syntax: reading.syntax)
            names = reading.sourceColumns
            isFromStart = reading.start.record <= 1
            records = counts.read
            accepted = counts.read - min(counts.read, counts.rejected)
            count = counts.rejected * UInt64(self.rejects.count) / UInt64(rejects.count)
        }

        func words(_ what: String, of part: Int) -> String {
            let some = count * UInt64(part) / UInt64(rejects.count)
            let verb = String(what.prefix { $0 != " " })
            let singular = ["are": "is", "have": "has", "begin": "begins", "fit": "fits"][verb]
            let rest = what.dropFirst(verb.count)
            return
                "\(some.grouped) of \(records.grouped) records \(some == 1 ? singular ?? verb : verb)\(rest)"
        }

        func ofFieldCount() -> (String, String)? {
            if let found = ofRulers() ?? ofFooter() { return found }
            let marks = rejects.compactMap(\.raw.first).filter { "#%!;*".utf8.contains($0) && $0 != dialect.delimiter }
            if let mark = marks.first, 10 * marks.count(where: { $0 == mark }) >= 8 * rejects.count {
                let text = String(UnicodeScalar(mark))
                return (
                    words("begin with '\(text)': are they comments?", of: marks.count), "--comment '\(text)'"
                )
            }
            let blank = rejects.count { reject in
                reject.raw.allSatisfy { $0 == dialect.delimiter || [0x0A, 0x0D, 0x20].contains($0) }
            }
            if 10 * blank >= 8 * rejects.count {
                return (words("have nothing but delimiters", of: blank), "--skip-empty-rows")
            }
            let fields = rejects.map { dialect.fieldCount(of: $0.raw) ?? 0 }
            if rejects.count == 1, rejects[0].raw.filter({ $0 != 0x0D && $0 != 0x0A }) == [0x1A] {
                return (words("is only the end mark of DOS files, Ctrl-Z", of: 1), "--skip-footer 1")
            }
            if isOfOtherDelimiter {
                return FittingSyntax(rejects.map(\.raw), names, dialect).map {
                    (words("fit the header if they are split otherwise", of: rejects.count), $0.flag)
                }
            }
            let short = fields.count { $0 < columns }
            if let narrower = ofNarrowerTable(fields) { return narrower }
            if 10 * short >= 9 * rejects.count {
                return (
                    words("have fewer fields than the header: read the missing ones as NULL?", of: short),
                    "--short-rows null"
                )
            }
            let most = Dictionary(grouping: fields, by: \.self).max {
                ($0.value.count, $0.key) < ($1.value.count, $1.key)
            }
            guard let most, most.key > columns, 10 * most.value.count >= 8 * rejects.count, 2 * count > records,
                let index = fields.firstIndex(of: most.key)
            else { return nil }
            if let syntax = FittingSyntax(rejects.map(\.raw), names, dialect) {
                return (words("fit the header if they are split otherwise", of: most.value.count), syntax.flag)
            }
            // Records that fitted would be lost.
            guard isFromStart, columns == 1 || accepted == 0, let values = dialect.values(of: rejects[index].raw),
                SampledRows.isHeaderLine(values)
            else { return nil }
            let line = rejects[index].line
            return (
                words(
                    "have \(most.key) fields, but the header has \(columns). Is line \(line) the header?",
                    of: most.value.count), "--header-row \(line)"
            )
        }

        /// Lines of dashes, as programs draw them for people: with others, at most as many, that are a single text.
        private func ofRulers() -> (String, String)? {
            guard columns > 1, dialect.syntax.comment == nil else { return nil }
            let rulers = rejects.compactMap { reject in
                dialect.values(of: reject.raw).flatMap { HeadRow(line: 0, values: $0).ruler }
            }
            guard let ruler = rulers.first, rulers.allSatisfy({ $0 == ruler }), 2 * rulers.count >= rejects.count else {
                return nil
            }
            return (words("are lines of '\(ruler)'", of: rulers.count), "--comment '\(ruler)'")
        }

        /// A text or two below the last record.
        private func ofFooter() -> (String, String)? {
            let first = records - min(records, UInt64(rejects.count)) + 1
            guard columns > 2, rejects.count <= 3, accepted > 1, count == rejects.count,
                zip(rejects, first...).allSatisfy({ $0.record == $1 && dialect.fieldCount(of: $0.raw) == 1 }),
                rejects.allSatisfy({ $0.raw.contains { $0 > 0x20 } && $0.raw.contains { $0 == 0x20 } })
            else { return nil }
            return (
                words("are below all others, without a delimiter: a footer?", of: rejects.count),
                "--skip-footer \(rejects.count)"
            )
        }

        /// A line of names, and from there on records of another width: a second table below the first one.
        func ofOtherTable() -> (String, String)? {
            let widths = rejects.map { dialect.fieldCount(of: $0.raw) ?? 0 }
            guard accepted > 0, columns > 1, rejects.count > 2, let width = widths.first, width > 1, width != columns,
                widths.allSatisfy({ $0 == width }), let values = dialect.values(of: rejects[0].raw),
                SampledRows.isHeaderLine(values), let last = rejects.last,
                last.line - rejects[0].line < UInt64(2 * rejects.count)
            else { return nil }
            let line = rejects[0].line
            return (
                words(
                    "have \(width) fields, but the header has \(columns): all from line \(line) on", of: rejects.count),
                SampledRows.apart(from: line, in: .lines)
            )
        }

        /// A first line of more fields than all records have: a title, or one that is split by mistake.
        private func ofNarrowerTable(_ fields: [Int]) -> (String, String)? {
            guard accepted == 0, rejects.count > 1, let width = fields.last, width > 1, width < columns,
                10 * fields.count(where: { $0 == width }) >= 8 * fields.count,
                let index = fields.firstIndex(of: width), let values = dialect.values(of: rejects[index].raw)
            else { return nil }
            let line = rejects[index].line
            let what = words("have \(width) fields, but the first line has \(columns)", of: rejects.count)
            return SampledRows.isHeaderLine(values)
                ? ("\(what). Is line \(line) the header?", "--header-row \(line)")
                : ("\(what). Is there no header?", "--skip-lines \(line - 1) --no-header")
        }

        /// Whether another delimiter splits most of them into as many fields as there are columns.
        private var isOfOtherDelimiter: Bool {
            ",;\t|".utf8.contains { delimiter in
                var other = dialect
                other.delimiter = delimiter
                return delimiter != dialect.delimiter && columns > 1
                    && 10 * rejects.count(where: { other.fieldCount(of: $0.raw) == columns }) >= 8 * rejects.count
            }
        }

        func ofEncoding(amongUTF8 othersAreUTF8: Bool, of id: String) -> (String, String?, String?)? {
            guard dialect.encoding == .utf8 || rejects.count > 1 else { return nil }
            let lines = TextLines(rejects.flatMap { $0.raw + [0x0A] })
            let guess = lines.guess
            let isNot = words(
                "are not \(dialect.encoding == .utf8 ? "UTF-8" : dialect.encoding.rawValue)", of: rejects.count)
            if dialect.encoding == .utf8 && (othersAreUTF8 || lines.areInTwoEncodings) {
                return (
                    "\(isNot), but others are: no --encoding is right for both",
                    nil, "Correct them (waybill rejects \(id) --output FILE), then: waybill resubmit \(id) FILE"
                )
            }
            guard guess.encodings.first != dialect.encoding else { return nil }
            return ("\(isNot): the file \(guess.words)", guess.flag, guess.flag == nil ? guess.question : nil)
        }

        func ofEmptyTexts() -> (String, String)? {
            let empty = rejects.count { reject in
                names.firstIndex { $0 == reject.field }.map { dialect.hasQuotedEmpty(reject.raw, at: $0) } ?? false
            }
            guard 10 * empty >= 8 * rejects.count else { return nil }
            let what = "have \"\" in a column that is not text: does it mean NULL?"
            return (words(what, of: empty), "--quoted-empty null")
        }

        /// Words that people write where there is no value.
        func ofNulls() -> (String, String)? {
            var (spellings, count) = (Set<String>(), 0)
            for reject in rejects {
                guard let index = names.firstIndex(where: { $0 == reject.field }),
                    let values = dialect.values(of: reject.raw), values.indices.contains(index)
                else { continue }
                let value = values[index]
                // A value in quotes is a text, whatever --null says.
                let isQuoted = dialect.syntax.quote.map { reject.raw.contains($0) } ?? false
                guard !value.isEmpty, NullText.isLikely(value), !isQuoted else { continue }
                spellings.insert(value)
                count += 1
            }
            guard 10 * count >= 8 * rejects.count, (1...3).contains(spellings.count) else { return nil }
            let flags = spellings.sorted().map { $0.hasPrefix("-") ? "--null=\($0)" : "--null \(ShellWord.quoted($0))" }
            let named = spellings.sorted().map { "'\($0)'" }.joined(separator: ", ")
            return (words("have \(named) for a value: does it mean NULL?", of: count), flags.joined(separator: " "))
        }

        func ofQuoting() -> (String, String)? {
            let escaped = rejects.count { reject in
                zip(reject.raw, reject.raw.dropFirst()).contains {
                    $0 == UInt8(ascii: "\\") && $1 == dialect.syntax.quote
                }
            }
            if 10 * escaped >= 8 * rejects.count, dialect.syntax.escape == nil {
                return (words("have quotes after backslashes: are they escaped?", of: escaped), "--escape '\\'")
            }
            // The values of good records would keep their quotes.
            guard rejects.count > 1, 2 * count > records, dialect.syntax.quote != nil else { return nil }
            return (words("have stray quotes: are quotes a part of the values?", of: rejects.count), "--quote none")
        }
    }
}
