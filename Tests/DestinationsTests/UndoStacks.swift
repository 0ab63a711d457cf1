import Destinations
import Records
import Testing

/// What happened to a table with keys of some kind, which two logs may write to and whose rows may refer to each other.
struct UndoStacks {
    struct Import: Hashable {
        var log: String
        var number: UInt64
    }

    private struct Layer {
        /// Nobody is someone who is not an import.
        var owner: Import?
        var chunk: UInt64 = 0
        var row: [String?]?
    }

    let lab: any Laboratory
    var random: SeededRandom
    private(set) var imports: [Import] = []
    private(set) var story = ""
    /// Whether someone else changed a row.
    private(set) var isMeddledWith = false
    /// For each key who made it what, one on top of the other.
    private var stacks: [String: [Layer]] = [:]
    /// Keys whose row could not be what it should: that was said, or its parent is gone.
    private var loose: Set<String> = []
    private var edits = 0
    private let isIdentity: Bool
    private let refers: Bool
    private let logs: [String]

    init(_ backend: Backend, _ seed: UInt64) throws {
        random = SeededRandom(seed &* 86_028_121 &+ 7)
        lab = try backend.makeLaboratory()
        let keys =
            backend == .sqlite
            ? ["INTEGER PRIMARY KEY", "INTEGER PRIMARY KEY AUTOINCREMENT", "integer PRIMARY KEY", "text PRIMARY KEY"]
            : ["bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY", "int PRIMARY KEY", "text PRIMARY KEY"]
        let key = keys.randomElement(using: &random)!
        isIdentity = key.contains("IDENTITY")
        logs = random.next() % 2 == 0 ? ["log"] : ["log", "other"]
        let actions = [
            "", "ON DELETE CASCADE", "ON DELETE SET NULL", "ON DELETE RESTRICT", "DEFERRABLE INITIALLY DEFERRED",
        ]
        let action = actions.randomElement(using: &random)!
        refers = random.next() % 2 == 0
        let type = String(key.prefix { $0 != " " })
        let boss = refers ? ", boss \(type) REFERENCES products (id) \(action)" : ""
        let isOdd = random.next() % 3 == 0
        let isBare = backend == .sqlite && !key.contains("AUTO") && isOdd
        story = "CREATE TABLE products (id \(key), name text\(boss))\(isBare ? " WITHOUT ROWID" : "")"
        try lab.execute(story)
        for id in 1...4 { try run(insertion(of: "\(id)", name: "base", boss: id == 2 ? "1" : nil)) }
        for (key, row) in try rows() { stacks[key] = [Layer(row: row)] }
    }

    private func insertion(of id: String, name: String, boss: String?) -> String {
        """
        INSERT INTO products (id, name\(refers ? ", boss" : "")) \(isIdentity ? "OVERRIDING SYSTEM VALUE" : "")
        VALUES ('\(id)', '\(name)'\(refers ? ", \(boss.map { "'\($0)'" } ?? "NULL")" : ""))
        """
    }

    mutating func renumber() throws {
        story += "\nrenumbered"
        try lab.renumber("products")
    }

    private mutating func run(_ sql: String) throws {
        story += "\n\(sql)"
        try lab.execute(sql)
    }

    private func rows() throws -> [String: [String?]] {
        Dictionary(uniqueKeysWithValues: try lab.rows(of: "products").map { ($0[0] ?? "", $0) })
    }

    /// Lays on top what rows are now that are others than before, and those that records found as they are.
    private mutating func add(
        _ owner: Import?, _ chunk: UInt64 = 0, before: [String: [String?]], found: Set<String> = []
    ) throws {
        let after = try rows()
        for key in Set(before.keys).union(after.keys)
        where after[key] != before[key] || found.contains(key) && after[key] != nil {
            stacks[key, default: []].append(Layer(owner: owner, chunk: chunk, row: after[key]))
        }
    }

