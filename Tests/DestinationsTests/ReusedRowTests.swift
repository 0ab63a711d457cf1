import Destinations
import Records
import Testing

/// Rows of someone else that are where the import's rows were are nobody's to undo, even with `--overwrite-edited`.
@Suite struct ReusedRowTests {
    private typealias Case = (columns: String, key: [String])

    /// The columns of tables, and whether a key tells their rows apart.
    private static let tables: [(columns: String, isKeyed: Bool)] = [
        ("id text PRIMARY KEY, name text", true), ("id text, name text, PRIMARY KEY (id)", true),
        ("name text, id text PRIMARY KEY", true), ("id text NOT NULL UNIQUE, name text", true),
        ("id integer PRIMARY KEY, name text", true), ("id text, name text, PRIMARY KEY (id, name)", true),
        ("id text, name text", false), ("id integer, name text", false),
    ]

    /// Whatever hands do in between: rows that they inserted stay as they are, rows of the import that are as it left them go,
    /// and what was edited goes where a key tells that it is the import's, and is named where none does.
    @Test(arguments: Backend.allCases, tables)
    func rowsOfOthersStay(_ backend: Backend, _ table: (columns: String, isKeyed: Bool)) throws {
        for seed in UInt64(1)...12 {
            var random = SeededRandom(seed)
            let lab = try backend.makeLaboratory()
            try lab.execute("CREATE TABLE products (\(table.columns))")
            _ = try lab.destination.prepare(.of(["id", "name"], mode: .insert))
            var mine = Dictionary(uniqueKeysWithValues: (1...6).map { ("\($0)", "v\($0)") })
            try lab.write(mine.keys.sorted().map { [$0, mine[$0]] })
            var (others, edited): ([String: String], [String: String]) = ([:], [:])
            var deleted = 0
            for step in 1...8 {
                let some = (Array(mine.keys) + Array(edited.keys)).sorted().randomElement(using: &random)
                switch random.next() % 4 {
                case 0, 1:
                    // The newest ones are those whose rowids are used again.
                    guard let last = (Array(mine.keys) + Array(edited.keys)).max() else { continue }
                    try lab.execute("DELETE FROM products WHERE id = '\(last)'")
                    if mine.removeValue(forKey: last) == nil { edited[last] = nil }
                    deleted += 1
                case 2:
                    others["\(900 + step)"] = "mine"
                    try lab.execute("INSERT INTO products (id, name) VALUES ('\(900 + step)', 'mine')")
                default:
                    // A key that is changed makes another row of it.
                    guard let some, !table.columns.contains("(id, name)") else { continue }
                    mine[some] = nil
                    edited[some] = "e\(step)"
                    try lab.execute("UPDATE products SET name = 'e\(step)' WHERE id = '\(some)'")
                }
            }
            let kept = table.isKeyed ? [:] : edited
            let outcome = try lab.reverse(1, overwritesEdited: true)
            let left = try lab.rows(of: "products").map { row in Set(row.map { $0 ?? "" }) }
            let expected = others.merging(kept) { $1 }.map { Set([$0, $1]) }
            #expect(Set(left) == Set(expected) && left.count == expected.count, "\(table) seed \(seed): \(outcome)")
            #expect(outcome.reversed == mine.count + (table.isKeyed ? edited.count : 0), "\(table) seed \(seed)")
            #expect(outcome.kept.count >= kept.count && outcome.kept.allSatisfy { $0.reason == .unclear })
            #expect(table.isKeyed ? outcome.kept.isEmpty : outcome.kept.count <= edited.count + deleted)
            // What is kept stays kept: it is not done the next time.
            #expect(try lab.reverse(1, overwritesEdited: true).reversed == 0)
        }
    }

