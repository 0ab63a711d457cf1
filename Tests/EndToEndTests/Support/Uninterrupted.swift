import Testing

/// The end that every crash must come to: that of an import that nobody disturbed.
struct Uninterrupted {
    let rows: [String]
    let records: [String: Int]

    static let arguments = ["--table", "catalogue", "--key", "sku", "--mode", "upsert"]

    init(_ space: Workspace, source: String = "catalogue-1.csv") throws {
        let result = try space.run(
            ["import", source, "--into", "sqlite:whole.db", "--log-dir", "whole.log", "--json"] + Self.arguments)
        try #require(result.status == 3 || result.status == 0, "\(result.error)")
        rows = try Table.all(space.file("whole.db"))
        records = try #require(try result.json()["records"] as? [String: Int])
    }

    /// Checks that import 1 of the workspace's log came to the same end, and that its log and views are whole.
    func check(_ space: Workspace, database: String = "shop.db", sourceLocation: SourceLocation = #_sourceLocation)
        throws
    {
        expectSame(try Table.all(space.file(database)), rows, sourceLocation: sourceLocation)
        let status = try space.run("status 1 --json").json()
        #expect(status["records"] as? [String: Int] == records, sourceLocation: sourceLocation)
        let isClean = records["rejected"] == 0
        #expect(
            status["state"] as? String == (isClean ? "succeeded" : "partially_succeeded"),
            sourceLocation: sourceLocation)
        let rejects = try space.run("rejects 1 --json").jsonArray()
        #expect(rejects.count == records["rejected"], sourceLocation: sourceLocation)
        let numbers = rejects.compactMap { $0["record"] as? Int }
        #expect(
            numbers == Array(Set(numbers)).sorted(), "each reject once and in order", sourceLocation: sourceLocation)
        let verify = try space.run("log verify")
        #expect(verify.status == 0, "\(verify.output)", sourceLocation: sourceLocation)
        let replay = try space.run("replay --check")
        #expect(replay.status == 0, "\(replay.output)", sourceLocation: sourceLocation)
    }
}
