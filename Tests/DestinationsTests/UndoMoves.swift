import Destinations
import Records
import Testing

/// What happened to rows that are known by a code, and that imports give other ids.
struct UndoMoves {
    private struct Layer {
        /// Nobody is who made the table.
        var owner: LedgerKey?
        var row: [String?]?
    }

    let lab: any Laboratory
    var random: SeededRandom
    private(set) var story = ""
    private(set) var imports: [UInt64] = []
    /// For each code who made its row what, one on top of the other.
    private var stacks: [String: [Layer]] = [:]
    /// Codes that have no row any more by which they are found.
    private var retired: Set<String> = []
    private let codes = ["a", "b", "c", "d"]
    /// The number of the last new id of each code.
    private var lastNumbers: [String: Int] = [:]
    private let isPartial: Bool
    private let hasOrders: Bool

    init(_ backend: Backend, _ seed: UInt64) throws {
        random = SeededRandom(seed &* 122_949_823 &+ 13)
        lab = try backend.makeLaboratory()
        let isText = random.next() % 3 == 0
        isPartial = random.next() % 2 == 0
        hasOrders = random.next() % 2 == 0
        let isBare = random.next() % 3 == 0 && backend == .sqlite
        let type = isText ? "text" : "integer"
        let unique = isPartial ? "" : " UNIQUE"
        try run(
            "CREATE TABLE products (id \(type) PRIMARY KEY, code text\(unique), name text, live text DEFAULT 'y')"
                + (isBare ? " WITHOUT ROWID" : ""))
        if isPartial { try run("CREATE UNIQUE INDEX one ON products (code) WHERE live = 'y'") }
        for code in codes.dropLast() { try run("INSERT INTO products VALUES (\(id(code, 0)), '\(code)', 'base', 'y')") }
        if hasOrders {
            try run(
                "CREATE TABLE orders (n integer PRIMARY KEY, product \(type) REFERENCES products (id) ON UPDATE CASCADE)"
            )
            for (n, code) in codes.dropLast().enumerated() {
                try run("INSERT INTO orders VALUES (\(n), \(id(code, 0)))")
            }
        }
        for (code, rows) in try rows() { stacks[code] = [Layer(row: rows[0])] }
    }

    /// The ids of a code are no other's, so that nothing is in a row's way. It may get one of them again.
    private func id(_ code: String, _ number: Int) -> String { "\(1000 * (codes.firstIndex(of: code)! + 1) + number)" }

    private mutating func newID(_ code: String) -> String {
        let last = lastNumbers[code, default: 0]
        let number = [last, Int.random(in: 0...last, using: &random), last + 1].randomElement(using: &random)!
        lastNumbers[code] = max(last, number)
        return id(code, number)
    }

    private mutating func run(_ sql: String) throws {
        story += "\n\(sql)"
        try lab.execute(sql)
    }

    private func rows() throws -> [String: [[String?]]] {
        Dictionary(grouping: try lab.rows(of: "products")) { $0[1] ?? "" }
    }

    mutating func write() throws {
        let importID = UInt64(imports.count + 1)
        imports.append(importID)
        let kinds = ["upsert", "upsert", "update", "update by id"] + (hasOrders ? [] : ["delete"])
        let kind = kinds.randomElement(using: &random)!
        let retires = isPartial && random.next() % 3 == 0
        var plan: TablePlan
        switch kind {
        case "delete": plan = .of(["id"], key: ["id"], mode: .delete)
        case "update by id": plan = .of(["id", retires ? "live" : "name"], key: ["id"], mode: .update)
        default:
            plan = .of(["id", "code", "name"], key: ["code"], mode: kind == "update" ? .update : .upsert)
            plan.keyIndex = isPartial ? "one" : nil
        }
        _ = try lab.destination.prepare(plan)
        for chunk in 1...UInt64.random(in: 1...2, using: &random) {
            let before = try rows()
            var found: Set<String> = []
            let records = (0..<Int.random(in: 1...4, using: &random)).compactMap { _ -> [String?]? in
                let code = codes.filter { !retired.contains($0) }.randomElement(using: &random) ?? ""
                let name = ["x", "y", "z"].randomElement(using: &random)!
                let (isThere, now) = (before[code] != nil, before[code]?.first?[0])
                if code == "" || kind != "upsert" && !isThere { return nil }
                found.insert(code)
                switch kind {
                case "delete": return [now]
                case "update by id": return [now, retires ? "n" : name]
                default: return [newID(code), code, name]
                }
            }
            if records.isEmpty { continue }
            story +=
                "\nimport \(importID), chunk \(chunk), \(plan.mode) by \(plan.key[0]), \(plan.columns.map(\.name)): "
            story += "\(records.map { $0.map { $0 ?? "NULL" } })"
            let outcome = try lab.write(records, importID: importID, chunk: chunk)
            #expect(outcome.rejects.isEmpty, "\(outcome.rejects.map(\.message))\n\(story)")
            let after = try rows()
            let key = LedgerKey(logID: "log", importID: importID, chunk: chunk)
            for code in found { stacks[code, default: []].append(Layer(owner: key, row: after[code]?.first)) }
            if kind == "delete" || kind == "update by id" && retires { retired.formUnion(found) }
        }
    }

    mutating func takeBack(_ importID: UInt64) throws {
        for chunk in try lab.destination.chunksWithUndo(logID: "log", importID: importID).reversed() {
            let key = LedgerKey(logID: "log", importID: importID, chunk: chunk)
            story += "\nrolled back: import \(importID), chunk \(chunk)"
            _ = try lab.destination.reverse(key, overwritesEdited: false, only: nil) { [story] in
                #expect($0.kept.isEmpty, "\($0.kept)\n\(story)")
                return []
            }
            let now = try rows()
            for code in stacks.keys.sorted() {
                stacks[code]!.removeAll { $0.owner == key }
                let expected = stacks[code]!.last?.row ?? nil
                #expect(now[code] ?? [] == (expected.map { [$0] } ?? []), "\(code)\n\(story)")
            }
            if hasOrders {
                let orders = try lab.rows(of: "orders").map { $0[1] }
                #expect(orders == codes.dropLast().map { now[$0]?.first?[0] }, "\(orders)\n\(story)")
            }
        }
        try lab.destination.finishReversal(logID: "log", importID: importID)
    }
}
