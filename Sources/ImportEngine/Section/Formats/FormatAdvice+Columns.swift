internal import Mapping
internal import Records

extension [FormatAdvice] {
    /// What there is to say of a sample's columns.
    ///
    /// - Parameters:
    ///   - types: the columns' types, as far as they were guessed.
    ///   - keys: the places of key columns, in which two writings of a number may be two rows.
    ///   - mapping: what is said of columns already.
    init(
        _ sample: Chunk, _ columns: [MappedColumn], _ types: [ColumnType], keys: Set<Int>, _ mapping: SectionMapping
    ) {
        let candidates = columns.indices.compactMap { index -> Candidate? in
            // Of numbers it matters only how they are written. Values that a mapping read are in its notation by now.
            let isText = types[index] == .text
            guard let source = columns[index].source, columns[index].type == nil, isText || types[index].isFraction,
                let values = WrittenValues(sample, column: index, most: isText ? .max : 100)
            else { return nil }
            return Candidate(
                name: columns[index].name, source: source, type: types[index], isKey: keys.contains(index),
                values: values)
        }
        self.init(candidates, separators: mapping.columns.values.compactMap(\.decimal))
    }

    /// What there is to say of columns whose values are none of their types.
    init(_ columns: [(column: String, values: WrittenValues)]) {
        self.init(
            columns.map { Candidate(name: $0.column, source: $0.column, type: .text, isKey: false, values: $0.values) },
            separators: [])
    }

    /// - Parameter separators: those of columns that are read in a notation already.
    private init(_ candidates: [Candidate], separators: [String]) {
        // Whoever wrote one column wrote the others.
        let separators = Set(candidates.compactMap(\.sureSeparator) + separators)
        let separator = separators.count == 1 ? separators.first : nil
        let orders = Set(candidates.compactMap(\.sureOrder))
        let order = orders.count == 1 ? orders.first : nil
        self = candidates.compactMap { $0.advice(separator, order) }
    }
}

/// A column, and the ways in which its values can be read.
private struct Candidate {
    let name: String
    let source: String
    let type: ColumnType
    let values: WrittenValues
    private let numbers: WrittenNumbers?
    private let dates: [WrittenDates]

    init(name: String, source: String, type: ColumnType, isKey: Bool, values: WrittenValues) {
        (self.name, self.source, self.type, self.values) = (name, source, type, values)
        numbers = type == .text && !isKey ? WrittenNumbers(values) : nil
        dates = type == .text ? WrittenDates.all(of: values) : []
    }

    /// The decimal separator of these numbers, where only one is possible.
    var sureSeparator: String? {
        if let numbers { return numbers.separators.count == 1 && numbers.tells ? numbers.separators[0] : nil }
        return type.isFraction && values.texts.contains { $0.contains(".") && !$0.isGroupedByPoint } ? "." : nil
    }

    /// What comes first in these dates, where only one order is possible.
    var sureOrder: WrittenDates.Order? { dates.count == 1 ? dates[0].order : nil }

    func advice(_ separator: String?, _ order: WrittenDates.Order?) -> FormatAdvice? {
        func advice(_ kind: FormatAdvice.Kind, _ readings: [FormatAdvice.Reading]) -> FormatAdvice {
            FormatAdvice(
                column: name, source: source, kind: kind, example: values.example, stray: values.stray,
                readings: readings)
        }
        if let numbers {
            return advice(numbers.currency == nil ? .numbers : .amounts, numbers.readings(separator, values.nulls))
        }
        if !dates.isEmpty {
            let likely = dates.filter { $0.order == order }
            return advice(.dates, (likely.isEmpty ? dates : likely).map { $0.reading(values.nulls) })
        }
        // 1.200 is a number with a decimal point, unless it is the thousands of a country with decimal commas.
        if type.isFraction, separator == ",", let example = values.texts.first(where: { $0.contains(".") }),
            values.texts.allSatisfy({ $0.isGroupedByPoint || !$0.contains(".") })
        {
            var grouped = advice(.groupedNumbers, [.init(members: [], member: "decimal: \",\"")])
            grouped.example = example
            return grouped
        }
        return nil
    }
}

extension ColumnType {
    fileprivate var isFraction: Bool { self == .real || self == .numeric }
}

extension String {
    /// Whether these are one to three digits, a point and three digits.
    fileprivate var isGroupedByPoint: Bool { wholeMatch(of: /-?[1-9][0-9]{0,2}\.[0-9]{3}/) != nil }
}
