/// A log's end at some moment. Kept elsewhere, it later proves that the log still begins with what it held then.
package struct Head: Sendable, Equatable, CustomStringConvertible {
    /// 32 hexadecimal digits, drawn at random when the log was made.
    package let logID: String
    package let position: UInt64
    /// The hash of the event at `position`: 64 hexadecimal digits.
    package let hash: String

    package init(logID: String, position: UInt64, hash: String) {
        self.logID = logID
        self.position = position
        self.hash = hash
    }

    /// One word, as `init(_:)` reads it: `LOGID:POSITION:HASH`.
    package var description: String { "\(logID):\(position):\(hash)" }

    /// Reads a head as `description` writes it; nil if it is not one.
    package init?(_ text: String) {
        let parts = text.split(separator: ":", omittingEmptySubsequences: false)
        guard parts.count == 3, parts[0].count == 32, parts[2].count == 64,
            parts[0].allSatisfy(\.isHexDigit), parts[2].allSatisfy(\.isHexDigit),
            let position = UInt64(parts[1]), position > 0
        else { return nil }
        self.init(logID: parts[0].lowercased(), position: position, hash: parts[2].lowercased())
    }
}
