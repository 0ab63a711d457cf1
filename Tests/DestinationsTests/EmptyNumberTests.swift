import Destinations
import Records
import Testing

/// Records that bring no value for the column that numbers the rows, where they are found by another key.
@Suite struct EmptyNumberTests {
    private struct Case {
        var mode: WriteMode
        var skips = false
        var keeps = false
        var defaults: [String] = []
        /// What becomes of a record whose row is there, and of one that has none.
        var there: String
        var new: String
    }

    private static let cases = [
        Case(mode: .insert, there: "rejected", new: "rejected"),
        Case(mode: .insert, skips: true, there: "skipped", new: "rejected"),
        Case(mode: .insert, defaults: ["id"], there: "rejected", new: "inserted"),
        Case(mode: .upsert, there: "rejected", new: "rejected"),
        Case(mode: .upsert, keeps: true, there: "updated", new: "rejected"),
        Case(mode: .upsert, keeps: true, defaults: ["id"], there: "updated", new: "inserted"),
        Case(mode: .upsert, keeps: true, defaults: ["*"], there: "updated", new: "inserted"),
        Case(mode: .update, there: "rejected", new: "rejected"),
        Case(mode: .update, keeps: true, there: "updated", new: "rejected"),
    ]

    /// Both databases do the same, and a row that is there keeps its number in any case.
    @Test(arguments: Backend.allCases, cases.indices)
    func noRowGetsANumberThatNobodyAskedFor(_ backend: Backend, _ index: Int) throws {
        let wanted = Self.cases[index]
        let number = backend == .sqlite ? "integer PRIMARY KEY" : "serial PRIMARY KEY"
        // Alone, among others, and in a batch of one statement.
        for count in [0, 1, 40] {
            let lab = try backend.makeLaboratory()
            try lab.execute("CREATE TABLE products (id \(number), code text UNIQUE, n text)")
            try lab.execute("INSERT INTO products VALUES (7, 'a', 'A')")
            var plan = TablePlan.of(["code", "id", "n"], key: ["code"], mode: wanted.mode)
            (plan.skipsDuplicates, plan.keepsNonNull, plan.defaultIfEmpty) = (
                wanted.skips, wanted.keeps, wanted.defaults
            )
            _ = try lab.destination.prepare(plan)
            let others = (0..<count).map { ["c\($0)", "\(100 + $0)", "x"] as [String?] }
            let outcome = try lab.write([["a", nil, "A2"], ["b", nil, "B"]] + others)
            let about = "\(wanted), \(count) others: \(outcome)"
            let isUpdate = wanted.mode == .update
            var expected = [
                "updated": 0, "inserted": isUpdate ? 0 : count, "skipped": 0, "rejected": isUpdate ? count : 0,
            ]
            expected[wanted.there]! += 1
            expected[wanted.new]! += 1
            #expect(
                [
                    "updated": outcome.updated, "inserted": outcome.inserted, "skipped": outcome.skipped,
                    "rejected": outcome.rejects.count,
                ] == expected, "\(about)")
            let rows = try lab.rows(of: "products")
            #expect(rows.first { $0[1] == "a" } == ["7", "a", wanted.there == "updated" ? "A2" : "A"], "\(about)")
            #expect(rows.contains { $0[1] == "b" } == (wanted.new == "inserted"), "\(about)")
            for reject in outcome.rejects where reject.code == .constraint {
                let hints =
                    (wanted.mode == .insert || wanted.keeps ? [] : ["; to keep what rows have: --keep-non-null"])
                    + (isUpdate ? [] : ["; to write the column's default there: --default-if-empty id"])
                #expect(reject.field == "id" && reject.message.hasSuffix(hints.joined()), "\(reject.message)")
            }
            #expect(try lab.reverse(1).kept.isEmpty, "\(about)")
            #expect(try lab.rows(of: "products") == [["7", "a", "A"]], "\(about)")
        }
    }
}
