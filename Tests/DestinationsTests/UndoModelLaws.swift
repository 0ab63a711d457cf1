import Destinations
import Foundation
import Records
import Testing

/// Random imports, and somebody who edits, deletes and refers to rows meanwhile; then the imports are taken back in any
/// order.
///
/// A row is, at any time, what the last one made it whose work still stands: that is all the model knows, of the table
/// that is imported into and of those that refer to it. `UNDO_SEEDS` says how many histories are tried, `UNDO_FIRST`
/// from which on.
@Suite struct UndoModelLaws {
    static let seeds: Range<UInt64> = {
        func number(_ name: String) -> UInt64? { ProcessInfo.processInfo.environment[name].flatMap { UInt64($0) } }
        let first = number("UNDO_FIRST") ?? 0
        return first..<first + (number("UNDO_SEEDS") ?? 8)
    }()

    @Test(arguments: Backend.allCases, seeds)
    func aRowIsWhatTheLastOneMadeItWhoseWorkStands(_ backend: Backend, _ seed: UInt64) throws {
        var history = try UndoHistory(backend, seed)
        try history.begin()
        for importID in UInt64(1)...UInt64.random(in: 2...5, using: &history.random) {
            try history.write(importID)
            try history.close(importID)
            if history.random.next() % 2 == 0 { try history.meddle() }
        }
        var left = history.imports.shuffled(using: &history.random)
        while !left.isEmpty {
            // What was restored is taken back another time.
            if try history.takeBackAndRestore(left[0]) { left.shuffle(using: &history.random) }
            try history.takeBack(left.removeFirst())
        }
        try history.checkOrders()
    }

    /// Of a history of versions, the current one is what the last import brought whose work stands.
    @Test(arguments: Backend.allCases, seeds)
    func theCurrentVersionIsOfTheLastOneWhoseWorkStands(_ backend: Backend, _ seed: UInt64) throws {
        var random = SeededRandom(seed &* 32_452_843 &+ 3)
        let lab = try backend.makeLaboratory()
        let imports = UInt64(1)...UInt64.random(in: 2...5, using: &random)
        var story = ""
        var delivered: [(importID: UInt64, key: String, name: String?)] = []
        for importID in imports {
            var plan = TablePlan.of(["sku", "name"], key: ["sku"], mode: .versioned)
            plan.moment = "2026-01-0\(importID)T00:00:00Z"
            _ = try lab.destination.prepare(plan)
            for chunk in 1...UInt64.random(in: 1...2, using: &random) {
                // A key may come several times.
                let records = (0..<Int.random(in: 1...8, using: &random)).map { _ -> [String?] in
                    ["k\(Int.random(in: 0..<6, using: &random))", ["a", "b", "c", nil].randomElement(using: &random)!]
                }
                story += "\nimport \(importID), chunk \(chunk): \(records.map { $0.map { $0 ?? "NULL" } })"
                delivered += records.map { (importID, $0[0]!, $0[1]) }
                try lab.write(records, importID: importID, chunk: chunk)
            }
        }
        var left = imports.shuffled(using: &random)
        while !left.isEmpty {
            if random.next() % 3 == 0 {
                let importID = left[0]
                story += "\ntaken back and restored: import \(importID)"
                let before = try lab.sortedRows(of: "products")
                let path = "/tmp/waybill-undo-\(UInt64.random(in: 0 ... .max))"
                defer { try? FileManager.default.removeItem(atPath: path) }
                try lab.destination.backUp(to: path, logID: "log", importIDs: [importID])
                _ = try lab.reverse(importID)
                let report = try lab.destination.restore(
                    from: path, logID: "log", importIDs: [importID], overwritesEdited: false, isTrial: false)
                #expect(try lab.sortedRows(of: "products") == before && report.kept.isEmpty, "\(story)")
                left.shuffle(using: &random)
            }
            let importID = left.removeFirst()
            story += "\ntaken back: import \(importID)"
            let kept = try lab.reverse(importID).kept
            #expect(kept.isEmpty, "\(kept)\n\(story)")
            delivered.removeAll { $0.importID == importID }
            let rows = try lab.rows(of: "products")
            let wanted = Dictionary(delivered.map { ($0.key, $0.name) }) { $1 }
            #expect(Set(rows.compactMap { $0[0] }) == Set(wanted.keys), "\(rows)\n\(story)")
            for (key, name) in wanted {
                let current = rows.filter { $0[0] == key && ["1", "t"].contains($0[2]) }
                #expect(current.map { $0[1] } == [name], "\(key): \(rows)\n\(story)")
            }
        }
    }
}
