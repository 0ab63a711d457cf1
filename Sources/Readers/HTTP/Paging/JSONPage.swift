/// A JSON document in memory, checked by RFC 8259's grammar, and the places in it. What its values mean is not looked at:
/// that is for the reader of each record.
struct JSONPage {
    private let text: UnsafeRawBufferPointer
    private let scanner: JSONScanner
    /// The document's value.
    private let root: Range<Int>

    /// Objects deeper than this are not searched for arrays.
    private static let maximumDepth = 4

    /// `text` must outlive the page.
    init(_ text: UnsafeRawBufferPointer) throws(JSONProblem) {
        guard let base = text.baseAddress else { throw JSONProblem(.ended, at: 0) }
        self.text = text
        scanner = JSONScanner(base: base, end: text.count, maxDepth: JSONLayout.defaultMaxDepth)
        let start = scanner.skipSpace(from: text.starts(with: [0xEF, 0xBB, 0xBF]) ? 3 : 0)
        let first = try scanner.byte(at: start)
        let isNested = first == JSONByte.openBrace || first == JSONByte.openBracket
        root = start..<(isNested ? try Self.end(ofValueAt: start, in: text) : try scanner.scalar(from: start))
        let rest = scanner.skipSpace(from: root.upperBound)
        if rest < text.count { throw JSONProblem(.textAfterDocument, at: rest) }
    }

    /// The places of the arrays whose first element is an object, and of those without elements: the document itself, or
    /// what is in its objects.
    func arrays() throws(JSONProblem) -> [(path: [String], holdsObjects: Bool)] {
        var found: [(path: [String], holdsObjects: Bool)] = []
        try collectArrays(at: root.lowerBound, path: [], into: &found)
        return found
    }

    private func collectArrays(
        at start: Int, path: [String], into found: inout [(path: [String], holdsObjects: Bool)]
    ) throws(JSONProblem) {
        if text[start] == JSONByte.openBracket {
            let first = text[scanner.skipSpace(from: start + 1)]
            if path.isEmpty || first == JSONByte.openBrace || first == JSONByte.closeBracket {
                found.append((path, first == JSONByte.openBrace))
            }
        } else if text[start] == JSONByte.openBrace && path.count < Self.maximumDepth {
            try forEachMember(of: start) { key, value throws(JSONProblem) in
                if let key { try collectArrays(at: value.lowerBound, path: path + [key], into: &found) }
                return true
            }
        }
    }

    /// The place of the value that keys lead to through objects; nil if there is none. A key may have dots itself, as in
    /// `@odata.nextLink`: where no key is called like the next one alone, those after it belong to it.
    func value(at path: [String]) throws(JSONProblem) -> Range<Int>? { try value(at: path[...], in: root) }

    private func value(at path: ArraySlice<String>, in place: Range<Int>) throws(JSONProblem) -> Range<Int>? {
        if path.isEmpty { return place }
        guard text[place.lowerBound] == JSONByte.openBrace else { return nil }
        for count in 1...path.count {
            let key = path.prefix(count).joined(separator: ".")
            var found: Range<Int>?
            try forEachMember(of: place.lowerBound) { name, value throws(JSONProblem) in
                if name == key { found = value }
                return found == nil
            }
            if let found, let value = try value(at: path.dropFirst(count), in: found) { return value }
        }
        return nil
    }

    /// What in the page's objects says that it does not have all records.
    func signs() throws(JSONProblem) -> [JSONPageSign] {
        var signs: [JSONPageSign] = []
        try collectSigns(at: root.lowerBound, path: [], into: &signs)
        return signs.meant
    }

    private func collectSigns(
        at start: Int, path: [String], into signs: inout [JSONPageSign]
    ) throws(JSONProblem) {
        guard text[start] == JSONByte.openBrace && path.count < Self.maximumDepth else { return }
        try forEachMember(of: start) { key, value throws(JSONProblem) in
            guard let key else { return true }
            let path = path + [key]
            let said: JSONPageSign.Value? =
                switch text[value.lowerBound] {
                case JSONByte.quote: .text(try string(at: value.lowerBound))
                case UInt8(ascii: "t"): .yes
                case UInt8(ascii: "f"): .no
                case JSONByte.openBrace where text[scanner.skipSpace(from: value.lowerBound + 1)] != JSONByte.closeBrace:
                    .object
                case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"):
                    .number(String(decoding: text[value], as: UTF8.self))
                default: nil
                }
            if let said, let sign = JSONPageSign(path: path, said) { signs.append(sign) }
            try collectSigns(at: value.lowerBound, path: path, into: &signs)
            return true
        }
    }

    /// The members of the page's object, and what is in them, three objects deep; nil if it is none.
    func members() throws(JSONProblem) -> [ServerError.Member]? {
        text[root.lowerBound] == JSONByte.openBrace ? try members(at: root.lowerBound, depth: 0) : nil
    }

    private func members(at start: Int, depth: Int) throws(JSONProblem) -> [ServerError.Member] {
        var members: [ServerError.Member] = []
        try forEachMember(of: start) { key, value throws(JSONProblem) in
            members.append(ServerError.Member(key: key ?? "", value: try said(at: value, depth: depth)))
            return members.count <= ServerError.mostMembers
        }
        return members
    }

