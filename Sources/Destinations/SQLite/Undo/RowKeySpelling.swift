/// How the values of a key's column are compared.
enum RowKeySpelling: Int64 {
    case exact = 0
    /// NOCASE: ASCII letters are the same in either case.
    case anyCase = 1
    /// RTRIM: blanks at the end do not count.
    case trimmed = 2

    /// Nil for a collation that someone else defines.
    init?(collation: String) {
        switch collation {
        case "BINARY": self = .exact
        case "NOCASE": self = .anyCase
        case "RTRIM": self = .trimmed
        default: return nil
        }
    }

    /// Without the blanks at the end that do not count.
    func trimmed<Text: BidirectionalCollection<UInt8>>(_ text: Text) -> Text.SubSequence {
        var text = text[...]
        if self == .trimmed { while text.last == 0x20 { text.removeLast() } }
        return text
    }

    /// One byte for both cases of a letter that are the same.
    func folded(_ byte: UInt8) -> UInt8 { self == .anyCase ? SQLiteIdentifier.fold(byte) : byte }

    /// One text for all that are the same key.
    func folded(_ text: String) -> String {
        String(decoding: trimmed(text.utf8).map { folded($0) }, as: UTF8.self)
    }
}

/// How undo data describes the rows of a table.
struct SQLiteRowDescription {
    /// The columns that rows are described by.
    var columns: [String]
    /// For each of them, as far as the last that is of the key, how it is compared; nil if it is not of the key. Empty where
    /// the rows have no key, or the key is what they are found by.
    var key: [RowKeySpelling?]

    /// The names, then a number for each column of the key: older undo data has none.
    var bytes: [UInt8] {
        var image = RowImage()
        for column in columns { image.append(.text(Array(column.utf8))) }
        for (place, spelling) in key.enumerated() {
            if let spelling { image.append(.integer(Int64(place) << 2 | spelling.rawValue)) }
        }
        return image.bytes
    }

    init(columns: [String], key: [RowKeySpelling?]) {
        self.columns = columns
        self.key = key
    }

    init(bytes: [UInt8]) {
        columns = []
        key = []
        for value in RowImage(bytes: bytes).values {
            if case .integer(let number) = value {
                let place = Int(number >> 2)
                key += Array(repeating: nil, count: max(0, place + 1 - key.count))
                key[place] = RowKeySpelling(rawValue: number & 3)
            } else {
                columns.append(value.text ?? "")
            }
        }
    }
}
