/// Big-endian, so that the order of keys is the order of numbers.
func key(_ number: some FixedWidthInteger) -> [UInt8] {
    withUnsafeBytes(of: number.bigEndian) { [UInt8]($0) }
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

    static func name(_ id: ImportID) -> String { prefix + String(id) }

    /// The import whose stream this is; nil for any other stream.
    static func importID(_ stream: String) -> ImportID? {
        guard stream.hasPrefix(prefix), let id = ImportID(stream.dropFirst(prefix.count)) else { return nil }
        // `import-+1` and `import-01` are other streams.
        return name(id) == stream ? id : nil
    }
}
