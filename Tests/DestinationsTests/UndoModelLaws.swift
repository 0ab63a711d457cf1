import Destinations
import Foundation
import PostgreSQLTestSupport
import Records
import Testing

/// Random imports, and someone who edits, deletes and refers to rows meanwhile; then the imports are undone in any
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
            // What was restored is undone another time.
            if try history.takeBackAndRestore(left[0]) { left.shuffle(using: &history.random) }
            try history.takeBack(left.removeFirst())
        }
        try history.checkOrders()
    }

    /// Whatever the keys are, whichever log an import is of, and where rows refer to rows of their own table: also of those
    /// rows only that have a value.
    @Test(arguments: Backend.allCases, seeds)
    func aRowIsWhatTheLastOneOfAnyLogMadeIt(_ backend: Backend, _ seed: UInt64) throws {
        var stacks = try UndoStacks(backend, seed)
        let meddles = stacks.random.next() % 2 == 0
        for _ in 1...Int.random(in: 2...6, using: &stacks.random) {
            try stacks.write()
            if meddles { try stacks.meddle() }
        }
        // Of rows that someone changed as well, nobody could tell which they are.
        let renumbers = !meddles && seed % 2 == 1
        for owner in stacks.imports.shuffled(using: &stacks.random) {
            if renumbers { try stacks.renumber() }
            if stacks.random.next() % 3 == 0 {
                let name = ["a", "b", "c"].randomElement(using: &stacks.random)!
                for other in stacks.imports.reversed() where other.log == owner.log {
                    try stacks.takeBack(other, name: name)
                }
            }
            try stacks.takeBack(owner)
        }
        try stacks.takeBackWhatIsLeft()
    }

    /// Where imports give rows other ids, a row is known by its code all the same.
    @Test(arguments: Backend.allCases, seeds)
    func aRowThatGetsAnotherKeyIsStillOneRow(_ backend: Backend, _ seed: UInt64) throws {
        var moves = try UndoMoves(backend, seed)
        for _ in 1...Int.random(in: 2...5, using: &moves.random) { try moves.write() }
        for importID in moves.imports.shuffled(using: &moves.random) { try moves.takeBack(importID) }
    }

    /// Of a history of versions, the current one is what the last import brought whose work stands.
    private let versioned = VersionedTable(table: "products", key: ["sku"], isCurrent: "is_current")

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
                if seed % 3 == 2 { try lab.renumber("products") }
            }
        }
        var left = imports.shuffled(using: &random)
        while !left.isEmpty {
            if random.next() % 3 == 0 {
                let importID = left[0]
                story += "\ntaken back and restored: import \(importID)"
                let before = try lab.sortedRows(of: "products")
                let path = "\(Scratch.folder)/waybill-undo-\(UInt64.random(in: 0 ... .max))"
                defer { try? FileManager.default.removeItem(atPath: path) }
                try lab.destination.backUp(to: path, logID: "log", importIDs: [importID])
                _ = try lab.reverse(importID, versioned: [versioned])
                let report = try lab.destination.restore(
                    from: path, logID: "log", importIDs: [importID], overwritesEdited: false, isTrial: false)
                #expect(try lab.sortedRows(of: "products") == before && report.kept.isEmpty, "\(story)")
                left.shuffle(using: &random)
            }
            let importID = left.removeFirst()
            story += "\ntaken back: import \(importID)"
            let kept = try lab.reverse(importID, versioned: [versioned]).kept
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

    /// Someone deletes versions, and another import deletes all of some keys.
    @Test(arguments: Backend.allCases, seeds)
    func noKeyEverHasTwoCurrentVersions(_ backend: Backend, _ seed: UInt64) throws {
        var random = SeededRandom(seed &* 49_979_687 &+ 29)
        let lab = try backend.makeLaboratory()
        let imports = UInt64(1)...UInt64.random(in: 3...6, using: &random)
        var story = ""
        func expectOneCurrent(_ what: String) throws {
            story += "\n\(what)"
            let rows = try lab.sortedRows(of: "products")
            let current = rows.filter { ["1", "t"].contains($0[2]) }.map { $0[0] }
            #expect(Set(current).count == current.count, "\(rows)\n\(story)")
        }
        for importID in imports {
            let deletes = importID > 1 && random.next() % 5 == 0
            var plan = TablePlan.of(
                deletes ? ["sku"] : ["sku", "name"], key: ["sku"], mode: deletes ? .delete : .versioned)
            plan.moment = "2026-01-0\(importID)T00:00:00Z"
            _ = try lab.destination.prepare(plan)
            let records = (0..<Int.random(in: 1...6, using: &random)).map { _ -> [String?] in
                let key = "k\(Int.random(in: 0..<4, using: &random))"
                return deletes ? [key] : [key, ["a", "b", "c"].randomElement(using: &random)!]
            }
            try lab.write(records, importID: importID)
            try expectOneCurrent("import \(importID), \(plan.mode): \(records.map { $0.map { $0 ?? "NULL" } })")
            for _ in 0..<Int.random(in: 0...2, using: &random) {
                guard let row = try lab.sortedRows(of: "products").randomElement(using: &random) else { break }
                try lab.execute("DELETE FROM products WHERE sku = '\(row[0]!)' AND version = \(row[3]!)")
                try expectOneCurrent("deleted by hand: \(row[0]!), version \(row[3]!)")
            }
        }
        for importID in imports.shuffled(using: &random) {
            let outcome = try lab.reverse(importID, versioned: [versioned])
            try expectOneCurrent("taken back: import \(importID), kept \(outcome.kept.map(\.message))")
        }
    }

    /// Not beside one that someone made, either: what stands against it is said.
    @Test(arguments: Backend.allCases)
    func noVersionBecomesCurrentBesideOneOfSomebodyElse(_ backend: Backend) throws {
        let lab = try backend.makeLaboratory()
        for (importID, name) in [(UInt64(1), "A"), (2, "B")] {
            var plan = TablePlan.of(["sku", "name"], key: ["sku"], mode: .versioned)
            plan.moment = "2026-01-0\(importID)T00:00:00Z"
            _ = try lab.destination.prepare(plan)
            try lab.write([["a", name], ["b", name]], importID: importID)
        }
        try lab.execute("UPDATE products SET version = 3, name = 'mine' WHERE sku = 'a' AND version = 2")
        for _ in 1...2 {
            let kept = try lab.reverse(2, versioned: [versioned]).kept
            #expect(kept.contains { $0.reason == .refused && $0.message == "another version is current" })
            let current = try lab.rows(of: "products").filter { ["1", "t"].contains($0[2]) }.map { $0[1] }
            #expect(Set(current) == ["mine", "A"] && current.count == 2)
        }
        try lab.execute("DELETE FROM products WHERE version = 3")
        #expect(try lab.reverse(2, versioned: [versioned]).kept.isEmpty)
        #expect(try lab.rows(of: "products").allSatisfy { $0[1] == "A" && ["1", "t"].contains($0[2]) })
    }
}
