import Destinations
import Records
import Testing

/// Numbers in tables of someone else's, whose columns turn texts into numbers.
@Suite struct StoredNumberTests {
    /// What a column of a type makes of a text; nil if the record is rejected.
    static let cases: [(type: String, text: String, stored: String?)] = [
        ("bigint", "7", "7"), ("bigint", "007", "7"), ("bigint", " 7 ", "7"), ("bigint", "x", "x"),
        ("bigint", "1.5", "1.5"),
        ("bigint", "9223372036854775807", "9223372036854775807"),
        ("bigint", "-9223372036854775808", "-9223372036854775808"),
        ("bigint", "9223372036854775808", nil), ("bigint", "12345678901234567890", nil),
        ("bigint", "100000000000000000001", nil), ("bigint", "100000000000000000000", nil),
        ("bigint", "12345678901234567890x", "12345678901234567890x"), ("integer", "1e400", nil),
        ("numeric", "1.10", "1.1"), ("numeric", "0.123456789012345", "0.123456789012345"),
        ("numeric", "0.1234567890123456789", nil), ("decimal(20,2)", "12345678901234567.89", nil),
        ("numeric", "0.50000000000000000000", "0.5"), ("numeric", "1e5", "100000"), ("numeric", "1e400", nil),
        ("numeric", "-1e400", nil), ("numeric", "1e-400", nil), ("numeric", "0e400", "0"), ("numeric", "1e", "1e"),
        ("numeric", "one and a half euros", "one and a half euros"), ("numeric", "00000000000000000000", "0"),
        ("numeric", String(repeating: "9", count: 1001), nil), ("numeric", "9007199254740993.0", "9007199254740993"),
        ("numeric", "9007199254740993.5", nil),
        ("bigint", "12345678901e8", "1234567890100000000"), ("bigint", "12345678901e10", "1.2345678901e+20"),
        ("numeric", "1e99999999999999999999", nil), ("numeric", "1e-99999999999999999999", nil),
        ("string", "1234e567", nil), ("any", "12345678901234567890", nil), ("date", "2026-11-30", "2026-11-30"),
        ("real", "1e400", nil), ("real", "1e-400", nil), ("real", "2.5", "2.5"),
        ("real", "12345678901234567890", "1.23456789012346e+19"),
        ("real", "0.1234567890123456789", "0.123456789012346"),
        ("text", "12345678901234567890", "12345678901234567890"), ("", "1e400", "1e400"),
    ]

    @Test(arguments: [WriteMode.insert, .upsert], cases)
    func aNumberThatItsColumnWouldChangeIsRejected(
        _ mode: WriteMode, _ number: (type: String, text: String, stored: String?)
    ) throws {
        let lab = try SQLiteLaboratory()
        try lab.execute("CREATE TABLE products (sku text PRIMARY KEY, v \(number.type))")
        _ = try lab.destination.prepare(.of(["sku", "v"], key: ["sku"], mode: mode))
        let outcome = try lab.write([["a", number.text], ["b", "5"]])
        guard let stored = number.stored else {
            #expect(outcome.rejects.map(\.code) == [.type] && outcome.rejects.first?.field == "v", "\(outcome)")
            #expect(outcome.inserted == 1)
            return
        }
        #expect(outcome.inserted == 2, "\(outcome.rejects)")
        #expect(try lab.rows(of: "products").first == ["a", stored])
    }

    @Test(arguments: ["bigint", "numeric", "real"])
    func aKeyThatItsColumnWouldChangeIsTheKeyOfNoRow(_ type: String) throws {
        let lab = try SQLiteLaboratory()
        try lab.execute("CREATE TABLE products (i \(type) PRIMARY KEY, v text)")
        try lab.execute("INSERT INTO products VALUES (12345678901234567890, 'rounded')")
        _ = try lab.destination.prepare(.of(["i", "v"], key: ["i"], mode: .upsert))
        let outcome = try lab.write([["12345678901234567890", "x"], ["12345678901234567891", "y"], ["7", "z"]])
        #expect(outcome.rejects.count == 2 && outcome.inserted == 1)
        _ = try lab.destination.prepare(.of(["i"], key: ["i"], mode: .delete))
        let deletion = try lab.write([["12345678901234567891"], ["7"]], importID: 2)
        #expect(deletion.updated == 1 && deletion.unchanged == 1)
        #expect(try lab.rows(of: "products").count == 1)
    }

    @Test func aStrictTableKeepsTextsOfAnyAsTheyAre() throws {
        let lab = try SQLiteLaboratory()
        try lab.execute("CREATE TABLE products (sku text PRIMARY KEY, v any) STRICT")
        _ = try lab.destination.prepare(.of(["sku", "v"], key: ["sku"]))
        #expect(try lab.write([["a", "12345678901234567890"], ["b", "1e400"]]).inserted == 2)
        #expect(try lab.rows(of: "products") == [["a", "12345678901234567890"], ["b", "1e400"]])
    }

    // MARK: SQLite itself as the judge

