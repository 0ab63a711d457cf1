internal import Records

/// What matters of a value that nobody reads: arrays in it that may be records, and words of an API on further pages.
struct JSONBesideLook {
    /// Where arrays of objects stand, by their keys.
    private(set) var lists: [[String]] = []
    /// Where arrays of arrays stand that may be rows.
    private(set) var grids: [[String]] = []
    /// Where objects stand whose members are all objects of one kind: records by their names.
    private(set) var maps: [[String]] = []
    /// Whether the value itself is such an object, beyond doubt.
    private(set) var isMap = false
    /// Where objects stand whose members are columns.
    private(set) var columns: [[String]] = []
    private(set) var pages: [JSONPageSign] = []
    /// Whether the value was looked at to its end.
    private(set) var isWhole = false

    private var cursor: JSONCursor
    private let maxDepth: Int
    private var last = JSONShape.other

    /// Objects deeper than this are not looked into.
    private static let mostKeys = 64
    /// No more places than this are kept of a kind.
    private static let mostPlaces = 100

    /// Looks at the value at `value`, to which `path` leads, and which is JSON.
    ///
    /// - Parameter isLarge: whether only its beginning is looked at.
    init(at value: JSONCursor, path: [String], maxDepth: Int, isLarge: Bool) {
        cursor = value
        self.maxDepth = maxDepth
        if isLarge {
            try? array(path)
            return
        }
        // A key that is too long to be looked at ends the look.
        isWhole = (try? look(path)) ?? false
    }

    private mutating func look(_ path: [String]) throws -> Bool {
        last = .other
        switch try cursor.peek() {
        case JSONByte.openBrace where path.count < Self.mostKeys:
            let isEmpty = try cursor.peekInside() == JSONByte.closeBrace
            if !isEmpty, let sign = JSONPageSign(path: path, .object) { pages.append(sign) }
            return try object(path)
        case JSONByte.openBracket:
            try array(path)
            return try elements()
        default:
            last = .scalar
            if let value = try scalar(), let sign = JSONPageSign(path: path, value) { pages.append(sign) }
        }
        return try cursor.skipValue(maxDepth: maxDepth)
    }

    private mutating func object(_ path: [String]) throws -> Bool {
        guard try cursor.take(JSONByte.openBrace) else { return false }
        var keys: Set<String> = []
        var members = JSONMembers()
        defer { last = .object(keys, count: members.count, hasScalars: members.areScalars) }
        if try cursor.take(JSONByte.closeBrace) { return true }
        repeat {
            guard let key = try cursor.key() else { return false }
            let isNull = try cursor.peek() == UInt8(ascii: "n")
            guard try look(path + [key]) else { return false }
            members.add(last, named: key, isNull: isNull)
            if keys.count < Self.mostKeys { keys.insert(key) }
            if try cursor.take(JSONByte.closeBrace) {
                note(members, at: path)
                return true
            }
        } while try cursor.take(JSONByte.comma)
        return false
    }

    private mutating func note(_ members: JSONMembers, at path: [String]) {
        if members.areColumns(ofDocument: path.isEmpty) {
            maps.removeAll { $0.starts(with: path) }
            if columns.count < Self.mostPlaces { columns.append(path) }
        } else if members.areRecords {
            maps.removeAll { $0.starts(with: path) }
            if maps.count < Self.mostPlaces { maps.append(path) }
            isMap = path.isEmpty && members.areSurelyRecords
        }
    }

    /// Passes an array, and counts its elements where they are all scalars.
    private mutating func elements() throws -> Bool {
        let first = try cursor.peekInside()
        let isFlat = ![JSONByte.openBrace, JSONByte.openBracket, JSONByte.closeBracket].contains(first ?? 0)
        guard isFlat, try cursor.take(JSONByte.openBracket) else { return try cursor.skipValue(maxDepth: maxDepth) }
        var count = 0
        var areScalars = true
        repeat {
            let first = try cursor.peek()
            areScalars = areScalars && first != JSONByte.openBrace && first != JSONByte.openBracket
            guard try cursor.skipValue(maxDepth: maxDepth) else { return false }
            count += 1
        } while try cursor.take(JSONByte.comma)
        last = areScalars ? .list(count: count) : .other
        return try cursor.take(JSONByte.closeBracket)
    }

    /// Tells an array by its first element that is not `null`.
    private func firstInside(_ array: JSONCursor) throws -> (byte: UInt8?, depth: Int) {
        var head = array
        var depth = 0
        while depth < Self.mostKeys, try head.take(JSONByte.openBracket) {
            depth += 1
            while try head.peek() == UInt8(ascii: "n"), try head.skipValue(maxDepth: 1), try head.take(JSONByte.comma) {
            }
        }
        return (try head.peek(), depth)
    }

    private mutating func array(_ path: [String]) throws {
        if JSONPageSign.mayBeLinks(path), try Self.leadsOn(linksAt: cursor, maxDepth: maxDepth) {
            pages.append(JSONPageSign(linksAt: path))
        }
        let (first, depth) = try firstInside(cursor)
        if first == JSONByte.openBrace {
            if lists.count < Self.mostPlaces { lists.append(path) }
        } else if depth > 1 && first != JSONByte.closeBracket, grids.count < Self.mostPlaces, try mayBeRows(path) {
            grids.append(path)
        }
    }

    /// Whether a link of this array leads to the next page: `{"rel": "next", "href": …}`.
    static func leadsOn(linksAt array: JSONCursor, maxDepth: Int) throws -> Bool {
        var cursor = array
        guard try cursor.take(JSONByte.openBracket) else { return false }
        repeat {
            var isNext = false
            guard try cursor.take(JSONByte.openBrace) else { return false }
            if try cursor.take(JSONByte.closeBrace) { continue }
            repeat {
                guard let key = try cursor.key() else { return false }
                let value = try cursor.member("")?.value
                if ["rel", "relation"].contains(key.lowercased()) { isNext = value?.lowercased() == "next" }
                guard try cursor.skipValue(maxDepth: maxDepth) else { return false }
            } while try cursor.take(JSONByte.comma)
            if isNext { return true }
            guard try cursor.take(JSONByte.closeBrace) else { return false }
        } while try cursor.take(JSONByte.comma)
        return false
    }

    /// Whether an array of arrays may hold rows: not where its name or one more level says that it is a shape, nor where it
    /// is a single pair of numbers or the like.
    private func mayBeRows(_ path: [String]) throws -> Bool {
        guard !Self.shapes.contains(path.last?.lowercased() ?? "") else { return false }
        var rows = cursor
        guard try rows.take(JSONByte.openBracket), try rows.peekInside() != JSONByte.openBracket else { return false }
        let first = try rows.peekInside()
        let isNumber = first == UInt8(ascii: "-") || first.map(JSONByte.isDigit) == true
        if !isNumber { return true }
        return try rows.skipValue(maxDepth: maxDepth) && rows.take(JSONByte.comma)
    }

    /// What geometry and arithmetic call their arrays of arrays.
    private static let shapes: Set = [
        "coordinates", "arcs", "bbox", "bounds", "polygon", "polyline", "geometry", "shape", "transform", "matrix",
    ]

    private mutating func scalar() throws -> JSONPageSign.Value? {
        switch try cursor.peek() {
        case JSONByte.quote: .text(try cursor.member("")?.value)
        case UInt8(ascii: "t"): .yes
        case UInt8(ascii: "f"): .no
        case UInt8(ascii: "n"): nil
        default: try cursor.member("")?.value.map { .number($0) }
        }
    }
}