    mutating func write() throws {
        let log = logs.randomElement(using: &random)!
        let owner = Import(log: log, number: UInt64(imports.count { $0.log == log } + 1))
        imports.append(owner)
        let mode = [WriteMode.insert, .upsert, .upsert, .delete].randomElement(using: &random)!
        let columns = mode == .delete ? ["id"] : refers ? ["id", "name", "boss"] : ["id", "name"]
        _ = try lab.destination.prepare(.of(columns, key: ["id"], mode: mode))
        for chunk in 1...UInt64.random(in: 1...2, using: &random) {
            let ids = (1...8).shuffled(using: &random).prefix(Int.random(in: 1...5, using: &random))
            let records = ids.map { id -> [String?] in
                let boss = random.next() % 2 == 0 ? "\(Int.random(in: 1...8, using: &random))" : nil
                let name = ["a", "b", "c"].randomElement(using: &random)!
                return Array(["\(id)", name, boss].prefix(columns.count))
            }
            story += "\n\(log) \(owner.number), chunk \(chunk), \(mode): \(records.map { $0.map { $0 ?? "NULL" } })"
            let before = try rows()
            let outcome = try lab.write(records, log: log, importID: owner.number, chunk: chunk)
            let refused = Set(outcome.rejects.compactMap(\.key))
            let found = Set(records.compactMap { $0[0] }).subtracting(refused)
            try add(owner, chunk, before: before, found: mode == .delete ? [] : found)
        }
    }

    /// Someone else edits, deletes or inserts a row.
    mutating func meddle() throws {
        edits += 1
        let before = try rows()
        let key = "\(Int.random(in: 1...8, using: &random))"
        let wasDeleted = stacks[key]?.contains { $0.owner != nil && $0.row == nil } ?? false
        let isReferredTo = refers && before.values.contains { $0[2] == key }
        switch random.next() % 3 {
        case 0 where before[key] != nil: try run("UPDATE products SET name = 'mine \(edits)' WHERE id = '\(key)'")
        case 1 where before[key] != nil && !wasDeleted && !isReferredTo:
            try run("DELETE FROM products WHERE id = '\(key)'")
        case 2 where before[key] == nil: try run(insertion(of: key, name: "mine \(edits)", boss: nil))
        default: return
        }
        isMeddledWith = true
        try add(nil, before: before)
    }

    /// - Parameter name: of rows that have it now; nil for all.
    mutating func takeBack(_ owner: Import, name: String? = nil) throws {
        let chunks = try lab.destination.chunksWithUndo(logID: owner.log, importID: owner.number)
        for chunk in chunks.reversed() {
            let which = name.map { " where name=\($0)" } ?? ""
            story += "\ntaken back: \(owner.log) \(owner.number), chunk \(chunk)\(which)"
            let before = try rows()
            var kept: [UnreversedRow] = []
            let key = LedgerKey(logID: owner.log, importID: owner.number, chunk: chunk)
            _ = try lab.destination.reverse(
                key, overwritesEdited: false, only: name.map { RowCondition(column: "name", value: $0) }
            ) {
                kept = $0.kept
                return []
            }
            story += ", kept \(kept.map { "\($0.key): \($0.message)" })"
            try check(owner, chunk, name, before, Set(kept.map(\.key)))
        }
        if name == nil { try lab.destination.finishReversal(logID: owner.log, importID: owner.number) }
    }

    private mutating func check(
        _ owner: Import, _ chunk: UInt64, _ name: String?, _ before: [String: [String?]], _ kept: Set<String>
    ) throws {
        let after = try rows()
        for key in stacks.keys.sorted() {
            stacks[key] = left(of: stacks[key]!, but: owner, chunk, name, now: before[key])
            let expected = stacks[key]!.last?.row ?? nil
            if after[key] == expected || loose.contains(key) { continue }
            let isOrphan = refers && expected.map { row in row[2].map { after[$0] == nil } ?? false } ?? false
            if kept.contains(key) || isOrphan {
                loose.insert(key)
            } else {
                Issue.record("\(key) is \(after[key] as Any), not \(expected as Any)\n\(story)")
            }
        }
        #expect(after.keys.allSatisfy { stacks[$0] != nil }, "\(story)")
    }

    /// The layers without those of a chunk, as far as the row fits.
    private func left(
        of stack: [Layer], but owner: Import, _ chunk: UInt64, _ name: String?, now: [String?]?
    ) -> [Layer] {
        var left: [Layer] = []
        for layer in stack {
            let below = left.last?.row ?? nil
            // A row that is gone fits where it did; one that was found as it is cannot have.
            let fits = name == nil || (now ?? (below == layer.row ? nil : below))?[1] == name
            if layer.owner != owner || layer.chunk != chunk || !fits { left.append(layer) }
        }
        return left
    }

    /// What was kept may have been in another's way. Without anybody else's work, all is as it was then.
    mutating func takeBackWhatIsLeft() throws {
        for _ in 0..<3 { for owner in imports.reversed() { try takeBack(owner) } }
        if isMeddledWith { return }
        let base = try rows()
        for (key, stack) in stacks { #expect(base[key] == stack.first { $0.owner == nil }?.row, "\(key)\n\(story)") }
    }
}
