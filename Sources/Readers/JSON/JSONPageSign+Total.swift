extension [JSONPageSign] {
    /// The members that say that there are more records than an array beside them has.
    ///
    /// A total alone may be a sum of money or of anything: it counts only beside what APIs say of the page, or under a name
    /// that means nothing else.
    ///
    /// - Parameter arrays: the keys that lead to each array of records, and how many it has.
    func totals(beyond arrays: [(path: [String], records: UInt64)]) -> [JSONPageSign] {
        filter { sign in
            guard sign.kind == .total, let total = sign.number, let records = sign.records(of: arrays) else {
                return false
            }
            return records < total && (sign.isUnmistakable || contains { $0.isPage(of: records, total, beside: sign) })
        }
    }

    /// Totals that may be meant so and may be something else.
    func openTotals(beyond arrays: [(path: [String], records: UInt64)]) -> [JSONPageSign] {
        let names: Set = [
            "totalcount", "totalresults", "totalrecords", "totalhits", "totalitems", "totalelements", "totalentries",
            "totalrows", "totalsize", "numfound", "recordstotal",
        ]
        // Beside other arrays they are counts of anything.
        let ofLists: Set = ["total", "count"]
        let lists: Set = ["results", "rows", "data", "records", "docs", "hits"]
        return filter { sign in
            guard sign.kind == .total, let total = sign.number, let records = sign.records(of: arrays) else {
                return false
            }
            let name = JSONPageSign.plain(sign.path.last ?? "")
            let isOfList =
                ofLists.contains(name)
                && arrays.contains { array in
                    array.path.dropLast() == sign.path.dropLast() && lists.contains(array.path.last ?? "")
                }
            return records < total && (isOfList || names.contains(name))
        }
    }
}

extension JSONPageSign {
    /// The keys that lead to the object that it speaks of.
    private var object: ArraySlice<String> {
        path.last == "value" && path.dropLast().last == "total" ? path.dropLast(2) : path.dropLast()
    }

    /// How many records the largest array has that is beside it, or beside the object that it is in.
    fileprivate func records(of arrays: [(path: [String], records: UInt64)]) -> UInt64? {
        arrays.filter { [object, object.dropLast()].contains($0.path.dropLast()) }.map(\.records).max()
    }

    /// Whether its name or its place is that of one kind of API.
    fileprivate var isUnmistakable: Bool {
        let key = path.last ?? ""
        return key.hasPrefix("@odata.") || key.hasPrefix("odata.") || key.hasPrefix("hydra:")
            || key.hasPrefix("opensearch:") || key == "__count"
            || object == ["hits"]
    }

    /// Whether it says of the page beside `total` what fits so many records of so many.
    fileprivate func isPage(of records: UInt64, _ all: UInt64, beside total: JSONPageSign) -> Bool {
        guard path.dropLast() == total.object else { return false }
        switch kind {
        // That may be a reading, beside a total of anything.
        case .place: return path.last != "current"
        case .offset: return number.map { $0 <= all - records } ?? false
        case .limit: return number.map { (records..<all).contains($0) } ?? false
        case .address, .token, .flag, .count, .total: return false
        }
    }
}
