internal import Records

/// The records of an API that gives them in pages, as one stream of JSON lines: each element of each page's array as it
/// stands in the page, numbers with all their digits, on a line of its own. Offsets are counted in that stream.
///
/// A page that cannot be had whole is asked for again, as `HTTPOptions` say. Seeking fetches pages again: those up to
/// the place, from the first one on to get back; if they no longer give the same bytes, `DataError(.conflict)` is thrown.
/// Copies read on independently over one connection.
package struct PagedSource: ByteSource, CustomStringConvertible {
    package let location: HTTPLocation

    private let reader: PageReader
    private let options: PagingOptions
    private var pages: PageSequence
    /// The lines of the page that was fetched last, and how many bytes of them were given.
    private var lines: [UInt8] = []
    private var given = 0
    private var offset: UInt64 = 0
    private var reread = RereadCheck()

    /// Nothing is fetched before the first read.
    package init(_ location: HTTPLocation, paging: PagingOptions, options: HTTPOptions = HTTPOptions()) throws {
        self.location = location
        self.options = paging
        reader = PageReader(options: options, maximumBytes: paging.maximumPageBytes)
        pages = try PageSequence(location, paging)
    }

    package var size: UInt64? { nil }
    package var isRepeatable: Bool { true }
    package var description: String { location.description }

    /// Throws `DataError`: `.unreadable` where a page cannot be had, `.malformed` where it is not what it should be.
    package mutating func read(into buffer: UnsafeMutableRawBufferPointer) throws -> Int {
        while given == lines.count {
            lines.removeAll(keepingCapacity: true)
            given = 0
            guard try pages.appendNext(from: reader, to: &lines) else { return 0 }
            try checkAgain()
        }
        let count = min(buffer.count, lines.count - given)
        buffer.copyBytes(from: lines[given..<(given + count)])
        given += count
        offset += UInt64(count)
        return count
    }

    package mutating func seek(to target: UInt64) throws {
        if target < offset {
            pages = try PageSequence(location, options)
            lines.removeAll(keepingCapacity: true)
            (given, offset) = (0, 0)
            reread.restart()
        }
        try withUnsafeTemporaryAllocation(byteCount: 64 << 10, alignment: 1) { scratch in
            while offset < target {
                let part = Int(min(UInt64(scratch.count), target - offset))
                if try read(into: UnsafeMutableRawBufferPointer(rebasing: scratch[..<part])) == 0 { return }
            }
        }
    }

    private mutating func checkAgain() throws {
        let isSame = lines.withUnsafeBytes { reread.add($0) }
        guard isSame else {
            throw DataError(
                .conflict, "\(location) returned different records than before in its first \(pages.count) pages",
                remedy: "Import it again, sorted by something that does not change, or save the pages to a file first.")
        }
    }
}
