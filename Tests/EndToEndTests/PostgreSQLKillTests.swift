import Foundation
import PostgreSQLTestSupport
import Testing

@Suite(.serialized) struct PostgreSQLKillTests {
    private static func count(_ name: String, _ otherwise: Int) -> Int {
        ProcessInfo.processInfo.environment[name].flatMap(Int.init) ?? otherwise
    }

    /// `WAYBILL_PG_KILLS` sets how often the client is killed, `WAYBILL_PG_STOPS` how often the server.
    static let kills = count("WAYBILL_PG_KILLS", 25)
    static let stops = count("WAYBILL_PG_STOPS", 6)

    private static let arguments = ["--table", "catalogue", "--key", "sku", "--mode", "upsert"]

    @Test func anImportKilledAtRandomMomentsEndsAsIfNothingHadHappened() throws {
        let space = try Workspace()
        try space.generate(300_000, bad: 0.1)
        let whole = try Uninterrupted(space)
        let store = try Store(.postgres, in: space)
        var arguments = ["import", "catalogue-1.csv", "--into", store.into] + Self.arguments
        var kills = 0
        while true {
            let isLast = kills >= Self.kills
            let run = try space.start(arguments + ["--chunk-size", isLast ? "5000" : "\(Int.random(in: 50...400))"])
            if !isLast {
                usleep(UInt32.random(in: 20_000..<200_000))
                run.signal(SIGKILL)
            }
            let end = run.wait()
            if end.status != -SIGKILL {
                #expect(end.status == 3, "\(end.output) \(end.error)")
                break
            }
            kills += 1
            if try space.run("status 1").status != 2 { arguments = ["resume", "1"] }
        }
        print("killed the client \(kills) times")
        try check(space, store, whole)
    }

    @Test(arguments: KillLoopTests.faultPoints, [1, 4])
    func aCrashAtANamedStepEndsAsIfNothingHadHappened(_ point: String, _ count: Int) throws {
        let space = try Workspace()
        // Chunks without bad records go two at a time.
        let bad = count == 1 ? 1.0 : 0.0
        try space.generate(2_000, bad: bad)
        let whole = try Uninterrupted(space)
        let store = try Store(.postgres, in: space)
        let arguments = ["import", "catalogue-1.csv", "--into", store.into, "--chunk-size", "250"] + Self.arguments
        let crashed = try space.run(arguments, environment: ["WAYBILL_FAULT": "\(point):\(count)"])
        #expect(crashed.status == -SIGKILL, "\(crashed.output) \(crashed.error)")
        let resumed = try space.run("status 1").status == 2 ? space.run(arguments) : space.run("resume 1")
        #expect(resumed.status == (bad > 0 ? 3 : 0), "\(resumed.output) \(resumed.error)")
        try check(space, store, whole)
    }

    @Test func aServerThatGoesAwayIsWaitedForAndNothingIsLostOrTwice() throws {
        let space = try Workspace()
        try space.generate(150_000, bad: 0.1)
        let whole = try Uninterrupted(space)
        let server = try PostgreSQLServer()
        let store = try Store(.postgres, in: space, on: server)
        let arguments = ["import", "catalogue-1.csv", "--into", store.into, "--chunk-size", "100"] + Self.arguments
        let run = try space.start(arguments)
        var stops = 0
        while run.isRunning && stops < Self.stops {
            usleep(UInt32.random(in: 100_000..<500_000))
            try server.stop(immediately: true)
            try server.start()
            stops += 1
        }
        var end = run.wait()
        // A server that goes before the import is in the log ends it for good.
        while end.status == 1 {
            end = try space.run("status 1").status == 2 ? space.run(arguments) : space.run("resume 1")
        }
        #expect(end.status == 3, "\(end.output) \(end.error)")
        print("stopped the server \(stops) times")
        #expect(stops > 0)
        try check(space, store, whole)
    }

    private func check(_ space: Workspace, _ store: Store, _ whole: Uninterrupted) throws {
        let expected = try Table.rows(space.file("whole.db"), "SELECT sku FROM catalogue").map {
            String($0.dropFirst(2))
        }
        expectSame(try store.all("catalogue", "sku"), expected.sorted())
        let status = try space.run("status 1 --json").json()
        #expect(status["records"] as? [String: Int] == whole.records)
        let verified = try space.run("verify 1")
        #expect(verified.status == 0, "\(verified.output) \(verified.error)")
        #expect(try space.run("log verify").status == 0)
        #expect(try space.run("replay --check").status == 0)
    }
}
