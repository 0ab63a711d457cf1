internal import CZlib
internal import Records

/// Expands a `.gz` with all its members.
///
/// By zlib itself, because libarchive does not compare a member's checksum and length with its bytes. Zeros after the last
/// member are padding; any other bytes there are an error.
final class GzipExpansion: Expansion {
    private(set) var consumed: UInt64 = 0

    private let name: String
    private var source: any ByteSource
    private let input: UnsafeMutableRawBufferPointer
    /// At an address of its own, because zlib keeps it.
    private let stream: UnsafeMutablePointer<z_stream>
    private var state = State.member
    private var expanded: UInt64 = 0
    /// What zlib says is wrong. It waits until what came out before is given.
    private var damage: String?

    private enum State { case member, betweenMembers, padding }

    private static let inputBytes = 256 << 10

    init(_ source: any ByteSource, name: String) throws {
        self.source = source
        self.name = name
        input = .allocate(byteCount: Self.inputBytes, alignment: 16)
        stream = .allocate(capacity: 1)
        stream.initialize(to: z_stream())
        // 15 is the largest window; 16 more says that there is a gzip header.
        let result = inflateInit2_(stream, 15 + 16, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size))
        guard result == Z_OK else { throw DataError(.unreadable, "cannot read \(name): no memory to expand it") }
    }

    deinit {
        inflateEnd(stream)
        stream.deallocate()
        input.deallocate()
    }

    func read(into buffer: UnsafeMutableRawBufferPointer) throws -> Int {
        // The counts of zlib have 32 bits.
        let room = UInt32(clamping: buffer.count)
        stream.pointee.next_out = buffer.baseAddress?.assumingMemoryBound(to: UInt8.self)
        stream.pointee.avail_out = room
        while stream.pointee.avail_out == room {
            if let damage { throw damaged(damage) }
            switch state {
            case .member:
                try inflateMember()
            case .betweenMembers:
                guard try hasInput() else { return 0 }
                beginMember()
            case .padding:
                guard try hasInput() else { return 0 }
                try skipPadding()
            }
        }
        let count = room - stream.pointee.avail_out
        expanded += UInt64(count)
        return Int(count)
    }

    private func inflateMember() throws {
        let before = stream.pointee.avail_in
        let result = inflate(stream, Z_NO_FLUSH)
        consumed += UInt64(before - stream.pointee.avail_in)
        switch result {
        case Z_OK: break
        case Z_STREAM_END: state = .betweenMembers
        case Z_BUF_ERROR:
            guard try hasInput() else {
                throw damaged("it ends inside its gzip data, at compressed byte \(consumed)")
            }
        default:
            let reason = stream.pointee.msg.map { String(cString: $0) } ?? String(cString: zError(result))
            damage = "its gzip data is damaged near compressed byte \(consumed) (\(reason))"
        }
    }

    private func beginMember() {
        guard stream.pointee.next_in.pointee == 0x1F else {
            state = .padding
            return
        }
        inflateReset(stream)
        state = .member
    }

    private func skipPadding() throws {
        let count = Int(stream.pointee.avail_in)
        guard UnsafeBufferPointer(start: stream.pointee.next_in, count: count).allSatisfy({ $0 == 0 }) else {
            throw damaged("its gzip data ends at compressed byte \(consumed), and other bytes follow")
        }
        consumed += UInt64(count)
        stream.pointee.avail_in = 0
    }

    private func hasInput() throws -> Bool {
        if stream.pointee.avail_in > 0 { return true }
        let count = try source.read(into: input)
        stream.pointee.next_in = input.baseAddress?.assumingMemoryBound(to: UInt8.self)
        stream.pointee.avail_in = UInt32(count)
        return count > 0
    }

    private func damaged(_ reason: String) -> DataError { .damaged(name, at: expanded, reason) }
}