    @Test(arguments: ["text PRIMARY KEY", "text PRIMARY KEY COLLATE NOCASE", "text COLLATE RTRIM PRIMARY KEY"])
    func anUpdatedRowComesBackBesideTheOneThatHasItsPlace(_ id: String) throws {
        let lab = try SQLiteLaboratory()
        try lab.execute("CREATE TABLE products (id \(id), name text)")
        try lab.execute("INSERT INTO products VALUES ('a', '0'), ('b', '0')")
        _ = try lab.destination.prepare(.of(["id", "name"], key: ["id"], mode: .upsert))
        try lab.write([["a", "1"], ["b", "1"]])
        try lab.execute("DELETE FROM products WHERE id = 'b'")
        try lab.execute("INSERT INTO products VALUES ('c', 'mine')")
        let comparison = try lab.destination.compareRows(logID: "log", importID: 1)
        #expect((comparison.asWritten, comparison.missing, comparison.edited) == (1, 1, 0))
        #expect(try lab.destination.changes(table: "products", key: [("id", "c")]).isEmpty)
        #expect(try lab.destination.changes(table: "products", key: [("id", "b")]).count == 1)
        let outcome = try lab.reverse(1)
        #expect(outcome.reversed == 1 && outcome.kept.map(\.key) == ["b"])
        #expect(outcome.kept.allSatisfy { $0.message.contains("deleted") })
        #expect(try lab.rows(of: "products") == [["a", "0"], ["c", "mine"]])
        #expect(try lab.reverse(1, overwritesEdited: true) == ChunkReversal(reversed: 1))
        #expect(try lab.rows(of: "products") == [["a", "0"], ["b", "0"], ["c", "mine"]])
    }

    @Test("a key in another spelling of its collation is the same key")
    func spellingsAreOneKey() throws {
        for (collation, other) in [("NOCASE", "B"), ("RTRIM", "b  ")] {
            let lab = try SQLiteLaboratory()
            try lab.execute("CREATE TABLE products (id text COLLATE \(collation) PRIMARY KEY, name text)")
            _ = try lab.destination.prepare(.of(["id", "name"]))
            try lab.write([["a", "1"], ["b", "1"]])
            try lab.execute("UPDATE products SET id = '\(other)', name = 'x' WHERE id = 'b'")
            #expect(try lab.reverse(1).kept.map(\.reason) == [.edited])
            #expect(try lab.reverse(1, overwritesEdited: true) == ChunkReversal(reversed: 1))
            #expect(try lab.rows(of: "products").isEmpty)
        }
    }

    @Test func aLaterImportsRowUnderAReusedNumberIsItsOwn() throws {
        let lab = try SQLiteLaboratory()
        try lab.execute("CREATE TABLE products (id text PRIMARY KEY, name text)")
        _ = try lab.destination.prepare(.of(["id", "name"], key: ["id"], mode: .upsert))
        try lab.write([["a", "1"], ["b", "1"]])
        try lab.execute("DELETE FROM products WHERE id = 'b'")
        try lab.execute("INSERT INTO products VALUES ('c', 'mine')")
        try lab.write([["c", "2"]], importID: 2)
        #expect(try lab.reverse(1, overwritesEdited: true) == ChunkReversal(reversed: 1))
        #expect(try lab.reverse(2) == ChunkReversal(reversed: 1))
        #expect(try lab.rows(of: "products") == [["c", "mine"]])
    }

    /// Chunks of older versions say nothing of keys: what was edited cannot be told from another row.
    @Test func olderUndoDataOverwritesNothing() throws {
        let lab = try SQLiteLaboratory()
        try lab.execute("CREATE TABLE products (id text, name text)")
        _ = try lab.destination.prepare(.of(["id", "name"]))
        try lab.write([["a", "1"], ["b", "1"]])
        try lab.execute("CREATE UNIQUE INDEX products_id ON products (id)")
        try lab.execute("UPDATE products SET name = 'x' WHERE id = 'b'")
        let outcome = try lab.reverse(1, overwritesEdited: true)
        #expect(outcome.reversed == 1 && outcome.kept.map(\.reason) == [.unclear])
        #expect(try lab.rows(of: "products") == [["b", "x"]])
    }
}
