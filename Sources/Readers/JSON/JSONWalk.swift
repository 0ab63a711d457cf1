internal import Records

/// One pass over a document that finds its sections and all their columns, and shows whether the document is whole.
struct JSONWalk {
    private(set) var sections: [JSONSurvey.Section] = []
    /// The values beside the sections, the first ones, and how many there are in all.
    private(set) var beside: [JSONSurvey.Beside] = []
    private(set) var besideCount = 0
    /// Whether there is an object or an array among those that were not looked at.
    private(set) var hasUnseenBeside = false
    /// What says that the document is one page of several.
    private(set) var pages: [JSONPageSign] = []
    private(set) var members: [JSONMember] = []
    /// Whether the document is one, from its beginning to its end. Of lines and the like, each answers for itself.
    private(set) var isSound = true
    /// What is after the document's end; nil if nothing does.
    private(set) var isFollowed = false
    /// Where each section's array was closed; nil for one that was not.
    private var ends: [UInt64?] = []
    private var paths: Set<[String]> = []
    /// How many values were looked at for signs of further pages.
    private var looked = 0
    private(set) var cursor: JSONCursor

    private let options: JSONOptions
    private let wanted: [String]?
    private let depth: Int

    /// More arrays than this are not tables: their names are data.
    static let mostSections = 10_000
    /// How many of the values beside the sections are looked at.
    static let mostBeside = 100
    /// The largest of them that is read for its columns, in bytes.
    private static let mostBesideBytes: UInt64 = 1 << 20

    /// Begins a walk at `cursor`. Sections are the array or value that `wanted` leads to, or without it all arrays of objects
    /// with at most `depth` keys on the way.
    init(_ cursor: JSONCursor, options: JSONOptions, wanted: [String]? = nil, depth: Int = 2) {
        self.cursor = cursor
        self.options = options
        self.wanted = wanted
        self.depth = depth
    }

    /// Walks through a document that is one section.
    mutating func section(_ form: JSONForm) throws {
        let isClosed = try section(form, path: [], from: cursor)
        guard isClosed, form == .array || form.isSingle else { return }
        let document: JSONForm = form == .array ? .arrays : .sequence
        isFollowed = try cursor.begins(document)
        isSound = try cursor.skipRest(inside: 0, maxDepth: options.maxDepth)
        finish(0)
    }

    /// Walks through an object's members, and on to the document's end.
    mutating func object() throws {
        isSound = try object(path: [])
        if isSound {
            isFollowed = try cursor.begins(.sequence)
            isSound = try cursor.peek() == nil
        }
        for index in sections.indices { sections[index].layout.sectionEnd = ends[index] }
        // Who reads the last section with records reads on to the document's end, and so through what is empty after it.
        guard let last = sections.lastIndex(where: { !$0.columns.isEmpty }) ?? sections.indices.last else { return }
        sections[last].layout.sectionEnd = nil
        if ends[last] != nil { finish(last) }
        // What is wrong in arrays after it that have no keys at all, its reader finds.
        if sections[(last + 1)...].contains(where: { $0.firstReject != nil }) { sections[last].recordCount = nil }
    }

    /// What is wrong after the section's array is one more reject of it.
    private mutating func finish(_ section: Int) {
        if cursor.isCut {
            sections[section].recordCount = nil
        } else if !isSound {
            sections[section].recordCount? += 1
        }
    }

    /// False if the object cannot be followed to its end.
    private mutating func object(path: [String]) throws -> Bool {
        guard try cursor.take(JSONByte.openBrace) else { return false }
        if try cursor.take(JSONByte.closeBrace) { return true }
        repeat {
            _ = try cursor.peek()
            let start = keepsPlaces(in: path) ? cursor : nil
            guard let key = try cursor.key(), try member(path + [key], from: start) else { return false }
            if try cursor.take(JSONByte.closeBrace) { return true }
        } while try cursor.take(JSONByte.comma)
        return false
    }

    /// Whether a member of the object is read from its key on, perhaps: a cursor is not copied for nothing.
    private func keepsPlaces(in path: [String]) -> Bool {
        guard let wanted else { return beside.count < Self.mostBeside }
        return wanted.count == path.count + 1 || looked < Self.mostBeside
    }

    /// Passes a member's value, whose key is at `start` where that was kept.
    private mutating func member(_ path: [String], from start: JSONCursor?) throws -> Bool {
        let first = try cursor.peek()
        if path.count == 1, let member = try cursor.member(path[0]), member.isKept(behind: members.count) {
            members.append(member)
        }
        if first == JSONByte.openBrace && leadsOn(path) { return try inner(path) }
        if first == JSONByte.openBracket, JSONPageSign.mayBeLinks(path),
            try JSONBesideLook.leadsOn(linksAt: cursor, maxDepth: options.maxDepth)
        {
            pages.append(JSONPageSign(linksAt: path))
        }
        if first == JSONByte.openBracket, try isSection(path) { return try section(.array, path: path, from: cursor) }
        if path == wanted, let start {
            return first == JSONByte.openBrace
                ? try section(.record, path: path, from: cursor) : try section(.member, path: path, from: start)
        }
        let value = start == nil ? nil : cursor
        guard try cursor.skipValue(maxDepth: options.maxDepth) else { return false }
        try note(path, first, from: start, value)
        return true
    }

