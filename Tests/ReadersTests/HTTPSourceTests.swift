import Glibc
import Readers
import Records
import Synchronization
import Testing

@Suite struct HTTPSourceTests {
    typealias File = HTTPTestServer.File

    static let bytes = Array((0..<20_000).map { "line \($0)\n" }.joined().utf8)

    @Test("a file is read whole", arguments: [HTTPTestServer.Response.Framing.length, .chunked, .none])
    func whole(framing: HTTPTestServer.Response.Framing) throws {
        let file = File(bytes: Self.bytes, framing: framing)
        try HTTPTestServer { file.response(to: $0) }.use { server in
            var source = try server.source()
            #expect(source.size == (framing == .length ? UInt64(Self.bytes.count) : nil))
            #expect(source.isRepeatable)
            #expect(source.contentType == "text/csv")
            #expect(source.suggestedName == "data.csv")
            #expect(try source.readAll() == Self.bytes)
            #expect(try source.readAll() == [])
            #expect(server.requests.count == 1)
            #expect(server.requests[0].headers["accept-encoding"] == "identity")
        }
    }

    @Test("a size is given only where the server can send any part of the same bytes")
    func sizes() throws {
        func size(_ change: (inout HTTPTestServer.Response) -> Void) throws -> UInt64? {
            var response = HTTPTestServer.Response(
                headers: ["ETag: \"1\"", "Accept-Ranges: bytes"], body: Array("abc".utf8))
            change(&response)
            return try HTTPTestServer { [response] _ in response }.use { try $0.source().size }
        }
        #expect(try size { _ in } == 3)
        #expect(try size { $0.headers[0] = "Last-Modified: Tue, 15 Nov 1994 12:45:26 GMT" } == 3)
        #expect(try size { $0.headers.removeFirst() } == nil)
        #expect(try size { $0.headers[0] = "ETag: W/\"1\"" } == nil)
        #expect(try size { $0.headers.removeLast() } == nil)
        #expect(try size { $0.headers[1] = "Accept-Ranges: none" } == nil)
        #expect(try size { $0.headers.append("Content-Encoding: gzip") } == nil)
        #expect(
            try size {
                $0.headers[0] = "Last-Modified: Tue, 15 Nov 1994 12:45:26 GMT"
                $0.headers.append("Date: Tue, 15 Nov 1994 12:45:26 GMT")
            } == nil)
    }

    @Test("seeking asks for a part where the server sends parts, and reads on or begins again elsewhere")
    func seeking() throws {
        for sendsParts in [true, false] {
            let file = File(bytes: Self.bytes, sendsParts: sendsParts)
            try HTTPTestServer { file.response(to: $0) }.use { server in
                var source = try server.source()
                for offset in [100_000, 5, 150_000, 150_001, 0, Self.bytes.count - 1, Self.bytes.count, 7] {
                    try source.seek(to: UInt64(offset))
                    #expect(try source.read(up: 10) == Array(Self.bytes[offset...].prefix(10)))
                }
                try source.seek(to: UInt64(Self.bytes.count + 9))
                #expect(try source.read(up: 10) == [])
                #expect(server.requests.count == (sendsParts ? 8 : 5))
                #expect(
                    server.requests.dropFirst().allSatisfy { $0.headers["if-range"] == "\"1\"" || $0.rangeStart == nil }
                )
            }
        }
    }

    @Test(
        "a file's name is the server's, or else the path's, and never leads elsewhere",
        arguments: [
            (nil, "/exports/daily%20prices.csv?x=/y.txt", "daily prices.csv"), (nil, "/", nil), (nil, "/a/", "a"),
            ("attachment; filename=\"a \\\"b\\\"; c.csv\"", "/x", "a \"b\"; c.csv"),
            ("inline; filename=a.csv", "/x", "a.csv"),
            ("attachment; filename=\"e.csv\"; filename*=UTF-8''%E2%82%AC.csv", "/x", "€.csv"),
            ("attachment; filename=\"../../etc/passwd\"", "/x", "passwd"), ("attachment; filename=\"..\"", "/x", "x"),
            ("attachment", "/x", "x"), ("attachment; filename=", "/x", "x"),
            ("attachment; filename=\"a.csv", "/x", "a.csv"),
            ("attachment; filename=\"C:\\\\temp\\\\b.csv\"", "/x", "b.csv"),
        ])
    func names(disposition: String?, target: String, name: String?) throws {
        let headers = disposition.map { ["Content-Disposition: \($0)"] } ?? []
        try HTTPTestServer { _ in .init(headers: headers) }.use { server in
            let source = try server.source(target)
            #expect(source.suggestedName == name)
        }
    }

    @Test("copies read on independently")
    func copies() throws {
        for sendsParts in [true, false] {
            let file = File(bytes: Self.bytes, sendsParts: sendsParts)
            try HTTPTestServer { file.response(to: $0) }.use { server in
                var source = try server.source()
                _ = try source.read(up: 3)
                var copy = source
                #expect(try copy.read(up: 3) == Array(Self.bytes[3..<6]))
                #expect(try source.read(up: 4) == Array(Self.bytes[3..<7]))
                #expect(try copy.read(up: 2) == Array(Self.bytes[6..<8]))
            }
        }
    }

    @Test("what nobody reads stays with the server")
    func flatMemory() throws {
        let size = 64 << 20
        let file = File(bytes: [UInt8](repeating: 7, count: size))
        try HTTPTestServer { file.response(to: $0) }.use { server in
            var source = try server.source()
            _ = try source.read(up: 1 << 20)
            var sent = -1
            while server.sent.load(ordering: .relaxed) != sent {
                sent = server.sent.load(ordering: .relaxed)
                usleep(200_000)
            }
            // The kernel's buffers take some on both sides.
            #expect(sent < size / 2)
            #expect(try source.read(up: size).count == size - 1 << 20)
        }
    }
}

extension HTTPSource {
    /// Reads `count` bytes, or fewer at the end.
    mutating func read(up count: Int) throws -> [UInt8] {
        var result: [UInt8] = []
        while result.count < count {
            var buffer = [UInt8](repeating: 0, count: count - result.count)
            let got = try buffer.withUnsafeMutableBytes { try read(into: $0) }
            if got == 0 { break }
            result += buffer[..<got]
        }
        return result
    }
}
