internal import Records

extension CSVReader {
    /// Opens a file and reads its head: the byte order mark, what `options` leaves open of the dialect, and the columns'
    /// names.
    ///
    /// Throws `DataError`: `.malformed` if the file is empty or its header cannot be read, `.unusableOption` for options
    /// that no file can be read with, `.unreadable` if the source cannot be read.
    package init(source: any ByteSource, options: CSVOptions = CSVOptions()) throws {
        let largest = options.maxRecordBytes ?? CSVDialect.recordBytes(forFieldsOf: options.maxFieldBytes)
        var input = TextInput(source, encoding: .utf8, largest: largest)
        while !input.isAtEnd && input.bytes.count < DelimiterDetection.sampleBytes { try input.readMore() }
        let (encoding, markBytes) = TextEncoding.detect(head: input.bytes, given: options.encoding)
        input.drop(bytes: markBytes, text: 0)
        input.encoding = encoding
        input.transcode()

        // A first line `sep=;` is for the program that opens the file, and no record.
        var start = RecordLocation(byteOffset: UInt64(markBytes))
        let declared = input.withText(DeclaredDelimiter.init)
        if let declared {
            input.drop(bytes: declared.sourceBytes, text: declared.textBytes)
            start.byteOffset += UInt64(declared.sourceBytes)
            start.line += 1
        }
        let dialect = CSVDialect(
            delimiter: options.delimiter ?? declared?.delimiter ?? input.withText(DelimiterDetection.delimiter),
            hasHeader: options.hasHeader ?? true,
            encoding: encoding, nullSpellings: options.nullSpellings, maxFieldBytes: options.maxFieldBytes,
            maxRecordBytes: options.maxRecordBytes)
        try dialect.check()

        var head = try input.withText { try CSVHead(text: $0, dialect: dialect, start: start) }
        while head == nil {
            try input.readMore(pending: input.bytes.count)
            head = try input.withText { try CSVHead(text: $0, dialect: dialect, start: start) }
        }
        let columns = head!.columns
        var dataStart = start
        if dialect.hasHeader {
            input.drop(bytes: head!.sourceBytes, text: head!.textBytes)
            dataStart.byteOffset += UInt64(head!.sourceBytes)
            dataStart.line += UInt64(head!.lineEnds)
        }
        self.init(input: input, dialect: dialect, columns: columns, dataStart: dataStart)
    }
}
