import Foundation
import Records
import Testing

/// Readers given what a mutator makes of a corpus: they may refuse it, and must otherwise read the same however it is cut.
///
/// `WAYBILL_FUZZ` sets how many inputs each format is given. An input that fails is told as a literal, to be put into the
/// corpus of its target.
@Suite(.serialized) struct FuzzTests {
    static let count = ProcessInfo.processInfo.environment["WAYBILL_FUZZ"].flatMap(Int.init) ?? 10_000
    /// Another number gives other inputs.
    static let seed = ProcessInfo.processInfo.environment["WAYBILL_FUZZ_SEED"].flatMap(UInt64.init) ?? 1
    /// Each input of the corpus is read with so many options.
    private static let readings = 20

    @Test("a reader given anything keeps the laws", arguments: FuzzTarget.all)
    func anything(_ target: FuzzTarget) throws {
        let corpus = target.corpus.map { Array($0.utf8) }
        let mutator = Mutator(tokens: target.tokens)
        var accepted = 0
        for number in 0..<Self.count {
            var random = SplitMix(state: Self.seed << 32 + UInt64(number))
            let bytes =
                number < Self.readings * corpus.count
                ? corpus[number % corpus.count] : mutator.mutated(corpus, using: &random)
            let name = "\(target.name), input \(number) of seed \(Self.seed)"
            LastInput.shared.note("\(name): \"\(escaped(bytes))\"")
            do {
                for example in try target.cases(bytes, &random) { try check(example, name, input: bytes, &random) }
                accepted += 1
            } catch is DataError {
                continue
            } catch {
                Issue.record("\(name): \(error)\n\"\(escaped(bytes))\"")
            }
        }
        LastInput.shared.forget()
        print("fuzzed \(target.name): \(Self.count) inputs, \(accepted) of them read, \(Self.count - accepted) refused")
        #expect(accepted * 10 > Self.count, "most of the inputs never reach the reader")
    }

    private func check(_ example: ReaderCase, _ name: String, input: [UInt8], _ random: inout SplitMix) throws {
        var example = example
        example.name = example.bytes == input ? name : "\(name), \"\(escaped(input))\""
        let laws = ReaderLaws(example: example)
        let limit = ChunkLimit.cuts.randomElement(using: &random) ?? ChunkLimit()
        let step = [1, 2, 3, 7, 64].randomElement(using: &random) ?? 1
        try laws.splitting(steps: [step], limits: [limit])
        try laws.seeking(limit: limit)
    }
}
