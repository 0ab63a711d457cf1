/// A member by which a page of an API says that it does not have all records.
package struct JSONPageSign: Sendable, Hashable {
    package enum Kind: Sendable, Hashable {
        /// The next page's address.
        case address
        /// What is to be sent to get the next page.
        case token
        /// Only that there is more.
        case flag
        /// How many pages there are; a book has some, too.
        case count
        /// Which page this is, which alone says nothing.
        case place
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

    package var name: String { JSONPath.name(path) }

    /// What reads all pages, as far as the sign tells.
    package var option: String {
        switch kind {
        case .address: "--pages next=\(name)"
        case .token: "--pages cursor=\(name):PARAMETER"
        case .flag, .count, .place: "--pages page=PARAMETER"
        }
    }

    /// Members deeper than this are somebody's data.
    private static let mostKeys = 4

    /// Nil for a member that says nothing of other pages.
    init?(path: [String], _ value: Value) {
        guard path.count <= Self.mostKeys, let name = Self.plainName(path), let kind = Self.kind(name, value) else {
            return nil
        }
        self.path = path
        self.kind = kind
    }

    /// An array of links at this path has one to the next page, as OGC's, STAC's and FHIR's have it.
    init(linksAt path: [String]) {
        self.path = path
        kind = .flag
    }

    /// Whether an array of links may stand at this path.
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
            return tokens.contains(name) ? .token : nil
        }
    }

    private static func count(_ name: String, _ number: Double) -> Kind? {
        if totals.contains(name) { return number > 1 ? .flag : nil }
        if counts.contains(name) { return number > 1 ? .count : nil }
        return places.contains(name) ? .place : nil
    }

    private static func isAddress(_ text: String?) -> Bool {
        text.map { text in text.contains("/") || text.contains("?") || text.contains("=") } ?? true
    }

    /// The last key in small letters, without marks between its words; an address may stand in an object: `next.href`.
    private static func plainName(_ path: [String]) -> String? {
        guard let key = path.last else { return nil }
        let name = plain(key)
        if path.count > 1, ["href", "url", "uri", "ref", "link", "after"].contains(name) {
            return plain(path[path.count - 2])
        }
        return name
    }

    private static func plain(_ key: String) -> String {
        let name = key.lowercased().filter { $0.isLetter || $0.isNumber }
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
    private static let places: Set = ["page", "currentpage", "pagenumber", "pagenum", "pageno", "pageindex", "current"]
}

extension [JSONPageSign] {
    /// Without those that say something only beside others: how many pages there are, beside which one this is.
    var meant: [JSONPageSign] {
        let places = Set(filter { $0.kind == .place }.map { $0.path.dropLast() })
        return filter { $0.kind != .place && ($0.kind != .count || places.contains($0.path.dropLast())) }
    }
}
