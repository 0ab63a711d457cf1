/// SipHash-2-4 with 128 bits (Aumasson and Bernstein): a keyed hash, so that nobody can make values that collide.
package struct SipHash: Sendable {
    private let key: (UInt64, UInt64)

    package init(key: (UInt64, UInt64)) { self.key = key }

    /// A hash with a key of its own.
    package init() { key = (.random(in: 0 ... .max), .random(in: 0 ... .max)) }

    package func callAsFunction(_ bytes: UnsafeRawBufferPointer) -> Fingerprint {
        var state = State(key)
        let words = bytes.count / 8
        for word in 0..<words {
            state.absorb(UInt64(littleEndian: bytes.loadUnaligned(fromByteOffset: word * 8, as: UInt64.self)))
        }
        var last = UInt64(truncatingIfNeeded: bytes.count) << 56
        for index in (words * 8)..<bytes.count { last |= UInt64(bytes[index]) << UInt64((index & 7) * 8) }
        state.absorb(last)
        return state.finish()
    }

    /// The hash of bytes that come piece by piece: that of all of them together.
    package var stream: Stream { Stream(State(key)) }

    package struct Stream: Sendable {
        private var state: State
        /// The bytes that make no whole word yet, and how many bytes there were in all.
        private var rest: UInt64 = 0
        private var count = 0

        fileprivate init(_ state: State) { self.state = state }

        package mutating func absorb(_ bytes: UnsafeRawBufferPointer) {
            var index = 0
            while index < bytes.count {
                if count & 7 == 0 && index + 8 <= bytes.count {
                    state.absorb(UInt64(littleEndian: bytes.loadUnaligned(fromByteOffset: index, as: UInt64.self)))
                    index += 8
                    count += 8
                    continue
                }
                rest |= UInt64(bytes[index]) << UInt64((count & 7) * 8)
                index += 1
                count += 1
                if count & 7 == 0 {
                    state.absorb(rest)
                    rest = 0
                }
            }
        }

        package var value: Fingerprint {
            var end = state
            end.absorb(rest | UInt64(truncatingIfNeeded: count) << 56)
            return end.finish()
        }
    }

    fileprivate struct State: Sendable {
        var v0: UInt64
        var v1: UInt64
        var v2: UInt64
        var v3: UInt64

        init(_ key: (UInt64, UInt64)) {
            v0 = key.0 ^ 0x736F_6D65_7073_6575
            v1 = key.1 ^ 0x646F_7261_6E64_6F6D ^ 0xEE
            v2 = key.0 ^ 0x6C79_6765_6E65_7261
            v3 = key.1 ^ 0x7465_6462_7974_6573
        }

        @inline(__always)
        mutating func absorb(_ word: UInt64) {
            v3 ^= word
            round()
            round()
            v0 ^= word
        }

        mutating func finish() -> Fingerprint {
            v2 ^= 0xEE
            for _ in 0..<4 { round() }
            let low = v0 ^ v1 ^ v2 ^ v3
            v1 ^= 0xDD
            for _ in 0..<4 { round() }
            return Fingerprint(low: low, high: v0 ^ v1 ^ v2 ^ v3)
        }

        @inline(__always)
        private mutating func round() {
            v0 &+= v1
            v1 = rotated(v1, 13) ^ v0
            v0 = rotated(v0, 32)
            v2 &+= v3
            v3 = rotated(v3, 16) ^ v2
            v0 &+= v3
            v3 = rotated(v3, 21) ^ v0
            v2 &+= v1
            v1 = rotated(v1, 17) ^ v2
            v2 = rotated(v2, 32)
        }

        @inline(__always)
        private func rotated(_ word: UInt64, _ bits: UInt64) -> UInt64 { word << bits | word >> (64 - bits) }
    }
}

/// 128 bits that stand for a value.
///
/// Among n values, two different ones share a fingerprint with a probability of n² / 2¹²⁹: for 100 million values,
/// 1.5 in 10²³.
package struct Fingerprint: Sendable, Equatable {
    package let low: UInt64
    package let high: UInt64
}
