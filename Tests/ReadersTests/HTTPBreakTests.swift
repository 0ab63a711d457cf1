import Glibc
import Readers
import Records
import Synchronization
import Testing

@Suite struct HTTPBreakTests {
    typealias File = HTTPTestServer.File
    typealias Response = HTTPTestServer.Response

    static let small = Array("id,name\n1,Anna\n2,\"Bo\nris\"\n3,\n4,too,many\n5,Eve\n".utf8)

    static func csv(rows: Int) -> [UInt8] {
        Array("id,name\n".utf8) + (1...rows).flatMap { Array("\($0),\"name, \($0)\"\n".utf8) }
    }

    /// Reads a file as CSV, in small chunks.
    func reading(of source: some ByteSource) throws -> Reading {
        var reader = try CSVReader(source: source)
        var reading = Reading(columns: reader.columns, end: reader.dataStart)
        var chunk = Chunk()
        while try reader.fill(&chunk, limit: ChunkLimit(records: 100)) { reading.append(chunk) }
        return reading
    }

    @Test(
        "a file whose connection breaks at any byte gives the same records", arguments: [true, false], ["end", "reset"])
    func everyByte(sendsParts: Bool, ending: String) throws {
        let expected = try reading(of: TrickleSource(Self.small))
        for framing in [Response.Framing.length, .chunked] {
            for tag in ["\"1\"", nil] {
                let file = File(bytes: Self.small, sendsParts: sendsParts, entityTag: tag, framing: framing)
                for cut in 0...Self.small.count {
                    try HTTPTestServer { request in
                        var response = file.response(to: request)
                        if request.number == 1 {
                            response.ending = ending == "end" ? .dropped(after: cut) : .reset(after: cut)
                        }
                        return response
                    }.use { server in
                        let reading = try reading(of: server.source())
                        if reading != expected { #expect(reading == expected, "broken after \(cut) bytes") }
                    }
                }
            }
        }
    }

    @Test("a large file whose connection breaks again and again gives the same records", arguments: 0..<20)
    func manyBreaks(seed: Int) throws {
        let random = Mutex(SplitMix(state: UInt64(seed)))
        let file = File(bytes: Self.csv(rows: 30_000), sendsParts: true)
        try HTTPTestServer { request in
            var response = file.response(to: request)
            random.withLock { random in
                let cut = Int.random(in: 0...120_000, using: &random)
                if cut < response.body.count {
                    response.ending = Bool.random(using: &random) ? .dropped(after: cut) : .reset(after: cut)
                }
                // Now and then, the server cannot send a part.
                if Int.random(in: 0..<8, using: &random) == 0 && response.status == "206 Partial Content" {
                    response = Response(status: "503 Service Unavailable", headers: ["Retry-After: 0"])
                }
            }
            return response
        }.use { server in
            var options = HTTPOptions.test
            options.retries.tries = 30
            let reading = try reading(of: server.source(options: options))
            #expect(try reading == self.reading(of: TrickleSource(file.bytes)))
            #expect(server.requests.count > 5)
        }
    }

    @Test("a large file is begun again where the server sends no parts", arguments: 0..<10)
    func begunAgain(seed: Int) throws {
        var random = SplitMix(state: UInt64(seed))
        let file = File(bytes: Self.csv(rows: 30_000), sendsParts: false, entityTag: seed % 2 == 0 ? nil : "\"1\"")
        let cuts = (0..<6).map { _ in Int.random(in: 0..<file.bytes.count, using: &random) }
        try HTTPTestServer { request in
            var response = file.response(to: request)
            if request.number <= cuts.count { response.ending = .reset(after: cuts[request.number - 1]) }
            return response
        }.use { server in
            var options = HTTPOptions.test
            options.retries.tries = 7
            let reading = try reading(of: server.source(options: options))
            #expect(try reading == self.reading(of: TrickleSource(file.bytes)))
            #expect(server.requests.count == 7)
        }
    }

    @Test(
        "an overloaded server is asked again",
        arguments: ["429 Too Many Requests", "502 Bad Gateway", "503 S", "504 G"])
    func overloaded(status: String) throws {
        let file = File(bytes: Self.small)
        try HTTPTestServer { request in
            request.number < 5 ? Response(status: status) : file.response(to: request)
        }.use { server in
            var source = try server.source()
            #expect(try source.readAll() == Self.small)
            #expect(server.requests.count == 5)
        }
    }

    @Test("a server that stays broken is given up, with what was wrong")
    func givenUp() throws {
        try HTTPTestServer { _ in Response(status: "503 Service Unavailable", body: Array("at lunch".utf8)) }.use {
            server in
            let error = try #require(throws: DataError.self) { try server.source("/data.csv?key=SECRET") }
            #expect(error.code == .unreadable)
            #expect(
                error.message
                    == "cannot read \(server.url("/data.csv?…")): the server answered 503 Service Unavailable: `at lunch`, after 5 attempts"
            )
            #expect(server.requests.count == 5)
        }
        let file = File(bytes: Self.small)
        try HTTPTestServer { request in
            var response = file.response(to: request)
            // Always the same byte: 20.
            response.ending = .dropped(after: 20 - (request.rangeStart ?? 0))
            return response
        }.use { server in
            var source = try server.source()
            let error = try #require(throws: DataError.self) { try source.readAll() }
            #expect(error.message.contains("at byte 20: "))
            #expect(error.message.contains("after 5 attempts"))
            #expect(server.requests.count == 5)
        }
    }

