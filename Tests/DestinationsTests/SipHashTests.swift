import Records
import Testing

@Suite struct SipHashTests {
    @Test func piecesHaveTheHashOfTheWhole() {
        let hash = SipHash(key: (1, 2))
        for count in 0..<40 {
            let bytes = (0..<count).map { UInt8(truncatingIfNeeded: $0 &* 7 &+ count) }
            let whole = bytes.withUnsafeBytes { hash($0) }
            for first in 0...count {
                for second in first...count {
                    var stream = hash.stream
                    for piece in [bytes[..<first], bytes[first..<second], bytes[second...]] {
                        piece.withUnsafeBytes { stream.absorb($0) }
                    }
                    #expect(stream.value == whole)
                }
            }
        }
    }
}
