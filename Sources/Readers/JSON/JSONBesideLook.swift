internal import Records

/// What matters of a value that nobody reads: arrays in it that may be records, and words of an API on further pages.
struct JSONBesideLook {
    /// Where arrays of objects stand, by their keys.
    private(set) var lists: [[String]] = []
    /// Where arrays of arrays stand that may be rows.
    private(set) var grids: [[String]] = []
    /// Where objects stand whose members are all objects of one kind: records by their names.
    private(set) var maps: [[String]] = []
    private(set) var pages: [JSONPageSign] = []
    /// Whether the value was looked at to its end.
    private(set) var isWhole = false

    private var cursor: JSONCursor
    private let maxDepth: Int
    /// The keys of the object that was looked at last; nil for another value.
    private var lastKeys: Set<String>?

    /// Objects deeper than this are not looked into.
    private static let mostKeys = 64

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
        lastKeys = nil
        switch try cursor.peek() {
        case JSONByte.openBrace where path.count < Self.mostKeys:
            let isEmpty = try cursor.peekInside() == JSONByte.closeBrace
            if !isEmpty, let sign = JSONPageSign(path: path, .object) { pages.append(sign) }
            return try object(path)
        case JSONByte.openBracket: try array(path)
        default:
            if let value = try scalar(), let sign = JSONPageSign(path: path, value) { pages.append(sign) }
        }
        return try cursor.skipValue(maxDepth: maxDepth)
    }

    private mutating func object(_ path: [String]) throws -> Bool {
        guard try cursor.take(JSONByte.openBrace) else { return false }
        var keys: Set<String> = []
        var members = Members()
        defer { lastKeys = keys }
        if try cursor.take(JSONByte.closeBrace) { return true }
        repeat {
            guard let key = try cursor.key() else { return false }
            let isNull = try cursor.peek() == UInt8(ascii: "n")
            guard try look(path + [key]) else { return false }
            if !isNull { members.add(lastKeys) }
            if keys.count < Self.mostKeys { keys.insert(key) }
            if try cursor.take(JSONByte.closeBrace) {
                if members.areRecords {
                    maps.removeAll { $0.starts(with: path) }
                    maps.append(path)
                }
                return true
            }
        } while try cursor.take(JSONByte.comma)
        return false
    }

    /// Whether an object's members are records by their names: objects that have most keys in common with the first one.
    private struct Members {
        private var first: Set<String>?
        private var areAlike = true
        private var count = 0

        var areRecords: Bool { areAlike && count > 1 }

        mutating func add(_ keys: Set<String>?) {
            // Links are an API's way of leading on.
            guard let keys, !keys.isEmpty, !keys.contains("href") else {
                areAlike = false
                return
            }
            count += 1
            let first = first ?? keys
            self.first = first
            if 2 * first.intersection(keys).count <= min(first.count, keys.count) { areAlike = false }
        }
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
            lists.append(path)
        } else if depth > 1 && first != JSONByte.closeBracket, try mayBeRows(path) {
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
