/// A member by which a page of an API says that it does not have all records.
package struct JSONPageSign: Sendable, Hashable {
    package enum Kind: Sendable, Hashable {
        /// The next page's address.
        case address
        /// What is to be sent to get the next page.
        case token
        /// Only that there is more.
        case flag
    }

    /// What the member says.
    enum Value {
        /// Nil for a text that is too long to be looked at.
        case text(String?)
        case number(String)
        case yes, no
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
        case .flag: "--pages page=PARAMETER"
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

    /// Whether APIs call the way to the next page so; many leave the member out of their last page.
    static func isUsual(_ path: [String]) -> Bool {
        plainName(path).map { addresses.contains($0) || tokens.contains($0) } ?? false
    }

    private static func kind(_ name: String, _ value: Value) -> Kind? {
        let leadsOn = addresses.contains(name) || tokens.contains(name)
        switch value {
        case .yes: return leadsOn || more.contains(name) ? .flag : nil
        case .no: return last.contains(name) ? .flag : nil
        case .number(let text):
            guard let number = Double(text) else { return nil }
            if totals.contains(name) { return number > 1 ? .flag : nil }
            return leadsOn && number > 0 ? .token : nil
        case .text(let text):
            if text?.isEmpty == true { return nil }
            if more.contains(name) { return text?.lowercased() == "true" ? .flag : nil }
            if addresses.contains(name) { return isAddress(text) ? .address : .token }
            return tokens.contains(name) ? .token : nil
        }
    }

    private static func isAddress(_ text: String?) -> Bool {
        text.map { text in text.contains("/") || text.contains("?") || text.contains("=") } ?? true
    }

    /// The last key in small letters, without marks between its words; an address may stand in an object: `next.href`.
    private static func plainName(_ path: [String]) -> String? {
        guard let key = path.last else { return nil }
        let name = plain(key)
        if path.count > 1, ["href", "url", "uri", "ref"].contains(name) { return plain(path[path.count - 2]) }
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
        "nextpagenumber", "nextcontinuationtoken", "continuationtoken",
    ]
    private static let more: Set = [
        "hasmore", "hasnext", "hasnextpage", "hasmoreitems", "hasmoreresults", "istruncated",
    ]
    private static let last: Set = ["islast", "islastpage"]
    private static let totals: Set = ["totalpages", "lastpage"]
}