    private func said(at value: Range<Int>, depth: Int) throws(JSONProblem) -> ServerError.Value {
        let first = text[value.lowerBound]
        switch first {
        case JSONByte.quote: return .text(try string(at: value.lowerBound) ?? "")
        case UInt8(ascii: "t"): return .flag(true)
        case UInt8(ascii: "f"): return .flag(false)
        case UInt8(ascii: "n"): return .nothing
        case JSONByte.openBrace:
            let members = depth < 3 ? try members(at: value.lowerBound, depth: depth + 1) : []
            return members.isEmpty ? .nothing : .object(members)
        case JSONByte.openBracket:
            var elements: [ServerError.Value] = []
            var position = scanner.skipSpace(from: value.lowerBound + 1)
            while text[position] != JSONByte.closeBracket, elements.count <= ServerError.mostErrors {
                let end = try end(ofValueAt: position)
                elements.append(try said(at: position..<end, depth: depth + 1))
                position = scanner.skipSpace(from: end)
                if text[position] == JSONByte.comma { position = scanner.skipSpace(from: position + 1) }
            }
            return elements.isEmpty ? .nothing : .list(elements)
        default: return .number(Double(String(decoding: text[value], as: UTF8.self)) ?? 0)
        }
    }

    /// The first keys of the page's object; nil if it is none.
    func keys(upTo most: Int) throws(JSONProblem) -> [String]? {
        guard text[root.lowerBound] == JSONByte.openBrace else { return nil }
        var keys: [String] = []
        try forEachMember(of: root.lowerBound) { key, _ throws(JSONProblem) in
            if let key { keys.append(key) }
            return keys.count < most
        }
        return keys
    }

    /// The string or number that keys lead to; nil if there is none, or the string is empty.
    func scalar(at path: [String]) throws(JSONProblem) -> String? {
        guard let place = try value(at: path) else { return nil }
        let first = text[place.lowerBound]
        if first == JSONByte.quote { return try string(at: place.lowerBound).flatMap { $0.isEmpty ? nil : $0 } }
        guard first == UInt8(ascii: "-") || JSONByte.isDigit(first) else { return nil }
        return String(decoding: text[place], as: UTF8.self)
    }

    /// Whether keys lead to null.
    func isNull(at path: [String]) throws(JSONProblem) -> Bool {
        try value(at: path).map { text[$0.lowerBound] == UInt8(ascii: "n") } ?? false
    }

    /// Appends the elements of the array that keys lead to, a line each; nil if there is no array. Line ends between
    /// tokens become spaces; inside strings there are none. Returns how many elements there are.
    func appendLines(ofArrayAt path: [String], to lines: inout [UInt8]) throws(JSONProblem) -> Int? {
        guard let array = try value(at: path), text[array.lowerBound] == JSONByte.openBracket else { return nil }
        var count = 0
        var position = scanner.skipSpace(from: array.lowerBound + 1)
        while text[position] != JSONByte.closeBracket {
            let end = try end(ofValueAt: position)
            for byte in text[position..<end] {
                lines.append(byte == LineByte.lineFeed || byte == LineByte.carriageReturn ? UInt8(ascii: " ") : byte)
            }
            lines.append(LineByte.lineFeed)
            count += 1
            position = scanner.skipSpace(from: end)
            if text[position] == JSONByte.comma { position = scanner.skipSpace(from: position + 1) }
        }
        return count
    }

    /// Gives the members of the object at `start` until `body` returns false. A key that is not text is given as nil.
    private func forEachMember(
        of start: Int, _ body: (String?, Range<Int>) throws(JSONProblem) -> Bool
    ) throws(JSONProblem) {
        var position = scanner.skipSpace(from: start + 1)
        while text[position] == JSONByte.quote {
            let colon = scanner.skipSpace(from: try end(ofValueAt: position))
            let value = scanner.skipSpace(from: colon + 1)
            let end = try end(ofValueAt: value)
            guard try body(string(at: position), value..<end) else { return }
            position = scanner.skipSpace(from: end)
            if text[position] == JSONByte.comma { position = scanner.skipSpace(from: position + 1) }
        }
    }

    /// What the string at `start` means; nil if it has halves of surrogate pairs.
    private func string(at start: Int) throws(JSONProblem) -> String? {
        guard let string = try? scanner.string(from: start, allowsNUL: true) else { return nil }
        var bytes: [UInt8] = []
        scanner.append(string, to: &bytes)
        return String(decoding: bytes, as: UTF8.self)
    }

    private func end(ofValueAt start: Int) throws(JSONProblem) -> Int { try Self.end(ofValueAt: start, in: text) }

    private static func end(ofValueAt start: Int, in text: UnsafeRawBufferPointer) throws(JSONProblem) -> Int {
        var validator = JSONValidator(maxDepth: JSONLayout.defaultMaxDepth)
        guard let end = try validator.end(in: text, start..<text.count) else {
            throw JSONProblem(.ended, at: text.count)
        }
        return end
    }
}
