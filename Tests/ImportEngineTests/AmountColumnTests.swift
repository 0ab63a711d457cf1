import ImportEngine
import Testing

/// What is said of columns of amounts makes the numbers of them that they are.
@Suite struct AmountColumnTests {
    private let folder: InspectionFolder

    init() throws { folder = try InspectionFolder() }

    static let point = ", decimal: \".\"}}"
    static let comma = ", decimal: \",\"}}"

    /// Each with the end of the setting that is named; nil where none is.
    static let columns: [(values: [String], setting: String?)] = [
        (["$19.99", "$1,234.50", "$0"], "{currency: \"$\"}}"), (["$5", "$7"], "{currency: \"$\"}}"),
        (["$1,200", "$19.99"], "{currency: \"$\"}}"), (["19,99 €", "1.200 €", "2.500,00 €", "7 €"], comma),
        (["-19,9 €"], comma), (["1.200 €", "0,50 €"], comma), (["1.200.000 €"], comma), (["$1.200", "$19.99"], point),
        (
            ["1.200 €", "3.500 €", "12.750 €"],
            point + " if the decimal separator is a point, decimal: \",\" if it is a comma"
        ),
        (["$1,200"], point + " if the decimal separator is a point, decimal: \",\" if it is a comma"),
        (["1.200,5 €", "1,200.5 €"], nil), (["5 €", "$5"], nil), (["1.2.3 €"], nil),
    ]

    @Test(arguments: columns)
    func theDecimalSeparatorIsThatOfTheValues(_ values: [String], _ setting: String?) throws {
        let text = (["id;v"] + values.map { "1;\($0)" }).joined(separator: "\n") + "\n"
        let notes = try folder.inspect(text, as: "a.csv") { _ in }.warnings.filter { $0.contains("amounts") }
        #expect(notes.count == (setting == nil ? 0 : 1), "\(notes)")
        if let setting { #expect(notes.first?.hasSuffix(setting) == true, "\(notes)") }
    }
}
