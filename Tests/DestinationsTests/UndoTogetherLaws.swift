import Destinations
import Records
import Testing

/// Rows that are compared and undone together, and those among them that have to be looked at one by one.
@Suite struct UndoTogetherLaws {
    private static let all = Backend.allCases
    private typealias Row = [String?]

    /// Two imports of the same keys, and what people did to the rows since.
    private struct Story {
        var first: [Row] = []
        var second: [Row] = []
        /// The keys of rows that people edited, and those of rows that they deleted.
        var edited: Set<String> = []
        var deleted: Set<String> = []

        init(_ random: inout SeededRandom) {
            func value(_ random: inout SeededRandom) -> String? {
                ["", "a", "ü, \"quoted\"", "12", "1.50", nil, "line\nbreak"].randomElement(using: &random) ?? nil
            }
            let places = Int.random(in: 1...250, using: &random)
            for place in 0..<places { first.append(["k\(1000 + place)", value(&random), value(&random)]) }
            if Bool.random(using: &random) { first.shuffle(using: &random) }
            second = first
            var isChanging = Bool.random(using: &random)
            for index in second.indices {
                if Int.random(in: 0..<20, using: &random) == 0 { isChanging.toggle() }
                if !isChanging { continue }
                second[index][1] = "new \(index % 7)"
                if Bool.random(using: &random) { second[index][2] = value(&random) }
            }
            if Bool.random(using: &random) { second.shuffle(using: &random) }
            for _ in 0..<Int.random(in: 0...6, using: &random) {
                guard let key = first.randomElement(using: &random)?[0] else { continue }
                if Bool.random(using: &random) { edited.insert(key) } else { deleted.insert(key) }
            }
            edited.subtract(deleted)
        }

        private static func rows(_ rows: [Row]) -> [String: Row] {
            Dictionary(uniqueKeysWithValues: rows.map { ($0[0] ?? "", $0) })
        }

        var firstByKey: [String: Row] { Self.rows(first) }
        /// The keys of the rows that the second import changed.
        var changed: Set<String> {
            let before = firstByKey
            return Set(second.compactMap(\.[0]).filter { key in before[key] != Self.rows(second)[key] })
        }

        func asEdited(_ row: Row) -> Row { [row[0], "mine \(row[0] ?? "")", row[2]] }

        func people(in lab: any Laboratory) throws {
            func list(_ keys: Set<String>) -> String { keys.sorted().map { "'\($0)'" }.joined(separator: ", ") }
            if !edited.isEmpty {
                try lab.execute("UPDATE products SET name = 'mine ' || sku WHERE sku IN (\(list(edited)))")
            }
            if !deleted.isEmpty { try lab.execute("DELETE FROM products WHERE sku IN (\(list(deleted)))") }
        }
    }

    private func prepare(_ lab: any Laboratory) throws {
        _ = try lab.destination.prepare(.of(["sku", "name", "note"], key: ["sku"], mode: .upsert))
    }

    @Test(arguments: all, 0..<25) func rowsThatNobodyChangedGoBackWhateverBecameOfOthers(
        _ backend: Backend, _ seed: UInt64
    ) throws {
        var random = SeededRandom(seed)
        let story = Story(&random)
        let lab = try backend.makeLaboratory()
        try prepare(lab)
        try lab.write(story.first, importID: 1)
        try lab.write(story.second, importID: 2)
        try story.people(in: lab)
        let (changed, edited, deleted) = (story.changed, story.edited, story.deleted)

        let comparison = try lab.destination.compareRows(logID: "log", importID: 2)
        #expect(comparison.asWritten == changed.subtracting(edited).subtracting(deleted).count)
        #expect(comparison.edited == changed.intersection(edited).count)
        #expect(comparison.missing == changed.intersection(deleted).count)

        let outcome = try lab.reverse(2)
        #expect(outcome.reversed == changed.subtracting(edited).subtracting(deleted).count)
        #expect(Set(outcome.kept.map(\.key)) == changed.intersection(edited.union(deleted)))
        #expect(outcome.kept.allSatisfy { $0.reason == .edited })
        let first = story.firstByKey
        let second = Dictionary(uniqueKeysWithValues: story.second.map { ($0[0] ?? "", $0) })
        let expected = first.keys.sorted().compactMap { key -> Row? in
            if deleted.contains(key) { return nil }
            return edited.contains(key) ? second[key].map(story.asEdited) : first[key]
        }
        #expect(try lab.rows(of: "products") == expected)

        #expect(try lab.reverse(1).reversed == first.count - edited.union(deleted).count)
        #expect(try lab.rows(of: "products").compactMap(\.[0]) == edited.sorted())
    }

