internal import CCurl
internal import Glibc

/// What libcurl calls back with: the answer's head, its body's bytes, and the addresses it is about to connect to.
final class CurlInbox {
    private(set) var head: HTTPHead?
    private(set) var isHeadComplete = false
    /// Set while libcurl holds bytes back because enough of them are here.
    var isPaused = false
    /// The last address that was not connected to because it is not a public one.
    private(set) var refusedAddress: NetworkAddress?
    private(set) var lastArrival = ContinuousClock.now
    /// How many pieces of a head or a body have come.
    private(set) var arrivals = 0

    private let allowsPrivateNetwork: Bool
    private var headBytes = 0
    private var bytes: [UInt8] = []
    private var taken = 0

    /// The longest head, in bytes.
    private static let maximumHeadBytes = 256 << 10

    init(allowsPrivateNetwork: Bool) { self.allowsPrivateNetwork = allowsPrivateNetwork }

    var hasBytes: Bool { taken < bytes.count }

    func clear() {
        head = nil
        isHeadComplete = false
        isPaused = false
        refusedAddress = nil
        headBytes = 0
        bytes.removeAll(keepingCapacity: true)
        taken = 0
    }

    /// Moves bytes out, as many as there are and fit.
    func take(into buffer: UnsafeMutableRawBufferPointer) -> Int {
        let count = min(buffer.count, bytes.count - taken)
        buffer.copyBytes(from: bytes[taken..<(taken + count)])
        taken += count
        if taken == bytes.count {
            bytes.removeAll(keepingCapacity: true)
            taken = 0
        }
        return count
    }

    /// False if the head is too long.
    private func add(headLine: UnsafeRawBufferPointer) -> Bool {
        noteArrival()
        headBytes += headLine.count
        guard headBytes <= Self.maximumHeadBytes else { return false }
        // What comes after the body is not a part of the head.
        guard !isHeadComplete else { return true }
        var line = Substring(decoding: headLine, as: UTF8.self)
        while line.last?.isNewline == true { line.removeLast() }
        if line.isEmpty {
            // An interim answer, such as `103 Early Hints`, comes before the real one.
            isHeadComplete = head.map { $0.status >= 200 } ?? false
        } else if let newHead = HTTPHead(statusLine: String(line)) {
            head = newHead
        } else {
            head?.add(line: String(line))
        }
        return true
    }

    /// False if enough is here.
    private func add(body: UnsafeRawBufferPointer) -> Bool {
        if bytes.count >= CurlTransfer.bufferedBytes {
            isPaused = true
            return false
        }
        noteArrival()
        bytes.append(contentsOf: body)
        return true
    }

    private func noteArrival() {
        lastArrival = .now
        arrivals += 1
    }

    private func allows(_ address: NetworkAddress) -> Bool {
        if allowsPrivateNetwork || address.isPublic { return true }
        refusedAddress = address
        return false
    }

    private static func inbox(_ context: UnsafeMutableRawPointer?) -> CurlInbox? {
        context.map { Unmanaged<CurlInbox>.fromOpaque($0).takeUnretainedValue() }
    }

    static let takeHeader: curl_write_callback = { data, _, count, context in
        let isTaken = inbox(context)?.add(headLine: UnsafeRawBufferPointer(start: data, count: count)) ?? false
        return isTaken ? count : 0
    }

    static let takeBody: curl_write_callback = { data, _, count, context in
        let isTaken = inbox(context)?.add(body: UnsafeRawBufferPointer(start: data, count: count)) ?? false
        return isTaken ? count : Int(CURL_WRITEFUNC_PAUSE)
    }

    /// Judges an address right before it is connected to: after the name's resolution, whatever it led to this time.
    static let openSocket: curl_opensocket_callback = { context, _, address in
        guard let address, let inbox = inbox(context), let start = MemoryLayout<curl_sockaddr>.offset(of: \.addr) else {
            return CURL_SOCKET_BAD
        }
        // The structure is declared with an IPv4 address's length, and is longer where the address is.
        let bytes = UnsafeRawBufferPointer(
            start: UnsafeRawPointer(address) + start, count: Int(address.pointee.addrlen))
        let family = address.pointee.family
        guard let target = NetworkAddress(bytes, family: family), inbox.allows(target) else { return CURL_SOCKET_BAD }
        return socket(family, address.pointee.socktype | Int32(SOCK_CLOEXEC.rawValue), address.pointee.protocol)
    }
}
