/// An array of a JSON document, which is known to be JSON, as the server writes arrays: `{"a",1,NULL}`.
struct JSONArrayText {
    /// Nil for an array that the server could not hold: one with a NUL in a text.
    private(set) var text: [UInt8]? = []
    private let json: ArraySlice<UInt8>
    private var position: Int
    private let ofDocuments: Bool

    /// - Parameter ofDocuments: whether the elements are JSON themselves.
    init(_ json: ArraySlice<UInt8>, ofDocuments: Bool) {
        self.json = json
        self.ofDocuments = ofDocuments
        position = json.startIndex
        var depth = 0
        while position < json.endIndex {
            switch json[position] {
            case UInt8(ascii: "[") where depth == 0 || !ofDocuments:
                depth += 1
                step(writing: UInt8(ascii: "{"))
            case UInt8(ascii: "]"):
                depth -= 1
                step(writing: UInt8(ascii: "}"))
            case UInt8(ascii: ","): step(writing: UInt8(ascii: ","))
            case 0x09, 0x0A, 0x0D, 0x20: position += 1
            case UInt8(ascii: "\""): string()
            case UInt8(ascii: "{"), UInt8(ascii: "["): append(quoted: Array(value()))
            default: scalar()
            }
        }
    }

    private mutating func step(writing byte: UInt8) {
        text?.append(byte)
        position += 1
    }

    private mutating func scalar() {
        let start = position
        while position < json.endIndex, ![0x09, 0x0A, 0x0D, 0x20, 0x2C, 0x5D].contains(json[position]) { position += 1 }
        if json[start] == UInt8(ascii: "n") {
            text?.append(contentsOf: "NULL".utf8)
        } else {
            text?.append(contentsOf: json[start..<position])
        }
    }

    private mutating func string() {
        let literal = Array(skippedString())
        if ofDocuments { return append(quoted: literal) }
        guard literal.contains(UInt8(ascii: "\\")) else { return append(quoted: Array(literal.dropFirst().dropLast())) }
        guard let meant = JSONTexts.list(String(decoding: literal, as: UTF8.self)).first,
            !meant.utf8.contains(0)
        else {
            text = nil
            return
        }
        append(quoted: Array(meant.utf8))
    }

    private mutating func skippedString() -> ArraySlice<UInt8> {
        let start = position
        position += 1
        while position < json.endIndex, json[position] != UInt8(ascii: "\"") {
            position += json[position] == UInt8(ascii: "\\") ? 2 : 1
        }
        position = min(position + 1, json.endIndex)
        return json[start..<position]
    }

    /// The object or array that begins here, which is passed.
    private mutating func value() -> ArraySlice<UInt8> {
        let start = position
        var depth = 0
        repeat {
            switch json[position] {
            case UInt8(ascii: "\""):
                _ = skippedString()
                continue
            case UInt8(ascii: "{"), UInt8(ascii: "["): depth += 1
            case UInt8(ascii: "}"), UInt8(ascii: "]"): depth -= 1
            default: break
            }
            position += 1
        } while depth > 0 && position < json.endIndex
        return json[start..<position]
    }

    private mutating func append(quoted value: [UInt8]) {
        text?.append(UInt8(ascii: "\""))
        for byte in value {
            if byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\\") { text?.append(UInt8(ascii: "\\")) }
            text?.append(byte)
        }
        text?.append(UInt8(ascii: "\""))
    }
}
