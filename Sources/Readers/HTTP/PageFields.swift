/// What an answer's header says of other pages.
package struct PageFields: Sendable {
    /// Why there is a next page, as a clause; nil if nothing says so.
    package private(set) var reason: String?
    /// The `--pages` that leads to it; nil if none does.
    package private(set) var option: String?
    /// The field that says how many records there are in all, and how many.
    package private(set) var total: (field: String, count: UInt64)?

    package init() {}

    /// What says that more follows after so many records.
    package func sign(after records: Int) -> (reason: String, option: String?)? {
        if let reason { return (reason, option) }
        guard let total, total.count > UInt64(records) else { return nil }
        return ("the server's \(total.field) header announces \(total.count) records", "--pages page=PARAMETER")
    }

    init(_ head: HTTPHead) {
        total =
            ["X-Total-Count", "X-WP-Total", "X-Total"].lazy.compactMap { field in
                head[field.lowercased()].flatMap { UInt64($0) }.map { (field, $0) }
            }.first
        if LinkField.next(in: head.values(of: "link")) != nil {
            (reason, option) = ("the server's Link header points to it", "--pages link")
        } else if head["x-next-page"]?.isEmpty == false {
            (reason, option) = ("the server's X-Next-Page header points to it", "--pages page=PARAMETER")
        } else if head["x-ms-continuation"]?.isEmpty == false {
            reason = "the server's x-ms-continuation header points to it"
        } else if let (field, count) = Self.pageCount(head), count > 1 {
            (reason, option) = (
                "the server's \(field) header says that there are \(count) pages", "--pages page=PARAMETER"
            )
        }
    }

    private static func pageCount(_ head: HTTPHead) -> (field: String, count: UInt64)? {
        ["X-WP-TotalPages", "X-Total-Pages", "X-Pagination-Page-Count"].lazy.compactMap { field in
            head[field.lowercased()].flatMap { UInt64($0) }.map { (field, $0) }
        }.first
    }
}
