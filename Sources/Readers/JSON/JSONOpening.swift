internal import Records

/// The beginning of a document: decides what it is, and what is wrong with it where it is nothing.
struct JSONOpening {
    private let source: any ByteSource
    private let options: JSONOptions
    private let pieceBytes: UInt64
    private let evidence: JSONForm.Evidence
    private let start: RecordLocation
    private let head: TextInput

    /// How much of a source that cannot seek is looked at; far less than can be read again, since a long record doubles
    /// what is read at a time.
    private static let reachWithoutSeeking: UInt64 = 4 << 20

    init(_ source: any ByteSource, options: JSONOptions, pieceBytes: UInt64) throws {
        self.source = source.isRepeatable ? source : RewindableSource(source)
        self.options = options
        self.pieceBytes = pieceBytes
        var head = TextInput(self.source, encoding: .utf8, largest: options.maxRecordBytes)
        while !head.isAtEnd && head.bytes.count < JSONForm.sampleBytes { try head.readMore() }
        try Self.refuseUTF16(head.bytes)
        var start = RecordLocation()
        if head.bytes.starts(with: [0xEF, 0xBB, 0xBF]) {
            head.drop(bytes: 3, text: 3)
            start.byteOffset = 3
        }
        self.start = start
        self.head = head
        evidence = head.withText(JSONForm.evidence)
    }

    /// Finds the sections in the way that the options and the beginning suggest, and where the document becomes one record
    /// although nobody said so, the values in it.
    func walk() throws -> (JSONSurvey.Form, JSONWalk, asRecord: JSONSurvey.Beside?) {
        if let (form, walk) = try plainWalk() { return (form, walk, nil) }
        let walk = try sections()
        if walk.isFollowed { return (.sequence, try section(.sequence), nil) }
        if !walk.sections.isEmpty { return (.sections, walk, nil) }
        if options.form == .array {
            throw DataError(
                .malformed, "the document has no array of objects", remedy: "Name an array with --records PATH.")
        }
        if case .oneLine = evidence { return (.lines, try section(.lines), try asRecord()) }
        let record = try section(.record)
        return record.isFollowed
            ? (.sequence, try section(.sequence), nil) : (.record, record, try asRecord())
    }

    /// What the document holds. One that is larger than a record is rejected anyhow.
    private func asRecord() throws -> JSONSurvey.Beside? {
        if let size = source.size, size > UInt64(options.maxRecordBytes) { return nil }
        let look = JSONBesideLook(at: try cursor(), path: [], maxDepth: options.maxDepth, isLarge: false)
        return JSONSurvey.Beside(look, path: [], isObject: true)
    }

    /// The walk where it is plain what the document is; nil for an object that may have sections.
    private func plainWalk() throws -> (JSONSurvey.Form, JSONWalk)? {
        let path = JSONPath.keys(options.recordsPath ?? "")
        switch (options.form, evidence) {
        case (_, .empty) where options.mayBeEmpty: return (.lines, try section(.lines))
        case (_, .empty):
            throw DataError(.malformed, "the file is empty", remedy: "Check that the file was written completely.")
        case (_, .commas(let areLines)): throw Self.commas(areLines: areLines)
        case (.lines, _) where !path.isEmpty, (.record, _) where !path.isEmpty:
            throw DataError(
                .unusableOption, "--records names an array, but the document has none",
                remedy: "Leave out --records, or --format.")
        case _ where !path.isEmpty: return (.sections, try array(at: path))
        case (.lines, _), (nil, .lines): return (.lines, try section(.lines))
        case (nil, _) where options.prefersLines && isOneLine: return (.lines, try section(.lines))
        case (.record, _): return (.record, try section(.record))
        case (.sequence, _), (_, .sequence): return (.sequence, try section(.sequence))
        case (.arrays, _), (_, .arrays): return (.sequence, try section(.arrays))
        case (_, .array):
            let walk = try section(.array)
            return walk.isFollowed ? (.sequence, try section(.arrays)) : (.array, walk)
        case (_, .notJSON): throw notJSON()
        default: return nil
        }
    }

    /// Whether the beginning is an object on one line, perhaps a longer one than is looked at.
    private var isOneLine: Bool {
        switch evidence {
        case .oneLine: true
        case .object: head.withText { JSONByte.lineFeed(in: $0.text, 0..<$0.count) == nil && !$0.isFinal }
        default: false
        }
    }

    private func cursor() throws -> JSONCursor {
        try JSONCursor(
            source, at: start, reach: source.isRepeatable ? .max : Self.reachWithoutSeeking, pieceBytes: pieceBytes,
            largest: options.maxRecordBytes)
    }

