/// The values of a first row, judged by the rows below it: whether they are a record's, and no names.
///
/// A name that is a number is one of a series: years, steps, numbered columns. Those of a record lie among the values of
/// their columns, in no order.
struct HeaderValues {
    private let names: [String]
    private let rows: [[String]]
    private let kinds: [ValueKind]
    /// What each column's values are; nil if they are mixed or not there.
    private let below: [ValueKind?]
    private let hasOnlyHeader: Bool

    init(_ sample: SampledRows) {
        names = sample.names
        rows = sample.rows
        kinds = names.map(ValueKind.init)
        below = names.indices.map { sample.kind(ofColumn: $0) }
        hasOnlyHeader = sample.hasOnlyHeader
    }

    var areRecord: Bool {
        if rows.isEmpty { return hasOnlyHeader && isLoneRecord }
        if areMissing || recurEach { return true }
        var numbers: [Int] = []
        var hasOther = false
        for column in names.indices {
            guard let kind = below[column], kind != .word else { continue }
            switch kinds[column] {
            case .empty: break
            case let head where head.isNumber && kind.isNumber || head == .amount && kind == .amount:
                numbers.append(column)
            case kind: hasOther = true
            // A name is above other values.
            default: return false
            }
        }
        return hasOther || !numbers.isEmpty && areRecord(numbers)
    }

    /// Whether several columns have no name but how missing values are spelled.
    private var areMissing: Bool { names.count { SampledRows.isMissing($0) } > 1 }

    /// Whether each name is a value of its own column, too, in several rows.
    private var recurEach: Bool {
        guard rows.count > 1, !names.contains("") else { return false }
        let recurring = names.indices.map { column in Set(rows.indices.filter { rows[$0][column] == names[column] }) }
        // Where all are in one row, the header is repeated.
        return recurring.allSatisfy { !$0.isEmpty }
            && (names.count == 1 ? recurring[0].count > 1 : Set(recurring).count > 1)
    }

    /// Whether the only row has values that no name has.
    private var isLoneRecord: Bool {
        let figures = names.indices.filter { kinds[$0].isFigure }
        guard let first = figures.first else { return false }
        // Names before a series of one kind, as in a pivot table.
        let isPivot = first > 0 && figures.count == names.count - first && Set(figures.map { kinds[$0] }).count == 1
        let series = Series(figures.filter { kinds[$0].isNumber }.map { names[$0] })
        return !isPivot && !(series.count == figures.count && (series.areYears || series.isCount))
    }

    private func areRecord(_ numbers: [Int]) -> Bool {
        let series = Series(numbers.map { names[$0] })
        guard series.count == numbers.count else { return false }
        // A name is seldom a value of its own column.
        let isRepeated = names.indices.contains { column in
            kinds[column] == .word && rows.contains { $0[column] == names[column] }
        }
        if isRepeated { return true }
        let continues = Int(names[numbers[0]]).map { Int(rows[0][numbers[0]]) == $0 + 1 } ?? false
        if series.areYears {
            if series.count == 1 { return continues }
            return rows.allSatisfy { row in Series(numbers.map { row[$0] }).areYears }
        }
        if series.count == 1 { return continues || series.values[0] != 0 || isZeroOfRecord(numbers[0]) }
        let fits = numbers.allSatisfy(isAmongValues)
        if series.isCount {
            // A matrix goes on below, and so does a list of edges.
            let goesOn = numbers.count == names.count && (Int(rows[0][0]) == series.next || series.count == 2 && recurs)
            return continues && fits || goesOn
        }
        let isBehindName = numbers[0] > 0 && kinds[..<numbers[0]].allSatisfy { $0 == .word || $0 == .empty }
        if isBehindName {
            if !series.isMonotonic { return true }
            // Two names for two columns, and values of their size: of more, records rise in step as such a header does.
            return !series.looksEven && fits && (series.count == 2 || rise(numbers))
        }
        return !series.looksEven || fits
    }

    /// A column that has no other name than 0 is the first one of a count, and alone or behind names.
    private func isZeroOfRecord(_ column: Int) -> Bool {
        kinds[column] != .integer || column == 0 && names.count > 1 && isAmongValues(column)
    }

    /// Whether nearly all rows go up or down as a whole.
    private func rise(_ columns: [Int]) -> Bool {
        rows.count { row in Series(columns.map { row[$0] }).isMonotonic } * 10 >= rows.count * 8
    }

    /// Whether a number of a list of pairs is in it again.
    private var recurs: Bool { rows.contains { $0[0] == names[0] } }

    /// Whether the header's number lies among its column's values, or hardly beside them.
    private func isAmongValues(_ column: Int) -> Bool {
        let values = Series(rows.map { $0[column] }).values
        guard let least = values.min(), let most = values.max(), let head = Series([names[column]]).values.first else {
            return false
        }
        let reach = 2 * (most - least) + max(abs(least), abs(most)) / 10
        return (least - reach...most + reach).contains(head)
    }
}

/// Numbers side by side.
private struct Series {
    let values: [Double]
    private let integers: [Int]
    private let steps: [Double]

    init(_ texts: [String]) {
        values = texts.compactMap { Double($0.trimmed.replacing(",", with: ".")) }
        integers = texts.compactMap { Int($0.trimmed) }
        steps = zip(values.dropFirst(), values).map { $0 - $1 }
    }

    var count: Int { values.count }
    private var areIntegers: Bool { integers.count == values.count && !values.isEmpty }
    var areYears: Bool { areIntegers && integers.allSatisfy { (1800...2200).contains($0) } }
    /// The integer after the last one.
    var next: Int? { integers.last.map { $0 &+ 1 } }
    var isMonotonic: Bool { steps.allSatisfy { $0 > 0 } || steps.allSatisfy { $0 < 0 } }

    /// 0, 1, 2 … or 1, 2, 3 …, in either direction.
    var isCount: Bool {
        guard areIntegers, let first = integers.first, let last = integers.last else { return false }
        return [0, 1].contains(min(first, last)) && abs(first - last) == count - 1 && isMonotonic
    }

    /// Whether the steps are the same; of two numbers, whether the one step is one that people take.
    var looksEven: Bool {
        guard let step = steps.first, step != 0 else { return false }
        if count > 2 { return steps.allSatisfy { abs($0 - step) <= abs(step) / 1_000 } }
        return areIntegers && (abs(step) == 1 || step > 0 && integers.allSatisfy { $0 % 5 == 0 })
    }
}

extension String {
    fileprivate var trimmed: Substring {
        drop { $0 == " " || ValueKind.amountSigns.contains($0) }
            .prefix { $0 != " " && !ValueKind.amountSigns.contains($0) }
    }
}