    @Test(arguments: all, 0..<10) func insertedRowsGoWhateverBecameOfOthers(_ backend: Backend, _ seed: UInt64) throws {
        var random = SeededRandom(seed &+ 500)
        let story = Story(&random)
        let lab = try backend.makeLaboratory()
        try prepare(lab)
        try lab.write(story.first)
        try story.people(in: lab)
        let comparison = try lab.destination.compareRows(logID: "log", importID: 1)
        #expect(comparison.edited == story.edited.count && comparison.missing == story.deleted.count)
        #expect(comparison.asWritten == story.first.count - story.edited.count - story.deleted.count)
        let outcome = try lab.reverse(1)
        #expect(outcome.reversed == comparison.asWritten)
        #expect(Set(outcome.kept.map(\.key)) == story.edited)
        #expect(try lab.rows(of: "products").compactMap(\.[0]) == story.edited.sorted())
    }

    /// Values that moved from row to row can only come back in the opposite order.
    @Test(arguments: all) func uniqueValuesThatMovedFromRowToRowComeBack(_ backend: Backend) throws {
        let lab = try backend.makeLaboratory()
        try lab.execute("CREATE TABLE products (sku varchar(9) PRIMARY KEY, name varchar(9) UNIQUE, note varchar(9))")
        try prepare(lab)
        let rows: [Row] = [["a", "1", "x"], ["b", "2", "x"], ["c", "3", "x"], ["d", "4", "x"]]
        try lab.write(rows, importID: 1)
        try lab.write([["a", "9", "y"], ["b", "1", "y"], ["c", "2", "y"], ["d", "3", "y"]], importID: 2)
        #expect(try lab.reverse(2).kept.isEmpty)
        #expect(try lab.rows(of: "products") == rows)
    }

    @Test(arguments: all) func aRowThatTheDatabaseRefusesStaysAndTheOthersGoBack(_ backend: Backend) throws {
        let lab = try backend.makeLaboratory()
        try prepare(lab)
        try lab.write([["a", "x", "1"], ["b", "x", "1"], ["c", "y", "1"]], importID: 1)
        try lab.write([["a", "1", "2"], ["b", "2", "2"], ["c", "3", "2"]], importID: 2)
        try lab.execute("CREATE UNIQUE INDEX once ON products (name)")
        let outcome = try lab.reverse(2)
        #expect(outcome.reversed == 2)
        #expect(outcome.kept.map(\.reason) == [.refused])
        let kept = try #require(outcome.kept.first?.key)
        #expect(try lab.rows(of: "products").filter { $0[0] != kept }.map { $0[2] } == ["1", "1"])
    }

    /// What nobody knows to be the import's is not overwritten, nor gone.
    @Test(arguments: all) func aColumnThatCameSinceKeepsItsRow(_ backend: Backend) throws {
        let lab = try backend.makeLaboratory()
        try prepare(lab)
        try lab.write([["a", "1", nil], ["b", "1", nil], ["c", "1", nil]])
        try lab.execute("ALTER TABLE products ADD COLUMN mine varchar(9)")
        try lab.execute("UPDATE products SET mine = 'x' WHERE sku = 'b'")
        #expect(try lab.reverse(1).kept.map(\.key) == ["b"])
        #expect(try lab.rows(of: "products").map { $0[0] } == ["b"])
    }

    /// A row that somebody deleted while its import ran, and that the import wrote again, is one row.
    @Test func aRowThatAnImportBroughtTwiceCountsOnce() throws {
        let lab = try PostgreSQLLaboratory()
        try prepare(lab)
        try lab.write([["a", "1", nil], ["b", "1", nil]], chunk: 1)
        try lab.execute("DELETE FROM products WHERE sku = 'a'")
        try lab.write([["a", "1", nil], ["c", "1", nil]], chunk: 2)
        #expect(try lab.destination.compareRows(logID: "log", importID: 1).asWritten == 3)
    }
}
