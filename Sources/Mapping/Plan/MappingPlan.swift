internal import Records

/// A mapping that fits a source: which slots a record has while it is rewritten, and how each is filled.
///
/// The first slots are the table's columns. Behind them stand dropped columns that have rules or are used by a template.
struct MappingPlan: Sendable {
    let sourceColumns: [String]
    private(set) var columns: [MappedColumn] = []
    private(set) var slotCount = 0
    /// Source columns whose values go over as they are.
    private(set) var moves: [Move] = []
    /// Source columns whose values are looked at.
    private(set) var checks: [Check] = []
    private(set) var constants: [Constant] = []
    private(set) var compositions: [Composition] = []

    /// A source column and the slot that it goes into.
    struct Move: Sendable {
        let column: Int
        let slot: Int
    }

    struct Check: Sendable {
        let column: Int
        let slot: Int
        let rules: ColumnRules
    }

    struct Constant: Sendable {
        let slot: Int
        let value: [UInt8]
    }

    struct Composition: Sendable {
        let name: String
        let slot: Int
        let parts: [Part]

        enum Part: Sendable {
            case text([UInt8])
            case slot(Int)
        }
    }

    /// For each column of the table, whether its values are the source's own, perhaps without some of them.
    var keepsValues: [Bool] {
        var keeps = Array(repeating: false, count: columns.count)
        for move in moves where move.slot < columns.count { keeps[move.slot] = true }
        for check in checks where check.slot < columns.count { keeps[check.slot] = check.rules.keepsValues }
        return keeps
    }

    /// True if a chunk's fields are already those of the table.
    var changesNothing: Bool {
        checks.isEmpty && moves.count == sourceColumns.count && slotCount == sourceColumns.count
    }

    /// Throws `DataError(.unusableOption)` where the mapping does not fit the source.
    init(_ mapping: SectionMapping, sourceColumns: [String]) throws {
        self.sourceColumns = sourceColumns
        try Self.checkNames(of: mapping, sourceColumns)
        var names = TemplateNames()
        var dropped: [(column: Int, rules: ColumnRules)] = []

        for (index, source) in sourceColumns.enumerated() {
            let listed = mapping.columns[source]
            var column = listed ?? ColumnMapping()
            if mapping.trim { column.trim = true }
            var rules = try ColumnRules(column, column: source, nulls: mapping.null)
            rules.blankIsNull = mapping.trim
            if listed?.drop ?? (mapping.unlisted == .drop) {
                dropped.append((index, rules))
                continue
            }
            let name = listed?.to ?? source
            names.slots[name] = columns.count
            if name != source { names.renamed[source] = name }
            addSource(index, slot: columns.count, rules)
            columns.append(MappedColumn(name: name, type: rules.columnType, source: source))
        }
        for (name, value) in mapping.constants.sorted(by: { $0.key < $1.key }) {
            names.slots[name] = columns.count
            constants.append(Constant(slot: columns.count, value: Array(value.utf8)))
            columns.append(MappedColumn(name: name, type: .text, source: nil))
        }
        slotCount = columns.count + mapping.compose.count
        let templates = try mapping.compose.map { try Template($0.template, column: $0.name) }
        let used = Set(templates.flatMap(\.parts))
        for (index, rules) in dropped {
            guard used.contains(.column(sourceColumns[index])) || rules.canReject else { continue }
            names.dropped[sourceColumns[index]] = slotCount
            addSource(index, slot: slotCount, rules)
            slotCount += 1
        }
        for (composed, template) in zip(mapping.compose, templates) {
            let parts = try template.parts.map { try names.resolve($0, in: composed.name) }
            compositions.append(Composition(name: composed.name, slot: columns.count, parts: parts))
            names.slots[composed.name] = columns.count
            columns.append(MappedColumn(name: composed.name, type: .text, source: nil))
        }
        try Self.check(columns)
    }

    private mutating func addSource(_ column: Int, slot: Int, _ rules: ColumnRules) {
        if rules.isEmpty {
            moves.append(Move(column: column, slot: slot))
        } else {
            checks.append(Check(column: column, slot: slot, rules: rules))
        }
    }

    private static func checkNames(of mapping: SectionMapping, _ sourceColumns: [String]) throws {
        guard let unknown = mapping.columns.keys.sorted().first(where: { !sourceColumns.contains($0) }) else { return }
        let guess = NearestName.of(unknown, in: sourceColumns).map { "; did you mean `\($0)`?" } ?? "."
        throw DataError(
            .unusableOption, "columns names `\(unknown)`, which the source does not have\(guess)",
            remedy: "It has: \(sourceColumns.joined(separator: ", ")).")
    }

    private static func check(_ columns: [MappedColumn]) throws {
        if columns.isEmpty {
            throw DataError(
                .unusableOption, "the mapping drops every column.",
                remedy: "Name the columns to keep under `columns`, or leave `unlisted: drop` out.")
        }
        var origins: [String: String] = [:]
        for column in columns {
            let origin = column.source.map { "the source's column `\($0)`" } ?? "a constant or composed column"
            if column.name.isEmpty {
                throw DataError(.unusableOption, "\(origin) would get an empty name.", remedy: "Give it a name.")
            }
            if let other = origins.updateValue(origin, forKey: column.name) {
                throw DataError(
                    .unusableOption, "two columns would get the name `\(column.name)`: \(other) and \(origin).",
                    remedy: "Rename one of them, or drop it.")
            }
        }
    }
}
