internal import Records

/// The first usable records of a CSV file, as texts, and the columns' names above them.
struct CSVValues {
    let names: [String]
    /// NULL is the empty text here: nothing speaks for or against anything in either.
    let rows: [[String]]
    /// The line that each row begins on.
    let lines: [UInt64]

    init(_ columns: [String], _ chunk: Chunk) {
        // A name that was there before has got a number.
        names = columns.enumerated().map { index, name in
            if name == "column_\(index + 1)" { return "" }
            guard let cut = name.lastIndex(of: "_"), columns.contains(String(name[..<cut])),
                name[cut...].dropFirst().allSatisfy(\.isNumber)
            else { return name }
            return String(name[..<cut])
        }
        rows = chunk.withValues { values in
            chunk.records.indices.map { record in
                columns.indices.map { values.text(record: record, column: $0) ?? "" }
            }
        }
        lines = chunk.records.indices.map { chunk.location(ofRecord: $0).line }
    }

    /// What the values of a column are from a row on, where nearly all of them are the same; nil where they are mixed or
    /// where there is none.
    func kind(ofColumn column: Int, from first: Int = 0) -> ValueKind? {
        var counts: [ValueKind: Int] = [:]
        for row in rows[first...] { counts[ValueKind(row[column]), default: 0] += 1 }
        counts[.empty] = nil
        // Whole numbers stand among those with fractions.
        if let integers = counts[.integer], counts[.decimal] != nil {
            counts[.decimal]! += integers
            counts[.integer] = nil
        }
        let total = counts.values.reduce(0, +)
        return counts.first { $0.value * 10 >= total * 9 }?.key
    }
}

/// What a value is by its spelling.
enum ValueKind: Hashable {
    case empty, integer, decimal
    /// A date, a time or both, in digits.
    case date
    /// An address of the Web or of mail.
    case address
    case word

    init(_ text: String) {
        let bytes = text.utf8.drop { $0 == 0x20 }
        guard let first = bytes.first else {
            self = .empty
            return
        }
        let digits = bytes.count { (0x30...0x39).contains($0) }
        if digits > 0 {
            let others = bytes.filter { !(0x30...0x39).contains($0) }
            let number = others.first == 0x2D && first == 0x2D ? others.dropFirst()[...] : others[...]
            if number.isEmpty {
                self = .integer
                return
            }
            if number.count == 1, number.first == 0x2E || number.first == 0x2C {
                self = .decimal
                return
            }
            let isDate =
                digits >= 4 && (0x30...0x39).contains(first) && others.count > 1
                && others.allSatisfy { "-/.:TZ+ ".utf8.contains($0) }
            if isDate {
                self = .date
                return
            }
        }
        self = text.contains("://") || text.contains("@") && !text.contains(" ") ? .address : .word
    }

    var isNumber: Bool { self == .integer || self == .decimal }
    var isFigure: Bool { isNumber || self == .date }
}
