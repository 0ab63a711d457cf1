import Readers
import Records
import Testing

@Suite struct HTTPRefusalTests {
    typealias Response = HTTPTestServer.Response

    private func error(
        _ response: Response, target: String = "/data.csv?key=QUERYSECRET", headers: [String] = []
    ) throws -> DataError {
        try HTTPTestServer { _ in response }.use { server in
            var options = HTTPOptions.test
            options.headers = try headers.map(HTTPHeader.init)
            return try #require(throws: DataError.self) { try server.source(target, options: options) }
        }
    }

    @Test("a refusal is told with its status, the body's beginning and what to do")
    func refusals() throws {
        for (status, remedy) in [
            ("401 Unauthorized", "--http-header 'Authorization: …'"),
            ("403 Forbidden", "--http-header 'Authorization: …'"),
            ("404 Not Found", "path"), ("400 Bad Request", "headers"), ("500 Internal Server Error", "later"),
        ] {
            let error = try error(Response(status: status, body: Array("{\n \"why\": 1}".utf8)))
            #expect(error.code == .unreadable)
            #expect(error.message.hasSuffix("/data.csv?…: the server answered \(status): `{ \"why\": 1}`"))
            #expect(error.remedy?.contains(remedy) == true)
        }
    }

    @Test("an excerpt is short, text, and without the secrets that were sent")
    func excerpts() throws {
        let long = try error(Response(status: "404 N", body: Array(String(repeating: "é", count: 5_000).utf8)))
        #expect(long.message.hasSuffix("404 N: `\(String(repeating: "é", count: 100))`"))
        let binary = try error(Response(status: "404 N", body: [0x1F, 0x8B, 0, 255]))
        #expect(binary.message.hasSuffix("404 N"))
        let echo = try error(
            Response(
                status: "403 HEADERSECRET", body: Array("no QUERYSECRET, Bearer HEADERSECRET key=QUERYSECRET".utf8)),
            headers: ["Authorization: Bearer HEADERSECRET"])
        #expect(!"\(echo)".contains("SECRET"))
        #expect(echo.message.contains("403"))
    }

    @Test(
        "a success without a file is not taken for one",
        arguments: ["204 No Content", "206 Partial Content", "304 Not Modified"])
    func noFile(status: String) throws {
        #expect(try error(Response(status: status)).message.contains("the server answered \(status)"))
    }

    @Test("an address that is not public is refused unless that is allowed")
    func privateAddress() throws {
        try HTTPTestServer { _ in Response() }.use { server in
            for host in ["127.0.0.1", "localhost", "127.1", "2130706433", "[::1]", "[::ffff:127.0.0.1]", "0.0.0.0"] {
                let location = try HTTPLocation("http://\(host):\(server.port)/")
                let error = try #require(throws: DataError.self) { try HTTPSource(location) }
                #expect(error.code == .unreadable)
                #expect(error.message.contains("is not a public Internet address"), "\(host)")
                #expect(error.remedy?.contains("--allow-private-network") == true)
            }
            #expect(server.requests.isEmpty)
        }
    }

    @Test("what another server answers with a redirect is told with its place")
    func redirectedRefusal() throws {
        try HTTPTestServer { request in
            request.target == "/a" ? .redirect(to: "/b?SECRET") : Response(status: "404 Not Found")
        }.use { server in
            let error = try #require(throws: DataError.self) { try server.source("/a") }
            #expect(
                error.message
                    == "cannot read \(server.url("/a")): after a redirect to \(server.url("/b?…")), the server answered 404 Not Found"
            )
        }
    }
}

@Suite struct HTTPRedirectTests {
    typealias Response = HTTPTestServer.Response

    @Test("redirects are followed, relative ones too", arguments: [301, 302, 303, 307, 308])
    func followed(status: Int) throws {
        try HTTPTestServer { request in
            switch request.target {
            case "/a/b": Response(status: "\(status) Moved", headers: ["Location: ../c?x=1"], body: [1, 2, 3])
            case "/c?x=1": .redirect(to: "//127.0.0.1:\(request.headers["host"]!.split(separator: ":")[1])/d")
            case "/d": Response(body: [7])
            default: Response(status: "404 Not Found")
            }
        }.use { server in
            var source = try server.source("/a/b")
            #expect(try source.readAll() == [7])
            #expect(source.suggestedName == "b")
        }
    }

    @Test("a loop of redirects ends")
    func loop() throws {
        try HTTPTestServer { _ in .redirect(to: "/again") }.use { server in
            let error = try #require(throws: DataError.self) { try server.source("/again") }
            #expect(error.message.contains("redirected more than 10 times"))
            #expect(server.requests.count == 11)
        }
    }

    @Test("headers and passwords go to the server that was named and to no other")
    func secrets() throws {
        try HTTPTestServer { _ in Response(body: [7]) }.use { other in
            try HTTPTestServer { request in
                .redirect(to: request.target == "/a" ? "/b" : "http://you:other@127.0.0.1:\(other.port)/c")
            }.use { server in
                var options = HTTPOptions.test
                options.headers = [try HTTPHeader("X-Api-Key: SECRET"), try HTTPHeader("X-Empty:")]
                let location = try HTTPLocation("http://me:p%40ss@127.0.0.1:\(server.port)/a")
                var source = try HTTPSource(location, options: options)
                #expect(try source.readAll() == [7])
                for request in server.requests {
                    #expect(request.headers["x-api-key"] == "SECRET")
                    #expect(request.headers["x-empty"] == "")
                    #expect(request.headers["authorization"] == "Basic bWU6cEBzcw==")
                }
                #expect(server.requests.count == 2)
                #expect(other.requests.count == 1)
                #expect(other.requests[0].headers["x-api-key"] == nil)
                #expect(other.requests[0].headers["authorization"] == nil)
                #expect(Set(other.requests[0].headers.keys) == ["host", "user-agent", "accept", "accept-encoding"])
            }
        }
    }

    @Test(
        "a redirect to another protocol is refused",
        arguments: ["ftp://127.0.0.1/x", "file:///etc/passwd", "gopher://x"])
    func otherProtocol(target: String) throws {
        try HTTPTestServer { _ in .redirect(to: target) }.use { server in
            let error = try #require(throws: DataError.self) { try server.source() }
            #expect(error.message.contains("redirects to something that is not an HTTP or HTTPS URL"))
        }
    }
}
