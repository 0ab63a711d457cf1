internal import Glibc
internal import Records

/// A file on a server, read from wherever is wanted with as many requests as it takes: one that breaks is made again,
/// from where it broke if the server can do that, and otherwise from the file's start.
struct HTTPDownload {
    private var exchange: HTTPExchange
    private let retries: RetryPolicy
    /// What the first answer said.
    let head: HTTPHead
    let answerer: HTTPLocation
    let identity: HTTPIdentity

    /// Where the open answer's next byte is in the file; nil if no answer is open.
    private var position: UInt64? = 0
    /// The file's size, once it is known.
    private var end: UInt64?
    private var failures = 0
    private var reread = RereadCheck()

    /// How much is read at once where bytes are only passed.
    private static let skippedBytes = 64 << 10

    /// Throws `DataError(.unreadable)` where there is no answer with the file. `transfer` may serve others before and after.
    ///
    /// - Parameter others: the statuses besides 200 that are not refusals.
    init(
        _ location: HTTPLocation, options: HTTPOptions, transfer: CurlTransfer, orStatus others: Set<Int> = []
    ) throws {
        exchange = HTTPExchange(location, options: options, transfer: transfer)
        retries = options.retries
        while true {
            do {
                head = try exchange.get(orStatus: others)
                break
            } catch let failure as HTTPBreak {
                failures += 1
                try Self.wait(for: location, at: 0, after: failure, failures: failures, retries)
            }
        }
        answerer = exchange.answerer
        identity = HTTPIdentity(head)
        end = identity.size
    }

    /// Whether any byte can be had with one request.
    var canSeek: Bool {
        identity.size != nil && identity.validator != nil && head["accept-ranges"]?.lowercased() == "bytes"
    }

    /// Reads bytes at `offset`: at least one, or 0 at the end and beyond.
    mutating func read(at offset: UInt64, into buffer: UnsafeMutableRawBufferPointer) throws -> Int {
        while true {
            if let end, offset >= end { return 0 }
            do {
                try stand(at: offset)
                guard position == offset else { return 0 }
                let count = try readOn(into: buffer)
                failures = 0
                return count
            } catch let failure as HTTPBreak {
                position = nil
                failures += 1
                try Self.wait(for: exchange.location, at: offset, after: failure, failures: failures, retries)
            }
        }
    }

    /// Makes the open answer's next byte the one at `offset`, or the last one where the file ends before it.
    private mutating func stand(at offset: UInt64) throws {
        if position == offset { return }
        if position.map({ $0 > offset }) ?? true || canSeek { try open(at: offset) }
        guard let position, position < offset else { return }
        try withUnsafeTemporaryAllocation(byteCount: Self.skippedBytes, alignment: 1) { scratch in
            while let position = self.position, position < offset {
                let wanted = min(UInt64(scratch.count), offset - position)
                if try readOn(into: UnsafeMutableRawBufferPointer(rebasing: scratch[..<Int(wanted)])) == 0 { return }
            }
        }
    }

    private mutating func open(at offset: UInt64) throws {
        position = nil
        let asksForPart = identity.validator != nil && head["accept-ranges"]?.lowercased() != "none"
        let answer = try exchange.get(from: asksForPart ? offset : 0, validator: identity.validator)
        if answer.status == 416 {
            // A body without a length broke where it ended.
            guard answer.contentRange.total == offset else { throw changed("it no longer has a byte \(offset)") }
            end = offset
            return
        }
        if let difference = HTTPIdentity(answer).difference(from: identity) { throw changed(difference) }
        if answer.status == 206 {
            guard answer.contentRange.start == offset else {
                throw DataError(
                    .unreadable, "cannot read \(exchange.location) at byte \(offset): the server sent a different part",
                    remedy: "Save the file with another tool and import that.")
            }
            position = offset
            reread.suspend()
        } else {
            position = 0
            reread.restart()
        }
    }

    /// Reads on in the open answer, whose bytes must be those that came before in their place.
    private mutating func readOn(into buffer: UnsafeMutableRawBufferPointer) throws -> Int {
        let start = position ?? 0
        let count = try exchange.read(into: buffer)
        guard reread.add(UnsafeRawBufferPointer(rebasing: buffer[..<count])) else {
            throw changed("its first \(reread.knownCount) bytes are no longer the same")
        }
        position = start + UInt64(count)
        if count == 0 {
            guard start >= reread.knownCount else { throw changed("it now ends at byte \(start)") }
            end = start
        }
        return count
    }

    private func changed(_ difference: String) -> DataError {
        DataError(
            .conflict, "\(exchange.location) changed while it was read: \(difference)",
            remedy: "Import it again once it no longer changes.")
    }

    /// Waits before the next try, or throws the last failure if there is none.
    private static func wait(
        for location: HTTPLocation, at offset: UInt64, after failure: HTTPBreak, failures: Int, _ retries: RetryPolicy
    ) throws {
        let wait = retries.wait(
            afterFailures: failures, retryAfter: failure.retryAfter, jitter: Double.random(in: 0...1))
        guard let wait else {
            let place = offset == 0 ? "" : " at byte \(offset)"
            let count = failures == 1 ? "" : ", after \(failures) attempts"
            let asked = failure.retryAfter.map { ", and asks to wait \($0.components.seconds) s" } ?? ""
            throw DataError(
                .unreadable, "cannot read \(location)\(place): \(failure.reason)\(asked)\(count)",
                remedy: "Try again when the server answers.")
        }
        sleep(wait)
    }

    private static func sleep(_ duration: Duration) {
        var left = timespec(
            tv_sec: Int(duration.components.seconds), tv_nsec: Int(duration.components.attoseconds / 1_000_000_000))
        var rest = timespec()
        while nanosleep(&left, &rest) != 0 && errno == EINTR { left = rest }
    }
}
