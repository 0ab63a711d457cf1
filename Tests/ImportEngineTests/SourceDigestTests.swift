import Hashing
import ImportEngine
import Testing

@Suite struct SourceDigestTests {
    private static let block = Int(SourceDigest.blockSize)

    /// Bytes that differ from block to block.
    private func bytes(_ count: Int) -> [UInt8] {
        (0..<count).map { UInt8(truncatingIfNeeded: $0 &* 31 &+ $0 >> 16) }
    }

    private func digest(_ bytes: [UInt8]) -> SourceDigest {
        var digest = SourceDigest()
        digest.update(bytes)
        return digest
    }

    /// The definition in docs/events.md, word by word.
    private func byDefinition(_ bytes: [UInt8]) -> [UInt8] {
        func sha(_ bytes: [UInt8]) -> [UInt8] { SHA256.digest(of: bytes) }
        var chain = [UInt8](repeating: 0, count: 32)
        var rest = bytes[...]
        while rest.count >= Self.block {
            chain = sha(chain + sha(Array(rest.prefix(Self.block))))
            rest = rest.dropFirst(Self.block)
        }
        return sha(chain + sha(Array(rest)))
    }

    @Test(arguments: [0, 1, block - 1, block, block + 1, 2 * block, 2 * block + 77])
    func itIsWhatItsDefinitionSays(_ count: Int) {
        #expect(digest(bytes(count)).value == byDefinition(bytes(count)))
    }

    @Test func howTheBytesAreCutMakesNoDifference() {
        let all = bytes(3 * Self.block + 5)
        let whole = digest(all).value
        var random = SystemRandomNumberGenerator()
        for _ in 0..<20 {
            var digest = SourceDigest()
            var rest = all[...]
            while !rest.isEmpty {
                let piece = rest.prefix(Int.random(in: 1...(2 * Self.block), using: &random))
                digest.update(Array(piece))
                rest = rest.dropFirst(piece.count)
            }
            #expect(digest.value == whole)
        }
    }

    @Test(arguments: [1, block - 1, block, block + 1, 2 * block + 9])
    func itGoesOnFromTheMiddleWithTheLastBlockGivenAgain(_ middle: Int) {
        let all = bytes(3 * Self.block)
        let first = digest(Array(all[..<middle]))
        var second = SourceDigest(chain: first.chain, lastBlockBefore: UInt64(middle))
        #expect(middle - Int(second.byteCount) < Self.block)
        second.update(Array(all[Int(second.byteCount)..<middle]))
        #expect(second.value == first.value)
        second.update(Array(all[middle...]))
        #expect(second.value == digest(all).value)
    }

    @Test func anyOtherByteGivesAnotherDigest() {
        let all = bytes(Self.block + 100)
        for index in [0, 1, Self.block - 1, Self.block, Self.block + 99] {
            var changed = all
            changed[index] ^= 1
            #expect(digest(changed).value != digest(all).value)
        }
    }
}
