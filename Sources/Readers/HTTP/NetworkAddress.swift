internal import Glibc

/// An IPv4 or IPv6 address.
package struct NetworkAddress: Sendable, Equatable, CustomStringConvertible {
    /// Four bytes or sixteen, the most significant first.
    private let bytes: [UInt8]

    /// Reads an address as it is written (`192.0.2.1`, `2001:db8::1`); nil if it is none.
    package init?(_ text: String) {
        var buffer = [UInt8](repeating: 0, count: 16)
        if inet_pton(AF_INET, text, &buffer) == 1 {
            bytes = Array(buffer[..<4])
        } else if inet_pton(AF_INET6, text, &buffer) == 1 {
            bytes = buffer
        } else {
            return nil
        }
    }

    /// The address in a socket address of `length` bytes; nil if it is of another family.
    init?(_ socketAddress: UnsafeRawBufferPointer, family: Int32) {
        let (offset, count) =
            family == AF_INET
            ? (MemoryLayout<sockaddr_in>.offset(of: \.sin_addr), 4)
            : (MemoryLayout<sockaddr_in6>.offset(of: \.sin6_addr), 16)
        guard family == AF_INET || family == AF_INET6, let offset, socketAddress.count >= offset + count else {
            return nil
        }
        bytes = Array(socketAddress[offset..<(offset + count)])
    }

    private init(_ bytes: some Sequence<UInt8>) { self.bytes = Array(bytes) }

    /// Whether the address belongs to the public Internet: not to this machine, a private network, a cloud's metadata
    /// service, a group of receivers, documentation, or anything reserved.
    package var isPublic: Bool {
        if bytes.count == 4 { return !Self.nonPublicV4.contains { $0.contains(self) } }
        for (prefix, start) in Self.embeddings where prefix.contains(self) {
            return NetworkAddress(bytes[start..<(start + 4)]).isPublic
        }
        return Self.unicastV6.contains(self) && !Self.nonPublicV6.contains { $0.contains(self) }
    }

    package var description: String {
        var text = [CChar](repeating: 0, count: Int(INET6_ADDRSTRLEN))
        inet_ntop(bytes.count == 4 ? AF_INET : AF_INET6, bytes, &text, socklen_t(text.count))
        return text.withUnsafeBufferPointer { $0.baseAddress.map { String(cString: $0) } ?? "" }
    }

    /// All addresses that begin with the same bits.
    private struct Prefix {
        let address: NetworkAddress
        let bits: Int

        init(_ text: StaticString, _ bits: Int) {
            guard let address = NetworkAddress("\(text)") else { preconditionFailure("\(text) is not an address") }
            self.address = address
            self.bits = bits
        }

        func contains(_ other: NetworkAddress) -> Bool {
            guard other.bytes.count == address.bytes.count else { return false }
            return (0..<bits).allSatisfy { bit in
                (other.bytes[bit / 8] ^ address.bytes[bit / 8]) & (0x80 >> (bit % 8)) == 0
            }
        }
    }

    /// The registry of special-purpose IPv4 addresses, multicast and the reserved rest.
    private static let nonPublicV4 = [
        Prefix("0.0.0.0", 8), Prefix("10.0.0.0", 8), Prefix("100.64.0.0", 10), Prefix("127.0.0.0", 8),
        Prefix("169.254.0.0", 16), Prefix("172.16.0.0", 12), Prefix("192.0.0.0", 24), Prefix("192.0.2.0", 24),
        Prefix("192.88.99.0", 24), Prefix("192.168.0.0", 16), Prefix("198.18.0.0", 15), Prefix("198.51.100.0", 24),
        Prefix("203.0.113.0", 24), Prefix("224.0.0.0", 4), Prefix("240.0.0.0", 4),
    ]

    /// The only IPv6 block that public addresses are given from; loopback, private, link-local and multicast addresses
    /// are outside it.
    private static let unicastV6 = Prefix("2000::", 3)
    /// Protocol assignments with Teredo, and documentation.
    private static let nonPublicV6 = [Prefix("2001::", 23), Prefix("2001:db8::", 32), Prefix("3fff::", 20)]
    /// Blocks whose addresses stand for the IPv4 address inside them, and where that begins: mapped, NAT64, 6to4.
    private static let embeddings = [
        (Prefix("::ffff:0:0", 96), 12), (Prefix("64:ff9b::", 96), 12), (Prefix("2002::", 16), 2),
    ]
}
