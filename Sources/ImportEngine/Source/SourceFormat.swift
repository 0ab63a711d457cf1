/// How a section's bytes are written.
package enum SourceFormat: String, Sendable, CaseIterable {
    case csv, json, ndjson, xlsx, sql

    /// The format that the bytes have, by what stands at their beginning, and by the name where that leaves it open.
    ///
    /// - Parameter name: a file's or an entry's name.
    /// - Returns: nil for bytes that are no text.
    init?(head: [UInt8], name: String) {
        switch FormatEvidence(head) {
        case .json: self = .json
        case .binary: return nil
        case .sql: self = .sql
        case .text:
            switch NameEnding.format(of: name) {
            case "ndjson", "jsonl": self = .ndjson
            case "sql": self = .sql
            default: self = .csv
            }
        }
    }
}

/// What a source's first bytes say of how it is written.
enum FormatEvidence {
    case json, sql, text, binary

    init(_ head: [UInt8]) {
        var text = head[...]
        if text.starts(with: [0xEF, 0xBB, 0xBF]) { text = text.dropFirst(3) }
        let isUTF16 = text.starts(with: [0xFF, 0xFE]) || text.starts(with: [0xFE, 0xFF])
        if isUTF16 {
            self = .text
            return
        }
        // A few zero bytes are damage; more of them are no text, unless it is UTF-16 without a mark: every second byte.
        let (zeros, count) = (text.prefix(4096).count { $0 == 0 }, text.prefix(4096).count)
        if zeros > 16 && (zeros * 3 < count || zeros * 3 > 2 * count) {
            self = .binary
            return
        }
        let rest = text.drop { $0 == 0x20 || (9...13).contains($0) }
        let next = rest.dropFirst().first { !($0 == 0x20 || (9...13).contains($0)) }
        switch (rest.first, next) {
        case (UInt8(ascii: "{"), UInt8(ascii: "\"")?), (UInt8(ascii: "{"), UInt8(ascii: "}")?): self = .json
        case (UInt8(ascii: "["), let next?) where Self.beginsValue(next): self = .json
        default: self = Self.beginsStatement(rest) ? .sql : .text
        }
    }

    /// Whether the text begins with an INSERT statement, or as dumps do and has one at a line's start.
    private static func beginsStatement(_ text: ArraySlice<UInt8>) -> Bool {
        let head = String(decoding: text.prefix(64 << 10), as: UTF8.self).lowercased()
        let beginnings = ["--", "/*", "create table ", "begin", "pragma ", "set ", "drop table ", "use "]
        if beginnings.contains(where: head.hasPrefix) { return head.contains("\ninsert into ") }
        let words = head.split(maxSplits: 2, omittingEmptySubsequences: true) { $0.isWhitespace }
        return words.count == 3 && ["insert", "replace"].contains(words[0]) && words[1] == "into"
    }

    private static func beginsValue(_ byte: UInt8) -> Bool {
        "{[]\"-0123456789tfn".utf8.contains(byte)
    }
}
