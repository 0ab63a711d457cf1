/// Names for a file's columns that can stand side by side in a table.
package enum ColumnNames {
    static func numbered(_ count: Int) -> [String] { (1...count).map { "column_\($0)" } }

    /// The names of a header: trimmed, `column_N` for an empty one, and `_2`, `_3` … after one that was there before,
    /// whatever its case, because databases fold case. `dropsLast` leaves out the nameless column that a delimiter at
    /// the header's end makes.
    static func from(_ header: [String], dropsLast: Bool) -> [String] {
        distinct(header.dropLast(dropsLast ? 1 : 0).map(trim))
    }

    /// Whether a record says the columns' names again: the header of a file or table that was put after another one.
    static func areAgain(_ values: [String], of columns: [String]) -> Bool { from(values, dropsLast: false) == columns }

    /// Names that can stand side by side in a table, for these in their order: `column_N` for an empty one, and `_2`, `_3`
    /// … after one that was there before, whatever its case.
    package static func distinct(_ names: [String]) -> [String] {
        var taken: Set<String> = []
        var copies: [String: Int] = [:]
        return names.enumerated().map { index, text in
            let wanted = text.isEmpty ? "column_\(index + 1)" : text
            var name = wanted
            while !taken.insert(name.lowercased()).inserted {
                let copy = copies[wanted.lowercased(), default: 1] + 1
                copies[wanted.lowercased()] = copy
                name = "\(wanted)_\(copy)"
            }
            return name
        }
    }

    private static func trim(_ text: String) -> String {
        guard let first = text.firstIndex(where: { !$0.isWhitespace }),
            let last = text.lastIndex(where: { !$0.isWhitespace })
        else { return "" }
        return String(text[first...last])
    }
}
