internal import CCurl
internal import Records

/// The URL of a file on an HTTP server, read by the same rules as libcurl connects by.
///
/// It may carry secrets; its description never does: `https://api.example.com/export?…`.
package struct HTTPLocation: Sendable, Equatable, CustomStringConvertible, CustomReflectable {
    /// `http` or `https`.
    package let scheme: String
    /// The host in lower case, as it appears in a URL: an IPv6 address has its brackets.
    package let host: String
    package let port: UInt16
    /// The path with its percent escapes, beginning with a slash.
    package let path: String
    let query: String?
    private(set) var user: String?
    private(set) var password: String?

    /// The longest URL, in bytes.
    static let maximumBytes = 64 << 10

    /// Reads an absolute URL. Throws `DataError(.unusableOption)` if it is none, or not of HTTP or HTTPS.
    package init(_ text: String) throws { try self.init(text, in: nil) }

    /// Where `reference`, which may be relative, leads from here. Throws `DataError(.unusableOption)`.
    func resolving(_ reference: String) throws -> HTTPLocation { try HTTPLocation(reference, in: self) }

    /// The same URL with a query parameter that has this value, and has it once. Throws `DataError(.unusableOption)`.
    func setting(_ parameter: String, to value: String) throws -> HTTPLocation {
        let others = (query ?? "").split(separator: "&").filter {
            PercentEncoding.decoded($0.prefix { $0 != "=" }) != parameter
        }
        let own = "\(PercentEncoding.encoded(parameter))=\(PercentEncoding.encoded(value))"
        let query = (others.map(String.init) + [own]).joined(separator: "&")
        return try HTTPLocation("\(origin)\(path)?\(query)").keepingUser(of: self)
    }

    /// The same URL with the user and password of `other`.
    func keepingUser(of other: HTTPLocation) -> HTTPLocation {
        var location = self
        (location.user, location.password) = (other.user, other.password)
        return location
    }

    /// Whether text is meant as a URL of HTTP or HTTPS, well written or not.
    package static func isMeant(by text: String) -> Bool {
        let start = text.prefix(8).lowercased()
        return start.hasPrefix("http://") || start.hasPrefix("https://")
    }

    private init(_ text: String, in base: HTTPLocation?) throws {
        guard text.utf8.count <= Self.maximumBytes else { throw Self.unusable("it is too long") }
        guard !text.utf8.contains(where: { $0 < 0x20 || $0 == 0x7F }) else {
            throw Self.unusable("it contains a control character")
        }
        guard let handle = curl_url() else { throw Self.unusable("out of memory") }
        defer { curl_url_cleanup(handle) }
        let flags = UInt32(CURLU_URLENCODE | CURLU_ALLOW_SPACE)
        for part in [base?.address, text].compactMap(\.self) {
            let code = curl_url_set(handle, CURLUPART_URL, part, flags)
            if code == CURLUE_UNSUPPORTED_SCHEME { throw Self.otherScheme() }
            if code != CURLUE_OK { throw Self.unusable(String(cString: curl_url_strerror(code))) }
        }
        func get(_ part: CURLUPart, _ flags: Int32 = 0) -> String? {
            var text: UnsafeMutablePointer<CChar>?
            guard curl_url_get(handle, part, &text, UInt32(flags)) == CURLUE_OK, let text else { return nil }
            defer { curl_free(text) }
            return String(cString: text)
        }
        guard let scheme = get(CURLUPART_SCHEME)?.lowercased(), ["http", "https"].contains(scheme) else {
            throw Self.otherScheme()
        }
        guard let host = get(CURLUPART_HOST), !host.isEmpty,
            let port = get(CURLUPART_PORT, CURLU_DEFAULT_PORT).flatMap(UInt16.init), port > 0
        else { throw Self.unusable("it has no host") }
        self.scheme = scheme
        self.host = host.lowercased()
        self.port = port
        path = get(CURLUPART_PATH, CURLU_URLENCODE) ?? "/"
        query = get(CURLUPART_QUERY, CURLU_URLENCODE)
        user = get(CURLUPART_USER, CURLU_URLDECODE)
        password = get(CURLUPART_PASSWORD, CURLU_URLDECODE)
    }

    /// The URL as it is asked for: without user, password and fragment.
    var address: String { origin + path + (query.map { "?\($0)" } ?? "") }

    package var description: String { origin + path + (query == nil ? "" : "?…") }
    package var customMirror: Mirror { Mirror(self, children: ["description": description]) }

    private var origin: String {
        "\(scheme)://\(host)" + (port == Self.defaultPorts[scheme] ? "" : ":\(port)")
    }

    /// Whether what is meant for this location's server may be sent to `other`, too: the same scheme, host and port, or
    /// the same host's step from plain HTTP to HTTPS.
    package func sharesSecrets(with other: HTTPLocation) -> Bool {
        if origin == other.origin { return true }
        return host == other.host && scheme == "http" && other.scheme == "https"
            && port == Self.defaultPorts["http"] && other.port == Self.defaultPorts["https"]
    }

    /// Whether a redirect from here may be followed: not where that would give up HTTPS.
    package func allowsRedirect(to other: HTTPLocation) -> Bool { scheme == "http" || other.scheme == "https" }

    private static let defaultPorts: [String: UInt16] = ["http": 80, "https": 443]

    private static func unusable(_ reason: String) -> DataError {
        DataError(
            .unusableOption, "this URL cannot be read: \(reason)",
            remedy: "Write it as https://host/path; quote it if it contains & or ?.")
    }

    private static func otherScheme() -> DataError {
        DataError(
            .unusableOption, "this URL is neither HTTP nor HTTPS",
            remedy: "Fetch the file with a tool for its protocol, then import that.")
    }
}
