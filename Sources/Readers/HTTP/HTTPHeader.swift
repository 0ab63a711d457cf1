internal import Records

/// A header that is sent with each request to the server it is meant for. Its value is a secret: no message and no
/// description shows it.
package struct HTTPHeader: Sendable, Equatable, CustomStringConvertible, CustomReflectable {
    package let name: String
    let value: String

    /// Reads a header as it is written, `Name: value`. Throws `DataError(.unusableOption)` if it is none, or one that
    /// requests set themselves.
    package init(_ text: String) throws {
        guard let colon = text.utf8.firstIndex(of: UInt8(ascii: ":")) else {
            throw Self.unusable("a value of --http-header has no colon")
        }
        let name = String(text[..<colon])
        guard !name.isEmpty, name.utf8.allSatisfy(Self.isTokenByte) else {
            throw Self.unusable("a header's name is empty or has characters that names cannot have")
        }
        let isBlank = { (byte: UInt8) in byte == UInt8(ascii: " ") || byte == UInt8(ascii: "\t") }
        let value = text.utf8[text.utf8.index(after: colon)...].drop(while: isBlank).reversed().drop(while: isBlank)
        guard value.allSatisfy({ ($0 >= 0x20 && $0 != 0x7F) || $0 == UInt8(ascii: "\t") }) else {
            throw Self.unusable("the header \(name) has a line ending or another control character in its value")
        }
        guard !Self.reserved.contains(name.lowercased()) else {
            throw Self.unusable("the header \(name) is set by Waybill itself")
        }
        self.name = name
        self.value = String(decoding: value.reversed(), as: UTF8.self)
    }

    package var description: String { "\(name): …" }
    package var customMirror: Mirror { Mirror(self, children: ["name": name]) }

    /// The line as libcurl takes it: an empty value is written with a semicolon, or the header would be left out.
    var line: String { value.isEmpty ? "\(name);" : "\(name): \(value)" }

    /// What decides which bytes an answer has and where it ends.
    private static let reserved: Set = [
        "accept-encoding", "connection", "content-length", "expect", "host", "if-match", "if-modified-since",
        "if-none-match", "if-range", "if-unmodified-since", "range", "te", "transfer-encoding", "upgrade",
    ]

    private static func isTokenByte(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"):
            true
        default: "!#$%&'*+-.^_`|~".utf8.contains(byte)
        }
    }

    private static func unusable(_ message: String) -> DataError {
        DataError(.unusableOption, message, remedy: "Write it as --http-header 'Name: value'.")
    }
}
