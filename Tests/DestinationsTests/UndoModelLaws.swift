import Destinations
import Foundation
import Records
import Testing

/// Random imports, and somebody who edits, deletes and refers to rows meanwhile; then the imports are taken back in any order.
///
/// A row is, at any time, what the last one made it whose work still stands: that is all the model knows. `UNDO_SEEDS` says how
/// many histories are tried, `UNDO_FIRST` from which on.
@Suite struct UndoModelLaws {
    static let seeds: Range<UInt64> = {
        func number(_ name: String) -> UInt64? { ProcessInfo.processInfo.environment[name].flatMap { UInt64($0) } }
        let first = number("UNDO_FIRST") ?? 0
        return first..<first + (number("UNDO_SEEDS") ?? 25)
    }()

    @Test(arguments: Backend.allCases, seeds)
    func aRowIsWhatTheLastOneMadeItWhoseWorkStands(_ backend: Backend, _ seed: UInt64) throws {
        var history = try History(backend, seed)
        try history.begin()
        for importID in UInt64(1)...UInt64.random(in: 2...5, using: &history.random) {
            try history.write(importID)
            try history.close(importID)
            if history.random.next() % 2 == 0 { try history.meddle() }
        }
        for importID in history.imports.shuffled(using: &history.random) { try history.takeBack(importID) }
        try history.checkOrders()
    }
}

/// What happened to a table `products`, and to `orders` that refer to it.
private struct History {
    let backend: Backend
    let lab: any Laboratory
    var random: SeededRandom
    private(set) var imports: [UInt64] = []
    private(set) var orders: [[String?]] = []
    private(set) var story = ""
    /// For each key who made it what, one on top of the other; nobody is somebody who is no import.
    private var layers: [String: [Layer]] = [:]

    private struct Layer {
        var importID: UInt64?
        var row: [String?]?
        /// Whether it is of closing SQL, which goes with what it built on.
        var isClosing = false
    }

    /// The keys whose rows closing SQL ever changed.
    private var closed: Set<String> = []
    private let closes: Bool
    private var closings: SeededRandom
    /// Rows that the database did not let go.
    private var frozen: [String: [String?]] = [:]
    /// Orders of which it was said that they could not come back.
    private var keptOrders: Set<String> = []
    private let action: String
    private let hasTrigger: Bool
    private let hasExtras: Bool
    private let isWithoutRowID: Bool
    private var edits = 0

    init(_ backend: Backend, _ seed: UInt64) throws {
        self.backend = backend
        random = SeededRandom(seed &* 7919 &+ 17)
        closings = SeededRandom(seed &* 104_729 &+ 5)
        closes = closings.next() % 3 == 0
        lab = try backend.makeLaboratory()
        let actions = [
            "", "ON DELETE CASCADE", "ON DELETE SET NULL", "ON DELETE SET DEFAULT", "ON DELETE RESTRICT",
            "DEFERRABLE INITIALLY DEFERRED", "ON DELETE CASCADE ON UPDATE CASCADE",
        ]
        action = actions.randomElement(using: &random)!
        hasTrigger = random.next() % 4 == 0
        hasExtras = random.next() % 2 == 0
        let isOdd = random.next() % 3 == 0
        isWithoutRowID = backend == .sqlite && isOdd
        story = "\(action) trigger \(hasTrigger) extras \(hasExtras) without rowid \(isWithoutRowID)"
    }

    private mutating func run(_ sql: String) throws {
        story += "\n" + sql
        try lab.execute(sql)
    }

    private static let columns = "sku, name"

