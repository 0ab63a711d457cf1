internal import Glibc

/// Chooses between the branches of `mc:AlternateContent` (ECMA-376 part 3), of which handlers never learn: the first Choice
/// that needs nothing that spreadsheet programs do not know, or else the Fallback.
struct XMLAlternatives {
    enum Verdict {
        /// An element of the part's own.
        case content
        /// What is in it is in its place.
        case transparent
        case unwanted
    }

    private var open: [(depth: Int, isChosen: Bool)] = []
    /// The prefixes of namespaces that spreadsheet programs know.
    private var known: Set<String> = []

    /// The namespaces of spreadsheets, transitional, strict and as Excel extends them.
    private static let namespaces = [
        "http://schemas.openxmlformats.org/", "http://purl.oclc.org/ooxml/",
        "http://schemas.microsoft.com/office/spreadsheetml/",
    ]

    /// Takes the start tag of an element that is so deep.
    mutating func start(_ name: XMLName, _ attributes: XMLAttributes, depth: Int) -> Verdict {
        if depth == 1 { declare(attributes) }
        if let last = open.last, last.depth == depth - 1 {
            declare(attributes)
            let isTaken = !last.isChosen && (name == "Fallback" || name == "Choice" && isKnown(attributes))
            if isTaken { open[open.count - 1].isChosen = true }
            return isTaken ? .transparent : .unwanted
        }
        guard name == "AlternateContent" else { return .content }
        declare(attributes)
        open.append((depth, false))
        return .transparent
    }

    /// Takes the end of an element that was so deep. `isRead` is false if none of the branches that ended counts.
    mutating func end(depth: Int) -> (verdict: Verdict, isRead: Bool) {
        guard let last = open.last, depth <= last.depth + 1 else { return (.content, true) }
        guard depth == last.depth else { return (.transparent, true) }
        open.removeLast()
        return (.transparent, last.isChosen)
    }

    private mutating func declare(_ attributes: XMLAttributes) {
        let prefix = "xmlns:"
        for (name, value) in attributes.all where name.hasPrefix(prefix) {
            let isKnown = Self.namespaces.contains(where: value.hasPrefix)
            if isKnown { known.insert(String(name.dropFirst(prefix.count))) }
        }
    }

    private func isKnown(_ attributes: XMLAttributes) -> Bool {
        let needed = attributes.text("Requires")?.split(whereSeparator: \.isWhitespace) ?? []
        return !needed.isEmpty && needed.allSatisfy { known.contains(String($0)) }
    }
}
