internal import Records

/// Walks through a JSON document value by value, and record by record where it has sections. It keeps nothing of what it
/// has passed.
struct JSONCursor {
    private var input: TextInput
    private(set) var location: RecordLocation
    /// How many of the source's bytes may be read.
    private let reach: UInt64
    /// The source's size; nil if only one cursor can walk through it.
    let size: UInt64?
    /// How many bytes of a section are worth a thread of their own.
    let pieceBytes: UInt64
    /// How much of the input has been passed.
    private var offset = 0

    /// The longest key that is looked at, and the longest white space inside an empty array.
    private static let longestView = 64 << 10

    init(
        _ source: any ByteSource, at location: RecordLocation, reach: UInt64, pieceBytes: UInt64, largest: Int
    ) throws {
        input = TextInput(source, encoding: .utf8, largest: largest)
        try input.seek(to: location.byteOffset)
        self.location = location
        self.reach = reach
        size = source.size
        self.pieceBytes = pieceBytes
    }

    /// A cursor in the same source, with lines counted from there.
    func moved(to byteOffset: UInt64) throws -> JSONCursor {
        var other = self
        try other.input.seek(to: byteOffset)
        other.offset = 0
        other.location = RecordLocation(byteOffset: byteOffset)
        return other
    }

    /// This place, as the one that a cursor came to which began at `start`.
    func reached(from start: RecordLocation) -> JSONCursor {
        var other = self
        other.location.line += start.line - 1
        return other
    }

    /// Whether the walk stopped at the end of what may be read, and not of the document.
    var isCut: Bool { !input.isAtEnd && location.byteOffset + UInt64(input.bytes.count - offset) >= reach }

    /// The next byte that is not white space; nil at the end.
    mutating func peek() throws -> UInt8? {
        repeat {
            pass(to: skipSpace(from: offset))
            if offset < input.bytes.count { return input.bytes[offset] }
        } while try readMore()
        return nil
    }

    /// The byte after the next one that is not white space; nil at the end. Throws if it is too far away.
    mutating func peekInside() throws -> UInt8? {
        guard try peek() != nil else { return nil }
        repeat {
            let next = skipSpace(from: offset + 1)
            if next < input.bytes.count { return input.bytes[next] }
            if input.bytes.count - offset >= Self.longestView {
                throw tooLong("whitespace in the array", at: location)
            }
        } while try readMore()
        return nil
    }

    private func tooLong(_ what: String, at place: RecordLocation) -> DataError {
        DataError(
            .malformed,
            "\(what) at line \(place.line), byte \(place.byteOffset) has more than \(Self.longestView) bytes",
            remedy: "Check that it is the right file, or write it again without that.")
    }

    /// Passes white space and a byte, if it is this one.
    mutating func take(_ byte: UInt8) throws -> Bool {
        guard try peek() == byte else { return false }
        pass(to: offset + 1)
        return true
    }

    /// Passes a key and its colon; nil if what comes next is not that. Throws for a key that is too long: what follows
    /// must not be lost because of it.
    mutating func key() throws -> String? {
        guard try peek() == JSONByte.quote else { return nil }
        let start = location
        guard let key = try view({ try? $0.string(from: $1, allowsNUL: true, allowsHalves: true) }) else {
            if try skipValue(maxDepth: 1) { throw tooLong("the key", at: start) }
            return nil
        }
        let text = text(of: key)
        pass(to: key.end + 1)
        return try take(JSONByte.colon) ? text : nil
    }

    /// Whether another document of the kind begins here: an object, or an array of objects.
    mutating func begins(_ form: JSONForm) throws -> Bool {
        guard try peek() != nil else { return false }
        return try view { JSONForm.begins(form, at: $1, $0) ? true : nil } ?? false
    }

    /// The member whose value comes next, which is not passed; nil if it is not one that is kept.
    mutating func member(_ name: String) throws -> JSONMember? {
        let isOfBatch = BatchEnvelope.names.contains(name)
        guard isOfBatch || name.utf8.count <= JSONMember.maximumBytes else { return nil }
        if let value = try scalar() { return JSONMember(name: name, value: value) }
        // What a batch's member is said to be is used or refused; only `null` says nothing.
        return try isOfBatch && peek() != UInt8(ascii: "n") ? JSONMember(name: name, value: nil) : nil
    }

    /// The string or number that comes next, which is not passed; nil if it is something else, too long, or no text.
    private mutating func scalar() throws -> String? {
        guard let first = try peek() else { return nil }
        if first == JSONByte.quote {
            guard let string = try view({ try? $0.string(from: $1) }),
                string.range.count <= JSONMember.maximumBytes, isUTF8(string.range)
            else { return nil }
            return text(of: string)
        }
        guard first == UInt8(ascii: "-") || JSONByte.isDigit(first) else { return nil }
        let number = try view { scanner, start -> Range<Int>? in
            guard let end = try? scanner.number(from: start), end < scanner.end else { return nil }
            return start..<end
        }
        guard let number, number.count <= JSONMember.maximumBytes else { return nil }
        return String(decoding: input.bytes[number], as: UTF8.self)
    }

    /// Passes the value that comes next; false if it is not JSON or the end came first.
    mutating func skipValue(maxDepth: Int) throws -> Bool {
        var validator = JSONValidator(maxDepth: maxDepth)
        return try follow(&validator)
    }

