internal import CCurl
internal import Glibc

/// What is before the body of a server's answer.
struct HTTPHead: Sendable {
    let status: Int
    /// The status line's words, such as `Not Found`.
    let reason: String
    private(set) var fields: [(name: String, value: String)] = []

    /// Begins with a status line; nil if it is none.
    init?(statusLine line: String) {
        let parts = line.split(separator: " ", maxSplits: 2)
        guard line.hasPrefix("HTTP/"), parts.count >= 2, let status = Int(parts[1]) else { return nil }
        self.status = status
        reason = parts.count > 2 ? String(parts[2]) : ""
    }

    /// Takes in a line `Name: value`; one without a colon is skipped.
    mutating func add(line: String) {
        guard let colon = line.utf8.firstIndex(of: UInt8(ascii: ":")) else { return }
        let value = line[line.utf8.index(after: colon)...].drop { $0 == " " || $0 == "\t" }
        fields.append((line[..<colon].lowercased(), String(value)))
    }

    /// The first value of a field, whose name is given in lower case.
    subscript(name: String) -> String? { fields.first { $0.name == name }?.value }

    /// All values of a field, whose name is given in lower case.
    func values(of name: String) -> [String] { fields.filter { $0.name == name }.map(\.value) }

    /// The statuses that a `Location` leads on from.
    var isRedirect: Bool { [301, 302, 303, 307, 308].contains(status) }

    /// The statuses that say that the server cannot answer now, and may later.
    var isTemporaryFailure: Bool { [429, 502, 503, 504].contains(status) }

    /// How long to wait, by `Retry-After`, in seconds or as a date.
    var retryAfter: Duration? {
        guard let value = self["retry-after"] else { return nil }
        if let seconds = UInt32(value) { return .seconds(Int64(seconds)) }
        let date = curl_getdate(value, nil)
        return date < 0 ? nil : .seconds(max(0, date - time(nil)))
    }

    /// The body's length in bytes, where it is said and the body is not encoded.
    var contentLength: UInt64? {
        isEncoded || self["transfer-encoding"] != nil ? nil : self["content-length"].flatMap { UInt64($0) }
    }

    /// Whether the body is the file in another encoding, such as gzip, although that was not asked for.
    var isEncoded: Bool { self["content-encoding"].map { $0.lowercased() != "identity" } ?? false }

    /// Where the bytes of a 206 begin, and how many the file has, where that is said.
    var contentRange: (start: UInt64?, total: UInt64?) {
        guard let value = self["content-range"], value.lowercased().hasPrefix("bytes ") else { return (nil, nil) }
        let parts = value.dropFirst(6).split(separator: "/", maxSplits: 1)
        return (parts.first.flatMap { UInt64($0.prefix { $0 != "-" }) }, parts.last.flatMap { UInt64($0) })
    }
}
