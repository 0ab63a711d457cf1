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
        while !input.isAtEnd && input.bytes.count < CSVSample.mostBytes { try input.readMore() }
        let (encoding, markBytes) = TextEncoding.detect(head: input.bytes, given: options.encoding)
        // An editor's mark may stand in front of another one's.
        let mark = Array(input.bytes.prefix(markBytes))
        var start = RecordLocation(byteOffset: UInt64(markBytes))
        while !mark.isEmpty, input.bytes.dropFirst(Int(start.byteOffset)).starts(with: mark) {
            start.byteOffset += UInt64(markBytes)
        }
        input.drop(bytes: Int(start.byteOffset), text: 0)
        input.encoding = encoding
        input.transcode()

        // A first line `sep=;` is for the program that opens the file, and no record.
        let hint = input.withText(DeclaredDelimiter.init)
        if let hint {
            input.drop(bytes: hint.sourceBytes, text: hint.textBytes)
            start.byteOffset += UInt64(hint.sourceBytes)
            start.line += 1
        }
        let given = options.delimiter ?? hint?.delimiter
        let shape = input.withText { text in
            given.map { DelimiterDetection.shape(of: text, delimiter: $0) }
                ?? DelimiterDetection.choose(for: text, expected: options.expectedDelimiter)
        }
        let dialect = CSVDialect(
            delimiter: shape.delimiter, hasHeader: options.hasHeader ?? true,
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
        self.shape = shape
    }
}
