internal import ImportLog
internal import Readers
internal import Records

/// Between a CSV reader and what the log keeps of it.
enum CSVFormat {
    /// Finds out how the bytes are written, and what looks wrong then.
    static func survey(_ bytes: any ByteSource, _ options: ReadingOptions) throws -> SourceSurvey {
        let (reader, preamble) = try opened(bytes, options)
        var options = options
        if let preamble { options.csv.begin(in: preamble) }
        var reading = reading(of: reader)
        reading.note(options.csv)
        var survey = SourceSurvey(sections: [SurveyedSection(reading: reading)])
        let evidence = try CSVEvidence(reader, options)
        survey.leftOut = preamble.map { [$0.part("line")] } ?? []
        survey.leftOut += evidence.doubts.map {
            LeftOutPart(name: "", reason: $0.what, kind: .misread, remedy: $0.remedy)
        }
        if evidence.isEmpty { survey.sections[0].missing = [.headerOnly] }
        survey.refusal = evidence.titleAbove
        return survey
    }

    private static func reading(of reader: CSVReader) -> ImportSubmitted.Reading {
        var recorded = ImportSubmitted.Reading()
        recorded.format = SourceFormat.csv.rawValue
        recorded.delimiter = String(UnicodeScalar(reader.dialect.delimiter))
        recorded.hasHeader = reader.dialect.hasHeader
        recorded.encoding = reader.dialect.encoding.rawValue
        recorded.nullSpellings = reader.dialect.nullSpellings
        recorded.dataOffset = reader.dataStart.byteOffset
        recorded.dataLine = reader.dataStart.line
        recorded.sourceColumns = reader.columns
        recorded.maxFieldBytes = UInt64(reader.dialect.maxFieldBytes)
        recorded[setting: "max_record_bytes"] = String(reader.dialect.maxRecordBytes)
        recorded.syntax = reader.dialect.syntax
        recorded[setting: "footer_offset"] = reader.dialect.footerOffset.map { String($0) }
        return recorded
    }

    /// Opens bytes and detects how they are written.
    static func reader(of bytes: any ByteSource, _ options: ReadingOptions) throws -> CSVReader {
        try opened(bytes, options).0
    }

    /// The same, and what is above the header, if that is not the first line.
    private static func opened(
        _ bytes: any ByteSource, _ options: ReadingOptions
    ) throws -> (CSVReader, Preamble?) {
        var csv = options.csv
        if let most = options.maxRecordBytes {
            csv.maxRecordBytes = most
            csv.maxFieldBytes = most
        }
        let reader = try CSVReader(source: bytes, options: csv)
        guard let shape = reader.shape, let preamble = Preamble(shape.rows, width: shape.fields) else {
            return (reader, nil)
        }
        csv.begin(in: preamble)
        csv.delimiter = shape.delimiter
        return (try CSVReader(source: bytes, options: csv), preamble)
    }

    /// Opens the bytes again in the way they were read before.
    static func reader(of bytes: any ByteSource, _ reading: ImportSubmitted.Reading) throws -> any Reader {
        guard let encoding = TextEncoding(name: reading.encoding), let delimiter = reading.delimiter.utf8.first else {
            throw DataError(
                .malformed,
                "The log records that the source is in '\(reading.encoding)' with the delimiter "
                    + "'\(reading.delimiter)', which this version cannot read.",
                remedy: "Use the version that started the import.")
        }
        let dialect = CSVDialect(
            delimiter: delimiter, hasHeader: reading.hasHeader, encoding: encoding,
            nullSpellings: reading.nullSpellings, syntax: reading.syntax, footerOffset: reading.number("footer_offset"),
            maxFieldBytes: Int(clamping: reading.maxFieldBytes),
            maxRecordBytes: reading[setting: "max_record_bytes"].flatMap { Int($0) })
        return try CSVReader(
            source: bytes, dialect: dialect, columns: reading.sourceColumns, dataStart: reading.dataStart)
    }
}

extension CSVOptions {
    fileprivate mutating func begin(in preamble: Preamble) {
        firstLine = preamble.header.line
        isHeaderInFirstLine = true
        // The header is known now; nothing else of it is.
        hasHeader = nil
    }
}

extension ImportSubmitted.Reading {
    /// Where the section's first record begins.
    var dataStart: RecordLocation { RecordLocation(byteOffset: dataOffset, line: dataLine) }

    /// Where the first record begins that is read: further on, where a section is split.
    var start: RecordLocation {
        get {
            guard firstRecord > 1, let offset = self[setting: "part_offset"].flatMap({ UInt64($0) }),
                let line = self[setting: "part_line"].flatMap({ UInt64($0) })
            else { return dataStart }
            return RecordLocation(byteOffset: offset, line: line, record: firstRecord)
        }
        set {
            firstRecord = newValue.record
            self[setting: "part_offset"] = String(newValue.byteOffset)
            self[setting: "part_line"] = String(newValue.line)
        }
    }

    /// A setting that only this format has.
    subscript(setting name: String) -> String? {
        get { settings.first { $0.name == name }?.value }
        set {
            settings.removeAll { $0.name == name }
            if let newValue { settings.append(.init(name: name, value: newValue)) }
        }
    }
}
