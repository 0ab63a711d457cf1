internal import Hashing

/// A digest of a source's bytes that can go on from the middle.
///
/// The bytes are cut into blocks of 1 MiB. Each whole block extends a chain: `chain = SHA-256(chain ‖ SHA-256(block))`,
/// beginning with 32 zero bytes. The digest of the bytes so far is `SHA-256(chain ‖ SHA-256(rest))`, where the rest is
/// what came after the last whole block. So with the chain value at a block's end, the digest can continue without
/// the bytes before it, which SHA-256 of the whole would need.
package struct SourceDigest: Sendable {
    package static let blockSize: UInt64 = 1 << 20

    /// The chain's value at the last whole block.
    package private(set) var chain: [UInt8]
    /// How many bytes are digested.
    package private(set) var byteCount: UInt64
    private var block = SHA256()

    package init() {
        chain = [UInt8](repeating: 0, count: 32)
        byteCount = 0
    }

    /// Goes on at the last whole block before `byteCount`; the bytes from there on must be given again.
    package init(chain: [UInt8], lastBlockBefore byteCount: UInt64) {
        self.chain = chain
        self.byteCount = byteCount - byteCount % Self.blockSize
    }

    package mutating func update(_ bytes: UnsafeRawBufferPointer) {
        var rest = bytes[...]
        while !rest.isEmpty {
            let space = Int(Self.blockSize - byteCount % Self.blockSize)
            let piece = UnsafeRawBufferPointer(rebasing: rest.prefix(space))
            block.update(piece)
            byteCount += UInt64(piece.count)
            rest = rest.dropFirst(piece.count)
            if byteCount % Self.blockSize == 0 {
                chain = Self.link(chain, block)
                block = SHA256()
            }
        }
    }

    package mutating func update(_ bytes: [UInt8]) {
        bytes.withUnsafeBytes { update($0) }
    }

    /// The digest of the bytes so far, 32 bytes.
    package var value: [UInt8] { Self.link(chain, block) }

    private static func link(_ chain: [UInt8], _ block: SHA256) -> [UInt8] {
        var hasher = SHA256()
        hasher.update(chain)
        hasher.update(block.digest)
        return hasher.digest
    }
}
