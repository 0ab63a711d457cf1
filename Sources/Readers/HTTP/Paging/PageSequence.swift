internal import Records

/// The pages of an API, one after the other: which one comes next, and that they are what they should be.
struct PageSequence {
    /// How many pages were fetched.
    private(set) var count = 0

    private let first: HTTPLocation
    private let options: PagingOptions
    private var next: HTTPLocation?
    /// The keys that lead to the records, once a page has shown them.
    private var recordsPath: [String]?
    /// Hashes of the addresses that were fetched: each of them leads to the pages after it again.
    private var visited: Set<Int> = []
    /// How many elements the pages had.
    private var elementCount = 0
    /// What the last page had.
    private var last: PageElements?

    init(_ location: HTTPLocation, _ options: PagingOptions) throws {
        first = location
        self.options = options
        recordsPath = options.recordsPath
        next = location
        switch options.paging {
        case .pageNumber(let parameter, let number), .offset(let parameter, let number):
            next = try location.setting(parameter, to: String(number))
        case .link, .nextURL, .cursor: break
        }
    }

    /// Fetches the next page and appends its elements to `lines`, which is empty, a line each. False if there is none.
    mutating func appendNext(from reader: PageReader, to lines: inout [UInt8]) throws -> Bool {
        guard let location = next else { return false }
        count += 1
        guard count <= options.maximumPages else {
            throw failure(
                .unreadable, location, "the API has more than \(options.maximumPages) pages (--max-pages)",
                "Raise --max-pages, or request larger pages or fewer records.")
        }
        guard visited.insert(location.address.hashValue).inserted else {
            throw failure(
                .malformed, location, "the link leads back to a page already read",
                "Check the value of --pages.")
        }
        let page: PageReader.Page
        do {
            // Behind the last page, some servers say that there is none.
            let mayBeMissing = count > 1 && options.paging.isCounted
            page = try reader.page(at: location, orStatus: mayBeMissing ? [204, 400, 404] : [])
        } catch let error as DataError where count > 1 {
            throw DataError(error.code, "\(error.message) (page \(count))", remedy: error.remedy)
        }
        if page.head.status != 200 {
            try requireMissing(page, location, reader)
            next = nil
            return false
        }
        try requireNoError(page, location, reader)
        let path = try path(in: page, location)
        let isLater = count > 1
        let (elements, member) = try parse(page, location) { document throws(JSONProblem) in
            // Some servers have null for a list without elements.
            let isEnd = isLater ? try document.isNull(at: path) : false
            return (
                isEnd ? 0 : try document.appendLines(ofArrayAt: path, to: &lines),
                try options.paging.memberPath.flatMap { path throws(JSONProblem) in try document.scalar(at: path) }
            )
        }
        guard let elements else {
            throw failure(
                .malformed, location,
                path.isEmpty ? "it is not a list, as the first page is" : "it has no array `\(JSONPath.name(path))`",
                "Name the array with --records.")
        }
        if elements > 0 { try requireOther(lines, location) }
        elementCount += elements
        next = try following(page, elements: elements, member: member)
        if count == 1 && next == nil { try requireEnd(of: page, location) }
        return true
    }

    /// Throws if the first page leads nowhere because the option does not fit the API: something else says that another
    /// page follows, or the page does not have the member at all, and that is none that APIs leave out of their last page.
    private func requireEnd(of page: PageReader.Page, _ location: HTTPLocation) throws {
        if options.paging.isCounted { return }
        let member = options.paging.memberPath
        let (hasMember, signs, keys) = try parse(page, location) { document throws(JSONProblem) in
            (
                try member.map { path throws(JSONProblem) in try document.value(at: path) != nil } ?? false,
                try document.signs(), try document.keys(upTo: 20)
            )
        }
        let fields = PageFields(page.head)
        let isUsual = member.map { keys != nil && JSONPageSign.isUsual($0) } ?? true
        let sign = fields.sign(after: elementCount)
        if sign == nil && signs.isEmpty && (hasMember || isUsual) { return }
        let what =
            member.map {
                "its member `\(JSONPath.name($0))`, which --pages names, is \(hasMember ? "empty" : "not there")"
            }
            ?? "its headers have no Link to a next page"
        let way =
            sign.map { "But \($0.reason)\($0.option.map { ": use \($0)" } ?? "")." }
            ?? signs.first.map { "Its member `\($0.name)` says that there are more pages: use \($0.option)." }
        let has =
            keys.map {
                "It has \($0.map { "`\($0)`" }.joined(separator: ", ")). Name the one that leads to the next page."
            }
            ?? "It is a list, which has no members. If the API numbers its pages: --pages page=PARAMETER."
        throw failure(
            .unusableOption, location, what, way ?? has)
    }

    /// The keys that lead to a page's records: what was said or seen before, or its only array of objects.
    private mutating func path(in page: PageReader.Page, _ location: HTTPLocation) throws -> [String] {
        if let recordsPath { return recordsPath }
        let arrays = try parse(page, location) { document throws(JSONProblem) in try document.arrays() }
        let ofObjects = arrays.filter(\.holdsObjects)
        let candidates = ofObjects.isEmpty ? arrays : ofObjects
        guard let path = candidates.first?.path else {
            throw failure(
                .malformed, location, "it has no array of objects",
                "Check that the URL returns a list, and name its array with --records.")
        }
        guard candidates.count == 1 else {
            let names = candidates.prefix(5).map { "`\(JSONPath.name($0.path))`" }.joined(separator: ", ")
            throw failure(
                .malformed, location, "it has several arrays: \(names)", "Choose one with --records.")
        }
        if !ofObjects.isEmpty { recordsPath = path }
        return path
    }

