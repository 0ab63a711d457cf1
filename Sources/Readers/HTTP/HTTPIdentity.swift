/// What a server says of a file that changes when the file's bytes do.
package struct HTTPIdentity: Sendable, Equatable {
    /// The file's size in bytes.
    package var size: UInt64?
    /// The entity tag, quotes included. Only a strong one is kept: it stands for the same bytes.
    package var entityTag: String?
    /// The date of the last change as the server writes it.
    package var lastModified: String?
    /// What proves the bytes the same in a request for a part of them.
    var validator: String?

    init(_ head: HTTPHead) {
        size = head.status == 206 ? head.contentRange.total : head.contentLength
        let tag = head["etag"]
        entityTag = tag.flatMap { $0.hasPrefix("\"") ? $0 : nil }
        lastModified = head["last-modified"]
        // A file changed within the second of the answer may change again within it.
        validator = entityTag ?? (tag == nil && lastModified != head["date"] ? lastModified : nil)
    }

    /// What differs between two answers about one file, in words; nil if nothing that both say does.
    func difference(from other: HTTPIdentity) -> String? {
        func differs<T: Equatable>(_ name: String, _ old: T?, _ new: T?) -> String? {
            guard let old, let new, old != new else { return nil }
            return "its \(name) was \(old) and is \(new)"
        }
        return differs("size", other.size, size) ?? differs("ETag", other.entityTag, entityTag)
            // Machines behind one name may have different dates for the same bytes, but not one tag for different ones.
            ?? (entityTag != nil && other.entityTag != nil
                ? nil : differs("Last-Modified", other.lastModified, lastModified))
    }
}