    @Test(arguments: 0..<4 as Range<UInt64>) func whatIsStoredIsTheNumberThatWasSent(_ seed: UInt64) throws {
        var random = SeededRandom(seed &+ 31)
        let types = ["bigint", "integer", "numeric", "decimal(20,2)", "string", "any", "real", "text", ""]
        let database = try TestDatabase()
        let columns = types.indices.map { "c\($0)" }
        let declared = zip(columns, types).map { "\($0) \($1)" }.joined(separator: ", ")
        for table in ["products", "plain"] {
            try database.run("CREATE TABLE \(table) (n text PRIMARY KEY, \(declared))")
        }
        _ = try database.destination.prepare(.of(["n"] + columns, key: ["n"]))
        // Each record has a value in one column.
        let texts = (0..<100 * types.count).map { _ in Self.number(&random) }
        let outcome = try database.write(
            texts.enumerated().map { number, text in
                ["\(number)"] + types.indices.map { $0 == number % types.count ? text : nil }
            })
        let rejected = Set(outcome.rejects.compactMap { $0.key.flatMap { Int($0) } })
        #expect(
            outcome.rejects.allSatisfy { $0.code == .type } && !rejected.isEmpty && rejected.count < texts.count / 2)
        let connection = try SQLiteConnection(path: database.path, busyTimeout: .seconds(1))
        for (number, text) in texts.enumerated() {
            let (column, type) = (columns[number % types.count], types[number % types.count])
            let table = rejected.contains(number) ? "plain" : "products"
            if rejected.contains(number) {
                try connection.execute(
                    "INSERT INTO plain (n, \(column)) VALUES (?1, ?2)", [.text("\(number)"), .text(text)])
            }
            let found = try connection.query(
                "SELECT typeof(\(column)), \(column), \(column) IS ?2 FROM \(table) WHERE n = ?1",
                [.text("\(number)"), .real(text.double ?? 0)]
            ) { (type: $0.text(0), text: $0.text(1), isNearest: $0.integer(2) == 1) }[0]
            let sent = Decimal(text)
            let isSame =
                switch found.type {
                case "text": found.text == text
                case "integer": Decimal(found.text) == sent
                default:
                    // Its text has 15 digits; where it is the double that is nearest, Swift tells all that it has.
                    Decimal(found.text) == sent
                        || found.isNearest && text.double.flatMap { Decimal("\($0)") } == sent
                }
            let isKept =
                type == "real"
                // A column of reals rounds.
                ? found.type == "text"
                    ? isSame : found.text.last != "f" && (Decimal(found.text) == .zero) == (sent == .zero)
                : isSame
                    && !(found.type == "real" && Int64(text.trimmed) == nil && text.allSatisfy({ !".eE".contains($0) }))
            #expect(isKept != rejected.contains(number), "\(type): \(text.debugDescription) is \(found)")
        }
    }

    /// Numbers of all kinds, and texts that nearly are some.
    private static func number(_ random: inout SeededRandom) -> String {
        func digits(_ most: Int) -> String {
            let pool = ["0123456789", "09", "0"].randomElement(using: &random)!
            return String(
                (0..<Int.random(in: 0...most, using: &random)).map { _ in pool.randomElement(using: &random)! })
        }
        func one(_ texts: [String]) -> String { texts.randomElement(using: &random)! }
        let edges = [
            "9223372036854775807", "9223372036854775808", "-9223372036854775808", "-9223372036854775809",
            "9007199254740993",
            "1.7976931348623157e308", "2.2250738585072014e-308", "5e-324", "48.053808600000004", "0.30000000000000004",
        ]
        if random.next() % 8 == 0 { return one(edges) + one(["", "", "0", ".0", "5"]) }
        let isLong = random.next() % 2 == 0
        return one(["", "", "", " ", "\t"]) + one(["", "", "", "-", "+"]) + digits(isLong ? 21 : 6)
            + one(["", ".", "." + digits(isLong ? 20 : 6)])
            + one(["", "", "", "e\(Int.random(in: -330...330, using: &random))", "E+5", "e", "x"])
            + one(["", "", "", " "])
    }
}

/// A number as its digits say it.
private struct Decimal: Equatable {
    var isNegative = false
    /// Without zeros at the ends.
    var digits = ""
    /// Where the point stands, counted from before the first digit.
    var place = 0

    static let zero = Decimal()

    private init() {}

    /// Nil if a text is not a number to SQLite.
    init?(_ text: String) {
        var rest = text.trimmed[...]
        if let sign = rest.first, "+-".contains(sign) { isNegative = rest.removeFirst() == "-" }
        let parts = rest.split(separator: /[eE]/, maxSplits: 1, omittingEmptySubsequences: false)
        let halves = parts[0].split(separator: ".", maxSplits: 1, omittingEmptySubsequences: false)
        let all = halves.joined()
        guard !all.isEmpty, all.allSatisfy({ "0123456789".contains($0) }) else { return nil }
        let exponent = parts.count == 2 ? Int(parts[1]) : 0
        guard let exponent else { return nil }
        let leading = all.prefix { $0 == "0" }.count
        digits = String(all.dropFirst(leading))
        while digits.last == "0" { digits.removeLast() }
        if digits.isEmpty { self = .zero } else { place = halves[0].count - leading + exponent }
    }
}

extension String {
    fileprivate var trimmed: String {
        String(String(trimmingPrefix { " \t".contains($0) }.reversed()).trimmingPrefix { $0 == " " }.reversed())
    }

    /// The double that is nearest to what SQLite takes for a number.
    fileprivate var double: Double? {
        var text = trimmed.replacing(".e", with: "e").replacing(".E", with: "E")
        if text.last == "." { text.removeLast() }
        for sign in ["", "-", "+"] where text.hasPrefix(sign + ".") { text = sign + "0" + text.dropFirst(sign.count) }
        return Double(text)
    }
}
