import Foundation
import Testing

@Suite(.serialized) struct KillLoopTests {
    /// `WAYBILL_KILLS` sets how often the one import is killed.
    static let kills = ProcessInfo.processInfo.environment["WAYBILL_KILLS"].flatMap(Int.init) ?? 100

    @Test func anImportKilledAtRandomMomentsEndsAsIfNothingHadHappened() throws {
        let space = try Workspace()
        try space.generate(200_000, bad: 0.2)
        let whole = try Uninterrupted(space)
        var kills = 0
        var runs = 0
        var arguments = ["import", "catalogue-1.csv", "--into", "sqlite:shop.db"] + Uninterrupted.arguments
        while true {
            runs += 1
            try #require(runs < Self.kills * 20, "the import gets nowhere")
            // Small chunks, of another size in each run, so that there is something to kill to the end.
            let isLast = kills >= Self.kills
            let chunk = isLast ? 10_000 : Int.random(in: 20...120)
            let run = try space.start(arguments + ["--chunk-size", "\(chunk)"])
            if !isLast {
                usleep(UInt32.random(in: 0..<60_000))
                run.signal(SIGKILL)
            }
            let end = run.wait()
            if end.status != -SIGKILL {
                #expect(end.status == 3, "\(end.output) \(end.error)")
                break
            }
            kills += 1
            // Killed before its submission was logged, the import is begun again; after that, it is continued.
            let isThere = try space.run("status 1").status != 2
            if isThere { arguments = ["resume", "1"] }
        }
        #expect(kills >= Self.kills, "the import ended after \(kills) kills; it should have taken \(Self.kills)")
        let status = try space.run("status 1 --json").json()
        let chunks = try #require(status["chunks"] as? [String: Int])
        print("killed \(kills) times over \(runs) runs; \(chunks)")
        try whole.check(space)
    }

    static let faultPoints = [
        "before-destination-commit", "after-destination-commit", "before-fold", "before-log-commit", "after-log-commit",
    ]

    @Test(arguments: faultPoints, [1, 4])
    func aCrashAtANamedStepEndsAsIfNothingHadHappened(_ point: String, _ count: Int) throws {
        let space = try Workspace()
        try space.generate(3_000, bad: 1)
        let whole = try Uninterrupted(space)
        // Many chunks: on a slow disk one append takes the events of several.
        let arguments = ["import", "catalogue-1.csv", "--into", "sqlite:shop.db", "--chunk-size", "25"]
        let crashed = try space.run(
            arguments + Uninterrupted.arguments, environment: ["WAYBILL_FAULT": "\(point):\(count)"])
        #expect(crashed.status == -SIGKILL, "\(crashed.output) \(crashed.error)")
        // The first crash at the log's own steps comes before the import is in the log.
        if try space.run("status 1").status == 2 {
            #expect(count == 1 && point != "after-destination-commit")
            #expect(try space.run(arguments + Uninterrupted.arguments).status == 3)
        } else {
            let isStarted = !(count == 1 && point == "after-log-commit")
            let state = try space.run("status 1 --json").json()["state"] as? String
            #expect(state == (isStarted ? "interrupted" : "queued"))
            // Another crash at the same step of the resumed run, then to the end.
            let again = try space.run("resume 1 --chunk-size 10", environment: ["WAYBILL_FAULT": "\(point):3"])
            #expect(again.status == -SIGKILL, "\(again.output) \(again.error)")
            let resumed = try space.run("resume 1")
            #expect(resumed.status == 3, "\(resumed.output) \(resumed.error)")
        }
        try whole.check(space)
        if point == "after-destination-commit" {
            let chunks = try space.run("status 1 --json").json()["chunks"] as? [String: Int]
            // The log is appended to behind the destination, so that each crash may leave more than one chunk.
            #expect((chunks?["recovered"] ?? 0) >= 2, "what only the ledger had comes from the ledger")
        }
    }
}