    /// Passes the document's rest from after a value in `objects` objects; false if something is wrong with it.
    mutating func skipRest(inside objects: Int, maxDepth: Int) throws -> Bool {
        var validator = JSONValidator(restInside: objects, maxDepth: maxDepth)
        _ = try follow(&validator)
        return try peek() == nil && validator.isComplete
    }

    private mutating func follow(_ validator: inout JSONValidator) throws -> Bool {
        while true {
            let result: Result<Int?, JSONProblem> = input.withText { text in
                Result { () throws(JSONProblem) in try validator.end(in: text.text, offset..<text.count) }
            }
            switch result {
            case .success(let end?):
                pass(to: end)
                return true
            case .success(nil):
                pass(to: input.bytes.count)
                if try !readMore() { return false }
            case .failure(let problem):
                pass(to: problem.position)
                return false
            }
        }
    }

    /// Passes records as `builder` reads them, as far as `bounds` says.
    mutating func addRecords(
        _ builder: inout JSONChunkBuilder, to chunk: inout Chunk, state: inout JSONChunkBuilder.State,
        bounds: JSONChunkBuilder.Bounds
    ) throws -> JSONChunkBuilder.Step {
        input.drop(bytes: offset, text: offset)
        offset = 0
        chunk.reset(at: location, columnCount: builder.row.columns.count)
        var progress = JSONChunkBuilder.Progress(state: state)
        var step = JSONChunkBuilder.Step.needsText
        while true {
            step = input.withText { builder.addRecords(from: $0, to: &chunk, progress: &progress, bounds: bounds) }
            guard step == .needsText, mayReadMore else { break }
            try input.readMore(pending: input.bytes.count - progress.offset)
        }
        state = progress.state
        offset = progress.offset
        location.byteOffset += UInt64(progress.offset)
        location.line += progress.lines
        return step
    }

    /// Looks for a place at which a record may begin: after a line feed or, where there is an opening of records to look for,
    /// after a comma between two records.
    mutating func recordStart(opening: [UInt8]?) throws -> UInt64? {
        while input.bytes.count < Self.longestView, try readMore() {}
        let found = input.withText { text -> Int? in
            guard let opening else { return JSONByte.lineFeed(in: text.text, 0..<text.count).map { $0 + 1 } }
            return Self.recordStart(opening, in: text.text)
        }
        return found.map { location.byteOffset + UInt64($0) }
    }

    private static func recordStart(_ opening: [UInt8], in text: UnsafeRawBufferPointer) -> Int? {
        for position in 0..<max(0, text.count - opening.count) where text[position] == opening[0] {
            guard text[position..<(position + opening.count)].elementsEqual(opening) else { continue }
            let before = text[..<position].lastIndex { !JSONByte.isSpace($0) }
            guard let comma = before, text[comma] == JSONByte.comma,
                let end = text[..<comma].lastIndex(where: { !JSONByte.isSpace($0) }), text[end] == JSONByte.closeBrace
            else { continue }
            return comma + 1
        }
        return nil
    }

    /// How the first record of the array that comes next begins, up to its first key's end; nil if it is not an
    /// ordinary record.
    mutating func opening() throws -> [UInt8]? {
        let range = try view { text, start -> Range<Int>? in
            let brace = text.skipSpace(from: start + 1)
            guard brace < text.end, text[brace] == JSONByte.openBrace else { return nil }
            return text.endOfFirstKey(ofObjectAt: brace).map { brace..<$0 }
        }
        return range.map { Array(input.bytes[$0]) }
    }

    /// What `find` finds at the next byte, with as much text as it needs and there may be.
    private mutating func view<R>(_ find: (JSONScanner, Int) -> R?) throws -> R? {
        while true {
            let found = input.withText { text in
                text.text.baseAddress.flatMap { find(JSONScanner(base: $0, end: text.count, maxDepth: 1), offset) }
            }
            if let found { return found }
            guard input.bytes.count - offset < Self.longestView, try readMore() else { return nil }
        }
    }

    private func text(of string: JSONString) -> String {
        input.withText { text in
            var bytes: [UInt8] = []
            text.text.baseAddress.map { JSONScanner(base: $0, end: text.count, maxDepth: 1).append(string, to: &bytes) }
            return String(decoding: bytes, as: UTF8.self)
        }
    }

    private func isUTF8(_ range: Range<Int>) -> Bool {
        input.withText { text in
            text.text.baseAddress.map {
                JSONScanner(base: $0, end: text.count, maxDepth: 1).invalidUTF8(in: range) == nil
            } ?? true
        }
    }

    private func skipSpace(from start: Int) -> Int {
        input.withText { text in
            guard let base = text.text.baseAddress else { return start }
            return JSONScanner(base: base, end: text.count, maxDepth: 1).skipSpace(from: start)
        }
    }

    private mutating func pass(to end: Int) {
        location.line += UInt64(input.withText { JSONByte.countLineFeeds(in: $0.text, offset..<end) })
        location.byteOffset += UInt64(end - offset)
        offset = end
    }

    private var mayReadMore: Bool { !input.isAtEnd && !isCut }

    private mutating func readMore() throws -> Bool {
        guard mayReadMore else { return false }
        input.drop(bytes: offset, text: offset)
        offset = 0
        try input.readMore(pending: input.bytes.count)
        return true
    }
}
