internal import Records

/// One pass over a document that finds its sections and all their columns, and shows whether the document is whole.
struct JSONWalk {
    private(set) var sections: [JSONSurvey.Section] = []
    private(set) var members: [JSONMember] = []
    /// Where each section's array was closed; nil for one that was not.
    private var ends: [UInt64?] = []
    private(set) var cursor: JSONCursor

    private let options: JSONOptions
    private let wanted: [String]?
    private let depth: Int

    /// Begins a walk at `cursor`. Sections are the array that `wanted` leads to, or without it all arrays of objects with at
    /// most `depth` keys on the way.
    init(_ cursor: JSONCursor, options: JSONOptions, wanted: [String]? = nil, depth: Int = 2) {
        self.cursor = cursor
        self.options = options
        self.wanted = wanted
        self.depth = depth
    }

    /// Walks through a document that is one section.
    mutating func section(_ form: JSONForm) throws {
        let isClosed = try section(form, path: [])
        if isClosed && form != .lines { try finish(cursor.skipRest(inside: 0, maxDepth: options.maxDepth)) }
    }

    /// Walks through an object's members, and on to the document's end.
    mutating func object() throws {
        let isSound = try object(path: []) && cursor.peek() == nil
        for index in sections.indices.dropLast() { sections[index].layout.sectionEnd = ends[index] }
        if let end = ends.last, end != nil { finish(isSound) }
    }

    /// What is wrong behind the last section's array is one more reject of it.
    private mutating func finish(_ isSound: Bool) {
        let last = sections.count - 1
        if cursor.isCut {
            sections[last].recordCount = nil
        } else if !isSound {
            sections[last].recordCount? += 1
        }
    }

    /// False if the object cannot be followed to its end.
    private mutating func object(path: [String]) throws -> Bool {
        guard try cursor.take(JSONByte.openBrace) else { return false }
        if try cursor.take(JSONByte.closeBrace) { return true }
        while let key = try cursor.key() {
            guard try member(path + [key]) else { return false }
            if try cursor.take(JSONByte.closeBrace) { return true }
            guard try cursor.take(JSONByte.comma) else { return false }
        }
        return false
    }

    private mutating func member(_ path: [String]) throws -> Bool {
        let first = try cursor.peek()
        if first == JSONByte.openBrace && leadsOn(path) { return try object(path: path) }
        if first == JSONByte.openBracket, try isSection(path) { return try section(.array, path: path) }
        if path.count == 1 && members.count < JSONMember.maximumCount,
            path[0].utf8.count <= JSONMember.maximumBytes, let value = try cursor.scalar()
        {
            members.append(JSONMember(name: path[0], value: value))
        }
        return try cursor.skipValue(maxDepth: options.maxDepth)
    }

    private func leadsOn(_ path: [String]) -> Bool {
        guard let wanted else { return path.count < depth }
        return path.count < wanted.count && wanted.starts(with: path)
    }

    private mutating func isSection(_ path: [String]) throws -> Bool {
        if let wanted { return path == wanted }
        let element = try cursor.peekInside()
        return element == JSONByte.openBrace || element == JSONByte.closeBracket
    }

    /// Reads the section at the cursor; false if it cannot be followed to its end.
    private mutating func section(_ form: JSONForm, path: [String]) throws -> Bool {
        if sections.contains(where: { $0.path == path }) {
            throw DataError(
                .malformed,
                "the document has `\(JSONPath.name(path))` twice, again at line \(cursor.location.line), "
                    + "byte \(cursor.location.byteOffset)",
                remedy: "Rename one of them.")
        }
        let layout = JSONLayout(
            form: form, path: path, flattens: options.flattens, maxRecordBytes: options.maxRecordBytes,
            maxDepth: options.maxDepth)
        let start = cursor.location
        let stretch = try JSONStretch.all(from: cursor, layout: layout)
        if stretch.hasTooManyColumns {
            throw DataError(
                .malformed, "the records have more than \(JSONColumns.maximumCount) different keys",
                remedy: "Keys that are data make no table: turn them into values first.")
        }
        cursor = stretch.cursor
        var section = JSONSurvey.Section(layout: layout, start: start)
        section.columns = stretch.columns
        section.hasUsableRecords = stretch.hasUsableRecords
        section.firstReject = stretch.firstReject
        section.recordCount = stretch.isWhole ? stretch.count : nil
        sections.append(section)
        ends.append(stretch.isClosed ? cursor.location.byteOffset : nil)
        return stretch.isClosed
    }
}