    mutating func begin() throws {
        var columns = "sku text PRIMARY KEY, name text"
        if hasExtras {
            columns += ", loud text GENERATED ALWAYS AS (upper(name)) STORED, note text DEFAULT 'none'"
        }
        let options = isWithoutRowID ? " WITHOUT ROWID" : ""
        try run("CREATE TABLE products (\(columns))\(options)")
        try run("CREATE TABLE orders (n integer PRIMARY KEY, sku text REFERENCES products (sku) \(action))")
        if hasTrigger {
            if backend == .postgres {
                try run(
                    """
                    CREATE FUNCTION mark() RETURNS trigger LANGUAGE plpgsql AS
                    $$ BEGIN NEW.name = coalesce(NEW.name, 'nothing'); RETURN NEW; END $$
                    """)
                try run("CREATE TRIGGER t BEFORE INSERT OR UPDATE ON products FOR EACH ROW EXECUTE FUNCTION mark()")
            } else {
                try run("CREATE TABLE audit (n integer PRIMARY KEY, sku text)")
                try run(
                    "CREATE TRIGGER t AFTER INSERT ON products BEGIN INSERT INTO audit (sku) VALUES (NEW.sku); END")
            }
        }
        let keys = (0..<4).map { "k\($0)" }
        for key in keys { try run("INSERT INTO products (sku, name) VALUES ('\(key)', 'base')") }
        for (n, key) in keys.prefix(2).enumerated() { try run("INSERT INTO orders VALUES (\(n), '\(key)')") }
        orders = try lab.rows(of: "orders")
        for (key, row) in try rows() { layers[key] = [Layer(row: row)] }
    }

    private func rows() throws -> [String: [String?]] {
        Dictionary(uniqueKeysWithValues: try lab.rows(of: "products").map { ($0[0] ?? "", $0) })
    }

    private mutating func addLayers(
        _ importID: UInt64?, keys: Set<String>, after: [String: [String?]], isClosing: Bool = false
    ) {
        for key in keys {
            let now = layers[key]?.last?.row
            // A record that was refused, or that deletes what is not there, is no one's work.
            if after[key] == nil && (now ?? nil) == nil { continue }
            layers[key, default: []].append(Layer(importID: importID, row: after[key], isClosing: isClosing))
        }
    }

    mutating func write(_ importID: UInt64) throws {
        imports.append(importID)
        let isDeletion = random.next() % 4 == 0
        let mode: WriteMode = isDeletion ? .delete : random.next() % 4 == 0 ? .insert : .upsert
        let plan = TablePlan.of(isDeletion ? ["sku"] : ["sku", "name"], key: ["sku"], mode: mode)
        _ = try lab.destination.prepare(plan)
        for chunk in 1...UInt64.random(in: 1...2, using: &random) {
            let count = Int.random(in: 1...(random.next() % 4 == 0 ? 40 : 6), using: &random)
            let records = (0..<count).map { _ -> [String?] in
                let key = "k\(Int.random(in: 0..<(count > 6 ? 40 : 8), using: &random))"
                return isDeletion ? [key] : [key, ["a", "b", nil].randomElement(using: &random)!]
            }
            let before = try rows()
            story += "\nimport \(importID), chunk \(chunk), \(mode): \(records.map { $0.map { $0 ?? "NULL" } })"
            let outcome = try lab.write(records, importID: importID, chunk: chunk)
            let refused = Set(outcome.rejects.compactMap(\.key))
            let after = try rows()
            let keys = Set(records.compactMap { $0[0] }).filter { !(refused.contains($0) && before[$0] == after[$0]) }
            addLayers(importID, keys: keys, after: after)
        }
    }

    /// Closing SQL changes some rows at an import's end.
    mutating func close(_ importID: UInt64) throws {
        guard closes, closings.next() % 2 == 0 else { return }
        let ends = (0..<3).map { _ in "'%\(Int.random(in: 0..<10, using: &closings))'" }
        let condition = ends.map { "sku LIKE \($0)" }.joined(separator: " OR ")
        let sql = "UPDATE products SET name = coalesce(name, '') || '!' WHERE \(condition)"
        let before = try rows()
        story += "\nclosing SQL: \(sql)"
        _ = try lab.destination.run(
            [sql], once: nil, undo: ClosingUndo(logID: "log", importID: importID, imports: imports))
        let after = try rows()
        addLayers(importID, keys: Set(after.keys.filter { after[$0] != before[$0] }), after: after, isClosing: true)
    }

