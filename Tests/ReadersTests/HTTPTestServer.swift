import Glibc
import Readers
import Records
import Synchronization
import Testing

/// An HTTP server on this machine's loopback address that does what a test tells it to, mistakes included.
final class HTTPTestServer: Sendable {
    struct Request {
        /// The path with its query.
        var target: String
        /// The headers by their names in lower case.
        var headers: [String: String]
        /// The request's number, from 1.
        var number: Int

        /// Where the part begins that is asked for.
        var rangeStart: Int? { headers["range"].flatMap { Int($0.dropFirst("bytes=".count).dropLast()) } }
    }

    struct Response {
        enum Framing { case length, chunked, none }
        enum Ending {
            case proper
            /// The connection ends after this many bytes of the body.
            case dropped(after: Int)
            /// The connection is reset after this many bytes of the body.
            case reset(after: Int)
            /// Nothing more comes after this many bytes of the body, until the reader goes.
            case stalled(after: Int)
        }

        var status = "200 OK"
        var headers: [String] = []
        var body: [UInt8] = []
        var framing = Framing.length
        /// What `Content-Length` says where that is not the body's length.
        var claimedLength: Int?
        var ending = Ending.proper

        static func redirect(to location: String) -> Response {
            Response(status: "302 Found", headers: ["Location: \(location)"])
        }
    }

    let port: UInt16
    private let listener: Int32
    private let respond: @Sendable (Request) -> Response
    private let log = Mutex<[Request]>([])
    /// How many bytes went to readers or into the kernel's buffers.
    let sent = Atomic(0)

    /// Where proxies are configured, the tests' servers are not behind them.
    private static let environment: Void = { _ = setenv("no_proxy", "*", 1) }()

    init(_ respond: @escaping @Sendable (Request) -> Response) throws {
        _ = Self.environment
        self.respond = respond
        listener = socket(AF_INET, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let (listener, size) = (self.listener, length)
        let isBound = withUnsafeMutablePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(listener, $0, size) == 0 && listen(listener, 64) == 0 && getsockname(listener, $0, &length) == 0
            }
        }
        port = UInt16(bigEndian: address.sin_port)
        try #require(isBound)
        Self.thread { [self] in
            while true {
                let connection = accept(listener, nil, nil)
                if connection < 0 { break }
                Self.thread { self.serve(connection) }
            }
            close(listener)
        }
    }

    /// Takes no more connections; to be called at a test's end.
    func stop() {
        shutdown(listener, Int32(SHUT_RDWR))
    }

    /// What has been asked for so far.
    var requests: [Request] { log.withLock { $0 } }

    func url(_ target: String) -> String { "http://127.0.0.1:\(port)\(target)" }

    private static func thread(_ body: @escaping @Sendable () -> Void) {
        final class Box: Sendable {
            let body: @Sendable () -> Void
            init(_ body: @escaping @Sendable () -> Void) { self.body = body }
        }
        var id = pthread_t()
        let context = Unmanaged.passRetained(Box(body)).toOpaque()
        pthread_create(
            &id, nil,
            { context in
                context.map { Unmanaged<Box>.fromOpaque($0).takeRetainedValue().body() }
                return nil
            }, context)
        pthread_detach(id)
    }

    private func serve(_ connection: Int32) {
        defer { close(connection) }
        guard var request = readRequest(connection) else { return }
        log.withLock {
            request.number = $0.count + 1
            $0.append(request)
        }
        send(respond(request), to: connection)
    }

    private func readRequest(_ connection: Int32) -> Request? {
        var bytes: [UInt8] = []
        var byte: UInt8 = 0
        while !bytes.suffix(4).elementsEqual("\r\n\r\n".utf8) {
            guard recv(connection, &byte, 1, 0) == 1 else { return nil }
            bytes.append(byte)
            if bytes == [0x16] {
                // Someone speaks TLS.
                _ = write(ArraySlice("HTTP/1.1 400 Bad Request\r\n\r\n".utf8), to: connection)
                return nil
            }
        }
        let lines = String(decoding: bytes, as: UTF8.self).split(separator: "\r\n")
        let words = lines[0].split(separator: " ")
        let headers = lines.dropFirst().compactMap { line -> (String, String)? in
            guard let colon = line.firstIndex(of: ":") else { return nil }
            return (line[..<colon].lowercased(), String(line[line.index(after: colon)...].drop { $0 == " " }))
        }
        return Request(
            target: String(words[1]), headers: Dictionary(headers) { first, _ in first }, number: 0)
    }

    private func send(_ response: Response, to connection: Int32) {
        var head = ["HTTP/1.1 \(response.status)", "Connection: close"] + response.headers
        switch response.framing {
        case .length: head.append("Content-Length: \(response.claimedLength ?? response.body.count)")
        case .chunked: head.append("Transfer-Encoding: chunked")
        case .none: break
        }
        let isSent = write(ArraySlice((head.joined(separator: "\r\n") + "\r\n\r\n").utf8), to: connection)
        guard isSent else { return }
        switch response.ending {
        case .proper:
            _ = sendBody(response.body[...], response.framing, to: connection)
            if response.framing == .chunked { _ = write(ArraySlice("0\r\n\r\n".utf8), to: connection) }
            shutdown(connection, Int32(SHUT_WR))
            awaitEnd(of: connection)
        case .dropped(let count):
            _ = sendBody(response.body.prefix(count), response.framing, to: connection)
        case .reset(let count):
            _ = sendBody(response.body.prefix(count), response.framing, to: connection)
            // A reset throws away what the reader has not taken: let some of it arrive.
            usleep(500)
            var lingering = linger(l_onoff: 1, l_linger: 0)
            setsockopt(connection, SOL_SOCKET, SO_LINGER, &lingering, socklen_t(MemoryLayout<linger>.size))
        case .stalled(let count):
            _ = sendBody(response.body.prefix(count), response.framing, to: connection)
            awaitEnd(of: connection)
        }
    }

    /// Waits for the reader to go.
    private func awaitEnd(of connection: Int32) {
        var byte: UInt8 = 0
        while recv(connection, &byte, 1, 0) > 0 {}
    }

    private func sendBody(_ body: ArraySlice<UInt8>, _ framing: Response.Framing, to connection: Int32) -> Bool {
        guard framing == .chunked else { return write(body, to: connection) }
        var rest = body
        while !rest.isEmpty {
            let piece = rest.prefix(1_000)
            let head = ArraySlice("\(String(piece.count, radix: 16))\r\n".utf8)
            guard write(head + piece + ArraySlice("\r\n".utf8), to: connection) else { return false }
            rest = rest.dropFirst(piece.count)
        }
        return true
    }

    private func write(_ bytes: ArraySlice<UInt8>, to connection: Int32) -> Bool {
        bytes.withUnsafeBytes { buffer in
            var done = 0
            while done < buffer.count {
                let count = Glibc.send(
                    connection, buffer.baseAddress! + done, buffer.count - done, Int32(MSG_NOSIGNAL))
                guard count > 0 else { return false }
                done += count
                sent.add(count, ordering: .relaxed)
            }
            return true
        }
    }
}