    private func section(_ form: JSONForm) throws -> JSONWalk {
        var walk = JSONWalk(try cursor(), options: options)
        try walk.section(form)
        return walk
    }

    /// The arrays of objects at the top level or, where there are none, in the objects there.
    private func sections() throws -> JSONWalk {
        var walk = JSONWalk(try cursor(), options: options)
        try walk.object()
        let depths = Set(walk.sections.map(\.path.count))
        if depths.count < 2 { return walk }
        walk = JSONWalk(try cursor(), options: options, depth: 1)
        try walk.object()
        return walk
    }

    private func array(at path: [String]) throws -> JSONWalk {
        var walk = JSONWalk(try cursor(), options: options, wanted: path)
        try walk.object()
        if !walk.sections.isEmpty { return walk }
        let place = walk.cursor.location
        let others = try sections().sections.prefix(20).map { "`\($0.name)`" }
        let found = others.isEmpty ? "it has no array of objects" : "it has \(others.joined(separator: ", "))"
        throw DataError(
            .malformed,
            "the document has nothing at `\(JSONPath.name(path))`, searched up to line \(place.line), "
                + "byte \(place.byteOffset); \(found)",
            remedy: "Name an array with --records PATH.")
    }
}

extension JSONOpening {
    private static func refuseUTF16(_ bytes: some Collection<UInt8>) throws {
        // Two ASCII characters of UTF-16 or UTF-32 have a zero byte in each unit.
        let isUTF16 =
            bytes.starts(with: [0xFF, 0xFE]) || bytes.starts(with: [0xFE, 0xFF]) || bytes.prefix(4).contains(0)
        guard isUTF16 else { return }
        throw DataError(
            .malformed, "the file is UTF-16 or UTF-32, but JSON is UTF-8",
            remedy: "Convert the file to UTF-8 first, with iconv -f UTF-16 -t UTF-8.")
    }

    /// Throws if the only section has records and none that can be used.
    func requireRecords(_ section: JSONSurvey.Section) throws {
        if let reject = section.firstReject {
            if reject.code == .notAnObject, section.layout.form == .array {
                throw DataError(
                    .malformed,
                    "the array contains values instead of objects, so it has no columns; the first one: \(reject.message)",
                    remedy: "Name an array of objects with --records PATH, or import this one as a single row with "
                        + "--section NAME.")
            }
            throw DataError(
                .malformed, "none of the records can be used; the first one: \(reject.message)",
                remedy: "Check the file, or name the array with --records PATH.")
        }
        if section.recordCount == nil {
            throw DataError(
                .malformed, "the first record does not end within \(Self.reachWithoutSeeking) bytes",
                remedy: "Save the data to a file and import that.")
        }
    }

    /// Where a document that holds no records is not JSON.
    func damaged(at place: RecordLocation) -> DataError {
        DataError(
            .malformed,
            "the document is incomplete: from line \(place.line), byte \(place.byteOffset) on it is not JSON, and "
                + "before that it has no records",
            remedy: "Fetch the file again, or correct it there.")
    }

    private static func commas(areLines: Bool) -> DataError {
        let table = "FILE | \(DataError.pipedImport) --format"
        return DataError(
            .malformed,
            areLines
                ? "each line ends with a comma, so the file is not NDJSON"
                : "there are commas between the objects but no brackets around them, so the file is not JSON",
            remedy: areLines
                ? "Remove the commas: sed 's/,[[:space:]]*$//' \(table) ndjson"
                : "Put brackets around them: sed -e '1s/^/[/' -e '$s/[[:space:],]*$/]/' \(table) json")
    }

    private func notJSON() -> DataError {
        let (isScalar, excerpt) = head.withText { text in
            let scanner = text.text.baseAddress.map { JSONScanner(base: $0, end: text.count, maxDepth: 1) }
            let end = scanner.flatMap { try? $0.scalar(from: $0.skipSpace(from: 0)) }
            let isScalar = end.map { scanner?.skipSpace(from: $0) == text.count } ?? false
            return (isScalar, Excerpt.of(text, in: 0..<text.count, around: 0))
        }
        if isScalar {
            return DataError(
                .malformed, "the document is a single value, not a table: \(excerpt)",
                remedy: "Waybill needs an object or an array of objects.")
        }
        return DataError(
            .malformed, "the file is not JSON: it begins with neither `{` nor `[`: \(excerpt)",
            remedy: "Check the file. To read it as CSV anyway, add --format csv.")
    }
}
