/// A member by which a page of an API says that it does not have all records.
package struct JSONPageSign: Sendable, Hashable {
    package enum Kind: Sendable, Hashable {
        /// The next page's address.
        case address
        /// What to send to get the next page.
        case token
        /// Only that there is more.
        case flag
        /// How many pages there are; a book has some, too.
        case count
        /// Which page this is, which alone says nothing.
        case place
        /// How many records there are in all, which says something beside how many are here.
        case total
        /// How many records were before these, and how many a page has at most; alone they say nothing.
        case offset, limit
    }

    /// What the member says.
    enum Value {
        /// Nil for a text that is too long to be looked at.
        case text(String?)
        case number(String)
        case yes, no
        /// An object that is not empty.
        case object
    }

    /// The keys that lead to it.
    package let path: [String]
    package let kind: Kind
    /// The number that it says, where that is a whole one.
    private(set) var number: UInt64?

    package var name: String { JSONPath.name(path) }

    /// What reads all pages, as far as the sign tells.
    package var option: String {
        switch kind {
        case .address: "--pages next=\(name)"
        case .token: "--pages cursor=\(name):PARAMETER"
        case .total, .offset, .limit: "--pages offset=PARAMETER"
        case .flag, .count, .place: "--pages page=PARAMETER"
        }
    }

    /// Members deeper than this are someone's data.
    private static let mostKeys = 4

    /// Nil for a member that says nothing of other pages.
    init?(path: [String], _ value: Value) {
        // Relay's connections stand at any depth.
        let isNear = path.count <= Self.mostKeys || path.dropLast().last == "pageInfo"
        guard isNear, let name = Self.plainName(path),
            let kind = Self.kindOfPlace(path, value) ?? Self.kind(name, value)
        else { return nil }
        self.path = path
        self.kind = kind
        if case .number(let text) = value { number = UInt64(text) }
        if case .text(let text?) = value { number = UInt64(text) }
    }

    /// An array of links at this path has one to the next page, as OGC's, STAC's and FHIR's have it.
    init(linksAt path: [String]) {
        self.path = path
        kind = .flag
    }

    /// Whether an array of links may be at this path.
    static func mayBeLinks(_ path: [String]) -> Bool {
        path.last.map { ["links", "link"].contains(plain($0)) } ?? false
    }

    /// Whether APIs call the way to the next page so; many leave the member out of their last page.
    static func isUsual(_ path: [String]) -> Bool {
        plainName(path).map { addresses.contains($0) || tokens.contains($0) } ?? false
    }

    private static func kind(_ name: String, _ value: Value) -> Kind? {
        let leadsOn = addresses.contains(name) || tokens.contains(name)
        switch value {
        case .object: return keys.contains(name) ? .token : nil
        case .yes where searches.contains(name), .no where searches.contains(name): return .place
        case .yes: return leadsOn || more.contains(name) ? .flag : nil
        case .no: return last.contains(name) ? .flag : nil
        case .number(let text):
            guard let number = Double(text) else { return nil }
            if let kind = count(name, number) { return kind }
            return leadsOn && number > 0 ? .token : nil
        case .text(let text):
            if text?.isEmpty == true { return nil }
            if let number = text.flatMap(Double.init), let kind = count(name, number) { return kind }
            if more.contains(name) { return text?.lowercased() == "true" ? .flag : nil }
            if addresses.contains(name) { return isAddress(text) ? .address : .token }
            // Airtable's.
            if name == "offset" { return text?.hasPrefix("itr") == true ? .token : nil }
            return tokens.contains(name) ? .token : nil
        }
    }

    /// What members mean only in their place: `more` and `truncated` beside the records, and Reddit's `data.after`.
    private static func kindOfPlace(_ path: [String], _ value: Value) -> Kind? {
        switch value {
        case .yes: path == ["more"] || path == ["truncated"] ? .flag : nil
        case .text(let text?): path == ["data", "after"] && text.contains(#/^t\d_/#) ? .token : nil
        default: nil
        }
    }

    private static func count(_ name: String, _ number: Double) -> Kind? {
        if totals.contains(name) { return number > 1 ? .flag : nil }
        if counts.contains(name) { return number > 1 ? .count : nil }
        if totalRecords.contains(name) { return .total }
        if offsets.contains(name) { return .offset }
        if limits.contains(name) { return .limit }
        return places.contains(name) ? .place : nil
    }

    private static func isAddress(_ text: String?) -> Bool {
        text.map { text in text.contains("/") || text.contains("?") || text.contains("=") } ?? true
    }

    /// The last key in small letters, without marks between its words; an address may be in an object: `next.href`.
    private static func plainName(_ path: [String]) -> String? {
        guard let key = path.last else { return nil }
        let name = plain(key)
        if path.count > 1, ["href", "url", "uri", "ref", "link", "after"].contains(name) {
            return plain(path[path.count - 2])
        }
        // Elasticsearch's.
        if name == "value", path.count > 1, path[path.count - 2] == "total" { return "total" }
        return name
    }

    static func plain(_ key: String) -> String {
        let known = ["hydra:", "opensearch:", "os:"].first(where: key.lowercased().hasPrefix) ?? ""
        let name = key.lowercased().dropFirst(known.count).filter { $0.isLetter || $0.isNumber }
        return name.hasPrefix("odata") ? String(name.dropFirst(5)) : name
    }

    private static let addresses: Set = [
        "next", "nextlink", "nexturl", "nexturi", "nexthref", "nextpage", "nextpageurl", "nextpageuri", "nextpagelink",
        "nextrecordsurl",
    ]
    private static let tokens: Set = [
        "nextpagetoken", "nexttoken", "nextcursor", "nextpagecursor", "nextmarker", "nextkey", "nextoffset",
        "nextstart",
        "nextpagenumber", "nextcontinuationtoken", "continuationtoken", "continue", "lastevaluatedkey",
    ]
    /// Those that may be objects.
    private static let keys: Set = ["lastevaluatedkey", "continue", "nextkey", "nexttoken", "nextcursor"]
    private static let more: Set = [
        "hasmore", "hasnext", "hasnextpage", "hasmoreitems", "hasmoreresults", "hasmorerecords",
        "hasmorepages", "morerecords", "moreresults", "moreavailable", "istruncated", "exceededtransferlimit",
    ]
    private static let last: Set = ["islast", "islastpage"]
    private static let totals: Set = [
        "totalpages", "lastpage", "numpages", "totalpagecount", "pagestotal", "pagetotal",
    ]
    private static let counts: Set = ["pages", "pagecount"]
    private static let totalRecords: Set = [
        "total", "totalcount", "totalresults", "totalitems", "totalrecords", "totalhits", "totalrows", "totalsize",
        "totalentries", "totalelements", "numfound", "count", "recordstotal",
    ]
    private static let offsets: Set = ["offset", "start", "startat", "startindex", "skip"]
    private static let limits: Set = [
        "limit", "maxresults", "perpage", "pagesize", "itemsperpage", "resultsperpage",
    ]
    /// GitHub's searches say it beside their total.
    private static let searches: Set = ["incompleteresults"]
    private static let places: Set = ["page", "currentpage", "pagenumber", "pagenum", "pageno", "pageindex", "current"]
}

extension [JSONPageSign] {
    /// Without those that say something only beside others: how many pages there are, beside which one this is.
    var meant: [JSONPageSign] {
        let places = Set(filter { $0.kind == .place }.map { $0.path.dropLast() })
        return filter { sign in
            switch sign.kind {
            case .address, .token, .flag: true
            case .count: places.contains(sign.path.dropLast())
            case .place, .total, .offset, .limit: false
            }
        }
    }
}
