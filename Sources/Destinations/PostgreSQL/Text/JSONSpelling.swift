internal import Records

/// A type that takes more of a JSON source's values than their texts.
enum JSONSpelling: Equatable {
    /// `json` and `jsonb`: a text stays a text, in quotes, whatever it looks like.
    case document
    /// An array: JSON's brackets become the server's braces.
    case array(ofDocuments: Bool)

    /// Nil for any other type.
    init?(of type: String) {
        switch type {
        case "json", "jsonb": self = .document
        case "json[]", "jsonb[]": self = .array(ofDocuments: true)
        case _ where type.hasSuffix("[]"): self = .array(ofDocuments: false)
        default: return nil
        }
    }
}

extension PostgreSQLTarget {
    /// A chunk with the values of a JSON source as the columns' types take them.
    func spelt(_ chunk: Chunk) -> Chunk {
        guard !chunk.jsonColumns.isEmpty, !chunk.records.isEmpty else { return chunk }
        let spellings = jsonSpellings.filter { chunk.jsonColumns[$0.place] }
        if spellings.isEmpty { return chunk }
        var chunk = chunk
        for (place, spelling) in spellings { chunk.spell(place, spelling) }
        return chunk
    }
}

extension Chunk {
    fileprivate mutating func spell(_ column: Int, _ spelling: JSONSpelling) {
        for index in stride(from: column, to: records.count * columnCount, by: columnCount) {
            let field = fields[index]
            if field.isNull { continue }
            let start = Int(field.offset)
            let isText = field.isDecoded || start > 0 && bytes[start - 1] == UInt8(ascii: "\"")
            switch spelling {
            case .document where isText && field.isDecoded:
                let text = Array(decoded[start..<(start + field.length)])
                fields[index] = added { JSONQuotes.append(text, to: &$0) }
            case .document where isText:
                fields[index] = .source(offset: start - 1, length: field.length + 2)
            case .array(let ofDocuments) where !isText && bytes[start] == UInt8(ascii: "["):
                let array = JSONArrayText(bytes[start..<(start + field.length)], ofDocuments: ofDocuments)
                if let text = array.text { fields[index] = added { $0 += text } }
            default: break
            }
        }
    }

    private mutating func added(_ append: (inout [UInt8]) -> Void) -> Field {
        let start = decoded.count
        append(&decoded)
        return .decoded(offset: start, length: decoded.count - start)
    }
}

/// A text as a JSON string.
private enum JSONQuotes {
    static func append(_ text: [UInt8], to output: inout [UInt8]) {
        output.append(UInt8(ascii: "\""))
        for byte in text {
            switch byte {
            case UInt8(ascii: "\""), UInt8(ascii: "\\"): output += [UInt8(ascii: "\\"), byte]
            case ..<0x20: output += Array("\\u00\(byte < 16 ? "0" : "")\(String(byte, radix: 16))".utf8)
            default: output.append(byte)
            }
        }
        output.append(UInt8(ascii: "\""))
    }
}
