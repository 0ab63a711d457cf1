import ImportEngine
import Testing

@Suite struct DurationTextTests {
    @Test(
        arguments: [
            ("90s", 90), ("60m", 3600), ("2h", 7200), ("7d", 604_800), ("1w", 604_800), ("0m", 0), ("60", nil),
            ("m", nil),
            ("", nil), ("1.5h", nil), ("-1m", nil), ("60 m", nil), ("4294967296s", nil), ("1M", nil),
        ] as [(String, UInt64?)])
    func aLengthOfTimeIsANumberAndAUnit(_ text: String, _ seconds: UInt64?) {
        #expect(DurationText.seconds(text) == seconds)
    }

    @Test(arguments: ["0m", "60", "soon"]) func aTimeoutIsRefusedWithWhatItTakes(_ text: String) {
        var settings = LimitSettings()
        settings.setByFlag(.timeout, text)
        let error = #expect(throws: (any Error).self) { try Limits(settings) }
        #expect("\(String(describing: error))".contains("'\(text)' is not a valid value for --timeout"))
    }
}
