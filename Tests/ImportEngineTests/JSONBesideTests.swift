import Foundation
import ImportEngine
import ImportLog
import Records
import Testing

/// What is in a JSON document beside its records is never lost silently.
@Suite struct JSONBesideTests {
    private let folder: InspectionFolder

    init() throws { folder = try InspectionFolder() }

    private func inspect(
        _ text: String, as name: String = "d.json", _ change: (inout ImportOptions) -> Void = { _ in }
    ) throws -> Inspection {
        try folder.inspect(text, as: name, change)
    }

    @Test(
        arguments: [
            (
                #"{"u":[{"id":1}],"data":{"orders":[{"o":5}]},"page":{"items":[{"q":1}]}}"#,
                ["data.orders", "page.items"]
            ),
            (#"{"u":[{"id":1}],"d":{"a":{"b":[null,{"x":1}]}}}"#, ["d.a.b"]),
            (#"{"u":[{"id":1}],"d":{"a.b":[{"x":1}]}}"#, ["/d/a.b"]),
            (#"{"d":{"u":[{"id":1}],"m":{"r":[{"x":1}],"s":[{"y":1}]}}}"#, ["d.m.r, d.m.s"]),
            (#"{"u":[{"id":1}],"tags":["x"],"m":{"bbox":[1,2],"g":[[1,2]],"e":[]},"n":null}"#, []),
        ] as [(String, [String])])
    func aValueThatHoldsArraysOfObjectsMayBeData(text: String, remedies: [String]) throws {
        let parts = try inspect(text).leftOut.filter { $0.kind == .mayBeData }
        let words = parts.compactMap { $0.remedy?.split(separator: "--records").last.map(String.init) }
        #expect(words.map { $0.trimmingCharacters(in: CharacterSet(charactersIn: " :.")) } == remedies)
        for path in remedies where !path.contains(",") {
            let found = try inspect(text) { $0.reading.records = path }
            #expect(found.leftOut.isEmpty && found.sections.count == 1, "\(path)")
        }
    }

    @Test(
        arguments: [
            (#"{"data":{"users":{"edges":[{"node":{"id":1}}]}}}"#, "--records data.users.edges"),
            (#"{"users":{"u1":{"name":"a"},"u2":{"name":"b"}}}"#, "the objects in `users`"),
            (#"{"shape":{"type":"LineString","coordinates":[[1.5,2],[3,4]]}}"#, nil),
            (#"{"sizes":{"small":{"w":1},"at":"x"},"matrix":[[1,0],[0,1]],"box":[[1,2]]}"#, nil),
            (#"{"id":1,"tags":["a"],"at":{"x":1}}"#, nil),
        ] as [(String, String?)])
    func aListThatBecomesTextOfOneRowIsNamed(text: String, words: String?) throws {
        for text in [text, text.replacingOccurrences(of: ":{", with: ":\n{")] {
            let found = try inspect(text)
            #expect(found.sections.map(\.records?.count) == [1])
            #expect(found.warnings.first?.contains(words ?? "") == words.map { _ in true }, "\(found.warnings)")
        }
    }

    /// With jq, which is to read them, as the judge of the path.
    @Test(
        arguments: [
            (#"{"columns":[{"name":"id"}],"data":[[1,"x"],[2,"y"]]}"#, "data", ".data[]"),
            (#"{"d":{"rows":[[1],[2]],"cols":[{"name":"id"}]},"n":2}"#, "d.rows", ".d.rows[]"),
            (#"{"u":[{"x":1}],"m":{"a.b":{"c d":[["p"]]}}}"#, "m", #".m."a.b"."c d"[]"#),
            (#"{"users":{"u1":{"n":1,"m":2},"u2":{"n":1}},"log":[{"x":1}]}"#, "users", ".users |"),
            (
                #"{"log":[{"x":1}],"db":{"users":{"ann":{"of":{"a":{"v":1},"b":{"v":2}}},"bob":{"of":1}}}}"#, "db",
                ".db.users |"
            ),
            (#"{"log":[{"x":1}],"g":[[1,2]],"coordinates":[[1,2],[3,4]],"t":[[[1,2],[3,4]]]}"#, nil, ""),
            (
                #"{"log":[{"x":1}],"_links":{"self":{"href":"a"},"up":{"href":"b"}},"s":{"a":{"x":1},"b":{"y":1}}}"#,
                nil, ""
            ),
            (#"{"log":[{"x":1}],"s":{"a":{"x":1}},"e":{"a":{},"b":{}},"m":{"a":{"x":1},"b":{"x":2},"c":3}}"#, nil, ""),
        ] as [(String, String?, String)])
    func rowsThatAreArraysAndRecordsThatHaveNamesMayBeData(text: String, name: String?, filter: String) throws {
        let parts = try inspect(text).leftOut.filter { $0.kind == .mayBeData }
        #expect(parts.map(\.name) == (name.map { [$0] } ?? []))
        #expect(parts.allSatisfy { $0.remedy?.contains("'\(filter)") == true }, "\(parts)")
    }

    @Test(arguments: [
        #"{"values":[["id","name"],["1","a"]]}"#, #"{"columns":["id"],"values":[[1],[2]]}"#,
        "{\n\"values\":[[1,2.5],\n[2,3.5]]}",
    ])
    func rowsThatBecameTextOfOneRecordAreDoubted(text: String) throws {
        let long = String(repeating: "[1,2],", count: 200_000)
        for text in [text, text.replacingOccurrences(of: "values\":[", with: "values\":[\(long)")] {
            let part = try #require(try inspect(text).leftOut.first)
            #expect(
                part.kind == .misread && part.name == "values" && part.remedy?.contains("'.values[] | @csv'") == true)
        }
    }

    /// What pandas writes of a table, except for `orient="records"`, and its like.
    @Test(
        arguments: [
            (#"{"id":[1,2,3],"name":["a","b","c"]}"#, "the document", "'(first"),
            (#"{"a":[null,"[{"],"b":[true,-1.5],"c":["",""]}"#, "the document", "'(first"),
            (#"{"id":{"0":1,"1":2},"name":{"0":"a","1":null}}"#, "the document", "'(first"),
            (#"{"id":{"7":1},"name":{"7":"a"}}"#, "the document", "'(first"),
            (#"{"0":{"id":1,"name":"a"},"1":{"id":2,"name":"b"}}"#, "the document", "'to_entries"),
            (#"{"u1":{"id":1,"tags":["a","b"]},"u2":{"id":2},"u3":null}"#, "the document", "'to_entries"),
            (#"{"ann":{"id":1,"at":{"x":1}},"bob":{"id":2},"cid":{"id":3}}"#, "the document", "'to_entries"),
            (#"{"columns":["id"],"index":[0,1],"data":[[1],[2]]}"#, "data", "'.data[]"),
            (
                #"{"lat":1,"hourly":{"time":[1,2,3,4,5,6,7,8,9,10],"t 2m":[1,2,3,4,5,6,7,8,9,10]}}"#, "hourly",
                "'.hourly | (first"
            ),
        ])
    func aTableThatBecameOneRecordIsDoubted(text: String, name: String, filter: String) throws {
        for text in [text, text.replacingOccurrences(of: ",", with: ",\n")] {
            let found = try inspect(text)
            #expect(found.sections.map(\.records?.count) == [1])
            let part = try #require(found.leftOut.first)
            #expect(found.leftOut.count == 1 && part.kind == .misread && part.name == name)
            #expect(part.remedy?.contains("jq -") == true && part.remedy?.contains(filter) == true, "\(part)")
            // Who says what the document is, and who has said that it is meant, is not doubted.
            let lines = text.replacingOccurrences(of: "\n", with: "")
            #expect(try inspect(lines) { $0.reading.format = "ndjson" }.leftOut.isEmpty)
        }
    }

    @Test(arguments: [
        #"{"name":"x","tags":["a","b"],"sizes":[1,2]}"#, #"{"tags":["a","b","c"],"sizes":[1,2]}"#,
        #"{"ids":[1,2,3]}"#, #"{"a":[1],"b":[2]}"#, #"{"a":[1,[2]],"b":[3,4]}"#,
        #"{"home":{"street":"a","city":"b"},"work":{"street":"c","city":"d"}}"#, #"{"0":{"id":1}}"#,
        #"{"id":1,"options":{"colours":["r","g","b"],"sizes":["s","m","l"]}}"#,
        #"{"a":{"x":1},"b":{"y":1},"c":{"z":1}}"#,
        #"{"self":{"href":"a"},"next1":{"href":"b"},"up":{"href":"c"}}"#, #"{"a":null,"b":null}"#, #"{"a":{},"b":{}}"#,
    ])
    func aRecordOfListsAndObjectsIsNotDoubted(text: String) throws {
        let found = try inspect(text)
        #expect(found.sections.map(\.records?.count) == [1] && found.leftOut.isEmpty, "\(found.leftOut)")
    }

    @Test(arguments: [
        ("{\"a\":1},\n{\"a\":2},\n", "each line ends with a comma"),
        ("{\"a\":1},\r\n{\"a\":2}", "each line ends with a comma"),
        ("{\n\"a\":1},\n{\"a\":2}\n", "commas between the objects"),
        ("{\"a\":1},{\"a\":2}", "commas between"),
    ])
    func objectsBetweenCommasAreRefusedWithTheWayOut(text: String, words: String) throws {
        for name in ["d.json", "d.ndjson"] {
            let error = try #require(throws: DataError.self) { try inspect(text, as: name) }
            #expect(error.message.contains(words) && error.remedy?.contains("sed ") == true, "\(error)")
        }
    }

    @Test(
        arguments: [
            (#""@odata.nextLink":"http://h/o?skip=2""#, "--pages next=/@odata.nextLink"),
            (#""next":"/p?page=2""#, "--pages next=next"),
            (#""links":{"self":"x","next":"?p=2"}"#, "--pages next=links.next"),
            (#""_links":{"next":{"href":"http://h/2"}}"#, "--pages next=_links.next.href"),
            (#""meta":{"paging":{"next_cursor":"abc"}}"#, "--pages cursor=meta.paging.next_cursor:PARAMETER"),
            (#""nextPageToken":"CAU""#, "--pages cursor=nextPageToken:PARAMETER"),
            (#""next_page":2"#, "--pages cursor=next_page:PARAMETER"), (#""has_more":true"#, "--pages page=PARAMETER"),
            (#""page":1,"total_pages":3"#, "--pages page=PARAMETER"),
            (#""next":null,"has_more":false,"links":{"next":null},"total_pages":1,"nextPageToken":"""#, nil),
            (#""title":"next","count":5,"previous":"http://h/1""#, nil),
            (#""exceededTransferLimit":true"#, "--pages page=PARAMETER"),
            (#""links":[{"href":"http://h/1","rel":"self"},{"rel":"next","href":"?p=2"}]"#, "--pages page=PARAMETER"),
            (#""d":{"link":[{},{"relation":"next","url":"?p=2"}]}"#, "--pages page=PARAMETER"),
            (#""LastEvaluatedKey":{"id":{"N":"1"}}"#, "--pages cursor=LastEvaluatedKey:PARAMETER"),
            (#""metadata":{"continue":"abc"}"#, "--pages cursor=metadata.continue:PARAMETER"),
            (#""paging":{"next":{"after":"5"}}"#, "--pages cursor=paging.next.after:PARAMETER"),
            (#""meta":{"page":1,"pageCount":4}"#, "--pages page=PARAMETER"),
            (#""totalPages":"7""#, "--pages page=PARAMETER"), (#""page":1,"pages":7"#, "--pages page=PARAMETER"),
            (#""title":"a book","pages":700,"m":{"page":1}"#, nil), (#""page":1,"pages":1,"continue":{}"#, nil),
            (#""links":[{"rel":"self","href":"?next"},{"rel":"prev","href":"next"}],"totalPages":"1""#, nil),
            (#""exceededTransferLimit":false,"LastEvaluatedKey":null,"pages":"many""#, nil),
            (#""data":{"after":"t3_x","dist":10}"#, "--pages cursor=data.after:PARAMETER"),
            (#""data":{"after":"6dcb09b5"},"more":false,"a":{"more":true,"truncated":true}"#, nil),
            (#""more":true"#, "--pages page=PARAMETER"), (#""truncated":true"#, "--pages page=PARAMETER"),
            (#""opensearch:totalResults":25,"opensearch:startIndex":0"#, "--pages offset=PARAMETER"),
            (#""opensearch:totalResults":1,"opensearch:itemsPerPage":10"#, nil),
        ] as [(String, String?)])
    func aSavedPageThatSaysThatAnotherFollowsIsNotAllThereIs(members: String, option: String?) throws {
        let records = #""value":[{"id":1,"next":"x","has_more":true}]"#
        for text in ["{\(members),\(records)}", "{\(records),\(members)}", "{\n\(records),\n\(members)}"] {
            for path in [nil, "value"] {
                let found = try inspect(text) { $0.reading.records = path }
                let part = found.leftOut.first { $0.name == "the next page" }
                #expect((part?.kind == .mayBeData) == (option != nil), "\(text)")
                #expect(part?.remedy?.hasSuffix(" with \(option ?? "").") == option.map { _ in true }, "\(part as Any)")
            }
        }
        // A section's name says nothing of pages; only a setting of its own does.
        let named = try inspect("{\(members),\(records)}") { $0.only = ["value"] }
        #expect(named.leftOut.contains { $0.kind == .mayBeData } == (option != nil))
    }

    /// A total says something beside what APIs say of a page, or under a name that means nothing else.
    @Test(
        arguments: [
            (#"{"startAt":0,"maxResults":50,"total":200,"issues":[{"id":1}]}"#, "offset=PARAMETER"),
            (#"{"response":{"numFound":100,"start":0,"docs":[{"a":1}]}}"#, "offset=PARAMETER"),
            (#"{"items":[{"a":1}],"total":100,"limit":1,"offset":0}"#, "offset=PARAMETER"),
            (#"{"meta":{"total":"100","page":2},"items":[{"a":1}]}"#, "offset=PARAMETER"),
            (#"{"total_count":900,"incomplete_results":true,"items":[{"a":1}]}"#, "offset=PARAMETER"),
            (#"{"@odata.count":7,"value":[{"a":1}]}"#, "offset=PARAMETER"),
            (#"{"hits":{"total":{"value":9,"relation":"eq"},"hits":[{"_id":1}]}}"#, "offset=PARAMETER"),
            (#"{"hits":{"total":9,"hits":[{"_id":1}]},"_scroll_id":"x"}"#, "offset=PARAMETER"),
            (
                #"{"hydra:member":[{"a":1}],"hydra:totalItems":90,"hydra:view":{"hydra:next":"?page=2"}}"#,
                "next=hydra:view.hydra:next"
            ),
            (#"{"hydra:member":[{"a":1}],"hydra:totalItems":90}"#, "offset=PARAMETER"),
            (#"{"records":[{"id":"a"}],"offset":"itr1/rec1"}"#, "cursor=offset:PARAMETER"),
            (
                #"{"data":{"users":{"edges":[{"node":{"a":1}}],"pageInfo":{"hasNextPage":true,"endCursor":"x"}}}}"#,
                "page=PARAMETER"
            ),
            (#"{"data":{"v":{"r":{"nodes":[{"a":1}],"pageInfo":{"hasNextPage":true}}}}}"#, "page=PARAMETER"),
            // All is here, or the total is none of records.
            (#"{"startAt":0,"maxResults":50,"total":1,"issues":[{"id":1}]}"#, nil),
            (#"{"hits":{"total":1,"hits":[{"_id":1}]},"_scroll_id":"x"}"#, nil),
            (#"{"@odata.count":1,"value":[{"a":1}]}"#, nil),
            (#"{"invoice":5,"total":120,"limit":100,"items":[{"a":1},{"a":2}]}"#, "offset=PARAMETER"),
            (#"{"invoice":5,"total":120,"items":[{"a":1},{"a":2}]}"#, nil),
            (#"{"total":120.5,"page":1,"items":[{"a":1}]}"#, nil),
            (#"{"total":90,"current":70,"items":[{"a":1}]}"#, nil),
            (#"{"limit":500,"total":120,"items":[{"a":1}]}"#, nil), (#"{"offset":"+02:00","items":[{"a":1}]}"#, nil),
            (#"{"start":1700000000,"total":120,"items":[{"a":1}]}"#, nil), (#"{"count":12,"items":[{"a":1}]}"#, nil),
            (#"{"data":{"users":{"edges":[{"node":{"a":1}}],"pageInfo":{"hasNextPage":false}}}}"#, nil),
            (#"{"a":{"b":{"next":"x","c":{"list":[{"x":1}]}}}}"#, nil),
        ] as [(String, String?)])
    func aTotalAboveTheNumberOfRecordsIsASign(text: String, option: String?) throws {
        let part = try inspect(text).leftOut.first { $0.name == "the next page" }
        #expect((part?.kind == .mayBeData) == (option != nil), "\(text): \(part as Any)")
        #expect(part?.remedy?.hasSuffix("--pages \(option ?? "").") == option.map { _ in true }, "\(part as Any)")
    }

    @Test(arguments: [
        (#"{"count":250,"results":[{"a":1}]}"#, true), (#"{"total_count":9,"rows":[{"a":1}]}"#, true),
        (#"{"count":1,"results":[{"a":1}]}"#, false), (#"{"count":9,"items":[{"a":1}]}"#, false),
        (#"{"numFound":5,"docs":[{"a":1}]}"#, true), (#"{"total":57,"totalNotFiltered":57,"rows":[{"a":1}]}"#, true),
        (#"{"draw":1,"recordsTotal":57,"recordsFiltered":57,"data":[{"a":1}]}"#, true),
        (#"{"invoice":1,"total":57,"items":[{"a":1}]}"#, false), (#"{"total":1,"rows":[{"a":1}]}"#, false),
    ])
    func aTotalThatMayMeanSomethingElseIsAWarning(text: String, isTold: Bool) throws {
        let found = try inspect(text)
        #expect(found.warnings.contains { $0.contains("is more than the number of records") } == isTold)
        #expect(!found.leftOut.contains { $0.kind == .mayBeData })
    }

    @Test(arguments: ["o.ndjson", "o.jsonl", "O.JSONL", "o.geojsonl"])
    func anObjectThatIsTheOnlyLineIsARecordWhereTheNameSaysSo(name: String) throws {
        let line = #"{"id":1,"customer":"Bob","items":[{"sku":"a"},{"sku":"b"}],"next":"x"}"#
        for text in [line, line + "\n", line + "\n\n", line + "\n" + line + "\n"] {
            let found = try inspect(text, as: name)
            #expect(found.sections.map { $0.columns.map(\.name) } == [["id", "customer", "items", "next"]])
            #expect(found.leftOut.isEmpty && found.warnings.isEmpty)
        }
        let large = #"{"id":1,"items":[{"sku":"\#(String(repeating: "x", count: 2 << 20))"}]}"#
        #expect(try inspect(large, as: name).sections.map { $0.columns.map(\.name) } == [["id", "items"]])
        // What is not lines is read as what it is.
        #expect(try inspect("[{\"x\":1},{\"x\":2}]", as: name).sections.map(\.records?.count) == [2])
        #expect(try inspect(line, as: "o.json").sections.map { $0.columns.map(\.name) } == [["sku"]])
    }

    /// CSV with the same header is the judge.
    @Test(arguments: [
        ["Id", "id", "ID"], ["UserUPN", "x", "UserUpn"], ["", "a"], ["a", "", ""], ["id", "Id", "id_2"], ["Ä", "ä"],
    ])
    func keysThatCannotBeColumnsSideBySideAreNamedAsInCSV(keys: [String]) throws {
        let names = keys.map { "\"\($0)\"" }
        let values = keys.indices.map { "\($0)" }
        let csv = try inspect(
            "\(names.joined(separator: ","))\n\(values.joined(separator: ","))\n", as: "k.csv")
        guard Set(keys).count == keys.count else { return }
        let record = "{\(zip(names, values).map { "\($0):\($1)" }.joined(separator: ","))}"
        for text in ["[\(record),{\(names[1]):\"7\"}]", "\(record)\n{\(names[1]):\"7\"}\n", "{\"r\":[\(record)]}"] {
            let json = try inspect(text)
            #expect(json.sections.first?.columns.map(\.name) == csv.sections.first?.columns.map(\.name))
            #expect(json.sections.first?.rows.first == values.map(Optional.some))
            if json.sections.first?.rows.count == 2 { #expect(json.sections.first?.rows[1][1] == "7") }
        }
    }

    /// Foundation is the judge of what is in the document.
    @Test(arguments: 0..<(Int(ProcessInfo.processInfo.environment["WAYBILL_JSON_SEEDS"] ?? "") ?? 60))
    func everyArrayOfObjectsIsReadOrNamed(seed: Int) throws {
        var random = Seeded(state: UInt64(seed) &* 0x9E37_79B9_7F4A_7C15 | 1)
        let text =
            "{\((0..<Int.random(in: 1...5, using: &random)).map { "\"k\($0)\":\(Self.value(4, &random))" }.joined(separator: ","))}"
        let document = try JSONSerialization.jsonObject(with: Data(text.utf8))
        guard let found = try? inspect(text) else { return }
        let read = found.sections.map { section in section.reading.settings.first { $0.name == "records" }?.value ?? ""
        }
        let named = found.leftOut.filter { $0.kind == .mayBeData }.map(\.name)
        for path in Self.lists(document, []) {
            let prefixes = path.indices.map { path[...$0].joined(separator: ".") }
            let isRead = read.contains { prefixes.contains($0) }
            let isTold =
                named.contains { prefixes.contains($0) }
                || found.warnings.contains { $0.contains("read as one record") }
            #expect(isRead || isTold, "\(path) of \(text)")
        }
    }

    private static func value(_ depth: Int, _ random: inout Seeded) -> String {
        let kind = Int.random(in: 0...(depth == 0 ? 2 : 6), using: &random)
        let count = Int.random(in: 0...2, using: &random)
        switch kind {
        case 0: return "1"
        case 1: return "\"x\""
        case 2: return "[1,2]"
        case 3: return "[\((0..<count).map { _ in "{\"x\":1}" }.joined(separator: ","))]"
        default: return "{\((0..<count).map { "\"m\($0)\":\(value(depth - 1, &random))" }.joined(separator: ","))}"
        }
    }

    private static func lists(_ value: Any, _ path: [String]) -> [[String]] {
        if let object = value as? [String: Any] { return object.flatMap { lists($1, path + [$0]) } }
        if let array = value as? [Any], array.first is [String: Any] { return [path] }
        return []
    }

    private struct Seeded: RandomNumberGenerator {
        var state: UInt64
        mutating func next() -> UInt64 {
            state ^= state << 13
            state ^= state >> 7
            state ^= state << 17
            return state
        }
    }
}
