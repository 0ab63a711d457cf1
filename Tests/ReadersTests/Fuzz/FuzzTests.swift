import Foundation
import Records
import Testing

/// Readers given what a mutator makes of a corpus: they may refuse it, and must otherwise read the same however it is cut.
///
/// `WAYBILL_FUZZ` sets how many inputs each format is given. An input that fails is told as a literal, to be put into the
/// corpus of its target.
@Suite struct FuzzTests {
    static let count = ProcessInfo.processInfo.environment["WAYBILL_FUZZ"].flatMap(Int.init) ?? 10_000
    /// Another number gives other inputs.
    static let seed = ProcessInfo.processInfo.environment["WAYBILL_FUZZ_SEED"].flatMap(UInt64.init) ?? 1

    @Test("a reader given anything keeps the laws", arguments: FuzzTarget.all)
    func anything(_ target: FuzzTarget) throws {
        let corpus = target.corpus.map { Array($0.utf8) }
        let mutator = Mutator(tokens: target.tokens)
        var accepted = 0
        for number in 0..<Self.count {
            var random = SplitMix(state: Self.seed << 32 + UInt64(number))
            let bytes = number < corpus.count ? corpus[number] : mutator.mutated(corpus, using: &random)
            do {
                try target.check(bytes, &random)
                accepted += 1
            } catch is DataError {
                continue
            } catch {
                Issue.record("\(target.name), input \(number) of seed \(Self.seed): \(error)\n\"\(escaped(bytes))\"")
            }
        }
        print("fuzzed \(target.name): \(Self.count) inputs, \(accepted) of them read, \(Self.count - accepted) refused")
        #expect(accepted * 10 > Self.count, "most of the inputs never reach the reader")
    }
}
