import Destinations
import Records
import Testing

@Suite struct NumberTextTests {
    private func classify(_ text: String) -> NumberText {
        Array(text.utf8).withUnsafeBytes { NumberText.classify($0) }
    }

    @Test(
        arguments: [
            ("0", 0), ("7", 7), ("-7", -7), ("123456789012345678", 123_456_789_012_345_678),
            ("1234567890123456789", 1_234_567_890_123_456_789), ("9223372036854775807", .max),
            ("-9223372036854775808", .min),
        ] as [(String, Int64)])
    func aCanonicalIntegerIsAnInteger(_ text: String, _ value: Int64) {
        #expect(classify(text) == .integer(value))
        #expect(String(value) == text)
    }

    @Test(
        arguments: [
            ("12.5", 12.5), ("1.0", 1), ("1.50", 1.5), ("-0.25", -0.25), ("0.1", 0.1), (".5", 0.5), ("-.5", -0.5),
            ("0.000", 0), ("123456789012.345", 123_456_789_012.345), ("0.100000000000000000000", 0.1), ("1.5e3", 1500),
            ("1.5E-3", 0.0015), ("1.25e+300", 1.25e300), ("0.0000000000000000000000000123", 1.23e-26),
            ("100000000000000000000.0", 1e20),
        ] as [(String, Double)])
    func aPlainDecimalThatADoubleKeepsIsADecimal(_ text: String, _ value: Double) {
        #expect(classify(text) == .decimal(value))
    }

    @Test(arguments: [
        "00123", "+5", " 7", "7 ", "\t7", "7\n", "12345678901234567890", "9223372036854775808", "1e5", "12E5", "-0",
        "-0.0", "5.", "007.5", "00", "+1.5", "1234567890.1234567", "1.5e999", "1.5e-400", "-00", "0e0", "1.e5",
    ])
    func anyOtherTextThatSQLiteConvertsIsAnotherNumber(_ text: String) {
        #expect(classify(text) == .otherNumber)
    }

    @Test(arguments: [
        "", " ", "abc", "N/A", "1 2", "1e", "1e+", ".", "-", "+", "-.", "0x10", "1_000", "1,5", "--1", "1.2.3", "inf",
        "nan", "½", "5\0",
    ])
    func aTextThatSQLiteLeavesAloneIsText(_ text: String) {
        #expect(classify(text) == .text)
    }

    @Test func aDecimalIsTheNearestDoubleToItsText() {
        var random = SystemRandomNumberGenerator()
        for _ in 0..<20_000 {
            let digits = Int.random(in: 1...14, using: &random)
            let whole = String(Int.random(in: -99_999_999_999_999...99_999_999_999_999, using: &random)).prefix(digits)
            let fraction = (0..<(15 - digits)).map { _ in String(Int.random(in: 0...9, using: &random)) }.joined()
            let text = "\(whole == "-" ? "7" : whole).\(fraction)"
            let expected = Double(text)!
            #expect(
                classify(text) == (text.hasPrefix("-") && expected == 0 ? .otherNumber : .decimal(expected)), "\(text)")
        }
    }

    @Test func sqliteConvertsExactlyWhatIsNotText() throws {
        let connection = try TestDatabase().destination.connection
        try connection.execute("CREATE TEMP TABLE t (n NUMERIC)")
        let insert = try connection.prepare("INSERT INTO t VALUES (?1) RETURNING typeof(n), n")
        let alphabet = Array(" +-..00159eEx\t")
        var random = SystemRandomNumberGenerator()
        for _ in 0..<100_000 {
            let text = String(
                (0..<Int.random(in: 0...7, using: &random)).map { _ in alphabet.randomElement(using: &random)! })
            try insert.run([.text(text)]) { row in
                let kind = classify(text)
                #expect((row.text(0) == "text") == (kind == .text), "'\(text)' became \(row.text(1))")
                if case .integer = kind { #expect(row.text(1) == text) }
            }
        }
    }
}
