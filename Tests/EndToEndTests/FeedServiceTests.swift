import Foundation
import Testing

/// The sample service of docs/examples/FeedService, as a user of the library would build it.
@Suite struct FeedServiceTests {
    private let space: Workspace

    init() throws {
        space = try Workspace()
        let lines = (1...250).map { $0 % 50 == 0 ? "A-\($0),free" : "A-\($0),\($0).5" }
        try space.write(lines.map { $0 + "\n" }.joined(), to: "feed.csv")
    }

    /// Runs the service; after `chunk` it dies between its store and the log.
    private func run(dyingBehind chunk: Int? = nil) throws -> (status: Int32, output: String) {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: Running.binary).deletingLastPathComponent()
            .appendingPathComponent("FeedService")
        process.arguments = ["log", "feed.csv", "store.csv"] + (chunk.map { ["\($0)"] } ?? [])
        process.currentDirectoryURL = URL(fileURLWithPath: space.path)
        let output = Pipe()
        process.standardOutput = output
        process.standardError = FileHandle.nullDevice
        try process.run()
        let data = try output.fileHandleForReading.readToEnd() ?? Data()
        process.waitUntilExit()
        return (process.terminationStatus, String(decoding: data, as: UTF8.self))
    }

    @Test func itContinuesWhereItDied() throws {
        let other = try FeedServiceTests()
        let undisturbed = try other.run()
        #expect(undisturbed.status == 0)
        #expect(undisturbed.output.hasPrefix("import 1: partially_succeeded, 245 rows, 5 rejected\nline 50: "))

        #expect(try run(dyingBehind: 1).status == SIGABRT)
        #expect(try run(dyingBehind: 2).status == SIGABRT)
        let end = try run()
        #expect(end.output == undisturbed.output)
        #expect(try space.read("store.csv") == other.space.read("store.csv"))
        #expect(try space.run("status 1 --log-dir log --json").json()["state"] as? String == "partially_succeeded")
        #expect(try space.run("replay --check --log-dir log").status == 0)
    }
}
