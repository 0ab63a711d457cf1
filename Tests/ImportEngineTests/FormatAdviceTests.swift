import EventLogTestSupport
import ImportEngine
import Testing

/// What is said of columns of numbers and dates that are no such to a database makes those of them.
@Suite struct FormatAdviceTests {
    private let folder: InspectionFolder

    init() throws { folder = try InspectionFolder() }

    private func notes(_ text: String) throws -> [String] {
        try folder.inspect(text, as: "a.csv") { _ in }.warnings.filter { $0.contains("waybill.yaml") }
    }

    private func notes(_ values: [String], beside others: [String] = []) throws -> [String] {
        let lines = values.indices.map { "\($0);\(values[$0])" + (others.isEmpty ? "" : ";\(others[$0])") }
        return try notes(([others.isEmpty ? "id;v" : "id;v;w"] + lines).joined(separator: "\n") + "\n")
    }

    static let either =
        "{decimal: \".\"}} if the decimal separator is a point, or decimal: \",\" if the decimal "
        + "separator is a comma"
    static let eitherOrder =
        "{format: \"dd/MM/yyyy\"}} if the day comes first, or format: \"MM/dd/yyyy\" if the month "
        + "comes first"

    /// Each with the end of the note; nil where there is none.
    static let columns: [(values: [String], setting: String?)] = [
        (["$19.99", "$1,234.50", "$0"], "{currency: \"$\"}}"), (["$5", "$7"], "{currency: \"$\"}}"),
        (["$1,200", "$19.99"], "{currency: \"$\"}}"),
        (["19,99 €", "1.200 €", "2.500,00 €", "7 €"], "{currency: \"€\", decimal: \",\"}}"),
        (["-19,9 €"], "{currency: \"€\", decimal: \",\"}}"), (["1.200.000 €"], "{currency: \"€\", decimal: \",\"}}"),
        (["$1.200", "$19.99"], "{currency: \"$\", decimal: \".\"}}"),
        (["1,50 EUR", "-2,00 EUR"], "{currency: EUR, decimal: \",\"}}"),
        (
            ["$1,200"],
            "{currency: \"$\", decimal: \".\"}} if the decimal separator is a point, or decimal: \",\" if the decimal "
                + "separator is a comma"
        ),
        (["1.200,5 €", "1,200.5 €"], nil), (["5 €", "$5"], nil), (["1.2.3 €"], nil),
        (["1.200,50", "17", "-3,00"], "{decimal: \",\"}}"), (["12,50-", "0,99"], "{decimal: \",\"}}"),
        (["12-", "3"], "{decimal: \".\"}}"), (["1,200.50", "3.00"], "{decimal: \".\"}}"),
        (["1'200.50", "7.10"], "{decimal: \".\"}}"), (["1 200,50", "7"], "{decimal: \",\"}}"),
        (["1,5", "-", "2,25"], "{null: [\"-\"], decimal: \",\"}}"), (["1,200", "950"], either),
        (["0012,5", "1,5"], nil), (["1,2,3"], nil), (["123.456.789", "987.654.321"], nil), (["170 123 456"], nil),
        (["$1,234.50", "($20.00)"], "{currency: \"$\"}}"), (["(1,234.50)", "3.00"], "{decimal: \".\"}}"),
        (["−100,00", "7,50"], "{decimal: \",\"}}"), (["USD -3.00", "USD 1,200.00"], "{currency: USD}}"),
        (["ABC12", "ABC13"], nil), (["DIN 933"], nil), (["12 PCS"], nil), (["1.1", "1.10"], nil),
        (["1 200,50 kr"], "{currency: kr, decimal: \",\"}}"), (["R$ 1.200,50"], "{currency: \"R$\", decimal: \",\"}}"),
        (["1,5", "x1"], nil), (["1,5", "x"], nil), (["192.168.100.200", "10.0.0.1"], nil),
        (["31.12.2024", "01.02.2025"], "{format: dd.MM.yyyy}}"), (["31.12.24"], "{format: dd.MM.yy}}"),
        (["1.2.2024", "31.12.2024"], "{format: d.M.yyyy}}"), (["12/31/2024"], "{format: \"MM/dd/yyyy\"}}"),
        (["01/02/2024"], eitherOrder), (["31.12.2024 23:59"], "{format: \"dd.MM.yyyy HH:mm\"}}"),
        (["12/31/2024 1:05 PM"], "{format: \"MM/dd/yyyy h:mm a\"}}"), (["31-DEC-2024"], "{format: dd-MMM-yyyy}}"),
        (["2024/12/31"], "{format: \"yyyy/MM/dd\"}}"), (["Dec 31, 2024"], "{format: \"MMM d, yyyy\"}}"),
        (["31.12.2024", "00.00.0000"], "{null: [\"00.00.0000\"], format: dd.MM.yyyy}}"),
        (["31.12.2024", "12/31/2024"], nil), (["31.02.2024"], nil), (["10:30"], nil),
    ]

