import Destinations
import Records
import Testing

/// Which rows a deletion marks.
@Suite struct DeletionMarkTests {
    /// id, deleted, batch and reason.
    private static let before: [[String?]] = [
        ["1", "0", "4", nil], ["2", "0", "5", "r"], ["3", "1", "4", "r"], ["4", "1", "5", nil], ["5", nil, nil, "r"],
    ]
    private static let places = ["deleted": 1, "batch": 2, "reason": 3]

    private static let cases: [[DeletionMark]] = [
        [.init(column: "deleted", value: "1")],
        [.init(column: "deleted", value: "1"), .init(column: "batch", value: "5")],
        [.init(column: "batch", value: "5"), .init(column: "deleted", value: "1")],
        [.init(column: "deleted", value: "1"), .init(column: "reason", value: nil)],
        [.init(column: "reason", value: nil), .init(column: "deleted", value: "1")],
        [.init(column: "reason", value: nil)],
        [.init(column: "deleted", value: nil), .init(column: "reason", value: nil)],
    ]

    /// The first mark with a value tells which rows are deleted already; where none has one, all together do.
    @Test(arguments: Backend.allCases, cases.indices)
    func rowsThatTheFirstMarkTellsAreLeftAlone(_ backend: Backend, _ index: Int) throws {
        let marks = Self.cases[index]
        // Whether one of the records is refused, so that the others are judged one by one.
        for isRefused in [false, true] {
            let lab = try backend.makeLaboratory()
            let check = isRefused ? ", CHECK (id < 6 OR coalesce(deleted, 0) <> 1)" : ""
            try lab.execute(
                "CREATE TABLE products (id integer PRIMARY KEY, deleted integer, batch integer, reason text\(check))")
            var rows = Self.before + (isRefused ? [["6", "0", "4", "r"]] : [])
            for row in rows {
                try lab.execute(
                    "INSERT INTO products VALUES (\(row.map { $0.map { "'\($0)'" } ?? "NULL" }.joined(separator: ", ")))"
                )
            }
            var plan = TablePlan.of(["id"], key: ["id"], mode: .delete)
            plan.marks = marks
            _ = try lab.destination.prepare(plan)
            var (updated, rejected) = (0, 0)
            for place in rows.indices {
                let telling = marks.filter { $0.value != nil }.prefix(1)
                let isMarked = (telling.isEmpty ? marks[...] : telling).allSatisfy {
                    rows[place][Self.places[$0.column]!] == $0.value
                }
                if isMarked { continue }
                if rows[place][0] == "6", marks.contains(.init(column: "deleted", value: "1")) {
                    rejected += 1
                    continue
                }
                for mark in marks { rows[place][Self.places[mark.column]!] = mark.value }
                updated += 1
            }
            let before = try lab.rows(of: "products")
            let outcome = try lab.write(before.map { [$0[0]] })
            #expect(outcome.updated == updated && outcome.rejects.count == rejected, "\(marks): \(outcome)")
            #expect(outcome.unchanged == rows.count - updated - rejected, "\(marks): \(outcome)")
            #expect(try lab.rows(of: "products") == rows, "\(marks)")
            #expect(try lab.write(before.map { [$0[0]] }, chunk: 2).updated == 0, "\(marks)")
            for chunk in [UInt64(2), 1] {
                let key = LedgerKey(logID: "log", importID: 1, chunk: chunk)
                _ = try lab.destination.reverse(key, overwritesEdited: false, only: nil) { _ in [] }
            }
            #expect(try lab.rows(of: "products") == before, "\(marks)")
        }
    }
}
