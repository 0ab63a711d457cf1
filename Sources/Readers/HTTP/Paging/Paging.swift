/// How one page of an API leads to the next.
package enum Paging: Sendable, Equatable {
    /// The header `Link: <…>; rel="next"`; the page without one is the last.
    case link
    /// A member whose value is the next page's URL, named by its keys; the page without one is the last.
    case nextURL(path: [String])
    /// A query parameter with the page's number; the first page without elements ends it.
    case pageNumber(parameter: String, first: Int)
    /// A query parameter with the number of the records before the page; the first page without elements ends it.
    case offset(parameter: String, first: Int)
    /// A query parameter that takes the value of a member, named by its keys; the page without one is the last.
    case cursor(path: [String], parameter: String)
}

/// How an API that gives its records in pages is read.
package struct PagingOptions: Sendable {
    package var paging: Paging
    /// The keys that lead to the array of records in each page; nil for the page itself where it is an array, or its
    /// only array of objects.
    package var recordsPath: [String]?
    package var maximumPages = 10_000
    /// The largest page, in bytes.
    package var maximumPageBytes = 64 << 20

    package init(_ paging: Paging, recordsPath: [String]? = nil) {
        self.paging = paging
        self.recordsPath = recordsPath
    }
}