    @Test(arguments: columns)
    func theSettingReadsAllValuesOrLeavesTheChoice(_ values: [String], _ setting: String?) throws {
        let notes = try notes(values)
        #expect(notes.count == (setting == nil ? 0 : 1), "\(notes)")
        if let setting { #expect(notes.first?.hasSuffix("columns: {v: \(setting)") == true, "\(notes)") }
    }

    /// As `Total` is in the last line of many a table.
    @Test func aFewTextsCostTheirRecordsAndNotTheAdvice() throws {
        let notes = try notes((13...28).map { "\($0).01.2024" } + ["Summe"])
        let end = "columns: {v: {format: dd.MM.yyyy}}; line 18, which has 'Summe', is rejected then"
        #expect(notes.count == 1 && notes.first?.hasSuffix(end) == true, "\(notes)")
        #expect(try self.notes(["1,5", "red", "blue"]).isEmpty)
    }

    @Test func columnsOfOneFileAreWrittenAlike() throws {
        #expect(
            try notes(["1,200", "950"], beside: ["0,5", "1,5"]).first?.hasSuffix(
                "columns: {v: {decimal: \",\"}, w: {decimal: \",\"}}") == true)
        #expect(
            try notes(["1,200", "950"], beside: ["0.5", "1.25"]).first?.hasSuffix("columns: {v: {decimal: \".\"}}")
                == true)
        #expect(try notes(["01/02/2024", "03/04/2024"], beside: ["12/31/2024", "1/1/2024"]).count == 1)
    }

    @Test func thousandsWithAPointBesideDecimalCommasAreDoubted() throws {
        let notes = try notes(["1.200", "17", "3.500"], beside: ["0,5", "1,5", "7"])
        #expect(notes.contains { $0.contains("if 1.200 is 1200, add to waybill.yaml") }, "\(notes)")
        let decimals = try self.notes(["1.20", "17", "3.500"], beside: ["0,5", "1,5", "7"])
        #expect(!decimals.contains { $0.contains("column v") }, "\(decimals)")
    }

    @Test func columnsThatWantTheSameAreNamedTogether() throws {
        let notes = try notes("a;b;c\n1,5;2,5;31.12.2024\n3,5;4,25;01.01.2025\n")
        #expect(notes.count == 2, "\(notes)")
        #expect(
            notes.first?.hasPrefix(
                "columns a, b have numbers such as 1,5, which databases do not read; to store numbers") == true)
    }

    /// Numbers as countries write them, whatever they are; the setting that is named makes the same numbers of them.
    @Test func numbersInAnyWritingAreReadAsTheyWereMeant() throws {
        var random = SeededGenerator(seed: 7)
        for _ in 0..<60 {
            let (group, decimal) = [(".", ","), (",", "."), (" ", ","), ("'", "."), ("\u{A0}", ",")].randomElement(
                using: &random)!
            let isBehind = Bool.random(using: &random)
            let cents = (0..<20).map { _ in Int.random(in: -100_000_000...100_000_000, using: &random) } + [123_456_789]
            let texts = cents.map { cents in
                var whole = String(abs(cents) / 100)
                var groups: [String] = []
                while whole.count > 3 {
                    groups.insert(String(whole.suffix(3)), at: 0)
                    whole.removeLast(3)
                }
                let digits = ([whole] + groups).joined(separator: group)
                let fraction = decimal + String(100 + abs(cents) % 100).dropFirst()
                return cents < 0 ? isBehind ? digits + fraction + "-" : "-" + digits + fraction : digits + fraction
            }
            let notes = try notes(texts)
            #expect(notes.first?.hasSuffix("columns: {v: {decimal: \"\(decimal)\"}}") == true, "\(texts) \(notes)")
        }
    }
}
