import Readers
import Records
import Testing

@Suite struct HTTPPagedTests {
    typealias Request = HTTPTestServer.Request
    typealias Response = HTTPTestServer.Response

    /// Three pages of two records, one and none, in each of the ways in which an API may lead on.
    static func answer(_ request: Request, _ paging: Paging) -> Response {
        let number =
            request.target.split { "?&".contains($0) }.compactMap { $0.split(separator: "p=").last }
            .compactMap { Int($0) }.first ?? 1
        let elements = ["{\"id\": 1.10,\n \"n\":\"é\\n\"} , {\"id\":12345678901234567890}", "{\"id\":3\r\n}", ""]
        var body = "{\"items\": [\(number <= 3 ? elements[number - 1] : "")], \"meta\": {\"total\": 3"
        var headers: [String] = []
        switch paging {
        case .link: if number < 3 { headers.append("Link: </a?p=1>; rel=first, </a?p=\(number + 1)>; rel=\"x next\"") }
        case .nextURL: body += ", \"next\": \(number < 3 ? "\"?p=\(number + 1)\"" : "null")"
        case .cursor: body += ", \"next\": \(number < 3 ? "\"\(number + 1)\"" : "\"\"")"
        case .pageNumber, .offset: break
        }
        return Response(headers: headers, body: Array((body + "}}").utf8))
    }

    static let ways: [Paging] = [
        .link, .nextURL(path: ["meta", "next"]), .cursor(path: ["meta", "next"], parameter: "p"),
        .pageNumber(parameter: "p", first: 1),
    ]

    static let lines = "{\"id\": 1.10,  \"n\":\"é\\n\"}\n{\"id\":12345678901234567890}\n{\"id\":3  }\n"

    private func source(
        _ server: HTTPTestServer, _ paging: Paging, records: [String]? = nil,
        change: (inout PagingOptions) -> Void = { _ in }
    ) throws -> PagedSource {
        var options = PagingOptions(paging, recordsPath: records)
        change(&options)
        return try PagedSource(HTTPLocation(server.url("/a?key=SECRET")), paging: options, options: .test)
    }

    private func error(_ paging: Paging, _ respond: @escaping @Sendable (Request) -> Response) throws -> DataError {
        try HTTPTestServer(respond).use { server in
            var source = try source(server, paging) { $0.maximumPages = 20 }
            let error = try #require(throws: DataError.self) { try source.readAll() }
            #expect(!"\(error)".contains("SECRET"))
            return error
        }
    }

    @Test("the elements of all pages are one stream of lines", arguments: ways)
    func pages(paging: Paging) throws {
        try HTTPTestServer { Self.answer($0, paging) }.use { server in
            for (step, records) in [(1, nil), (7, ["items"]), (10_000, nil)] {
                var source = try source(server, paging, records: records)
                #expect(source.size == nil)
                #expect(try String(decoding: source.readAll(step: step), as: UTF8.self) == Self.lines)
            }
            #expect(server.requests.count == 9)
        }
    }

    @Test("they are read as JSON lines, from anywhere", arguments: ways)
    func records(paging: Paging) throws {
        try HTTPTestServer { Self.answer($0, paging) }.use { server in
            var reader = try JSONReader(source: source(server, paging), options: JSONOptions(form: .lines))
            var reading = Reading(columns: reader.columns, end: reader.location)
            var chunk = Chunk()
            var starts: [RecordLocation] = []
            while try reader.fill(&chunk, limit: ChunkLimit(records: 1)) {
                starts.append(chunk.start)
                reading.append(chunk)
            }
            #expect(reading.lines == ["1.10|é\n", "12345678901234567890|∅", "3|∅"])
            #expect(reading.rejects.isEmpty)
            for (index, start) in starts.enumerated().reversed() {
                try reader.seek(to: start)
                #expect(try reader.fill(&chunk, limit: ChunkLimit(records: 1)))
                #expect(chunk.raw(ofRecord: 0) == reading.rows[index].raw)
            }
        }
    }

    @Test("seeking gives the same as reading on")
    func seeking() throws {
        let paging = Paging.link
        try HTTPTestServer { Self.answer($0, paging) }.use { server in
            var source = try source(server, paging)
            let bytes = Array(Self.lines.utf8)
            for offset in [30, 3, bytes.count - 2, bytes.count, 0, bytes.count + 10] {
                try source.seek(to: UInt64(offset))
                #expect(try source.readAll() == Array(bytes[min(offset, bytes.count)...]))
            }
        }
    }

    @Test("the page itself may be the array, and headers go with each page")
    func bareArrays() throws {
        try HTTPTestServer { request in
            Response(
                headers: request.number == 1 ? ["Link: <b>; rel=next"] : [],
                body: Array(request.number == 1 ? " [1, {}]".utf8 : "\u{FEFF}[[2],\"x\"] ".utf8))
        }.use { server in
            var options = HTTPOptions.test
            options.headers = [try HTTPHeader("X-Key: SECRET")]
            let location = try HTTPLocation("http://me:pass@127.0.0.1:\(server.port)/a")
            var source = try PagedSource(location, paging: PagingOptions(.link), options: options)
            #expect(try String(decoding: source.readAll(), as: UTF8.self) == "1\n{}\n[2]\n\"x\"\n")
            #expect(server.requests.map(\.target) == ["/a", "/b"])
            #expect(
                server.requests.allSatisfy { $0.headers["x-key"] == "SECRET" && $0.headers["authorization"] != nil })
        }
    }

    @Test("a page that breaks is fetched again, even if it is another one by then")
    func breaks() throws {
        let paging = Paging.link
        let size = Self.answer(Request(target: "/a", headers: [:], number: 1), paging).body.count
        for cut in 0..<size {
            try HTTPTestServer { request in
                var response = Self.answer(request, paging)
                if request.number == 1 {
                    response.ending = cut % 2 == 0 ? .dropped(after: cut) : .reset(after: cut)
                    response.body[max(0, cut - 1)] = UInt8(ascii: "x")
                }
                return response
            }.use { server in
                var source = try source(server, paging)
                #expect(try String(decoding: source.readAll(), as: UTF8.self) == Self.lines)
            }
        }
    }

    @Test("parameters replace those of the same name and are escaped")
    func parameters() throws {
        try HTTPTestServer { request in
            Response(body: Array("{\"d\":[{}],\"c\":\(request.number == 1 ? "\"a&b=ü/\"" : "null")}".utf8))
        }.use { server in
            let location = try HTTPLocation(server.url("/a?c=old&x=1"))
            var source = try PagedSource(
                location, paging: PagingOptions(.cursor(path: ["c"], parameter: "c")), options: .test)
            _ = try source.readAll()
            #expect(server.requests.map(\.target) == ["/a?c=old&x=1", "/a?x=1&c=a%26b%3D%C3%BC%2F"])
        }
    }

    @Test(
        "a header that says there are more pages speaks against a flag that finds none",
        arguments: [("X-Total-Pages", "3"), ("X-Next-Page", "2"), ("X-Total-Count", "9")])
    func headerOfMorePages(_ field: String, _ value: String) throws {
        let error = try error(.link) { _ in
            Response(headers: ["\(field): \(value)"], body: Array("[{\"id\":1},{\"id\":2}]".utf8))
        }
        #expect(error.code == .unusableOption && error.remedy?.contains(field) == true, "\(error)")
        #expect(error.remedy?.contains("--pages page=PARAMETER") == true)
    }

    @Test("a page that is not what it should be is an error with its number")
    func malformed() throws {
        let ok = "{\"items\":[{}],\"next\":\"?p=2\"}"
        for (body, reason) in [
            ("<html>", "it is not JSON at byte 0"), ("", "it is not JSON at byte 0"),
            ("{\"items\":[{}]", "it is not JSON at byte 13"), ("[] []", "it is not JSON at byte 3"),
            ("{\"item\":[{}]}", "it has no array `items`"), ("{\"items\":7}", "it has no array `items`"),
        ] {
            let error = try error(.nextURL(path: ["next"])) { Response(body: Array(($0.number == 1 ? ok : body).utf8)) }
            #expect(error.code == .malformed)
            #expect(error.message.hasPrefix("cannot read page 2, http://127.0.0.1:"))
            #expect(error.message.hasSuffix("/a?…: \(reason)"), "\(error.message)")
            #expect(error.remedy != nil)
        }
        for (body, reason) in [
            ("{\"a\":[1],\"b\":3}", "it has no array of objects"), ("3", "it has no array of objects"),
            ("{\"a\":[{}],\"b\":{\"c\":[{}]},\"d\":[1]}", "it has several arrays: `a`, `b.c`"),
            ("{\"a\":[],\"b\":[]}", "it has several arrays: `a`, `b`"),
        ] {
            let error = try error(.link) { _ in Response(body: Array(body.utf8)) }
            #expect(error.message.hasSuffix(": \(reason)"), "\(error.message)")
        }
        let missing = try error(.nextURL(path: ["next"])) {
            $0.number == 1 ? Response(body: Array(ok.utf8)) : Response(status: "404 Not Found")
        }
        #expect(missing.code == .unreadable)
        #expect(missing.message.hasSuffix("the server answered 404 Not Found (page 2)"))
    }

    @Test("an option that leads nowhere from the first page is a mistake, where the page does not say that it is all")
    func wrongWay() throws {
        let records = "\"value\":[{}]"
        let cases: [(Paging, header: String?, body: String, remedy: String)] = [
            (.nextURL(path: ["nope"]), nil, "{\(records),\"a\":1}", "It has `value`, `a`. Name the one"),
            (.nextURL(path: ["value", "next"]), nil, "[{}]", "It is a list, which has no members."),
            (.nextURL(path: ["next"]), "</b>; rel=next", "{\(records)}", "use --pages link."),
            (
                .nextURL(path: ["next"]), nil, "{\(records),\"@odata.nextLink\":\"/b\"}",
                "use --pages next=/@odata.nextLink."
            ),
            (
                .nextURL(path: ["previous"]), nil, "{\(records),\"previous\":null,\"next\":\"/b\"}",
                "use --pages next=next."
            ),
            (
                .cursor(path: ["cursor"], parameter: "c"), nil, "{\(records),\"meta\":{\"next_cursor\":\"x\"}}",
                "cursor=meta.next_cursor:"
            ),
            (.link, nil, "{\(records),\"links\":{\"next\":\"/b\"}}", "use --pages next=links.next."),
            (.link, nil, "{\(records),\"has_more\":true}", "use --pages page=PARAMETER."),
        ]
        for (paging, header, body, remedy) in cases {
            let error = try error(paging) { _ in
                Response(headers: header.map { ["Link: \($0)"] } ?? [], body: Array(body.utf8))
            }
            #expect(error.code == .unusableOption && error.remedy?.contains(remedy) == true, "\(error)")
        }
        let whole: [(Paging, String)] = [
            (.nextURL(path: ["@odata", "nextLink"]), "{\(records)}"),
            (.nextURL(path: ["next"]), "{\(records),\"next\":null}"),
            (.nextURL(path: ["nope"]), "{\(records),\"nope\":null}"), (.link, "{\(records)}"), (.link, "[{}]"),
            (.cursor(path: ["meta", "next_cursor"], parameter: "c"), "{\(records)}"),
        ]
        for (paging, body) in whole {
            try HTTPTestServer { _ in Response(body: Array(body.utf8)) }.use { server in
                var source = try source(server, paging)
                #expect(try source.readAll() == Array("{}\n".utf8))
            }
        }
    }

    @Test(
        "a key with dots in it is found without a pointer", arguments: [["@odata", "nextLink"], ["@odata.nextLink"]])
    func keyWithDots(path: [String]) throws {
        try HTTPTestServer { request in
            let next = request.number < 3 ? ",\"@odata.nextLink\":\"/a?skip=\(request.number)\"" : ""
            return Response(body: Array("{\"@odata.count\":3,\"value\":[{\"id\":\(request.number)}]\(next)}".utf8))
        }.use { server in
            var source = try source(server, .nextURL(path: path))
            #expect(try String(decoding: source.readAll(), as: UTF8.self) == "{\"id\":1}\n{\"id\":2}\n{\"id\":3}\n")
        }
    }

    @Test("what would never end ends")
    func endless() throws {
        let same = try error(.pageNumber(parameter: "p", first: 0)) { _ in Response(body: Array("[{}]".utf8)) }
        #expect(same.message.hasSuffix("it has the same records as the page before it"))
        let circle = try error(.link) { request in
            Response(headers: ["Link: <?p=\(request.number % 2)>; rel=next"], body: Array("[{}]".utf8))
        }
        #expect(circle.message.hasSuffix("back to a page already read"))
        let many = try error(.link) { request in
            Response(headers: ["Link: <?p=\(request.number)>; rel=next"], body: Array("[{}]".utf8))
        }
        #expect(many.message.hasSuffix("the API has more than 20 pages (--max-pages)"))
    }

    /// A server that gives up to `size` of the numbers below `count` from the one that `p` says, and how it says that there are
    /// no more.
    private static func window(_ request: Request, size: Int, of count: Int, end: String = "200 OK") -> Response {
        let start = request.target.split(separator: "=").last.flatMap { Int($0) } ?? 0
        let ids = start < count ? Array(start..<min(count, start + size)) : []
        return Response(
            status: ids.isEmpty ? end : "200 OK",
            body: ids.isEmpty && end != "200 OK"
                ? Array("{\"code\":\"rest_post_invalid_page_number\",\"message\":\"x\"}".utf8)
                : Array("{\"data\":[\(ids.map { "{\"id\":\($0)}" }.joined(separator: ","))]}".utf8))
    }

    private static func ids(_ count: Int) -> [UInt8] { (0..<count).flatMap { Array("{\"id\":\($0)}\n".utf8) } }

    @Test("an offset counts the records that came", arguments: ["200 OK", "404 Not Found", "400 Bad Request"])
    func offsets(end: String) throws {
        for (size, count) in [(2, 5), (1, 3), (3, 3), (100, 7)] {
            try HTTPTestServer { Self.window($0, size: size, of: count, end: end) }.use { server in
                var source = try source(server, .offset(parameter: "p", first: 0))
                #expect(try source.readAll() == Self.ids(count), "\(size) of \(count)")
            }
        }
    }

    @Test(
        "without paging, an answer's header says that there is a next page, or how many records there are",
        arguments: [
            ("Link: <?p=2>; rel=next", "Link header points to it", nil), ("Link: <?p=2>; rel=prev", nil, nil),
            ("X-Next-Page: 2", "X-Next-Page header points to it", nil), ("X-Next-Page: ", nil, nil),
            ("x-ms-continuation: abc", "x-ms-continuation header points to it", nil),
            ("X-WP-TotalPages: 3", "says that there are 3 pages", nil), ("X-WP-TotalPages: 1", nil, nil),
            ("X-Total-Pages: many", nil, nil), ("X-Total-Count: 25", nil, 25),
        ] as [(String, String?, UInt64?)])
    func headers(header: String, reason: String?, total: UInt64?) throws {
        try HTTPTestServer { _ in Response(headers: [header], body: Array("[]".utf8)) }.use { server in
            let pages = try HTTPSource(HTTPLocation(server.url("/a")), options: .test).pages
            #expect(pages.total?.count == total && (pages.reason == nil) == (reason == nil), "\(pages)")
            if let reason { #expect(pages.reason?.hasSuffix(reason) == true, "\(pages)") }
        }
    }

    @Test("behind the last page, null stands for a list without elements, and 204 for a page without any")
    func otherEnds() throws {
        let page = Response(body: Array("{\"data\":[{\"id\":1}]}".utf8))
        let other = Response(body: Array("{\"data\":[{\"id\":2}]}".utf8))
        for end in [Response(body: Array("{\"data\":null}".utf8)), Response(status: "204 No Content")] {
            for records in [nil, ["data"]] {
                try HTTPTestServer { [page, other, end][$0.number - 1] }.use { server in
                    var source = try source(server, .pageNumber(parameter: "p", first: 1), records: records)
                    #expect(try String(decoding: source.readAll(), as: UTF8.self) == "{\"id\":1}\n{\"id\":2}\n")
                }
            }
            #expect(try error(.pageNumber(parameter: "p", first: 1)) { _ in end }.message.isEmpty == false)
        }
        let missing = try error(.pageNumber(parameter: "p", first: 1)) {
            $0.number == 1 ? page : Response(body: Array("{\"message\":\"no more\"}".utf8))
        }
        #expect(missing.message.contains("it has no array"))
    }

    @Test(
        "pages that begin with what the page before them ends with are an error", arguments: [(2, 5), (2, 3), (7, 20)])
    func overlaps(size: Int, count: Int) throws {
        let error = try error(.pageNumber(parameter: "p", first: 0)) { Self.window($0, size: size, of: count) }
        #expect(error.code == .malformed && error.message.contains("the end of the page before it"), "\(error)")
        #expect(error.remedy?.contains("--pages offset=p") == true)
    }

    @Test("equal records on both sides of a page's end, once or among others that are equal, are none")
    func equalRecords() throws {
        let pages = [
            "[{\"a\":1},{\"a\":2}]", "[{\"a\":2},{\"a\":3}]", "[{\"a\":4},{\"a\":4}]", "[{\"a\":4},{\"a\":5}]", "[]",
        ]
        try HTTPTestServer { Response(body: Array(pages[$0.number - 1].utf8)) }.use { server in
            var source = try source(server, .pageNumber(parameter: "p", first: 1))
            #expect(try source.readAll().split(separator: 10).count == 8)
        }
    }

    @Test("a server's error is told in its words, with whatever status")
    func serverErrors() throws {
        let ok = Response(body: Array("{\"items\":[{\"id\":1}],\"next\":\"?p=2\"}".utf8))
        let failed = Response(body: Array("{\"error\":\"rate limit\"}".utf8))
        for paging in [Paging.nextURL(path: ["next"]), .pageNumber(parameter: "p", first: 1)] {
            for number in [1, 2] {
                let error = try error(paging) { $0.number == number ? failed : ok }
                #expect(error.code == .unreadable && error.message.hasSuffix("answered with an error: `rate limit`"))
            }
        }
        let refused = try error(.pageNumber(parameter: "p", first: 1)) {
            $0.number == 1 ? ok : Response(status: "400 Bad Request", body: Array("{\"error\":\"no key\"}".utf8))
        }
        #expect(refused.code == .unreadable && refused.message.contains("the server answered 400 Bad Request: `{"))
        let missing = try error(.pageNumber(parameter: "p", first: 1)) { _ in Response(status: "404 Not Found") }
        #expect(missing.message.hasSuffix("the server answered 404 Not Found"))
        let other = try error(.link) {
            Response(
                headers: $0.number == 1 ? ["Link: <b>; rel=next"] : [],
                body: Array(($0.number == 1 ? "[{}]" : "{\"a\":1}").utf8))
        }
        #expect(other.message.hasSuffix("it is not a list, as the first page is"))
    }

    @Test(
        "a link to another server is not followed",
        arguments: ["http://localhost:1/x?SECRET", "http://example.com/?SECRET", "//127.0.0.1/x", "ftp://a/SECRET"])
    func otherServer(link: String) throws {
        let error = try error(.link) { _ in Response(headers: ["Link: <\(link)>; rel=next"], body: Array("[{}]".utf8)) }
        #expect(error.message.contains("link to the next page"))
    }

    @Test("a page over the limit is not kept")
    func largePage() throws {
        try HTTPTestServer { _ in Response(body: Array("[\(String(repeating: " ", count: 3 << 20))]".utf8)) }.use {
            server in
            var source = try source(server, .link) { $0.maximumPageBytes = 1 << 20 }
            let error = try #require(throws: DataError.self) { try source.readAll() }
            #expect(error.message.hasSuffix("the page has more than 1 MiB"))
        }
    }

    @Test("going back to pages that are no longer the same is a conflict")
    func changedPages() throws {
        try HTTPTestServer { request in Response(body: Array("[{\"id\":\(request.number)}]".utf8)) }.use { server in
            var source = try source(server, .link)
            _ = try source.readAll()
            try source.seek(to: 0)
            let error = try #require(throws: DataError.self) { try source.readAll() }
            #expect(error.code == .conflict)
        }
    }

    @Test("a record that is bad in itself harms no other")
    func badRecords() throws {
        let body =
            Array("[{\"a\":\"1\"},{\"a\":\"\\uD800\"},{\"a\":\"".utf8) + [0xFF] + Array("\"},{\"a\":\"2\"}]".utf8)
        try HTTPTestServer { _ in Response(body: body) }.use { server in
            var reader = try JSONReader(source: source(server, .link), options: JSONOptions(form: .lines))
            var chunk = Chunk()
            #expect(try reader.fill(&chunk, limit: ChunkLimit()))
            #expect(chunk.records.count == 2)
            #expect(chunk.rejects.map(\.code) == [.encoding, .encoding])
        }
    }
}
