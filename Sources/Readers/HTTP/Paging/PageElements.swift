/// What a page has, kept to be compared with the next page.
struct PageElements {
    let hash: Int
    /// How many pages up to this one, each behind the other, begin with what the page before them ends with.
    let overlaps: Int
    /// A hash of each element.
    private let elements: [Int]
    /// Whether no two elements are equal: where some are, equal ones in two pages say nothing.
    private let areDistinct: Bool

    /// - Parameter lines: the elements, a line each.
    init(_ lines: [UInt8], behind last: PageElements?) {
        elements = lines.split(separator: LineByte.lineFeed).map(\.hashValue)
        hash = elements.hashValue
        areDistinct = Set(elements).count == elements.count
        guard let last, areDistinct, last.areDistinct, let first = elements.first,
            let start = last.elements.firstIndex(of: first),
            zip(last.elements[start...], elements).allSatisfy({ $0 == $1 })
        else {
            overlaps = 0
            return
        }
        overlaps = last.overlaps + 1
    }
}
