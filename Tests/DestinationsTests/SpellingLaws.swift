import Destinations
import Foundation
import Records
import Testing

/// A guess never changes a value: what was spelled in two ways is two values, whatever came before it and in whichever chunks,
/// and taking chunks back leaves the others as they were.
@Suite struct SpellingLaws {
    static let seeds = Int(ProcessInfo.processInfo.environment["WAYBILL_SPELLING_SEEDS"] ?? "") ?? 30

    /// Values as columns of files have them, each of its own kind.
    private static let kinds: [@Sendable (inout SeededRandom) -> String] = [
        { "\(Int.random(in: -30...30, using: &$0))" },
        { "\(Int.random(in: -9...9, using: &$0)).\(["5", "25", "125", "1", "9"].randomElement(using: &$0)!)" },
        { "\(Int.random(in: 0...9, using: &$0)).\(["50", "25", "00", "10", "90"].randomElement(using: &$0)!)" },
        { "\(Int.random(in: 0...9, using: &$0)).\(["50", "25", "10", "90"].randomElement(using: &$0)!)" },
        { "\(Int.random(in: 0...9, using: &$0)).\(["0", "5", "25"].randomElement(using: &$0)!)" },
        { ["1", "1.0", "1.00", "1.1", "1.10", "1.100", "0", "0.0", "-0.5", "-0.50"].randomElement(using: &$0)! },
        {
            [
                "1234567890123.45", "1234567890123.40", "0.00012", "0.00010", "999999999999999", "123456789012345",
                "0.123456789012345", "12345678901234.5",
            ].randomElement(using: &$0)!
        },
        {
            [
                "007", "+1", "1e5", "1.5e3", "1500.0", "-0", "-0.0", ".5", "5.", " 7", "7 ", "0.00001", "1e-5", "1E5",
                "9223372036854775807", "9223372036854775808", "12345678901234567890", "48.053808600000004",
                "48.0538086", "1000000000000000", "1000000000000000.5", "0.1234567890123456",
            ].randomElement(using: &$0)!
        },
        { ["true", "TRUE", "1", "0", "f", "false", "yes"].randomElement(using: &$0)! },
        { ["2026-11-21", "21.11.2026", "2026-11-21T00:00:00Z", "20261121"].randomElement(using: &$0)! },
        { ["", "N/A", "x", "ü", "NaN", "Infinity", "0x10", "1_000", "1,5"].randomElement(using: &$0)! },
    ]

    @Test(arguments: Backend.allCases, 0..<seeds)
    func whatIsSpelledInTwoWaysIsTwoValues(_ backend: Backend, _ seed: Int) throws {
        var random = SeededRandom(UInt64(seed))
        let lab = try backend.makeLaboratory()
        let guesses = ["integer", "real", "numeric"]
        var plan = TablePlan.of(
            ["id", "a?\(guesses.randomElement(using: &random)!)", "b?\(guesses.randomElement(using: &random)!)"],
            key: ["id"], mode: .upsert)
        plan.logID = "log"
        _ = try lab.destination.prepare(plan)
        // A column has one kind at first, and some more with time.
        var kinds = (0..<2).map { _ in [Int.random(in: 0..<Self.kinds.count - 4, using: &random)] }
        var states: [[String: [String]]] = [[:]]
        for number in 1...Int.random(in: 2...6, using: &random) {
            var state = states[number - 1]
            let rows = (0..<Int.random(in: 1...8, using: &random)).map { _ in
                ["r\(Int.random(in: 0..<12, using: &random))"]
                    + kinds.map { Self.kinds[$0.randomElement(using: &random)!](&random) }
            }
            for row in rows { state[row[0]] = Array(row[1...]) }
            let outcome = try lab.write(rows.map { $0.map(Optional.init) }, chunk: UInt64(number))
            #expect(outcome.rejects.isEmpty)
            states.append(state)
            try check(state, lab, backend, "after chunk \(number) of seed \(seed)")
            if Bool.random(using: &random) {
                kinds[Int.random(in: 0...1, using: &random)].append(
                    Int.random(in: 0..<Self.kinds.count, using: &random))
            }
            if Int.random(in: 0..<4, using: &random) == 0 { _ = try lab.destination.prepare(plan) }
        }
        for number in (1..<states.count).reversed() {
            let key = LedgerKey(logID: "log", importID: 1, chunk: UInt64(number))
            _ = try lab.destination.reverse(key, overwritesEdited: false, only: nil) { reversal in
                #expect(reversal.kept.isEmpty, "chunk \(number) of seed \(seed): \(reversal.kept)")
                return []
            }
            try check(states[number - 1], lab, backend, "without chunk \(number) of seed \(seed)")
        }
        // All that was widened by the import is what it was before.
        try lab.destination.finishReversal(logID: "log", importID: 1)
        let types = try lab.destination.prepare(plan).plan.columns.map(\.type)
        #expect(types == plan.columns.map(\.type), "seed \(seed)")
    }

    private func check(
        _ state: [String: [String]], _ lab: any Laboratory, _ backend: Backend, _ words: String
    ) throws {
        let rows = try lab.rows(of: "products")
        #expect(rows.count == state.count, "\(words)")
        for column in 0...1 {
            var found: [String: String] = [:]
            for row in rows {
                guard let source = state[row[0] ?? ""]?[column], let text = row[column + 1] else {
                    Issue.record("\(words): nothing for \(row)")
                    continue
                }
                // PostgreSQL has types that give each text back; SQLite's one gives another text for each.
                if backend == .postgres { #expect(text == source, "\(words)") }
                #expect(found[source] ?? text == text, "\(words): \(source)")
                found[source] = text
            }
            #expect(Set(found.values).count == found.count, "\(words): \(found)")
        }
    }
}
