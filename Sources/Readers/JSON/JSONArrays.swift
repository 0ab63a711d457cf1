internal import Records

/// The arrays inside a JSON object, and the way to one of them.
struct JSONArrays {
    struct Found {
        var path: [String]
        var start: RecordLocation
        /// Its first element is an object, or it has none.
        var holdsObjects: Bool
        var isEmpty: Bool
    }

    private(set) var all: [Found] = []

    /// Arrays deeper than this are not named.
    private static let maximumDepth = 4
    private static let maximumCount = 1_000

    /// Finds the arrays in the object at the cursor, not counting those inside other arrays. A document that breaks off
    /// gives those that were seen.
    init(in cursor: inout JSONCursor) throws {
        _ = try collect(&cursor, path: [])
    }

    /// The arrays of objects at the top level.
    var top: [Found] { all.filter { $0.path.count == 1 && $0.holdsObjects } }

    /// Goes through an object's members; false if it cannot be followed to its end.
    private mutating func collect(_ cursor: inout JSONCursor, path: [String]) throws -> Bool {
        guard try cursor.take(JSONByte.openBrace) else { return false }
        if try cursor.take(JSONByte.closeBrace) { return true }
        while let key = try cursor.key() {
            let path = path + [key]
            let first = try cursor.peek()
            if first == JSONByte.openBrace && path.count < Self.maximumDepth {
                guard try collect(&cursor, path: path) else { return false }
            } else if first == JSONByte.openBracket && all.count < Self.maximumCount {
                let start = cursor.location
                var inside = cursor
                inside.take()
                let element = try inside.peek()
                let isEmpty = element == JSONByte.closeBracket
                all.append(
                    Found(
                        path: path, start: start, holdsObjects: isEmpty || element == JSONByte.openBrace,
                        isEmpty: isEmpty))
                guard try cursor.skipValue() else { return false }
            } else {
                guard try cursor.skipValue() else { return false }
            }
            if try cursor.take(JSONByte.closeBrace) { return true }
            guard try cursor.take(JSONByte.comma) else { return false }
        }
        return false
    }

    /// Takes the cursor to the array at the end of `path`; nil if there is none.
    static func find(_ path: [String], in cursor: inout JSONCursor) throws -> RecordLocation? {
        for key in path {
            guard try cursor.take(JSONByte.openBrace) else { return nil }
            while true {
                guard let found = try cursor.key() else { return nil }
                if found == key { break }
                guard try cursor.skipValue(), try cursor.take(JSONByte.comma) else { return nil }
            }
        }
        return try cursor.peek() == JSONByte.openBracket ? cursor.location : nil
    }
}
