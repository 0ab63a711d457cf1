internal import Records

/// The tables of which closing SQL changed rows that nobody noted, and why they cannot be undone. They are kept where other
/// chunks keep the places of their records.
struct UnseenTables {
    private var tables: [(name: String, reason: String)] = []

    init() {}

    init(bytes: [UInt8]) {
        let lines = String(decoding: bytes, as: UTF8.self).split(separator: "\n", omittingEmptySubsequences: false)
        tables = stride(from: 0, to: lines.count - 1, by: 2).map { (String(lines[$0]), String(lines[$0 + 1])) }
    }

    var bytes: [UInt8] { Array(tables.map { "\($0.name)\n\($0.reason)" }.joined(separator: "\n").utf8) }

    var isEmpty: Bool { tables.isEmpty }

    mutating func add(_ table: String, because reason: String) { tables.append((table, reason)) }

    mutating func addDropped(_ table: String) { add(table, because: "it dropped the table") }

    /// What stays of the changes.
    var kept: [UnreversedRow] {
        tables.map {
            UnreversedRow(
                table: $0.name, key: "rows", reason: .refused,
                message: "finalize SQL changed them, which cannot be undone: \($0.reason)")
        }
    }
}
