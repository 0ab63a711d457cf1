internal import Records

/// A failure after which the same request may succeed.
struct HTTPBreak: Error {
    /// What happened, as the end of a sentence.
    var reason: String
    /// How long the server asks to be left alone.
    var retryAfter: Duration?
}

/// Asks for one location and reads the answer: follows redirects, and tells what may be tried again (`HTTPBreak`) from
/// what may not (`DataError`).
struct HTTPExchange {
    let location: HTTPLocation
    /// The location that gave the last answer, after redirects.
    private(set) var answerer: HTTPLocation

    private let options: HTTPOptions
    private let transfer: CurlTransfer
    /// The server was reached before, so that a name without an address or a broken handshake is a passing trouble.
    private var hasAnswered = false

    static let maximumRedirects = 10

    init(_ location: HTTPLocation, options: HTTPOptions, transfer: CurlTransfer) {
        self.location = location
        self.options = options
        answerer = location
        self.transfer = transfer
    }

    /// Asks for the file from `offset` on, in bytes, if it is still the one that `validator` stands for; the server may
    /// answer with all of it. The answer's status is 200, or where an offset is asked for 206 or 416.
    /// So may be one of `others`.
    mutating func get(
        from offset: UInt64 = 0, validator: String? = nil, orStatus others: Set<Int> = []
    ) throws -> HTTPHead {
        var range: [String] = []
        if offset > 0, let validator { range = ["Range: bytes=\(offset)-", "If-Range: \(validator)"] }
        answerer = location
        for _ in 0...Self.maximumRedirects {
            let head = try start(answerer, range: range)
            if let next = try redirect(head) {
                answerer = next
                continue
            }
            let isPart = !range.isEmpty && (head.status == 206 || head.status == 416)
            if head.status == 200 || others.contains(head.status) || isPart { return head }
            throw refusal(head)
        }
        throw failure(
            "it is redirected more than \(Self.maximumRedirects) times",
            remedy: "Ask the server's operator for the file's final address.")
    }

    /// Reads the next bytes of the answer's body, at least one, or returns 0 at its proper end.
    func read(into buffer: UnsafeMutableRawBufferPointer) throws -> Int {
        do throws(CurlFailure) { return try transfer.read(into: buffer) } catch { throw cause(error) }
    }

    private mutating func start(_ target: HTTPLocation, range: [String]) throws -> HTTPHead {
        // Headers and passwords are meant for the server that was named, not for those it names.
        let isTrusted = location.sharesSecrets(with: target)
        let request = CurlTransfer.Request(
            url: target.address, headers: (isTrusted ? options.headers.map(\.line) : []) + range,
            user: isTrusted ? location.user : nil, password: isTrusted ? location.password : nil)
        do throws(CurlFailure) {
            let head = try transfer.start(request)
            hasAnswered = true
            return head
        } catch {
            throw cause(error)
        }
    }

    private func redirect(_ head: HTTPHead) throws -> HTTPLocation? {
        guard head.isRedirect, let reference = head["location"] else { return nil }
        guard let next = try? answerer.resolving(reference) else {
            throw failure(
                "\(answerer) redirects to something that is not an HTTP or HTTPS URL",
                remedy: "Fetch the file with another tool, then import it.")
        }
        guard answerer.allowsRedirect(to: next) else {
            throw failure(
                "it is redirected from HTTPS to plain HTTP, to \(next)",
                remedy: "If plain HTTP is acceptable, import that address itself.")
        }
        return next
    }

    /// Why an answer's status is not one to read on from.
    private func refusal(_ head: HTTPHead) -> any Error {
        let words = head.reason.isEmpty ? "" : " \(redacted(head.reason))"
        let excerpt = bodyExcerpt().map { ": `\($0)`" } ?? ""
        let reason = "\(place)the server answered \(head.status)\(words)\(excerpt)"
        if head.isTemporaryFailure { return HTTPBreak(reason: reason, retryAfter: head.retryAfter) }
        let remedy: String? =
            switch head.status {
            case 401, 403: "Give the credentials with --http-header 'Authorization: …'."
            case 404, 410: "Check the path of the URL."
            case 400..<500: "Check the URL and the headers that are sent."
            case 500...: "Try again later, or contact the server's operator."
            default: nil
            }
        return failure(reason, remedy: remedy)
    }

    /// Names the server that answered where it is not the one that was asked.
    private var place: String { answerer == location ? "" : "after a redirect to \(answerer), " }

    /// The body's first 200 bytes where they are text.
    private func bodyExcerpt() -> String? {
        var body = [UInt8](repeating: 0, count: 200)
        var count = 0
        while count < body.count,
            let more = try? body.withUnsafeMutableBytes({ try read(into: .init(rebasing: $0[count...])) }), more > 0
        {
            count += more
        }
        var text = String(decoding: body[..<count], as: UTF8.self)
        // The last character may be cut.
        if count == body.count, text.last == "\u{FFFD}" { text.removeLast() }
        guard !text.contains("\u{FFFD}"), !text.contains("\0") else { return nil }
        text = text.split(whereSeparator: \.isWhitespace).joined(separator: " ")
        return text.isEmpty ? nil : redacted(text)
    }

    private func redacted(_ text: String) -> String { Redaction(location, headers: options.headers).apply(to: text) }

    private func cause(_ error: CurlFailure) -> any Error {
        let reason = "\(place)\(redacted(error.reason))"
        switch error.kind {
        case .refused(let address):
            return failure(
                answerer.host == "\(address)"
                    ? "\(address) is not a public Internet address"
                    : "\(answerer.host) resolves to \(address), which is not a public Internet address",
                remedy: "If you trust this server, add --allow-private-network.")
        case .insecure where !hasAnswered:
            return failure(
                "no secure connection: \(reason)",
                remedy:
                    "Check the host name; if your organisation issues its own certificates, add its authority "
                    + "to the system's certificates.")
        case .unresolved where !hasAnswered:
            return failure(reason, remedy: "Check the host name and this machine's DNS settings.")
        case .other:
            return failure(reason, remedy: nil)
        case .insecure, .unresolved, .unreachable, .broken, .timedOut:
            return HTTPBreak(reason: reason)
        }
    }

    private func failure(_ reason: String, remedy: String?) -> DataError {
        DataError(.unreadable, "cannot read \(location): \(reason)", remedy: remedy)
    }
}
