import Foundation
import Testing

/// Restoring a user's export archive of a location-history app: one large object with sections, of which places must be in
/// before visits and points, wherever they stand.
@Suite struct SystemATests {
    let space: Workspace

    init() throws {
        space = try Workspace()
        try space.write(
            """
            sources:
              history:
                match: "export*"
                into: sqlite:history.db
                chunk_size: 1000
                sections:
                  places: {key: id, mode: upsert}
                  visits: {key: id, mode: upsert, after: places}
                  points: {key: id, mode: upsert, after: places}
                  stats: {skip: true}
            """, to: "waybill.yaml")
        // A visit to a place that is not there is refused, so that the order matters.
        try Table.execute(
            space.file("history.db"),
            """
            CREATE TABLE places (id INTEGER PRIMARY KEY, name TEXT, latitude REAL);
            CREATE TABLE visits (id INTEGER PRIMARY KEY, place_id INTEGER NOT NULL REFERENCES places (id), started_at TEXT);
            """)
    }

    static let places = 300
    static let visits = 2_500

    private func document(cutAt end: Int? = nil) -> String {
        let visits = (1...Self.visits).map {
            "{\"id\": \($0), \"place_id\": \($0 % Self.places + 1), \"started_at\": \"2024-05-01T10:00:00Z\"}"
        }
        let points = (1...3_000).map { "{\"id\": \($0), \"at\": [\($0).5, 1], \"note\": null}" }
        let places = (1...Self.places).map { "{\"id\": \($0), \"name\": \"Café \($0)\", \"latitude\": 50.\($0)}" }
        let text = """
            {"version": 2, "user": {"email": "ann@example.org"}, "visits": [\(visits.joined(separator: ",\n"))],
            "points": [\(points.joined(separator: ","))], "stats": [{"year": 2024}], "notifications": [],
            "places": [\(places.joined(separator: ",\n  "))]}
            """
        return end.map { String(text.prefix($0)) } ?? text
    }

    @Test(arguments: ["zip", "tar.gz", "json"])
    func anExportIsRestoredWithPlacesFirst(_ ending: String) throws {
        try FileManager.default.createDirectory(atPath: space.file("data"), withIntermediateDirectories: true)
        try space.write(document(), to: "data/data.json")
        switch ending {
        case "zip": try space.tool("zip", "-q", "-r", "export.zip", "data")
        case "tar.gz": try space.tool("tar", "-czf", "export.tar.gz", "data")
        default: try space.tool("cp", "data/data.json", "export.json")
        }
        let result = try space.run("import export.\(ending) --json")
        #expect(result.status == 0, "\(result.output) \(result.error)")
        let sections = try #require(try result.json()["sections"] as? [[String: Any]])
        #expect(sections.compactMap { $0["table"] as? String } == ["places", "visits", "points"])
        let counts = sections.compactMap { ($0["records"] as? [String: Int])?["inserted"] }
        #expect(counts == [Self.places, Self.visits, 3_000])
        #expect(result.error.contains("stats is left out") && result.error.contains("notifications has no records"))
        let row = try Table.rows(space.file("history.db"), "SELECT at, note FROM points WHERE id = 7")
        #expect(row == ["3:[7.5, 1]|5:NULL"])
        #expect(try space.run("import export.\(ending)").output.contains("already imported the same bytes"))
    }

    @Test func aSecondExportUpdatesWhatIsThere() throws {
        try space.write(document(), to: "export-1.json")
        try space.write(document().replacing("Café 9\"", with: "Tea 9\""), to: "export-2.json")
        try #require(try space.run("import export-1.json").status == 0)
        let second = try space.run("import export-2.json --json")
        #expect(second.status == 0, "\(second.error)")
        let records = try #require(try second.json()["records"] as? [String: Int])
        #expect(records["inserted"] == 0)
        #expect(try Table.rows(space.file("history.db"), "SELECT name FROM places WHERE id = 9") == ["3:Tea 9"])
    }

    @Test func aDocumentThatBreaksOffKeepsWhatCameBeforeAndSaysWhere() throws {
        let cut = document(cutAt: 100_000)
        try space.write(cut, to: "export.json")
        let result = try space.run("import export.json --section visits")
        #expect(result.status == 3, "\(result.output) \(result.error)")
        let reject = try #require(try space.run("rejects 1 --json").jsonArray().last)
        #expect((reject["byte_offset"] as? Int ?? 0) > 0)
        #expect(reject["code"] as? String == "syntax", "\(reject)")
        #expect((reject["message"] as? String)?.contains("byte") == true, "\(reject)")
    }
}
