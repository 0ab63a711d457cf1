internal import Records

extension JSONReader {
    /// Opens a file and finds out what `options` leaves open: whether it has lines or an array, where the array is, and
    /// the columns, which are the keys of the first 1,000 records or 1 MiB in the order that they come in.
    ///
    /// An object without a path to its array is read to its end once, to be sure that there is no other array of records,
    /// where the source can seek.
    ///
    /// Throws `DataError`: `.malformed` if the file is empty, UTF-16 or not JSON, or if its records cannot be found or
    /// none of the first ones can be used; `.unusableOption` for options that do not fit; `.unreadable` if the source cannot
    /// be read.
    package init(source: any ByteSource, options: JSONOptions = JSONOptions()) throws {
        var input = TextInput(source, encoding: .utf8)
        while !input.isAtEnd && input.bytes.count < JSONForm.sampleBytes { try input.readMore() }
        try Self.refuseUTF16(input.bytes)
        var start = RecordLocation()
        if input.bytes.starts(with: [0xEF, 0xBB, 0xBF]) {
            input.drop(bytes: 3, text: 3)
            start.byteOffset = 3
        }

        var layout = JSONLayout(form: .lines, maxRecordBytes: options.maxRecordBytes, maxDepth: options.maxDepth)
        try layout.check()
        let path = options.recordsPath.flatMap { $0.isEmpty ? nil : $0 }
        switch (path, options.form, input.withText(JSONForm.evidence)) {
        case (_, _, .empty):
            throw DataError(.malformed, "the file is empty", remedy: "Check whether the file was written in full.")
        case (_?, .lines, _):
            throw DataError(
                .unusableOption, "a path to an array does not fit a file with one record per line",
                remedy: "Leave out the path, or the format.")
        case (let path?, _, _):
            layout.form = .array
            layout.recordsPath = path
            start = try Self.find(path, in: &input, from: start)
        case (nil, .lines, _), (nil, nil, .lines):
            break
        case (nil, _, .array):
            layout.form = .array
            start = try Self.find("", in: &input, from: start)
        case (nil, let form, .object), (nil, let form, .oneLine):
            let found = try Self.only(in: &input, from: start, canSeek: source.size != nil, form: form)
            if let found {
                layout.form = .array
                layout.recordsPath = found.path
                start = found.start
            }
        default:
            throw Self.notJSON(input, at: start)
        }

        let columns = try Self.columns(&input, layout: layout, dataStart: start)
        self.init(input: input, size: source.size, layout: layout, columns: columns, dataStart: start)
    }

    private static func refuseUTF16(_ bytes: [UInt8]) throws {
        // Two ASCII characters of UTF-16 or UTF-32 have a zero byte in each unit.
        let isUTF16 =
            bytes.starts(with: [0xFF, 0xFE]) || bytes.starts(with: [0xFE, 0xFF]) || bytes.prefix(4).contains(0)
        guard isUTF16 else { return }
        throw DataError(
            .malformed, "the file is UTF-16 or UTF-32, but JSON is UTF-8",
            remedy: "Convert the file to UTF-8 first, with iconv -f UTF-16 -t UTF-8.")
    }

    /// Takes the input to the array at the end of a path, or to a top-level array for an empty one.
    private static func find(
        _ path: String, in input: inout TextInput, from start: RecordLocation
    ) throws -> RecordLocation {
        let keys = path.isEmpty ? [] : path.split(separator: ".", omittingEmptySubsequences: false).map(String.init)
        var cursor = JSONCursor(input, at: start, readsOn: true)
        guard let found = try JSONArrays.find(keys, in: &cursor) else {
            var again = JSONCursor(input, at: start, readsOn: false)
            let arrays = try JSONArrays(in: &again)
            throw DataError(
                .malformed, "there is no array at \(path); \(named(arrays))",
                remedy: "Name an array with --records PATH.")
        }
        input = cursor.remaining
        return found
    }

    /// Takes the input to the only array of objects in the object it stands at. Nil where the object is a line of its
    /// own and has no such array: it is a record then.
    private static func only(
        in input: inout TextInput, from start: RecordLocation, canSeek: Bool, form: JSONForm?
    ) throws -> (path: String, start: RecordLocation)? {
        var cursor = JSONCursor(input, at: start, readsOn: canSeek)
        let arrays = try JSONArrays(in: &cursor)
        let isOneLine = if case .oneLine = input.withText(JSONForm.evidence) { true } else { false }
        if isOneLine && form == nil && arrays.top.isEmpty { return nil }
        let filled = arrays.top.filter { !$0.isEmpty }
        // An empty array on one line may as well be a field of the only record.
        let candidates = filled.isEmpty && (!isOneLine || form == .array) ? arrays.top : filled
        guard candidates.count == 1, let only = candidates.first else {
            throw DataError(
                .malformed,
                "the file is an object, and which array in it has the records is not clear: \(named(arrays))",
                remedy: "Name the array with --records PATH, or say that the file has one record per line.")
        }
        let used = Int(only.start.byteOffset - start.byteOffset)
        if used <= input.bytes.count {
            input.drop(bytes: used, text: used)
        } else {
            try input.seek(to: only.start.byteOffset)
        }
        return (only.path[0], only.start)
    }

    private static func named(_ arrays: JSONArrays) -> String {
        let names = arrays.all.filter { $0.holdsObjects }.prefix(20).map { "`\($0.path.joined(separator: "."))`" }
        return names.isEmpty ? "it has no array of objects" : "it has \(names.joined(separator: ", "))"
    }

    private static func notJSON(_ input: TextInput, at start: RecordLocation) -> DataError {
        let excerpt = input.withText { text in
            Excerpt.of(text, in: 0..<text.count, around: 0)
        }
        return DataError(
            .malformed, "the file does not begin as JSON does, with `{` or `[`: \(excerpt)",
            remedy: "Check the file, or give its format.")
    }

    /// The keys of the records at the head.
    private static func columns(
        _ input: inout TextInput, layout: JSONLayout, dataStart: RecordLocation
    ) throws -> [String] {
        var builder = JSONChunkBuilder(layout: layout, columns: [], learnsColumns: true)
        var chunk = Chunk()
        chunk.reset(at: dataStart, columnCount: 0)
        let bounds = JSONChunkBuilder.Bounds(records: 1_000, bytes: JSONForm.sampleBytes)
        var progress = JSONChunkBuilder.Progress(state: initialState(layout))
        while true {
            let step = input.withText { builder.addRecords(from: $0, to: &chunk, progress: &progress, bounds: bounds) }
            guard step == .needsText else { break }
            try input.readMore(pending: input.bytes.count - progress.offset)
        }
        if builder.row.hasTooManyColumns {
            throw DataError(
                .malformed, "the records have more than \(JSONColumns.maximumCount) different keys",
                remedy: "Keys that are data make no table: turn them into values first.")
        }
        if chunk.records.isEmpty, let reject = chunk.rejects.first {
            throw DataError(
                .malformed, "none of the first records can be used; the first one: \(reject.message)",
                remedy: "Check the file, or name the array with --records PATH.")
        }
        return builder.row.columns.names
    }
}