    /// A server that does not know the parameter sends its first page forever, and one that counts records with it
    /// sends most of them again.
    private mutating func requireOther(_ lines: [UInt8], _ location: HTTPLocation) throws {
        let way: String
        switch options.paging {
        case .pageNumber(let parameter, _):
            way =
                "Check that `\(parameter)` counts pages; if it counts records, "
                + "use --pages offset=\(parameter)."
        case .offset(let parameter, _):
            way =
                "Check that `\(parameter)` counts records, and sort the list by something "
                + "that does not change."
        case .link, .nextURL, .cursor: return
        }
        let page = PageElements(lines, behind: last)
        guard page.hash != last?.hash else {
            throw failure(.malformed, location, "it has the same records as the page before it", way)
        }
        // Once it may be chance: two records that are equal, or one that was put in meanwhile.
        guard page.overlaps < 2 else {
            throw failure(
                .malformed, location, "it begins with records from the end of the page before it, which did the same",
                way)
        }
        last = page
    }

    /// Throws if a server says that something went wrong, although it answers with 200.
    private func requireNoError(_ page: PageReader.Page, _ location: HTTPLocation, _ reader: PageReader) throws {
        let isMeant = options.recordsPath.map { $0.first?.lowercased().hasPrefix("error") == true } ?? false
        guard !isMeant, let message = ServerError.message(in: page.bytes) else { return }
        throw failure(
            .unreadable, location, "the server answered with an error: `\(excerpt(message, reader))`",
            "Try again later, or check the URL and the headers that are sent.")
    }

    /// Throws unless the server says that there is no such page.
    private func requireMissing(_ page: PageReader.Page, _ location: HTTPLocation, _ reader: PageReader) throws {
        let text = String(decoding: page.bytes.prefix(4096), as: UTF8.self)
        if [204, 404].contains(page.head.status) || text.lowercased().contains("page_number") { return }
        let words = page.head.reason.isEmpty ? "" : " \(excerpt(page.head.reason, reader))"
        throw failure(
            .unreadable, location, "the server answered \(page.head.status)\(words): `\(excerpt(text, reader))`",
            "Check the URL and the headers that are sent.")
    }

    private func excerpt(_ text: String, _ reader: PageReader) -> String {
        Redaction(first, headers: reader.headers).apply(
            to: text.prefix(200).split(whereSeparator: \.isWhitespace).joined(separator: " "))
    }

    private func following(_ page: PageReader.Page, elements: Int, member: String?) throws -> HTTPLocation? {
        switch options.paging {
        case .link:
            return try LinkField.next(in: page.head.values(of: "link")).map { try linked($0, from: page) }
        case .nextURL:
            return try member.map { try linked($0, from: page) }
        case .pageNumber(let parameter, let number):
            return elements == 0 ? nil : try first.setting(parameter, to: String(number + count))
        case .offset(let parameter, let number):
            return elements == 0 ? nil : try first.setting(parameter, to: String(number + elementCount))
        case .cursor(_, let parameter):
            return try member.map { try first.setting(parameter, to: $0) }
        }
    }

    /// Where a link leads, which must be on the same server: the headers and passwords go along.
    private func linked(_ link: String, from page: PageReader.Page) throws -> HTTPLocation {
        guard let next = try? page.answerer.resolving(link) else {
            throw failure(.malformed, page.answerer, "its link to the next page is not an HTTP or HTTPS URL", nil)
        }
        guard first.sharesSecrets(with: next) else {
            throw failure(
                .unreadable, page.answerer, "its link to the next page leads to another server, to \(next)",
                "If that is right, import from that server's address.")
        }
        return next.keepingUser(of: first)
    }

    private func parse<R>(
        _ page: PageReader.Page, _ location: HTTPLocation, _ body: (JSONPage) throws(JSONProblem) -> R
    ) throws -> R {
        let result = page.bytes.withUnsafeBytes { bytes in
            Result { () throws(JSONProblem) in try body(JSONPage(bytes)) }
        }
        switch result {
        case .success(let value): return value
        case .failure(let problem):
            throw failure(
                .malformed, location, "it is not JSON at byte \(problem.position)",
                "Check that the URL is a JSON API, and which headers it needs.")
        }
    }

    private func failure(
        _ code: DataError.Code, _ location: HTTPLocation, _ reason: String, _ remedy: String?
    ) -> DataError {
        DataError(code, "cannot read page \(count), \(location): \(reason)", remedy: remedy)
    }
}

extension Paging {
    /// The keys that lead to the member that names the next page.
    fileprivate var memberPath: [String]? {
        switch self {
        case .nextURL(let path), .cursor(let path, _): path
        case .link, .pageNumber, .offset: nil
        }
    }

    /// Whether pages are asked for until there is none.
    fileprivate var isCounted: Bool {
        switch self {
        case .pageNumber, .offset: true
        case .link, .nextURL, .cursor: false
        }
    }
}