    /// Walks through an object inside the document's. One without sections is a value itself.
    private mutating func inner(_ path: [String]) throws -> Bool {
        let before = (
            sections: sections.count, beside: beside.count, count: besideCount, hasUnseen: hasUnseenBeside,
            start: cursor
        )
        guard try object(path: path) else { return false }
        if wanted == nil && sections.count == before.sections {
            beside.removeSubrange(before.beside...)
            (besideCount, hasUnseenBeside) = (before.count, before.hasUnseen)
            try note(path, JSONByte.openBrace, from: before.start, before.start)
        }
        return true
    }

    /// Notes a value beside the sections: what is in it, and its columns where it can be read as a row.
    ///
    /// - Parameters:
    ///   - first: the value's first byte.
    ///   - key: where its key stands; nil, like `value`, where that was not kept.
    private mutating func note(_ path: [String], _ first: UInt8?, from key: JSONCursor?, _ value: JSONCursor?) throws {
        let isObject = first == JSONByte.openBrace
        let mayHoldLists = isObject || first == JSONByte.openBracket
        if wanted == nil { besideCount += 1 }
        guard max(beside.count, looked) < Self.mostBeside, let key, let value else {
            hasUnseenBeside = hasUnseenBeside || mayHoldLists
            return
        }
        let end = cursor.location.byteOffset
        let isSmall = end - key.location.byteOffset <= Self.mostBesideBytes
        let look = JSONBesideLook(at: value, path: path, maxDepth: options.maxDepth, isLarge: !isSmall)
        for sign in look.pages where !pages.contains(sign) { pages.append(sign) }
        if wanted != nil {
            looked += 1
            return
        }
        var noted = JSONSurvey.Beside(look, path: path, isObject: isObject)
        noted.isSeen = !mayHoldLists || look.isWhole
        if isSmall {
            var layout = layout(isObject ? .record : .member, path)
            layout.sectionEnd = end
            let start = isObject ? value : key
            let scan = try JSONScan.all(from: start, layout: layout)
            if scan.hasUsableRecords, !scan.hasTooManyColumns, !scan.columns.isEmpty {
                noted.section = JSONSurvey.Section(layout: layout, start: start.location, scan)
            }
        }
        beside.append(noted)
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

    private func layout(_ form: JSONForm, _ path: [String]) -> JSONLayout {
        JSONLayout(
            form: form, path: path, flattens: options.flattens, maxRecordBytes: options.maxRecordBytes,
            maxDepth: options.maxDepth)
    }

    /// Reads the section that begins at `start`; false if it cannot be followed to its end.
    private mutating func section(_ form: JSONForm, path: [String], from start: JSONCursor) throws -> Bool {
        guard paths.insert(path).inserted else {
            throw DataError(
                .malformed,
                "the document has `\(JSONPath.name(path))` twice, again at line \(start.location.line), "
                    + "byte \(start.location.byteOffset)",
                remedy: "Rename one of them.")
        }
        guard sections.count < Self.mostSections else {
            throw DataError(
                .malformed, "the document has more than \(Self.mostSections) arrays of records",
                remedy:
                    "Their names are data: turn them into a field, for example with jq -c 'to_entries[] | .key as $key | "
                    + ".value[] | {key: $key} + .' FILE | \(DataError.pipedImport); or name one with --records PATH.")
        }
        let layout = layout(form, path)
        let scan = try JSONScan.all(from: start, layout: layout)
        if scan.hasTooManyColumns {
            throw DataError(
                .malformed, "the records have more than \(JSONColumns.maximumCount) different keys",
                remedy: "If the keys are data, turn them into values first.")
        }
        cursor = scan.cursor
        sections.append(JSONSurvey.Section(layout: layout, start: start.location, scan))
        ends.append(scan.isClosed ? cursor.location.byteOffset : nil)
        return scan.isClosed
    }
}

extension JSONSurvey.Beside {
    init(_ look: JSONBesideLook, path: [String], isObject: Bool) {
        self.init(path: path, isObject: isObject)
        lists = look.lists
        grids = look.grids
        maps = look.maps
        pages = look.pages
        isMap = look.isMap
        columns = look.columns
    }
}

extension JSONSurvey.Section {
    fileprivate init(layout: JSONLayout, start: RecordLocation, _ scan: JSONScan) {
        self.init(layout: layout, start: start)
        columns = scan.columns.isEmpty && !scan.hasUsableRecords ? scan.keysOfRejects : scan.columns
        hasUsableRecords = scan.hasUsableRecords
        firstReject = scan.firstReject
        recordCount = scan.isWhole ? scan.count : nil
    }
}