    /// Takes an import's layers away, and of closing SQL what was built on something else than is left.
    ///
    /// - Parameter now: the row as it is; where the same is left, closing SQL may have been taken back or not.
    private mutating func removeLayers(of importID: UInt64, key: String, now: [String?]?) {
        func left(_ goesWithSame: Bool) -> [Layer] {
            var kept: [Layer] = []
            // What the closing SQL right above was built on, where that went; closing SQL leaves others' closing SQL alone.
            var gone: Layer?
            for layer in layers[key]! {
                if layer.importID == importID {
                    if !layer.isClosing { gone = layer }
                } else if layer.isClosing, let base = gone, goesWithSame || (kept.last?.row ?? nil) != base.row {
                } else {
                    gone = nil
                    kept.append(layer)
                }
            }
            return kept
        }
        let (most, least) = (left(false), left(true))
        layers[key] = (least.last?.row ?? nil) == now && (most.last?.row ?? nil) != now ? least : most
    }

    /// Somebody else edits, deletes, inserts, or refers to a row.
    mutating func meddle() throws {
        edits += 1
        let there = try rows()
        let referred = Set(try lab.rows(of: "orders").compactMap { $0[1] })
        let key = "k\(Int.random(in: 0..<8, using: &random))"
        switch random.next() % 4 {
        case 0 where there[key] != nil: try run("UPDATE products SET name = 'mine \(edits)' WHERE sku = '\(key)'")
        case 1 where there[key] != nil && !referred.contains(key) && !wasDeletedByAnImport(key):
            try run("DELETE FROM products WHERE sku = '\(key)'")
        case 2 where there[key] == nil:
            try run("INSERT INTO products (sku, name) VALUES ('\(key)', 'mine \(edits)')")
        case 3 where there[key] != nil && imports.count > 1:
            try run("INSERT INTO orders VALUES (\(100 + edits), '\(key)')")
            orders.append(["\(100 + edits)", key])
            return
        default: return
        }
        addLayers(nil, keys: [key], after: try rows())
    }

    /// Then nobody can tell a row that was inserted and deleted again since from one that never came back.
    private func wasDeletedByAnImport(_ key: String) -> Bool {
        layers[key]?.contains { $0.importID != nil && $0.row == nil } ?? false
    }

    mutating func takeBack(_ importID: UInt64) throws {
        story += "\ntaken back: import \(importID)"
        let before = try rows()
        let outcome: ChunkReversal
        do { outcome = try lab.reverse(importID) } catch {
            Issue.record("\(error)\n\(story)")
            throw error
        }
        story += " \(outcome.reversed), kept \(outcome.kept.map { "\($0.table) \($0.key): \($0.message)" })"
        keptOrders.formUnion(outcome.kept.filter { $0.table == "orders" }.map(\.key))
        let after = try rows()
        let referred = Set(try lab.rows(of: "orders").compactMap { $0[1] })
        for key in layers.keys.sorted() {
            if layers[key]!.contains(where: \.isClosing) { closed.insert(key) }
            removeLayers(of: importID, key: key, now: after[key])
            var expected = layers[key]!.last?.row ?? nil
            // What closing SQL made of it may have been taken back.
            if let frozen = frozen[key] { expected = closed.contains(key) ? after[key] : frozen }
            // Others refer to it: then it stays as it was.
            if expected == nil, let was = before[key], referred.contains(key) {
                expected = closed.contains(key) ? after[key] : was
                frozen[key] = expected
                #expect(outcome.kept.contains { $0.key == key }, "\(key) is kept without a word\n\(story)")
            }
            #expect(after[key] == expected, "\(key)\n\(story)")
        }
        #expect(after.keys.allSatisfy { layers[$0] != nil }, "\(story)")
    }

    /// All orders are as they were, but for those whose product is nobody's any more: of these it was said.
    func checkOrders() throws {
        let there = try rows()
        let now = try lab.rows(of: "orders")
        for order in orders where !now.contains(order) {
            #expect(there[order[1] ?? ""] == nil && keptOrders.contains(order[0] ?? ""), "order \(order)\n\(story)")
        }
        #expect(now.allSatisfy { row in orders.contains { $0[0] == row[0] } }, "\(now)\n\(story)")
    }
}
