internal import CCrypto

/// SHA-256 (FIPS 180-4), computed by the system's libcrypto. A value: a copy continues on its own.
package struct SHA256: Sendable {
    package static let byteCount = Int(SHA256_DIGEST_LENGTH)

    private var state: State

    package init() {
        state = State()
    }

    package mutating func update(_ bytes: UnsafeRawBufferPointer) {
        SHA256_Update(&state.context, bytes.baseAddress, bytes.count)
    }

    package mutating func update(_ bytes: [UInt8]) {
        bytes.withUnsafeBytes { update($0) }
    }

    /// The digest of the bytes so far, 32 bytes; more may follow.
    package var digest: [UInt8] {
        var context = state.context
        return [UInt8](unsafeUninitializedCapacity: Self.byteCount) { buffer, count in
            SHA256_Final(buffer.baseAddress, &context)
            count = Self.byteCount
        }
    }

    package static func digest(of bytes: some Sequence<UInt8>) -> [UInt8] {
        var hash = SHA256()
        hash.update([UInt8](bytes))
        return hash.digest
    }

    /// Keeps the C type out of the module's interface.
    private struct State: @unchecked Sendable {
        var context = SHA256_CTX()

        init() { SHA256_Init(&context) }
    }
}
