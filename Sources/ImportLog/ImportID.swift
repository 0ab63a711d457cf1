/// The number of an import: 1, 2, 3 … in each log.
public struct ImportID: RawRepresentable, Sendable, Hashable, Codable {
    public let rawValue: UInt64

    public init(rawValue: UInt64) { self.rawValue = rawValue }
}

extension ImportID: Strideable {
    public func distance(to other: ImportID) -> Int { rawValue.distance(to: other.rawValue) }

    public func advanced(by count: Int) -> ImportID { ImportID(rawValue: rawValue.advanced(by: count)) }

    // Strideable's own ones go by the distance, which an Int cannot always hold.
    public static func == (left: ImportID, right: ImportID) -> Bool { left.rawValue == right.rawValue }
    public static func < (left: ImportID, right: ImportID) -> Bool { left.rawValue < right.rawValue }
}

extension ImportID: ExpressibleByIntegerLiteral {
    public init(integerLiteral number: UInt64) { self.init(rawValue: number) }
}

extension ImportID: LosslessStringConvertible {
    /// Reads decimal digits, as `description` writes them.
    public init?(_ description: String) {
        guard let number = UInt64(description) else { return nil }
        self.init(rawValue: number)
    }

    public var description: String { String(rawValue) }
}

// Messages keep 0 for no import.

extension ImportID {
    init?(message number: UInt64) {
        if number == 0 { return nil }
        self.init(rawValue: number)
    }
}

extension ImportID? {
    var message: UInt64 { self?.rawValue ?? 0 }
}
