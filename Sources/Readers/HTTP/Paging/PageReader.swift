internal import Records
internal import Synchronization

/// Fetches whole pages, one after the other over one connection.
final class PageReader: Sendable {
    struct Page {
        var bytes: [UInt8]
        var head: HTTPHead
        /// The location that gave it, after redirects.
        var answerer: HTTPLocation
    }

    let headers: [HTTPHeader]
    private let options: HTTPOptions
    private let maximumBytes: Int
    private let transfer: Mutex<CurlTransfer>

    init(options: HTTPOptions, maximumBytes: Int) {
        self.options = options
        headers = options.headers
        self.maximumBytes = maximumBytes
        transfer = Mutex(CurlTransfer(options))
    }

    /// Throws `DataError(.unreadable)` if the page cannot be had whole, or is too large.
    ///
    /// - Parameter others: the statuses besides 200 with which an answer is given back, too.
    func page(at location: HTTPLocation, orStatus others: Set<Int> = []) throws -> Page {
        try transfer.withLock { transfer in
            var changes = 0
            while true {
                do {
                    return try fetch(location, transfer, others)
                } catch let error as DataError where error.code == .conflict && changes + 1 < options.retries.tries {
                    // A live page changed between two tries to get it: nothing was given of it, so it is asked for
                    // again.
                    changes += 1
                }
            }
        }
    }

    private func fetch(_ location: HTTPLocation, _ transfer: CurlTransfer, _ others: Set<Int>) throws -> Page {
        var download = try HTTPDownload(location, options: options, transfer: transfer, orStatus: others)
        var bytes: [UInt8] = []
        try withUnsafeTemporaryAllocation(byteCount: 64 << 10, alignment: 1) { buffer in
            while true {
                let count = try download.read(at: UInt64(bytes.count), into: buffer)
                if count == 0 { return }
                guard bytes.count + count <= maximumBytes else {
                    throw DataError(
                        .unreadable, "cannot read \(location): the page has more than \(maximumBytes >> 20) MiB",
                        remedy: "Request smaller pages; most APIs have a parameter for this.")
                }
                bytes.append(contentsOf: buffer[..<count])
            }
        }
        return Page(bytes: bytes, head: download.head, answerer: download.answerer)
    }
}
