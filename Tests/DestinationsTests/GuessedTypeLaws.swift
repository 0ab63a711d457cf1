import Destinations
import Foundation
import Records
import Testing

/// Guesses of dates, times, booleans, UUIDs and JSON change no value either: a column gives back what the file had, as the
/// database's own casts say; the same records again change nothing; a value that does not fit makes it text as it was written;
/// and taking chunks back leaves the others as they were.
@Suite struct GuessedTypeLaws {
    static let seeds = Int(ProcessInfo.processInfo.environment["WAYBILL_GUESS_SEEDS"] ?? "") ?? 20

    private typealias Values = @Sendable (inout SeededRandom) -> String

    /// Values of a type, all written in one way.
    private static func values(of type: ColumnType, _ random: inout SeededRandom) -> Values {
        func one(_ texts: [String]) -> String { texts.randomElement(using: &random)! }
        let day: Values = { random in
            "\(["0001", "1970", "2024", "9999"].randomElement(using: &random)!)-0\(Int.random(in: 1...9, using: &random))-"
                + "\(Int.random(in: 10...28, using: &random))"
        }
        switch type {
        case .boolean:
            let words = [["true", "false"], ["TRUE", "FALSE"], ["True", "False"]].randomElement(using: &random)!
            return { words.randomElement(using: &$0)! }
        case .uuid:
            let isUpper = Bool.random(using: &random)
            return { random in
                let text = "0000000\(Int.random(in: 0...9, using: &random))-ab00-4000-8000-00000000cdef"
                return isUpper ? text.uppercased() : text
            }
        case .timestamp, .timestamptz:
            let separator = one(["T", " "])
            let decimals = one(["", "minimal", "3", "6", "0", "none"])
            let offset = type == .timestamptz ? one(["Z", "+00:00", "+01:00", "-05:30", "+14:00"]) : ""
            return { random in
                let clock = "1\(Int.random(in: 0...9, using: &random)):0\(Int.random(in: 0...9, using: &random))"
                let number = Int.random(in: 0...3, using: &random) * 250
                let three = String("\(1000 + number)".dropFirst())
                let second = ":0\(Int.random(in: 0...9, using: &random))"
                let minimal = ["000": "", "250": ".25", "500": ".5", "750": ".75"][three]!
                let seconds =
                    switch decimals {
                    case "none": ""
                    case "minimal": second + minimal
                    case "3": second + "." + three
                    case "6": second + (number == 0 ? "" : ".\(three)000")
                    case "0": second + (minimal.isEmpty ? ".0" : minimal)
                    default: second
                    }
                return "\(day(&random))\(separator)\(clock)\(seconds)\(offset)"
            }
        case .jsonb:
            return { random in
                ["{}", "[]", "{\"b\":1,\"a\":[1.50,\"x\"]}", "[ 1, {\"k\": null} ]", "[1e2]"]
                    .randomElement(using: &random)!
            }
        default: return day
        }
    }

    private static let strays = [
        "NA", "", "2026-11-21", "20261121", "2026-11-21T10:00:00Z", "2026-11-21 10:00:00.1234567", "true", "Yes", "1",
        "1.10",
        "-0", "[1", "ab", "2026-02-30", "2026-11-21T10:00:00.10", "2026-07-21 10:00:00+02:00", "{\"a\":1,\"a\":2}",
    ]

    /// A value with one character more or less, or another one.
    private static func nearly(_ value: String, _ random: inout SeededRandom) -> String {
        var text = Array(value)
        let place = text.indices.randomElement(using: &random)!
        let other = Array("0123456789-+:., TtZzeEfFaA\"{}[]\\").randomElement(using: &random)!
        switch Int.random(in: 0..<3, using: &random) {
        case 0: text.insert(other, at: place)
        case 1: text.remove(at: place)
        default: text[place] = other
        }
        return String(text)
    }

    private static let types: [ColumnType] = [.boolean, .date, .timestamp, .timestamptz, .jsonb, .uuid]