extension HTTPTestServer {
    /// How a server that sends one file does so.
    struct File: Sendable {
        var bytes: [UInt8]
        var sendsParts = true
        var entityTag: String? = "\"1\""
        var framing = Response.Framing.length

        /// The answer to a request: all of the file, or a part where that is wanted and the file is still the same.
        func response(to request: Request) -> Response {
            var response = Response(headers: ["Content-Type: text/csv"], body: bytes, framing: framing)
            if let entityTag { response.headers.append("ETag: \(entityTag)") }
            guard sendsParts else { return response }
            response.headers.append("Accept-Ranges: bytes")
            guard let start = request.rangeStart, request.headers["if-range"] == entityTag else { return response }
            guard start < bytes.count else {
                return Response(status: "416 Range Not Satisfiable", headers: ["Content-Range: bytes */\(bytes.count)"])
            }
            response.status = "206 Partial Content"
            response.headers.append("Content-Range: bytes \(start)-\(bytes.count - 1)/\(bytes.count)")
            response.body = Array(bytes[start...])
            return response
        }
    }

    /// Stops when `body` has run.
    func use<R>(_ body: (HTTPTestServer) throws -> R) rethrows -> R {
        defer { stop() }
        return try body(self)
    }

    func source(_ target: String = "/data.csv", options: HTTPOptions = .test) throws -> HTTPSource {
        try HTTPSource(HTTPLocation(url(target)), options: options)
    }
}

extension HTTPOptions {
    /// For servers on this machine; does not wait long.
    static var test: HTTPOptions {
        var options = HTTPOptions()
        options.allowsPrivateNetwork = true
        options.retries.firstWait = .microseconds(10)
        return options
    }
}

extension ByteSource {
    /// Reads up to the end, at most `step` bytes at a time.
    mutating func readAll(step: Int = 64 << 10) throws -> [UInt8] {
        var result: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: step)
        while true {
            let count = try buffer.withUnsafeMutableBytes { try read(into: $0) }
            if count == 0 { return result }
            result += buffer[..<count]
        }
    }
}
