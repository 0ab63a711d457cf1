/// Rows of a table `labels` that refer to the codes of products, which imports change: what happens to them in
/// `UndoModelLaws`.
struct UndoLabels {
    private struct Label {
        var key: String
        /// Who made it what, one on top of the other; nobody is who added it.
        var layers: [(importID: UInt64?, code: String?)]
        /// What it stays, where it cannot be what it should.
        var frozen: String??
    }

    /// Where the code stands among a product's columns.
    static let codePlace = 2
    private let action: String
    private var labels: [String: Label] = [:]

    var count: Int { labels.count }

    init(_ random: inout SeededRandom) {
        action = [
            "CASCADE", "CASCADE", "SET NULL", "SET DEFAULT", "RESTRICT", "NO ACTION",
            "NO ACTION DEFERRABLE INITIALLY DEFERRED",
        ].randomElement(using: &random)!
    }

    /// The statements that make the table, with what it refers to.
    var tables: [String] {
        [
            "UPDATE products SET code = sku || '-0'",
            "INSERT INTO products (sku, name, code) VALUES ('never', 'base', 'never')",
            """
            CREATE TABLE labels (n integer PRIMARY KEY,
                code text DEFAULT 'never' REFERENCES products (code) ON UPDATE \(action))
            """,
        ]
    }

    static func code(of key: String, _ random: inout SeededRandom) -> String {
        "\(key)-\(Int.random(in: 0..<3, using: &random))"
    }

    mutating func add(_ number: String, of key: String, code: String) {
        labels[number] = Label(key: key, layers: [(nil, code)])
    }

    /// Notes what an import did to labels.
    mutating func note(_ importID: UInt64, now: [String: String?]) {
        for (number, code) in now where labels[number]!.layers.last!.code != code {
            labels[number]!.layers.append((importID, code))
        }
    }

    /// Takes an import's work away, or gives it to the import that takes over what was done to the product.
    mutating func remove(_ importID: UInt64, of key: String, heir: UInt64?) {
        for (number, label) in labels where label.key == key {
            if let heir {
                for index in label.layers.indices where label.layers[index].importID == importID {
                    labels[number]!.layers[index].importID = heir
                }
            } else {
                labels[number]!.layers.removeAll { $0.importID == importID }
            }
        }
    }

    /// Whether a label is to have a code.
    func has(_ code: String?) -> Bool {
        code != nil && labels.values.contains { ($0.frozen ?? $0.layers.last!.code) == code }
    }

    /// Whether labels keep a product's code what it is: they would not have the wanted one.
    func keep(_ code: String?, of key: String, for wanted: String?, now: [String: String?]) -> Bool {
        guard let code, code != wanted else { return false }
        return labels.contains { number, label in
            now[number] == code && (wanted == nil || (label.frozen ?? label.layers.last!.code) != wanted)
        }
    }

    /// What each label is from now on, given which codes there are, and whether it stays what it was although it should
    /// not.
    mutating func expected(
        besides codes: Set<String>, was: [String: String?]
    ) -> [(number: String, result: (code: String?, isKept: Bool))] {
        labels.keys.sorted().map { number in
            if let frozen = labels[number]!.frozen { return (number, (frozen, false)) }
            let code = labels[number]!.layers.last!.code
            if code.map(codes.contains) ?? true { return (number, (code, false)) }
            let stays = was[number] ?? nil
            labels[number]!.frozen = .some(stays)
            return (number, (stays, true))
        }
    }
}
