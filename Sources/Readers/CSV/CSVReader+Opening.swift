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
        if markBytes == 0, let order = TextEncoding.otherOrder(than: encoding, in: input.bytes) {
            throw DataError(
                .unusableOption,
                "--encoding \(encoding.rawValue) does not apply: the line endings are those of \(order.rawValue).",
                remedy: "Import it with --encoding \(order.rawValue).")
        }
        // An editor's mark may be before another one's.
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
        try input.skipLines(to: options, &start)
        let given = options.delimiter ?? hint?.delimiter
        var shape = input.withText { text in
            given.map { DelimiterDetection.shape(of: text, delimiter: $0, options.syntax) }
                ?? DelimiterDetection.choose(for: text, expected: options.expectedDelimiter, options.syntax)
        }
        var dialect = CSVDialect(
            delimiter: shape.delimiter, hasHeader: options.hasHeader ?? true,
            encoding: encoding, nullSpellings: options.nullSpellings, syntax: options.syntax,
            maxFieldBytes: options.maxFieldBytes, maxRecordBytes: options.maxRecordBytes)
        try dialect.check()
        if options.hasHeader == nil && options.firstLine == nil {
            shape.rows = input.withText { HeadRow.all(in: $0, from: start.line, RecordSplitter(dialect)) }
        }

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
        if options.footerLines > 0 {
            let footer = try LastLines(options.footerLines, encoding).start(in: source)
            guard let footer, footer >= dataStart.byteOffset else {
                throw DataError(
                    .unusableOption,
                    "--skip-footer \(options.footerLines) does not apply: it would skip more than all records.",
                    remedy: "Give the number of lines below the last record.")
            }
            dialect.footerOffset = footer
        }
        self.init(input: input, dialect: dialect, columns: columns, dataStart: dataStart)
        self.shape = shape
    }
}

extension TextInput {
    /// Drops the lines before the first one to be read.
    fileprivate mutating func skipLines(to options: CSVOptions, _ start: inout RecordLocation) throws {
        guard let first = options.firstLine else { return }
        let option = options.isHeaderInFirstLine ? "--header-row \(first)" : "--skip-lines \(first - 1)"
        while start.line < first {
            let line = withText { text in
                if case .at(_, let end) = text.lineEnd(from: 0) { return (end, text.sourceLength(0..<end)) }
                return (0, 0)
            }
            if line.0 > 0 {
                drop(bytes: line.1, text: line.0)
                start.byteOffset += UInt64(line.1)
                start.line += 1
            } else if isAtEnd {
                break
            } else {
                try readMore(pending: bytes.count)
            }
        }
        while !isAtEnd && bytes.count < CSVSample.mostBytes { try readMore() }
        let isEmpty = withText { $0.count == 0 }
        if start.line < first || first > 1 && isEmpty {
            let lines = start.line - (isEmpty ? 1 : 0)
            throw DataError(
                .unusableOption,
                "\(option) is not possible: the file has only \(lines) \(lines == 1 ? "line" : "lines").",
                remedy: "Give the number of a line that exists.")
        }
        if options.isHeaderInFirstLine, withText({ $0.count > 0 && LineByte.isEnd($0.text[0]) }) {
            throw DataError(
                .unusableOption, "\(option) does not apply: line \(first) is empty.",
                remedy: "Give the number of the line with the column names.")
        }
    }
}
