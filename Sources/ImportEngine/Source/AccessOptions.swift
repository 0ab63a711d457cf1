package import Readers
internal import Records

/// How sources on servers are reached. Nothing of it goes into the log but the way from page to page.
package struct AccessOptions: Sendable {
    package var http = HTTPOptions()
    /// How an API gives its records page by page; nil if one answer has them all.
    var paging: PagingOptions?
    /// The paging as it was written.
    package private(set) var pages: String?

    package init() {}

    /// - Parameters:
    ///   - headers: sent with each request, each as `Name: value`.
    ///   - pages: `link`, `next=PATH`, `page=PARAMETER[:FIRST]`, `offset=PARAMETER[:FIRST]` or `cursor=PATH:PARAMETER`.
    /// - Throws: `DataError.unusableOption` for what is not possible.
    package init(
        headers: [String], allowsPrivateNetwork: Bool, pages: String?, maximumPages: Int?, records: String?
    ) throws {
        http.headers = try headers.map(HTTPHeader.init)
        http.allowsPrivateNetwork = allowsPrivateNetwork
        guard let pages else { return }
        var paging = PagingOptions(try Self.paging(pages), recordsPath: records.map(JSONPath.keys))
        if let maximumPages {
            guard maximumPages > 0 else { throw ImportOptions.unusable("--max-pages", "\(maximumPages)", "1 or more") }
            paging.maximumPages = maximumPages
        }
        self.paging = paging
        self.pages = pages
    }

    /// Throws `DataError.unusableOption` where flags were given that are for URLs, and none of the sources is one.
    package static func requireURL(for flags: [String], among sources: [String]) throws {
        if flags.isEmpty || sources.contains(where: HTTPLocation.isMeant) { return }
        let names = flags.joined(separator: " and ")
        throw DataError(
            .unusableOption,
            "\(names) \(flags.count == 1 ? "applies" : "apply") only to URLs, and "
                + (sources.count == 1
                    ? "\(sources[0] == "-" ? "standard input" : sources[0]) is not a URL." : "no source is a URL."),
            remedy: "Leave out \(names).")
    }

    /// The same, with the paging that an import began with.
    func paged(_ pages: String, records: String?) throws -> AccessOptions {
        var access = try AccessOptions(
            headers: [], allowsPrivateNetwork: http.allowsPrivateNetwork, pages: pages, maximumPages: nil,
            records: records)
        access.paging?.maximumPages = paging?.maximumPages ?? PagingOptions(.link).maximumPages
        access.http = http
        return access
    }

    private static func paging(_ text: String) throws -> Paging {
        let parts = text.split(separator: "=", maxSplits: 1).map(String.init)
        let value = parts.count > 1 ? parts[1] : ""
        switch parts.first {
        case "link" where parts.count == 1: return .link
        case "next" where !value.isEmpty: return .nextURL(path: JSONPath.keys(value))
        case "page" where !value.isEmpty:
            let words = value.split(separator: ":", maxSplits: 1).map(String.init)
            guard let first = words.count > 1 ? Int(words[1]) : 1 else { break }
            return .pageNumber(parameter: words[0], first: first)
        case "offset" where !value.isEmpty:
            let words = value.split(separator: ":", maxSplits: 1).map(String.init)
            guard let first = words.count > 1 ? Int(words[1]) : 0 else { break }
            return .offset(parameter: words[0], first: first)
        case "cursor" where !value.isEmpty:
            let words = value.split(separator: ":").map(String.init)
            guard words.count == 2 else { break }
            return .cursor(path: JSONPath.keys(words[0]), parameter: words[1])
        default: break
        }
        throw ImportOptions.unusable(
            "--pages", text,
            "link, next=PATH, page=PARAMETER[:FIRST], offset=PARAMETER[:FIRST] or cursor=PATH:PARAMETER")
    }
}
