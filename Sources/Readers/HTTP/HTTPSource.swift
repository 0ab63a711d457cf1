internal import Records
internal import Synchronization

/// A file on an HTTP server, read while it comes; memory stays flat however slowly it is read.
///
/// A connection that breaks is made again, from the byte where it broke. Bytes that had to come twice must be the same
/// twice, and the file must stay the one it was: otherwise reading throws `DataError(.conflict)`.
///
/// Copies share the connection and read on independently, but take turns at the cost of a request each.
package struct HTTPSource: ByteSource, CustomStringConvertible {
    package let location: HTTPLocation
    /// The file's size in bytes where the server said it and can send the file from any byte on.
    package let size: UInt64?
    package let identity: HTTPIdentity
    /// The media type with its parameters, as the server gave it.
    package let contentType: String?
    /// The name that the server gives the file, or the last part of the URL's path; nil if there is neither.
    package let suggestedName: String?

    /// What the answer's header says of other pages.
    package let pages: PageFields

    private let shared: Shared
    private var offset: UInt64 = 0

    /// Asks for the file and waits for the server's answer. Throws `DataError(.unreadable)` if it refuses, or cannot be
    /// reached in as many tries as `options` allow.
    package init(_ location: HTTPLocation, options: HTTPOptions = HTTPOptions()) throws {
        let download = try HTTPDownload(location, options: options, transfer: CurlTransfer(options))
        self.location = location
        size = download.canSeek ? download.identity.size : nil
        identity = download.identity
        contentType = download.head["content-type"]
        suggestedName = FileName.suggested(by: download.head, at: location)
        pages = PageFields(download.head)
        shared = Shared(download)
    }

    package var isRepeatable: Bool { true }
    package var description: String { location.description }

    package mutating func read(into buffer: UnsafeMutableRawBufferPointer) throws -> Int {
        let count = try shared.download.withLock { try $0.read(at: offset, into: buffer) }
        offset += UInt64(count)
        return count
    }

    /// The next read asks the server for the file from there on; where the server cannot do that, it reads on to there,
    /// or begins the file again to get back.
    package mutating func seek(to offset: UInt64) throws { self.offset = offset }

    private final class Shared: Sendable {
        let download: Mutex<HTTPDownload>
        init(_ download: HTTPDownload) { self.download = Mutex(download) }
    }
}
