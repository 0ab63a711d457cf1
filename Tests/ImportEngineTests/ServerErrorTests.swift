import Foundation
import ImportEngine
import Records
import Testing

/// What a server says in JSON in place of the data is not a record; a record that speaks of errors is one.
@Suite struct ServerErrorTests {
    private let folder: InspectionFolder

    init() throws { folder = try InspectionFolder() }

    @Test(arguments: [
        (#"{"message":"Not Found","documentation_url":"https://docs.github.com"}"#, "Not Found"),
        (#"{"error":{"code":401,"message":"Unauthorized"}}"#, "Unauthorized"),
        (#"{"error":"invalid_token","error_description":"It has expired"}"#, "It has expired"),
        (#"{"ok":false,"error":"invalid_auth"}"#, "invalid_auth"), (#"{"error": "rate limit"}"#, "rate limit"),
        (#"{"errors":[{"code":190,"message":"Expired"}]}"#, "Expired"),
        (#"{"errors":["No key"],"data":null}"#, "No key"),
        (#"{"errors":[{"message":"Bad","locations":[{"line":1,"column":2}],"path":["a"]}]}"#, "Bad"),
        (#"{"status":"error","message":"rate limit","data":[],"count":0}"#, "rate limit"),
        (#"{"timestamp":"2026-01-31T10:00:00Z","status":404,"error":"Not Found","path":"/x"}"#, "Not Found"),
        (#"{"type":"about:blank","title":"Forbidden","status":403}"#, "Forbidden"),
        (
            #"{"error":{"root_cause":[{"type":"x","reason":"no index"}],"type":"x","reason":"no index"},"status":404}"#,
            "no index"
        ),
        (#"{"statusCode":"500","message":"Internal"}"#, "Internal"),
        (#"{"Message":"Denied","Success":false}"#, "Denied"),
        ("\u{FEFF}{\n  \"error\": true,\n  \"msg\": \"No\"\n}\n", "No"),
    ])
    func aServersErrorIsRefusedByItsWords(text: String, words: String) throws {
        let error = try #require(throws: DataError.self) { try folder.inspect(text, as: "d.json") { _ in } }
        #expect(error.message.contains("a server's error message (`\(words)`)"), "\(error)")
        #expect(error.remedy?.contains("--format json") == true)
        let asRecord = try folder.inspect(text, as: "d.json") { $0.reading.format = "json" }
        #expect(asRecord.sections.count == 1)
    }

    @Test(arguments: [
        #"{"id":1,"error":"timeout"}"#, #"{"error":null,"message":"Hello"}"#, #"{"error":0.05}"#, #"{"error":""}"#,
        #"{"error":{"mean":0.1,"std":0.2}}"#, #"{"errors":[{"line":3,"message":"unexpected token"}]}"#,
        #"{"errors":3,"message":"x"}"#, #"{"status":"failed","title":"Test login","reason":"timeout"}"#,
        #"{"message":"Hello","timestamp":"2026-01-31"}"#, #"{"status":200,"message":"fine"}"#,
        #"{"code":42,"message":"x"}"#,
        #"{"success":true,"message":"saved"}"#, #"{"success":false}"#, #"{"error":"x","items":[{"a":1}]}"#,
        #"{"error":"x"} {"error":"y"}"#, #"[{"error":"x"}]"#, "{\"error\":\"x\"}\n{\"error\":\"y\"}\n",
        #"{"title":"a","description":"b","status":"error"}"#, #"{"name":"x","errors":[{"code":1,"message":"y"}]}"#,
    ])
    func aRecordThatSpeaksOfErrorsIsNone(text: String) throws {
        #expect(try folder.inspect(text, as: "d.json") { _ in }.sections.count == 1)
    }

    @Test func whatIsNamedIsRead() throws {
        let text = #"{"errors":[{"code":190,"message":"x"}]}"#
        #expect(try folder.inspect(text, as: "d.json") { $0.reading.records = "errors" }.sections.count == 1)
        #expect(try folder.inspect(#"{"error":"x"}"#, as: "d.ndjson") { _ in }.sections.count == 1)
    }
}