    @Test("a server that asks for too long a wait is not asked again")
    func longRetryAfter() throws {
        try HTTPTestServer { _ in Response(status: "429 Too Many Requests", headers: ["Retry-After: 3600"]) }.use {
            server in
            let error = try #require(throws: DataError.self) { try server.source() }
            #expect(error.message.hasSuffix("and asks to wait 3600 s"))
            #expect(server.requests.count == 1)
        }
    }

    @Test("a wait may be asked for as a date")
    func retryAfterDate() throws {
        let header = "Retry-After: Thu, 31 Dec 2099 23:59:59 GMT"
        try HTTPTestServer { _ in Response(status: "503 S", headers: [header]) }.use { server in
            let error = try #require(throws: DataError.self) { try server.source() }
            #expect(error.message.contains("and asks to wait "))
            #expect(server.requests.count == 1)
        }
        try HTTPTestServer { request in
            Response(
                status: request.number == 1 ? "503 S" : "200 OK",
                headers: ["Retry-After: Thu, 01 Jan 1998 00:00:00 GMT"], body: Self.small)
        }.use { server in
            var source = try server.source()
            #expect(try source.readAll() == Self.small)
        }
    }

    @Test("a server that says nothing more is asked again", arguments: [0, 20])
    func stalled(after count: Int) throws {
        let file = File(bytes: Self.small)
        try HTTPTestServer { request in
            var response = file.response(to: request)
            if request.number == 1 { response.ending = .stalled(after: count) }
            return response
        }.use { server in
            var options = HTTPOptions.test
            options.idleTimeout = .seconds(1)
            var source = try server.source(options: options)
            #expect(try source.readAll() == Self.small)
            #expect(server.requests.count == 2)
        }
    }

    @Test("a body shorter than its Content-Length is never taken for the whole file")
    func wrongLength() throws {
        try HTTPTestServer { _ in
            Response(body: Self.small, claimedLength: Self.small.count + 1, ending: .dropped(after: .max))
        }.use { server in
            var source = try server.source()
            let error = try #require(throws: DataError.self) { try source.readAll() }
            #expect(error.code == .unreadable)
        }
    }

    @Test("a port where nobody listens is said to be one")
    func nobodyThere() throws {
        let server = try HTTPTestServer { _ in Response() }
        server.stop()
        let error = try #require(throws: DataError.self) { try server.source() }
        #expect(error.code == .unreadable)
        #expect(error.message.contains("Failed to connect") || error.message.contains("connect to"))
        #expect(error.message.hasSuffix("after 5 attempts"))
    }
}

@Suite struct HTTPChangeTests {
    typealias File = HTTPTestServer.File
    typealias Response = HTTPTestServer.Response

    static let old = Array("id\n1\n2\n3\n4\n5\n6\n7\n8\n9\n".utf8)

    /// What comes of a file that is `old`, breaks after 12 bytes, and is something else then.
    private func error(old: File, new: File) throws -> DataError {
        try HTTPTestServer { request in
            var response = (request.number == 1 ? old : new).response(to: request)
            if request.number == 1 { response.ending = .dropped(after: 12) }
            return response
        }.use { server in
            var source = try server.source()
            return try #require(throws: DataError.self) { try source.readAll() }
        }
    }

    @Test("a file that changed while it was read is not read on", arguments: [true, false])
    func changed(sendsParts: Bool) throws {
        var new = Self.old
        new[4] = UInt8(ascii: "X")
        var error = try error(
            old: File(bytes: Self.old, sendsParts: sendsParts),
            new: File(bytes: new, sendsParts: sendsParts, entityTag: "\"2\""))
        #expect(error.code == .conflict)
        #expect(error.message.contains("changed while it was read: its ETag was \"1\" and is \"2\""))
        #expect(error.remedy != nil)

        error = try self.error(
            old: File(bytes: Self.old, sendsParts: sendsParts),
            new: File(bytes: Self.old + [0x31], sendsParts: sendsParts))
        #expect(error.code == .conflict)
        #expect(error.message.contains("its size was \(Self.old.count) and is \(Self.old.count + 1)"))
    }

    @Test("without any validator, bytes that come again are compared")
    func compared() throws {
        var new = Self.old
        new[4] = UInt8(ascii: "X")
        var error = try error(old: File(bytes: Self.old, entityTag: nil), new: File(bytes: new, entityTag: nil))
        #expect(error.code == .conflict)
        #expect(error.message.contains("its first 12 bytes are no longer the same"))
        error = try self.error(
            old: File(bytes: Self.old, entityTag: nil, framing: .chunked),
            new: File(bytes: Array(Self.old[..<8]), entityTag: nil, framing: .chunked))
        #expect(error.code == .conflict)
        #expect(error.message.contains("it now ends at byte 8"))
    }

    @Test("a file that was cut below where reading is to go on has changed")
    func cut() throws {
        let error = try error(old: File(bytes: Self.old), new: File(bytes: Array(Self.old[..<5])))
        #expect(error.code == .conflict)
        #expect(error.message.contains("it no longer has a byte 12"))
    }

    @Test("a part that begins elsewhere is not taken")
    func otherPart() throws {
        try HTTPTestServer { request in
            var response = File(bytes: Self.old).response(to: request)
            if request.number == 1 { response.ending = .dropped(after: 12) }
            response.headers = response.headers.map {
                $0.hasPrefix("Content-Range") ? "Content-Range: bytes 3-\(Self.old.count - 1)/\(Self.old.count)" : $0
            }
            return response
        }.use { server in
            var source = try server.source()
            let error = try #require(throws: DataError.self) { try source.readAll() }
            #expect(error.message.contains("at byte 12: the server sent a different part"))
        }
    }
}
