/// Big-endian, so that the order of keys is the order of numbers.
func key(_ number: some FixedWidthInteger) -> [UInt8] {
    withUnsafeBytes(of: number.bigEndian) { [UInt8]($0) }
}

func key(_ id: ImportID) -> [UInt8] { key(id.rawValue) }

extension ImportID {
    /// The number in the last eight bytes of a key.
    init(endOf key: [UInt8]) { self.init(rawValue: UInt64(endOf: key)) }
}

extension UInt64 {
    /// The number in the last eight bytes of a key.
    init(endOf key: [UInt8]) {
        self = key.suffix(8).reduce(0) { $0 << 8 | UInt64($1) }
    }
}

/// The stream of an import's events: `import-105`.
enum ImportStream {
    private static let prefix = "import-"

    static func name(_ id: ImportID) -> String { prefix + String(id.rawValue) }

    /// The import whose stream this is; nil for any other stream.
    static func importID(_ stream: String) -> ImportID? {
        let name = stream.utf8
        guard name.starts(with: prefix.utf8) else { return nil }
        let digits = name.dropFirst(prefix.utf8.count)
        // `import-01` is another stream.
        guard let first = digits.first, first != UInt8(ascii: "0") || digits.count == 1 else { return nil }
        var id: UInt64 = 0
        for digit in digits {
            guard (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(digit) else { return nil }
            let (tens, isTooLarge) = id.multipliedReportingOverflow(by: 10)
            let (sum, isTooLargeNow) = tens.addingReportingOverflow(UInt64(digit - UInt8(ascii: "0")))
            if isTooLarge || isTooLargeNow { return nil }
            id = sum
        }
        return ImportID(rawValue: id)
    }
}

/// The imports of events that come one after the other, mostly of the same import.
struct ImportStreams {
    private var last: (stream: String, id: ImportID?) = ("", nil)

    mutating func importID(_ stream: String) -> ImportID? {
        if stream != last.stream { last = (stream, ImportStream.importID(stream)) }
        return last.id
    }
}