    @Test(arguments: Backend.allCases, 0..<seeds)
    func aGuessGivesBackWhatTheFileHad(_ backend: Backend, _ seed: Int) throws {
        var random = SeededRandom(UInt64(seed))
        let type = Self.types[seed % Self.types.count]
        let lab = try backend.makeLaboratory()
        var plan = TablePlan.of(["id", "v?\(type.rawValue)", "w?\(type.rawValue)"], key: ["id"], mode: .upsert)
        plan.logID = "log"
        _ = try lab.destination.prepare(plan)
        let columns = [Self.values(of: type, &random), Self.values(of: type, &random)]
        var states: [[String: [String]]] = [[:]]
        for number in 1...Int.random(in: 2...6, using: &random) {
            var state = states[number - 1]
            let strays = number > 1 && Int.random(in: 0..<3, using: &random) == 0
            let rows = (0..<Int.random(in: 1...8, using: &random)).map { _ in
                ["r\(Int.random(in: 0..<12, using: &random))"]
                    + columns.map { values in
                        let value = values(&random)
                        guard strays else { return value }
                        switch Int.random(in: 0..<6, using: &random) {
                        case 0: return Self.strays.randomElement(using: &random)!
                        case 1: return Self.nearly(value, &random)
                        default: return value
                        }
                    }
            }
            let outcome = try lab.write(rows.map { $0.map(Optional.init) }, chunk: UInt64(number))
            let words = "chunk \(number) of seed \(seed)"
            // JSON and times with several offsets cannot become text; all others can.
            let mayReject = backend == .postgres && [.jsonb, .timestamptz].contains(type)
            #expect(outcome.rejects.isEmpty || mayReject, "\(words): \(outcome.rejects.map(\.message))")
            let rejected = Set(outcome.rejects.map { Int($0.location.record) - 1 })
            for (index, row) in rows.enumerated() where !rejected.contains(index) { state[row[0]] = Array(row[1...]) }
            states.append(state)
            try check(state, lab, words)
            if Int.random(in: 0..<4, using: &random) == 0 { _ = try lab.destination.prepare(plan) }
        }
        // Each row as it is, again.
        let last = states[states.count - 1]
        let again = try lab.write(
            last.map { [$0.key] + $0.value.map(Optional.init) }, importID: 2)
        #expect(again.unchanged == last.count && again.rejects.isEmpty, "seed \(seed): \(again)")
        let comparison = try lab.destination.compareRows(logID: "log", importID: 1)
        #expect(comparison.edited == 0 && comparison.missing == 0, "seed \(seed)")
        for (importID, number) in [(2, 1)] + (1..<states.count).reversed().map({ (1, $0) }) {
            let key = LedgerKey(logID: "log", importID: UInt64(importID), chunk: UInt64(number))
            _ = try lab.destination.reverse(key, overwritesEdited: false, only: nil) { reversal in
                #expect(reversal.kept.isEmpty, "chunk \(number) of seed \(seed): \(reversal.kept)")
                return []
            }
            let former = states[importID == 2 ? states.count - 1 : number - 1]
            try check(former, lab, "without chunk \(number) of seed \(seed)")
        }
        try lab.destination.finishReversal(logID: "log", importID: 1)
        #expect(try lab.destination.prepare(plan).plan.columns.map(\.type) == plan.columns.map(\.type), "seed \(seed)")
        #expect(try lab.destination.removeCreated("products", logID: "log", besides: []), "seed \(seed)")
        #expect(try !lab.destination.hasTable("products"))
    }

    private func check(
        _ state: [String: [String]], _ lab: any Laboratory, _ words: String
    ) throws {
        let rows = try lab.rows(of: "products")
        #expect(rows.count == state.count, "\(words)")
        if rows.isEmpty { return }
        for (place, name) in ["v", "w"].enumerated() {
            let declared = try declaredType(of: name, lab)
            if declared != "text", lab is PostgreSQLLaboratory {
                // The server's own cast says what the files' texts are worth.
                let sources = state.map { "('\($0.key)', '\($0.value[place].replacing("'", with: "''"))')" }
                let others = """
                    SELECT id, \(name), f.source FROM products JOIN (VALUES \(sources.joined(separator: ", "))) f (id, source) USING (id)
                    WHERE \(name) IS DISTINCT FROM f.source::\(declared)
                    """
                #expect(try query(others, lab) == [], "\(words)")
                continue
            }
            for row in rows {
                guard let source = state[row[0] ?? ""]?[place], let text = row[place + 1] else {
                    Issue.record("\(words): nothing for \(row)")
                    continue
                }
                if declared == "boolean" {
                    #expect(text == (source.lowercased() == "true" ? "1" : "0"), "\(words): \(source)")
                } else {
                    #expect(text == source, "\(words): \(name)")
                }
            }
            if ["date", "timestamp", "timestamptz"].contains(declared) {
                #expect(
                    try query("SELECT \(name) FROM products WHERE julianday(\(name)) IS NULL", lab) == [], "\(words)")
            }
        }
    }

    private func declaredType(of column: String, _ lab: any Laboratory) throws -> String {
        let sql =
            lab is PostgreSQLLaboratory
            ? "SELECT format_type(atttypid, atttypmod) FROM pg_attribute WHERE attrelid = 'products'::regclass AND attname = '\(column)'"
            : "SELECT lower(type) FROM pragma_table_info('products') WHERE name = '\(column)'"
        return try query(sql, lab)[0][0] ?? ""
    }

    private func query(_ sql: String, _ lab: any Laboratory) throws -> [[String?]] {
        try lab.destination.query(sql, limit: 10, timeout: .seconds(60)).rows
    }
}
